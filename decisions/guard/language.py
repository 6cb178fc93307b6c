"""A text is in the language of its locale."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from contracts.words import Brief, Sentence, Violation
from decisions.guard.codes import Code, violation
from decisions.guard.evidence import known_words, language_of
from decisions.guard.vocabulary import SHOWS

_ENOUGH: Final = 2  # small words of another language


def language_violations(brief: Brief, sentences: Sequence[Sentence]) -> Iterator[Violation]:
    own, known = language_of(brief.locale), known_words(brief)
    for sentence in sentences:
        said = {word for word in re.findall(r"[^\W\d_]+", sentence.text.lower()) if word not in known}
        shown = {language: len(said & small) for language, small in SHOWS.items()}
        other = max(shown, key=lambda language: (shown[language], language == own))
        if other != own and shown[other] >= _ENOUGH and shown[other] > shown[own]:
            yield violation(Code.LANGUAGE, sentence, sentence.text, f"Write it in the language of {brief.locale}.")
