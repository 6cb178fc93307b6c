"""When an amount is what a fact says, or follows from what facts say."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, time
from fractions import Fraction
from itertools import combinations, permutations
from typing import Final

from contracts.currencies import EXPONENTS
from decisions.guard.amounts import Amount, Hedge
from decisions.guard.evidence import Evidence, Quantity
from decisions.guard.units import same_size
from decisions.guard.words import stems

NEARLY: Final = Fraction(7, 100)
_SAVES: Final = re.compile(
    r"\b(?:sav\w+|off|discount\w*|less|cheaper|lower|reduc\w+|rebate|cut|drop\w*|down|fell|fallen|"
    r"difference|below|rabatt|spar\w+|günstiger|remise|réduction|économis\w+)\b"
)
_REST: Final = re.compile(
    r"\b(?:more|left|remain\w*|away|short|to go|without|excluding|except|before|difference|missing|"
    r"fewer|less|still|rest|other|others|further|another|noch|encore|plus)\b"
)
_TOGETHER: Final = re.compile(
    r"\b(?:together|total|in all|altogether|combined|plus|all|comes? to|makes?|makes? it|that is|sum|"
    r"both|items?|pieces|for|costs?|pay|with|including|zusammen|insgesamt|total|ensemble|order\w*|"
    r"units?)\b"
)
_TIME: Final = {"time", "months", "workdays"}


def fits(amount: Amount, value: Fraction, fact: Fraction, *, rounded: bool = False) -> bool:
    """Whether a said value (of the amount) is the fact's, as exactly as the amount's hedge claims."""
    said = value * amount.size
    if amount.hedge in {"exact", "up_to"}:
        if amount.dimension.startswith("money"):
            smallest = Fraction(1, 10 ** EXPONENTS.get(amount.dimension[-3:], 2)) if rounded else Fraction(0)
            return abs(said - fact) * 2 <= smallest
        if amount.dimension in {"count", "points", "ratio"} and not rounded:
            return said == fact
        if amount.dimension == "percent" and not rounded:
            return said == fact
        return same_size(value, amount.decimals, amount.size, fact)
    return _hedged(amount.hedge, said, fact)


def _hedged(hedge: Hedge, said: Fraction, fact: Fraction) -> bool:
    if hedge == "about":
        return abs(said - fact) <= NEARLY * abs(fact)
    if hedge == "almost":
        return fact < said <= fact * (1 + NEARLY)
    if hedge == "over":
        return fact > said and (said >= fact / 2 or said >= 100)  # noqa: PLR2004 -- far from the truth says something else
    if hedge == "at_least":
        return fact >= said
    if hedge == "under":
        return fact < said and fact >= said / 2
    return fact <= said and fact >= said / 2


def is_of(amount: Amount, quantity: Quantity, one: Evidence) -> bool:
    if amount.dimension == quantity.dimension:
        return True
    if amount.dimension == "ratio" and "times" in amount.words.lower():  # sold 240 times
        return quantity.dimension == "count"
    return {amount.dimension, quantity.dimension} == {"points", "count"} and "point" in one.own


def direct(amount: Amount, pool: Sequence[Evidence]) -> list[Evidence]:
    """The facts that say the amount themselves; of a range, those that say its ends."""
    found: list[Evidence] = []
    for value in amount.values:
        ends = [
            one
            for one in pool
            if _is_threshold(amount, value, one)
            or any(is_of(amount, each, one) and fits(amount, value, each.value) for each in one.quantities)
        ]
        if not ends:
            return []
        found.extend(ends)
    return found


def _is_threshold(amount: Amount, value: Fraction, one: Evidence) -> bool:
    """`Over $50` is how a threshold of $50 is said."""
    of_it = any(is_of(amount, each, one) and each.value == value * amount.size for each in one.quantities)
    return "threshold" in one.concepts and amount.hedge in {"over", "at_least"} and of_it


def follows(amount: Amount, pool: Sequence[Evidence], context: str) -> bool:
    """Whether the amount follows from several facts: a difference, a share, a sum, a product, days between two days."""
    return bool(amount.values) and all(
        any(fits(amount, value, derived, rounded=True) for derived in _derived(amount, pool, context))
        for value in amount.values
    )


def _derived(amount: Amount, pool: Sequence[Evidence], context: str) -> Iterator[Fraction]:
    if amount.dimension.startswith("money"):
        yield from _money(amount.dimension, pool, context)
    elif amount.dimension == "percent":
        yield from _percent(pool, context)
    elif amount.dimension == "points":
        yield from (abs(a - b) for a, b in combinations(_of("percent", pool), 2))
    elif amount.dimension == "ratio":
        yield from _ratios(pool, context)
    elif amount.ordinal:
        yield from (_number_of(one) + 1 for one in pool if one.is_number and not one.name_stems.isdisjoint(_BEFORE))
    elif amount.dimension == "count":
        yield from _counts(pool, context)
    elif amount.dimension in _TIME:
        yield from _spans(amount.dimension, pool)
        yield from _sums(amount.dimension, pool, context)
    else:
        yield from _sums(amount.dimension, pool, context)


_BEFORE: Final = stems("earlier prior previous past before")


def _number_of(one: Evidence) -> Fraction:
    return next((each.value for each in one.quantities), Fraction(0))


def _of(dimension: str, pool: Sequence[Evidence]) -> list[Fraction]:
    values = [each.value for one in pool for each in one.quantities if each.dimension == dimension and not one.is_offer]
    return [value for value in values if value]


def _off(dimension: str, pool: Sequence[Evidence]) -> tuple[list[Fraction], list[Fraction]]:
    """Shares and amounts that may be taken off: of offers, and of facts that are savings."""
    savers = [one for one in pool if one.is_offer or ("saving" in one.concepts and "old" not in one.concepts)]
    quantities = [each for one in savers for each in one.quantities]
    shares = [each.value / 100 for each in quantities if each.dimension == "percent"]
    return shares, [each.value for each in quantities if each.dimension == dimension]


def _money(dimension: str, pool: Sequence[Evidence], context: str) -> Iterator[Fraction]:
    values = _of(dimension, pool)
    counts = [value for value in _of("count", pool) if value > 0]
    shares, amounts_off = _off(dimension, pool)
    saved = context.endswith("[saved]")
    for value in values:
        for share in shares:
            yield value * share if saved else value * (1 - share)
        yield from (value - off for off in amounts_off if off < value and not saved)
        yield from (value * count for count in counts)
        yield from (value * count * (1 - share) for count in counts for share in shares)
        yield from (value / count for count in counts if "each" in context or "per" in context or "apiece" in context)
    yield from _sums(dimension, pool, context)
    for a, b in permutations(values, 2):
        if a > b > 0 and (saved or _REST.search(context)):
            yield a - b
        yield from (a * count + b for count in counts)


def _sums(dimension: str, pool: Sequence[Evidence], context: str) -> Iterator[Fraction]:
    values = _of(dimension, pool)
    if _TOGETHER.search(context) and len(values) > 1:
        yield sum(values, Fraction())
        yield from (a + b for a, b in combinations(values, 2))
    if (not dimension.startswith("money") and (_REST.search(context) or _SAVES.search(context))) or re.search(
        r"\b(?:later|earlier|longer|shorter|heavier|lighter|faster)\b", context
    ):
        yield from (abs(a - b) for a, b in combinations(values, 2) if a != b)
    if re.search(r"\b(?:together|altogether|in all|both|total)\b", context):
        yield from (value * count for value in values for count in _of("count", pool))


def _pairs(pool: Sequence[Evidence]) -> Iterator[tuple[Fraction, Fraction]]:
    """Two amounts of one dimension, the larger first."""
    quantities = [
        each
        for one in pool
        for each in one.quantities
        if not one.is_offer and each.value > 0 and each.dimension != "percent"
    ]
    for a, b in combinations(quantities, 2):
        if a.dimension == b.dimension:
            yield max(a.value, b.value), min(a.value, b.value)


def _percent(pool: Sequence[Evidence], context: str) -> Iterator[Fraction]:
    for high, low in _pairs(pool):
        if _SAVES.search(context):
            yield (high - low) * 100 / high
        elif re.search(r"\bmore|higher|heavier|larger|longer|mehr|up\b", context):
            yield (high - low) * 100 / low
        elif re.search(r"\bof\b", context):
            yield low * 100 / high
    if re.search(r"\bremain|rest|left|other\b", context):
        yield from (100 - value for value in _of("percent", pool))


def _ratios(pool: Sequence[Evidence], context: str) -> Iterator[Fraction]:
    shares, _ = _off("", pool)
    off = bool(_SAVES.search(context))
    yield from ((share if off else 1 - share) for share in shares)
    yield from (value / 100 for value in _of("percent", pool))
    for high, low in _pairs(pool):
        yield (high - low) / high if off else (high - low) / low if " more" in context else low / high
        yield high / low
    rates = _of("percent", pool)
    yield from ((a - b) / b if " more" in context else a / b for a, b in permutations(rates, 2))


def _counts(pool: Sequence[Evidence], context: str) -> Iterator[Fraction]:
    values = _of("count", pool)
    totals = any(one.is_number and not one.name_stems.isdisjoint(_IN_ALL) for one in pool)
    if len(values) > 1 and (_SUMMED.search(context) or not totals):
        yield sum(values, Fraction())
        if _SUMMED.search(context):
            yield from (a + b for a, b in combinations(values, 2))
    if context.endswith("[rest]"):
        yield from (abs(a - b) for a, b in combinations(values, 2) if a != b)


_SUMMED: Final = re.compile(r"\b(?:together|altogether|in all|in total|total|combined|both|zusammen|insgesamt)\b")
_IN_ALL: Final = stems("all total whole")


def _spans(dimension: str, pool: Sequence[Evidence]) -> Iterator[Fraction]:
    """Time between two of the days, in seconds, months or working days."""
    days = [one for one in pool if one.day is not None]
    for a, b in combinations(days, 2):
        early, late = sorted((a, b), key=lambda one: (one.day or date.min, one.clock or time.min))
        if early.day is None or late.day is None:
            continue
        gap = (late.day - early.day).days
        if dimension == "time":
            yield Fraction(gap * 86400)
            if early.instant and late.instant:
                yield Fraction(round((late.instant - early.instant).total_seconds()))
        elif dimension == "months":
            months = (late.day.year - early.day.year) * 12 + late.day.month - early.day.month
            if late.day.day == early.day.day:
                yield Fraction(months)
        else:
            yield Fraction(sum((early.day.toordinal() + n) % 7 not in {6, 0} for n in range(1, gap + 1)))
