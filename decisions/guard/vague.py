"""Vague amounts: a few, plenty, hundreds, all, both; and that something is nearly gone."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from contracts.words import Violation
from decisions.guard.codes import Code, violation
from decisions.guard.evidence import THINGS, Evidence
from decisions.guard.said import Said
from decisions.guard.words import stem, stems

_ALL: Final = re.compile(
    r"\b(?:every (?:store|shop|color|size)|all (?:our |the |your )?(?:stores|shops|colors|sizes|"
    r"parcels)|(?:whole|entire|complete) order|every (?:parcel|piece|item)|all (?:\w+ )?of (?:your|the|our) "
    r"(?:parcels|packages|items|orders)|all (?:\w+ )?items of)\b"
)
_ALL_WORDS: Final = stems("all every whole entire complete everything")


def _both(said: Said) -> Iterator[Violation]:
    hit = re.search(r"\bboth (?:of (?:the|your|our) )?([^\W\d_]+)", said.low)
    if hit is None:
        return
    two = any(each.value == 2 for one in said.cited for each in one.quantities)  # noqa: PLR2004
    if hit[1] in {"parcels", "packages", "orders"} and not two:
        yield violation(Code.COUNT, said.sentence, hit[0], "Say how many: no cited fact gives two.")
        return
    owners = [one for one in said.cited if one.is_number and stem(hit[1]) in one.name_stems]
    wrong = next((one for one in owners if not any(each.value == 2 for each in one.quantities)), None)  # noqa: PLR2004
    if wrong is not None:
        yield violation(Code.COUNT, said.sentence, hit[0], f"Say how many: {wrong.id} is not two.", wrong.id)


def _all_of_a_kind(said: Said) -> Iterator[Violation]:
    """All coats, where the fact says wool coats."""
    for hit in re.finditer(r"\b(?:all|every|any|each) (?:our |the |of our |of the )?([^\W\d_]+)", said.low):
        for one in said.cited:
            wider = any(literal.endswith(f" {hit[1]}") and literal not in said.low for literal in one.literals)
            if wider and one.name_stems.isdisjoint(THINGS) and not said.low.endswith("?"):
                advice = f"Say of which it is true, as {one.id} does."
                yield violation(Code.COUNT, said.sentence, hit[0], advice, one.id)


def vague_violations(said: Said) -> Iterator[Violation]:
    """Vague amounts, which need a number that bears them: a few, several, dozens, plenty; and what is said of all."""
    yield from _both(said)
    yield from _all_of_a_kind(said)
    whole = _ALL.search(said.low)
    if whole and said.cited and not said.low.endswith("?") and not any(one.own & _ALL_WORDS for one in said.cited):
        yield violation(
            Code.COUNT, said.sentence, whole[0], f"Say of how many it is true: no cited fact says {whole[0]!r}."
        )
    for pattern, least, most, code in _VAGUE:
        hit = pattern.search(said.low)
        if hit is None or said.covered(hit.start(), hit.end()):
            continue
        numbers = [each.value for one in said.cited for each in one.quantities if each.dimension in {"count", "points"}]
        if not any(least <= value <= most for value in numbers):
            near = _counting(said.cited) or _counting(said.others)
            yield violation(
                code, said.sentence, hit[0], f"Say the number itself: no cited fact bears {hit[0]!r}.", near
            )


def _counting(pool: Sequence[Evidence]) -> str | None:
    return next((one.id for one in pool if any(each.dimension == "count" for each in one.quantities)), None)


_MANY: Final = Fraction(10**9)
_VAGUE: Final = [
    (re.compile(r"\ba handful\b|\bhandful of\b"), Fraction(2), Fraction(6), Code.SCARCITY),
    (
        re.compile(
            r"\b(?:only|just|last) (?:a )?few\b|\bfew (?:are )?(?:left|remain)|\ba few (?:are )?(?:left|"
            r"remain\w*|pieces|units|items|pairs)"
        ),
        Fraction(2),
        Fraction(6),
        Code.SCARCITY,
    ),
    (
        re.compile(
            r"\b(?:almost|nearly|virtually|practically) (?:sold out|gone|out of stock)|\brunning (?:low|out)|"
            r"\blow stock|\bstock is (?:low|limited)|\blimited (?:stock|supply|availability|quantit\w+)|"
            r"\bwhile (?:stocks?|supplies) lasts?|\bselling out\b|\bscarce|\bhardly any left|"
            r"\bjust about gone|\bgoing out of stock|\bfast wird|\bfast ausverkauft"
        ),
        Fraction(1),
        Fraction(5),
        Code.SCARCITY,
    ),
    (
        re.compile(
            r"\bplenty\b|\bloads of\b|\blots (?:left|in stock|of)|(?<!not )\bmany (?:left|in stock|reviews|pieces)"
        ),
        Fraction(20),
        _MANY,
        Code.COUNT,
    ),
    (re.compile(r"\b(?:by|until|till|over|before|after) (?:the|next) weekend\b"), _MANY, _MANY, Code.DATE),
    (re.compile(r"\bfor (?:days|weeks|months|years|hours)\b"), _MANY, _MANY, Code.UNIT),
    (re.compile(r"\bdozens\b"), Fraction(24), _MANY, Code.COUNT),
    (re.compile(r"\bhundreds\b"), Fraction(200), _MANY, Code.COUNT),
    (re.compile(r"\bthousands\b"), Fraction(2000), _MANY, Code.COUNT),
    (re.compile(r"\bmillions\b"), Fraction(2 * 10**6), _MANY, Code.COUNT),
    (re.compile(r"\bseveral\b"), Fraction(3), _MANY, Code.COUNT),
    (
        re.compile(r"\ba couple (?:of )?(?:left|pieces|units|items|pairs|of)|\ba pair of\b"),
        Fraction(1),
        Fraction(2),
        Code.COUNT,
    ),
]
