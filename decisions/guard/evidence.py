"""What a fact or an offer gives to say: its amounts, days, words, and whether it affirms or denies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from contracts.currencies import EXPONENTS
from contracts.money import Money
from contracts.words import Brief, Fact, Offer
from decisions.guard.amounts import amounts
from decisions.guard.characters import plain
from decisions.guard.concepts import ABOUT, SAID_OF
from decisions.guard.dates import moments
from decisions.guard.numerals import Language
from decisions.guard.units import UNITS, unit_of
from decisions.guard.words import NEGATORS, WORD, stem, stems

LANGUAGES: Final[dict[str, Language]] = {"de": "de", "fr": "fr"}
THINGS: Final = stems("item product article artikel name")
_SHORT_VALUE: Final = 4  # words; a value this short may say what the fact is about ("shipped")
_NEGATIVE: Final = NEGATORS


@dataclass(frozen=True, slots=True)
class Quantity:
    dimension: str
    value: Fraction  # in the dimension's base unit


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact or an offer, read. `affirms` is false for what is not so, not there, or zero."""

    id: str
    name: str
    usable: bool  # neither internal nor untrusted
    internal: bool
    quantities: tuple[Quantity, ...]
    day: date | None
    clock: time | None
    instant: datetime | None
    own: frozenset[str]
    name_stems: frozenset[str]
    concepts: frozenset[str]
    literals: tuple[str, ...]
    affirms: bool
    value_denies: bool
    is_offer: bool = False
    is_number: bool = False
    listed: int = 0

    @property
    def dated(self) -> bool:
        return self.day is not None or self.clock is not None

    def says(self, word: str) -> bool:
        return word in self.own or not self.concepts.isdisjoint(SAID_OF.get(word, ()))


def language_of(locale: str) -> Language:
    return LANGUAGES.get(locale[:2].lower(), "en")


def region_of(locale: str) -> str:
    parts = re.split(r"[-_]", locale)
    return parts[-1].upper() if len(parts) > 1 else {"de": "DE", "fr": "FR"}.get(locale[:2], "US")


def zone_of(brief: Brief) -> ZoneInfo:
    """The reader's zone, of whatever name its fact is; else UTC."""
    for fact in brief.facts:
        if (
            isinstance(fact.value, str)
            and ("/" in fact.value or fact.value == "UTC")
            and "zone" in f"{fact.fact_id} {fact.name}".lower()
        ):
            try:
                return ZoneInfo(fact.value)
            except (KeyError, ValueError, OSError):
                continue
    return ZoneInfo("UTC")


def evidence(brief: Brief) -> dict[str, Evidence]:
    zone, language, region = zone_of(brief), language_of(brief.locale), region_of(brief.locale)
    read = {fact.fact_id: _of_fact(fact, zone, language, region) for fact in brief.facts}
    return read | {offer.offer_id: _of_offer(offer, zone) for offer in brief.allowed_offers}


@lru_cache(maxsize=4096)  # much of what is said stands in many texts
def _of_fact(fact: Fact, zone: ZoneInfo, language: Language, region: str) -> Evidence:
    value = fact.typed
    name_stems, name_concepts, name_denies = _name(fact.name)
    day, clock, instant = _when(value, zone)
    texts = _texts(value) if instant is None and day is None and clock is None else ()
    value_stems = frozenset().union(*(stems(text) for text in texts))
    short = [text for text in texts if len(text.split()) <= _SHORT_VALUE]
    value_concepts = (
        _about(frozenset().union(*(stems(text) for text in short)))
        if not name_concepts & {"place", "name", "color", "material"}
        else frozenset[str]()
    )
    value_denies = any(low in _NEGATIVE for text in texts for low in re.findall(r"[\w']+", text.lower()))
    quantities = tuple(_quantities(fact, value, texts, language, region))
    if not name_stems.isdisjoint(THINGS):  # the 501 of a pair of jeans counts nothing
        quantities = tuple(
            each for each in quantities if each.dimension != "count" or not texts or isinstance(value, tuple)
        )
    zero = any(quantity.value == 0 for quantity in quantities) and not texts
    unit_words = stems(fact.unit or "")
    return Evidence(
        id=fact.fact_id,
        name=fact.name,
        usable=not (fact.internal or fact.untrusted),
        internal=fact.internal,
        quantities=quantities,
        day=day,
        clock=clock,
        instant=instant,
        own=name_stems | value_stems | unit_words,
        name_stems=name_stems | unit_words,
        concepts=name_concepts | value_concepts | _about(unit_words),
        literals=tuple(plain(text).lower() for text in texts),
        affirms=name_denies == (value is False or zero),
        value_denies=value_denies,
        is_number=isinstance(value, int | Decimal | Money) and not isinstance(value, bool),
        listed=len(value) if isinstance(value, tuple) else 0,
    )


@lru_cache(maxsize=4096)
def _name(name: str) -> tuple[frozenset[str], frozenset[str], bool]:
    own = stems(name.replace("_", " "))
    denies = any(word in _NEGATIVE for word in re.findall(r"[\w']+", name.lower())) or bool(
        re.search(r"(?<!is)(?<!are)(?<!for)[ _-]free$", name.lower())
    )
    return own, _about(own), denies


@lru_cache(maxsize=4096)
def _about(own: frozenset[str]) -> frozenset[str]:
    return frozenset[str]().union(*(ABOUT.get(word, frozenset()) for word in own))


def _when(value: object, zone: ZoneInfo) -> tuple[date | None, time | None, datetime | None]:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        local = aware.astimezone(zone)
        return local.date(), local.time().replace(second=0, microsecond=0), local
    if isinstance(value, date):
        return value, None, None
    return None, (value if isinstance(value, time) else None), None


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    return tuple(value) if isinstance(value, tuple) else ()


def _quantities(
    fact: Fact, value: object, texts: tuple[str, ...], language: Language, region: str
) -> Iterator[Quantity]:
    if isinstance(value, Money):
        yield Quantity(f"money {value.currency}", Fraction(value.amount_minor, 10 ** EXPONENTS[value.currency]))
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        unit = unit_of(fact.unit) if fact.unit else _unit_in(fact.name)
        dimension, size = unit or ("count", Fraction(1))
        if dimension == "time" and re.search(r"\b(?:business|working)\b", f"{fact.name} {fact.unit}"):
            yield Quantity("workdays", Fraction(value) * size / 86400)
        yield Quantity(dimension, Fraction(value) * size)
    elif isinstance(value, tuple):
        yield Quantity("count", Fraction(len(value)))
    for text in texts:
        yield from _in_text(text, language, region)
        if ", " in text and re.search(r",? (?:or|and|oder|und|ou|et) ", text):  # a list in words
            yield Quantity("count", Fraction(len(re.split(r", (?:or |and )?| or | and ", text))))


@lru_cache(maxsize=4096)
def _in_text(text: str, language: Language, region: str) -> tuple[Quantity, ...]:
    text = plain(text)
    taken = [(moment.start, moment.end) for moment in moments(text, language, month_first=region == "US")]
    return tuple(
        Quantity(amount.dimension, value * amount.size)
        for amount in amounts(text, language, region, taken)
        if not amount.ordinal
        for value in amount.values
    )


@lru_cache(maxsize=1024)
def _unit_in(name: str) -> tuple[str, Fraction] | None:
    """The unit that a name ends with: `weight in grams`, `battery hours`, `battery_life_hours`."""
    found = re.search(r"(?:\b(?:in|working|business) |_in_|\()([a-z]+)\)?$|[ _]([a-z]+s)$|^([a-z]+s)$", name.lower())
    word = found[1] or found[2] or found[3] if found else ""
    unit = UNITS.get(word) if len(word) > 2 else None  # noqa: PLR2004
    return unit if unit and unit[0] != "points" else None


def _of_offer(offer: Offer, zone: ZoneInfo) -> Evidence:
    quantities = []
    if offer.percent_off is not None:
        quantities.append(Quantity("percent", Fraction(offer.percent_off)))
    if offer.amount_off is not None:
        amount = offer.amount_off
        quantities.append(
            Quantity(f"money {amount.currency}", Fraction(amount.amount_minor, 10 ** EXPONENTS[amount.currency]))
        )
    local = offer.ends_at.astimezone(zone) if offer.ends_at else None
    return Evidence(
        id=offer.offer_id,
        name="offer",
        usable=True,
        internal=False,
        quantities=tuple(quantities),
        day=local.date() if local else None,
        clock=local.time().replace(second=0, microsecond=0) if local else None,
        instant=local,
        own=frozenset({stem("offer")}),
        name_stems=frozenset({stem("offer")}),
        concepts=frozenset({"offer", "saving"}),
        literals=(),
        affirms=True,
        value_denies=False,
        is_offer=True,
        is_number=True,
    )


def known_words(brief: Brief) -> frozenset[str]:
    """Every word of a fact that may be said, as it is written."""
    texts = [text for fact in brief.facts if not (fact.internal or fact.untrusted) for text in _texts(fact.value)]
    return frozenset(hit[0].lower() for text in texts for hit in WORD.finditer(plain(text)))
