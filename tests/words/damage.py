"""Damages a text in one place: another number, day, time, amount, name or count than the facts give."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from contracts.money import Money
from contracts.words import Brief, Copy, Fact, Sentence
from decisions.composer import figures
from tests.words.occasions import BRANDS, CARRIERS, CITIES, PEOPLE, PRODUCTS

NAMES = {
    "recipient": PEOPLE,
    "brand": BRANDS,
    "carrier": CARRIERS,
    "city": CITIES,
    "item": tuple(name for name, _ in PRODUCTS),
}
_NUMERALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Damage:
    """What stood in a sentence and what stands there now; `fact_id` is the fact that it contradicts."""

    kind: str
    fact_id: str
    before: str
    after: str
    sentence: int

    def done_to(self, copy: Copy) -> Copy:
        sentences = list(copy.sentences)
        old = sentences[self.sentence]
        text = _place(self.before).sub(lambda _: self.after, old.text, count=1)
        sentences[self.sentence] = old.model_copy(update={"text": text})
        return copy.model_copy(update={"sentences": tuple(sentences)})


def damages(brief: Brief, copy: Copy, random: Random) -> list[Damage]:
    """Every place that can be damaged, each with a value drawn from what no fact of the brief says."""
    facts = {fact.fact_id: fact for fact in brief.facts}
    return [
        Damage(kind, fact_id, before, after, number)
        for number, sentence in enumerate(copy.sentences)
        for fact_id in sentence.fact_ids
        for kind, before, after in _changes(brief, facts[fact_id], sentence, random)
        if before != after and _place(before).search(sentence.text) and after not in _true(brief)
    ]


def _place(said: str) -> re.Pattern[str]:
    """Where it stands on its own: the 2 of 12 is no count."""
    return re.compile(rf"(?<![\w.,]){re.escape(said)}(?!\w)")


def _true(brief: Brief) -> set[str]:
    """What the facts give as texts: a damage is none if it says something else that is true of something else."""
    return {fact.value for fact in brief.facts if isinstance(fact.value, str)}


def _changes(brief: Brief, fact: Fact, sentence: Sentence, random: Random) -> Iterator[tuple[str, str, str]]:
    kind = fact.fact_id.rstrip("0123456789")
    value = fact.typed
    if isinstance(value, Money):
        yield (
            "amount",
            figures.money(value, brief.locale),
            figures.money(_other_amount(brief, value, random), brief.locale),
        )
    elif isinstance(value, datetime):
        yield from _moment(brief, value, random)
    elif isinstance(value, date):
        yield from _day(brief, value, random)
    elif isinstance(value, int):
        yield from _count(brief, value, sentence, random)
    elif kind in {"order", "tracking"} and isinstance(value, str):
        yield "number", value, _other_digits(value, random)
    elif kind in NAMES and isinstance(value, str):
        yield "name", value, random.choice([name for name in NAMES[kind] if name not in _true(brief)])


def _other_amount(brief: Brief, amount: Money, random: Random) -> Money:
    known = {fact.value.amount_minor for fact in brief.facts if isinstance(fact.value, Money)}
    changed = [
        amount.amount_minor + step for step in (-1000, -100, -7, 1, 30, 100, 5000) if amount.amount_minor + step > 0
    ]
    return amount.model_copy(update={"amount_minor": random.choice([minor for minor in changed if minor not in known])})


def _days(brief: Brief) -> set[date]:
    """The days that some fact gives, in the reader's zone."""
    zone = brief.fact("zone")
    reader = ZoneInfo(str(zone.value) if zone else "UTC")
    days = set()
    for fact in brief.facts:
        value = fact.typed
        if isinstance(value, datetime):
            days.add(value.astimezone(reader).date())
        elif isinstance(value, date):
            days.add(value)
    return days


def _other_day(brief: Brief, day: date, random: Random) -> date:
    moved = [day + timedelta(days=step) for step in (-9, -2, -1, 1, 2, 6, 7, 30)]
    return random.choice([other for other in moved if other not in _days(brief)])


def _day(brief: Brief, day: date, random: Random) -> Iterator[tuple[str, str, str]]:
    other = _other_day(brief, day, random)
    for with_year in (True, False):
        said, instead = (figures.day(one, brief.locale, with_year=with_year) for one in (day, other))
        yield "date", said, instead
    if figures.is_american(brief.locale):
        yield "date", f"{day:%B} {day.day}", f"{other:%B} {other.day}"


def _moment(brief: Brief, moment: datetime, random: Random) -> Iterator[tuple[str, str, str]]:
    zone = brief.fact("zone")
    local = moment.astimezone(ZoneInfo(str(zone.value) if zone else "UTC"))
    yield from _day(brief, local.date(), random)
    other = local + timedelta(minutes=random.choice((-180, -60, -15, 15, 60, 120)))
    yield "time", figures.clock(local, brief.locale), figures.clock(other, brief.locale)


def _count(brief: Brief, value: int, sentence: Sentence, random: Random) -> Iterator[tuple[str, str, str]]:
    known = {fact.value for fact in brief.facts if isinstance(fact.value, int)}
    other = random.choice([number for number in range(1, value + 12) if number not in known])
    for noun in re.findall(r"(?:more |earlier |other )?(?:item|order|signal)s?\b", sentence.text):
        for said in (f"{value} {noun}", *_in_words(value, noun)):
            singular = noun.removesuffix("s")
            yield "count", said, f"{other} {singular}" if other == 1 else f"{other} {singular}s"
    times = "\N{MULTIPLICATION SIGN}"
    yield "count", f"{value} {times}", f"{other} {times}"
    yield "count", f"({value})", f"({other})"


def _in_words(value: int, noun: str) -> Iterator[str]:
    if value <= len(_NUMERALS):
        yield f"{_NUMERALS[value - 1]} {noun}"
        yield f"{_NUMERALS[value - 1].capitalize()} {noun}"


def _other_digits(value: str, random: Random) -> str:
    """The same with another digit at one place."""
    places = [place for place, sign in enumerate(value) if sign.isdigit()]
    place = random.choice(places)
    other = random.choice([digit for digit in "123456789" if digit != value[place]])
    return value[:place] + other + value[place + 1 :]
