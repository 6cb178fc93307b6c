"""Whatever there is to tell, what the composer writes of it passes: none of its sentences is refused by itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from contracts.money import Money
from contracts.outreach import (
    BackorderChoice,
    Canceled,
    CardDeclined,
    Case,
    Confirmation,
    Delivered,
    Held,
    Item,
    Occasion,
    Purpose,
    Shipped,
)
from contracts.policy import RiskPolicy
from contracts.reasons import CancelReason
from contracts.risk import RiskFacts
from decisions.briefs import brief_of
from decisions.composer import compose
from decisions.guard import check
from decisions.risk import assess

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
SOON = NOW + timedelta(days=3)
COMMON: dict[str, Any] = {
    "brand": "Harbor & Pine",
    "locale": "en-US",
    "time_zone": "America/Chicago",
    "now": NOW,
    "order_number": 1015,
    "recipient": "Ada Byron",
}
ONE = (Item(name="Harbor mug, sea green", quantity=1, care="It may go into the dishwasher."),)
THREE = (
    *ONE,
    Item(name="Dormer table lamp", quantity=2),
    Item(name="Larch chef's knife, 20 cm", quantity=3, care="Wash it by hand and dry it at once."),
)
NINE = tuple(Item(name=f"Product {letter}", quantity=units) for units, letter in enumerate("ABCDEFGHI", start=1))
SEEDS = 1


def usd(minor: int) -> Money:
    return Money(amount_minor=minor, currency="USD")


def every_occasion() -> Iterator[Occasion]:
    yield Held(**COMMON, decided_by=SOON)
    yield CardDeclined(**COMMON, amount=usd(9_900), pay_by=SOON)
    yield from _cases()
    for items in (ONE, THREE, NINE):
        for promise, shipping in product((None, SOON.date()), (0, 495)):
            yield Confirmation(**COMMON, items=items, total=usd(12_345), shipping=usd(shipping), promise_latest=promise)
        yield Delivered(**COMMON, items=items, carrier="Bluebird Post", delivered_at=NOW - timedelta(hours=3))
        yield from _shipped(items)
        yield from _canceled(items)
        for can_ship_rest in (True, False):
            yield BackorderChoice(**COMMON, missing=items, can_ship_rest=can_ship_rest, choose_by=SOON)


def _shipped(items: tuple[Item, ...]) -> Iterator[Occasion]:
    for whole, codes, days in product((True, False), (("trk_927f5adb361ddba5",), ("trk_1", "trk_2")), (0, 1, 4)):
        yield Shipped(
            **COMMON,
            items=items,
            whole=whole,
            more_follows=not whole and days > 0,
            carrier="Northway Parcel",
            tracking_codes=codes,
            city="Fort Worth",
            earliest=NOW.date() + timedelta(days=1),
            latest=NOW.date() + timedelta(days=1 + days),
        )


def _canceled(items: tuple[Item, ...]) -> Iterator[Occasion]:
    for whole, reason, refund, released in product((True, False), CancelReason, (None, usd(500)), (None, usd(700))):
        yield Canceled(
            **COMMON,
            items=items,
            whole=whole,
            reason=reason,
            refund=refund,
            refund_by=SOON.date() if refund else None,
            released=released,
        )


def _cases() -> Iterator[Occasion]:
    """Customers of every kind: strangers have no history."""
    kinds = product(
        (4_823, 90_000), (0, 4), (0, 3), (True, False), (True, False), ("standard", "express"), (0, 2), (0, 1)
    )
    for total, lately, earlier, elsewhere, disposable, service, delivered, disputed in kinds:
        if earlier == 0 and (delivered or disputed):
            continue
        facts = RiskFacts(
            total_minor=total,
            orders_last_day=lately,
            earlier_orders=earlier,
            average_minor=2_000 if earlier else 0,
            billing_differs=elsewhere,
            disposable_email=disposable,
            service_level="express" if service == "express" else "standard",
        )
        yield Case(
            **COMMON,
            items=ONE,
            total=usd(total),
            facts=facts,
            assessment=assess(facts, RiskPolicy(), "USD"),
            delivered_before=delivered,
            disputed_before=disputed,
            decide_by=SOON,
        )


def test_what_the_composer_writes_of_any_occasion_passes():
    refused, purposes = {}, set()
    for occasion in every_occasion():
        brief = brief_of(occasion)
        purposes.add(occasion.purpose)
        for seed in range(SEEDS):
            for violation in check(brief, compose(brief, seed).sentences).violations:
                refused[violation.words] = violation.advice
    assert purposes == set(Purpose)
    assert refused == {}
