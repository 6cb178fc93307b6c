"""Facts in the form in which every brief states them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from contracts.outreach import Item
from contracts.words import Fact, FactValue

MOST_NAMED: Final = 4  # products; of more than that some are named and the others counted
NAMED_OF_MANY: Final = 3


def fact(fact_id: str, name: str, value: FactValue, *, unit: str | None = None) -> Fact:
    return Fact(fact_id=fact_id, name=name, value=value, unit=unit)


def day(when: date) -> str:
    """2026-11-24"""
    return when.isoformat()


def instant(moment: datetime) -> str:
    """2026-11-24T09:00:00Z"""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def item_facts(items: tuple[Item, ...]) -> Iterator[Fact]:
    """The products with their units, how many units are not named, and all units together."""
    for number, item in enumerate(named(items), start=1):
        yield fact(f"item{number}", f"product {number}", item.name)
        yield fact(f"count{number}", f"items of product {number}", item.quantity, unit="piece")
    if more := sum(item.quantity for item in items[len(named(items)) :]):
        yield fact("more", "more items, of further products", more, unit="piece")
    yield fact("units", "items in all", sum(item.quantity for item in items), unit="piece")


def named(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return items if len(items) <= MOST_NAMED else items[:NAMED_OF_MANY]
