"""A phrase knows which facts it rests on, and so does whatever is made of phrases."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

_ENDS: Final = (".", "!", "?", "…")
_CLOSERS: Final = "\N{RIGHT DOUBLE QUOTATION MARK}\"')"


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    fact_ids: tuple[str, ...] = ()


Phrase: TypeAlias = Said | None
"""None is what cannot be said because a fact is not there; whatever contains it cannot be said either."""


def says(*pieces: str | Phrase) -> Phrase:
    """The pieces one after the other."""
    said: list[Said] = []
    for piece in pieces:
        if piece is None:
            return None
        said.append(Said(piece) if isinstance(piece, str) else piece)
    ids = dict.fromkeys(fact_id for piece in said for fact_id in piece.fact_ids)
    return Said("".join(piece.text for piece in said), tuple(ids))


def sentence(*pieces: str | Phrase) -> Phrase:
    """The pieces with one full stop at their end, also where a name brings its own."""
    said = says(*pieces)
    if said is None or said.text.rstrip(_CLOSERS).endswith(_ENDS):
        return said
    return Said(f"{said.text}.", said.fact_ids)


def rests_on(*fact_ids: str) -> Said:
    """Says nothing, and lets the sentence cite these."""
    return Said("", fact_ids)


def listed(phrases: Iterable[Said], *, comma: str, last: str) -> Phrase:
    """Two are joined by `and`, more by `comma` and, before the last of them, by `last`."""
    *before, end = phrases
    if not before:
        return end
    if len(before) == 1 and comma == ", ":
        return says(before[0], " and ", end)
    pieces: list[str | Phrase] = []
    for phrase in before:
        pieces += [phrase, comma]
    return says(*pieces[:-1], last, end)
