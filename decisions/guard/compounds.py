"""Amounts said in two steps: six feet one, twelve dollars and fifty cents, a tenth of a kilo, an hour and twenty."""

import re
from dataclasses import replace
from fractions import Fraction
from typing import Final

from decisions.guard.amounts import Amount

_FEET: Final = re.compile(r"(?<![\w.])(?P<feet>\d{1,2})' ?(?P<inches>\d{1,2})(?:\"|'')?(?!\w)")
_INCH: Final = Fraction("25.4")
_BETWEEN: Final = re.compile(r",? (?:and )?|(?:, )?")
_LIST_END: Final = re.compile(r"(?:, | and | or )(?:for )?$")
_NO_NOUN: Final = re.compile(r"^ ?(?:$|[.,;:!)]|(?:in|on|at|with|without|from|when|while|if|by|under|after|before)\b)")


def heights(text: str) -> list[Amount]:
    """Feet and inches as `6'1"`."""
    return [
        Amount(
            hit.start(),
            hit.end(),
            hit[0],
            "length",
            (Fraction(int(hit["feet"]) * 12 + int(hit["inches"])),),
            size=_INCH,
        )
        for hit in _FEET.finditer(text)
        if int(hit["inches"]) < 12  # noqa: PLR2004 -- inches of a foot
    ]


def merged(text: str, found: list[Amount]) -> list[Amount]:
    """Parts of one amount as one; a bare number after a measure, with no noun of its own, is of the same measure."""
    done: list[Amount] = []
    for amount in found:
        last = done[-1] if done else None
        one = _as_one(text, last, amount) if last else None
        if last is not None and one is not None:
            done[-1] = one
        elif last is not None and _is_elliptic(text, last, amount):
            done.append(replace(amount, dimension=last.dimension, size=last.size))
        else:
            done.append(amount)
    return done


def _as_one(text: str, a: Amount, b: Amount) -> Amount | None:
    gap = text[a.end : b.start]
    if len(a.values) != 1 or len(b.values) != 1 or a.wrong or b.wrong:
        return None
    words = text[a.start : b.end]
    if a.dimension == "ratio" and b.size != 1 and b.values[0] == 1 and gap == " of ":
        return replace(b, start=a.start, words=words, values=a.values, hedge=a.hedge, decimals=2)
    if a.dimension != b.dimension or not _BETWEEN.fullmatch(gap):
        return None
    if a.dimension.startswith("money"):
        cents = re.search(r"cents?\b|pence\b|\d ?p\b|¢", b.words, re.IGNORECASE)
        return (
            replace(a, end=b.end, words=words, values=(a.values[0] + b.values[0],))
            if cents and b.values[0] < 1
            else None
        )
    if (
        a.size > b.size
        and b.values[0] * b.size < a.size
        and a.dimension in {"length", "mass", "time", "volume", "months"}
    ):
        return replace(
            b, start=a.start, words=words, values=((a.values[0] * a.size) / b.size + b.values[0],), hedge=a.hedge
        )
    return None


def _is_elliptic(text: str, a: Amount, b: Amount) -> bool:
    return (
        b.dimension == "count"
        and a.dimension in {"time", "length", "mass", "volume", "percent", "months"}
        and not b.ordinal
        and bool(_LIST_END.search(text[a.end : b.start]))
        and bool(_NO_NOUN.match(text[b.end :].lower()))
    )
