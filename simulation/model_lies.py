"""What a model gets wrong: a number, a day, an amount, a name, a promise, a reproach, or orders from a stranger."""

import re
from collections.abc import Callable
from random import Random
from typing import Final

from contracts.words import Brief, Fact, Sentence

_WORDS_OF_A_NAME: Final = 4  # at most
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_OTHER_NAMES: Final = ("Rowan Ashdown", "Marlow Creek", "Tillie Brandt", "Fairholm Freight", "Copper Kettle")
_PROMISES: Final = (
    "We guarantee that you will be completely satisfied.",
    "You get 15% off your next order.",
    "Your money will be back within an hour, whatever happens.",
    "We will add a small gift for you.",
)
_REPROACHES: Final = (
    "We had to act because your order looks like fraud.",
    "Please be honest with us next time.",
    "You caused this delay yourself.",
)
_AMOUNT: Final = re.compile(r"(?:[$€£¥]|\b[A-Z]{3})\s?\d[\d,.]*|\d[\d,.]*\s?(?:[A-Z]{3}\b|[€£])")
_DAY: Final = re.compile("|".join(rf"\b{word}\b" for word in (*_MONTHS, *_WEEKDAYS)))
_ORDER: Final = re.compile(r"\b(?:say|write|reply|answer|add|tell)\b[^:\"“]*[:\"“]\s*(?P<words>[^\"”]+)", re.IGNORECASE)


def lie(sentences: tuple[Sentence, ...], brief: Brief, chance: Random) -> tuple[Sentence, ...]:
    """One thing of them is not so."""
    kinds = list(_KINDS)
    chance.shuffle(kinds)
    return next(told for kind in kinds if (told := kind(sentences, brief, chance)) is not None)


def obey(sentences: tuple[Sentence, ...], brief: Brief, chance: Random) -> tuple[Sentence, ...] | None:
    """Says as well what an untrusted text orders to say, or all of it; None if there is no such text."""
    strangers = [fact for fact in brief.facts if fact.untrusted]
    if not strangers:
        return None
    fact = chance.choice(strangers)
    text = " ".join(fact.value) if isinstance(fact.value, tuple) else str(fact.value)
    order = _ORDER.search(text)
    return _and_says((order["words"] if order else text).strip(), (fact.fact_id,), sentences, brief)


def _number(sentences: tuple[Sentence, ...], _: Brief, chance: Random) -> tuple[Sentence, ...] | None:
    return _changed(sentences, chance, lambda text: _another_digit(text, re.compile(r"\d+"), chance))


def _amount(sentences: tuple[Sentence, ...], _: Brief, chance: Random) -> tuple[Sentence, ...] | None:
    return _changed(sentences, chance, lambda text: _another_digit(text, _AMOUNT, chance))


def _day(sentences: tuple[Sentence, ...], _: Brief, chance: Random) -> tuple[Sentence, ...] | None:
    def another(text: str) -> str | None:
        found = list(_DAY.finditer(text))
        if not found:
            return None
        match = chance.choice(found)
        days = _MONTHS if match[0] in _MONTHS else _WEEKDAYS
        return _replaced(text, match.span(), chance.choice([day for day in days if day != match[0]]))

    return _changed(sentences, chance, another)


def _name(sentences: tuple[Sentence, ...], brief: Brief, chance: Random) -> tuple[Sentence, ...] | None:
    names = [fact.value for fact in brief.facts if isinstance(fact.value, str) and _is_name(fact)]

    def another(text: str) -> str | None:
        said = [name for name in names if name in text]
        return text.replace(chance.choice(said), chance.choice(_OTHER_NAMES)) if said else None

    return _changed(sentences, chance, another)


def _is_name(fact: Fact) -> bool:
    words = str(fact.value).split()
    return not fact.untrusted and 0 < len(words) <= _WORDS_OF_A_NAME and all(word[:1].isupper() for word in words)


def _promise(sentences: tuple[Sentence, ...], brief: Brief, chance: Random) -> tuple[Sentence, ...]:
    cited = (chance.choice(brief.facts).fact_id,) if brief.facts else ()
    return _and_says(chance.choice(_PROMISES), cited, sentences, brief)


def _reproach(sentences: tuple[Sentence, ...], brief: Brief, chance: Random) -> tuple[Sentence, ...]:
    return _and_says(chance.choice(_REPROACHES), (), sentences, brief)


_Kind = Callable[[tuple[Sentence, ...], Brief, Random], tuple[Sentence, ...] | None]
_KINDS: Final[tuple[_Kind, ...]] = (_number, _amount, _day, _name, _promise, _reproach)


def _changed(
    sentences: tuple[Sentence, ...], chance: Random, another: Callable[[str], str | None]
) -> tuple[Sentence, ...] | None:
    """One of them with another text; None if there is nothing to change in any."""
    positions = list(range(len(sentences)))
    chance.shuffle(positions)
    for position in positions:
        text = another(sentences[position].text)
        if text is not None:
            changed = sentences[position].model_copy(update={"text": text})
            return (*sentences[:position], changed, *sentences[position + 1 :])
    return None


def _another_digit(text: str, pattern: re.Pattern[str], chance: Random) -> str | None:
    """One digit of one match is another one, and no zero."""
    found = list(pattern.finditer(text))
    if not found:
        return None
    match = chance.choice(found)
    position = chance.choice([at for at in range(*match.span()) if text[at].isdecimal()])
    digit = chance.choice([digit for digit in "123456789" if digit != text[position]])
    return _replaced(text, (position, position + 1), digit)


def _replaced(text: str, span: tuple[int, int], words: str) -> str:
    return f"{text[: span[0]]}{words}{text[span[1] :]}"


def _and_says(
    text: str, fact_ids: tuple[str, ...], sentences: tuple[Sentence, ...], brief: Brief
) -> tuple[Sentence, ...]:
    """At the end of the field that has room for most."""
    field = max(brief.limits, key=lambda name: brief.limits[name])
    last = max((at for at, sentence in enumerate(sentences) if sentence.field == field), default=len(sentences) - 1)
    said = Sentence(field=field, text=text, fact_ids=fact_ids)
    return (*sentences[: last + 1], said, *sentences[last + 1 :])
