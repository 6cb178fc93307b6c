"""Whose a number or a day is: of two shops with facts of their own, the one that is spoken of must have it."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from contracts.words import Violation
from decisions.guard.codes import Code, violation
from decisions.guard.evidence import THINGS, Evidence
from decisions.guard.said import Said
from decisions.guard.words import clauses, contains, stem, stems

_PROPER: Final = re.compile(r"[A-Z][^\W\d_]*[a-z][^\W\d_]*(?: [A-Z][^\W\d_]*[a-z][^\W\d_]*)*")
_COMMON: Final = re.compile(
    r"^(?:SKU|ID|UPS|Order|Return|Price|Name|Customer|Item|The|Number|Days?|Time|Delivery|Refund)\b"
)
_NONE: Final = re.compile(
    r"\b(?:none|no more|nothing|sold out|out of stock|not in stock|not available|unavailable|is out|are out|all gone|"
    r"has run out|ran out)\b|\bno (?=[a-z])"
)
_SOME: Final = re.compile(r"\b(?:in stock|available)\b")
_OF_ALL: Final = re.compile(
    r"\b(?:both|all|all three|either of the|every|each) (?:of (?:our|the) )?(?:stores?|shops?|locations?|"
    r"branch(?:es)?|sites?)\b"
)


@lru_cache(maxsize=4096)
def names_in(name: str) -> tuple[str, ...]:
    """Proper names in what a fact is called: Camden, of `in stock at Camden`."""
    return tuple(hit[0].lower() for hit in _PROPER.finditer(name) if not _COMMON.match(hit[0]))


def _named(said: Said) -> dict[str, set[str]]:
    """Proper names of facts' names, with the facts that are of each."""
    if said.source.language == "de":
        return {}  # every noun has a capital there
    owners: dict[str, set[str]] = {}
    for one in (*said.cited, *said.others):
        for name in names_in(one.name):
            owners.setdefault(name, set()).add(one.id)
    return owners


def is_of_the_one_spoken_of(said: Said, place: int, one: Evidence) -> bool:
    """Whether the fact is of the shop that the words around the place speak of, or of none."""
    own = names_in(one.name)
    if not own or said.source.language == "de":
        return True
    spoken = _spoken_of(said, place, frozenset(_named(said)) | _places(said))
    return spoken is None or spoken in own


def _places(said: Said) -> frozenset[str]:
    return frozenset(
        literal for one in (*said.cited, *said.others) if "pickup" in one.concepts for literal in one.literals
    )


def _spoken_of(said: Said, place: int, names: frozenset[str]) -> str | None:
    """The name that stands last before the place; the next one behind it where names follow their numbers."""
    found = sorted((hit.start(), name) for name in names for hit in re.finditer(rf"\b{re.escape(name)}\b", said.low))
    if not found:
        return None
    starts = [one.start for one in said.amounts] + [one.start for one in said.moments]
    first = min(starts, default=len(said.low))
    none = _NONE.search(said.low)
    first = min(first, none.start() if none else first)
    before = [name for start, name in found if start < place]
    behind = [name for start, name in found if start >= place]
    if found[0][0] > first:
        return behind[0] if behind else before[-1]
    return before[-1] if before else behind[0]


def owner_violations(said: Said) -> Iterator[Violation]:
    """None and some of a shop against its own number."""
    counts = [
        one
        for one in said.cited
        if one.is_number and "stock" in one.concepts and any(each.dimension == "count" for each in one.quantities)
    ]
    everywhere = _OF_ALL.search(said.low)
    wrong = next((one for one in counts if everywhere and not one.affirms), None)
    if wrong is not None and everywhere is not None and not _NONE.search(said.low):
        yield violation(
            Code.COUNT, said.sentence, everywhere[0], f"Say which: {wrong.id} says that there is none.", wrong.id
        )
    for start, end in clauses(said.low):
        for pattern, there in ((_NONE, True), (_SOME, False)):
            hit = pattern.search(said.low, start, end)
            if hit is None or (not there and _NONE.search(said.low, start, end)):
                continue
            own = [one for one in counts if names_in(one.name) and is_of_the_one_spoken_of(said, hit.start(), one)]
            if own and all(one.affirms == there for one in own):
                yield violation(Code.NEGATION, said.sentence, hit[0], f"Say what {own[0].id} says.", own[0].id)
    yield from _swapped(said)


def _swapped(said: Said) -> Iterator[Violation]:
    """`Billing is in Reno` where Reno is where it is shipped to: the clause has the name of another fact's value."""
    spans = [
        span for span in said.literals if not span.evidence.is_number and span.evidence.name_stems.isdisjoint(THINGS)
    ]
    if len({span.evidence.id for span in spans}) < 2:  # noqa: PLR2004
        return
    for start, end in clauses(said.low):
        inside = [span for span in spans if start <= span.start < end]
        if len({span.evidence.id for span in inside}) != 1:
            continue
        one = inside[0].evidence
        said_stems = stems(said.low[start : inside[0].start] + said.low[inside[0].end : end])
        others = {span.evidence.id: span.evidence for span in spans if span.evidence.id != one.id}
        if said_stems & one.name_stems or any(one.says(word) for word in said_stems - _SMALL):
            continue
        wrong = next(
            (other for other in others.values() if (other.name_stems - one.name_stems - _SMALL) & said_stems), None
        )
        if wrong is not None:
            advice = f"{inside[0].evidence.id} is the {one.name}, not the {wrong.name}: say it so."
            yield violation(Code.NAME, said.sentence, said.text[start:end].strip(" ,;."), advice, one.id)


_SMALL: Final = stems("to in of is the a for by at on item product name order number")


def named_by_the_sentence(said: Said, dimension: str, place: int, pool: Sequence[Evidence]) -> list[Evidence]:
    """Number facts whose whole name (lowest price of the last 30 days) the clause of the place says."""
    start, end = next((span for span in clauses(said.low) if span[0] <= place < span[1]), (0, len(said.low)))
    clause = said.low[start:end]
    return [
        one
        for one in pool
        if one.is_number
        and len(one.name.split()) >= _WHOLE
        and any(each.dimension == dimension for each in one.quantities)
        and contains(clause, one.name.lower())
        and not any(
            amount.start != place and amount.dimension == each.dimension and each.value in amount.values
            for amount in said.amounts
            for each in one.quantities
        )
    ]


_WHOLE: Final = 4


def verb_of(said: Said, start: int) -> str:
    """The stem of the word right before a number: `sleeps` of `sleeps six`."""
    lead = re.search(r"([^\W\d_]+) (?:just |only |up to |about |almost |nearly |over |exactly )?$", said.before(start))
    return stem(lead[1]) if lead else ""
