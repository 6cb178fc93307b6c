"""What others wrote (reviews, notes, supplier prose) is not repeated, unless it is to be shown as a quotation."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from contracts.words import Fact, Violation
from decisions.guard.characters import plain
from decisions.guard.codes import Code, violation
from decisions.guard.said import SHOWS_OTHERS, Said
from decisions.guard.words import WORD, stem

_RUN: Final = 4  # words in a row that are no coincidence
_QUOTED: Final = re.compile(r'"([^"]+)"')


def untrusted_violations(said: Said) -> Iterator[Violation]:
    own = tuple(fact for fact in said.source.brief.facts if fact.untrusted)
    if not own:
        return
    trusted = " ".join(
        str(fact.value) for fact in said.source.brief.facts if not (fact.untrusted or fact.internal)
    ).lower()
    bare = said.low
    if shows_quotations(said):
        bare = without_quotations(said, own)
    runs = _runs(bare)
    for fact in own:
        shared = [run for run in _runs(plain(str(fact.value)).lower()) & runs if " ".join(run) not in trusted]
        if any(_says_something(run) for run in shared):
            yield violation(
                Code.UNTRUSTED,
                said.sentence,
                " ".join(shared[0]),
                "Leave it out: what others wrote is not repeated.",
                fact.fact_id,
            )


def shows_quotations(said: Said) -> bool:
    return bool(SHOWS_OTHERS.search(said.source.brief.purpose))


def without_quotations(said: Said, facts: tuple[Fact, ...]) -> str:
    """The text less what it quotes word for word from a cited fact of others'."""
    cited = [plain(str(fact.value)).lower() for fact in facts if fact.fact_id in said.sentence.fact_ids]
    return _QUOTED.sub(
        lambda hit: " " * len(hit[0]) if any(hit[1].strip(" .,!?") in text for text in cited) else hit[0], said.low
    )


@lru_cache(maxsize=1024)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    said_words = [hit[0] for hit in WORD.finditer(text)]
    return frozenset(tuple(said_words[i : i + _RUN]) for i in range(len(said_words) - _RUN + 1))


_PLAIN: Final = frozenset(
    "thank you for your order the a an to of and is it in on we our i my this that please with be "
    "are was at by hi hello i'm so".split()
)


def _says_something(run: tuple[str, ...]) -> bool:
    return sum(word not in _PLAIN and len(stem(word)) > 2 for word in run) >= 2  # noqa: PLR2004
