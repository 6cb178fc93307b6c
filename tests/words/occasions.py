"""Occasions of every purpose, drawn by a seed: one item or many, windows over New Year, odd names, several zones."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

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
from decisions.risk import assess

PRODUCTS = (
    ("Stoneware mug, 350 ml", "Rinse by hand before the first use."),
    ("Desk lamp", None),
    ("Wool socks", "Wash at 30 degrees and dry flat."),
    ("Walnut cutting board", "Oil it twice a year."),
    ("Linen apron", None),
    ("Salt & pepper set", None),
    ("Notebook A5, dotted", None),
    ('"Sunrise" poster', None),
    ("Chair pads (set)", "Air it now and then."),
    ("Kaffeemühle", "Keep dry."),
    ("湯のみ", None),
    ("Picture frame 20 x 30 cm", None),
)
PEOPLE = ("Ana Silva", "Rosa O'Neill", "Jürgen Groß", "Li Wei", "Marie-Claire Dubois", "Sam Okafor", "Zoë Hart")
BRANDS = ("Northwind", "Green & Gray", "Harbor Goods", "Atelier Lumière")
CARRIERS = ("Northstar Parcel", "Swift Post", "Blue Line", "Kestrel")
CITIES = ("Portland", "San José", "Leeds", "Köln", "Saint Paul")
ZONES = ("America/Los_Angeles", "America/New_York", "Europe/London", "Europe/Berlin", "Asia/Tokyo", "America/Sao_Paulo")
LOCALES = ("en-US", "en-US", "en-GB", "de-DE", "en-AU")
CURRENCIES = ("USD", "USD", "EUR", "GBP", "CHF", "JPY")
MAILS = tuple(purpose for purpose in Purpose if purpose is not Purpose.CASE_SUMMARY)


def occasions(count: int, seed: int) -> list[Occasion]:
    """All purposes in turn."""
    purposes = tuple(Purpose)
    return [occasion(purposes[number % len(purposes)], seed + number) for number in range(count)]


def occasion(purpose: Purpose, seed: int) -> Occasion:
    return _Draw(purpose, seed).occasion()


class _Draw:
    def __init__(self, purpose: Purpose, seed: int) -> None:
        self.purpose = purpose
        self.random = Random(f"{purpose}:{seed}")
        self.now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.random.randrange(525_600))
        self.currency = self.random.choice(CURRENCIES)
        self.known = {
            "brand": self.random.choice(BRANDS),
            "locale": self.random.choice(LOCALES),
            "time_zone": self.random.choice(ZONES),
            "now": self.now,
            "order_number": self.random.randrange(1001, 99_999),
            "recipient": self.random.choice(PEOPLE),
        }

    def occasion(self) -> Occasion:
        draws: dict[Purpose, Callable[[], Occasion]] = {
            Purpose.ORDER_CONFIRMATION: self.confirmation,
            Purpose.ORDER_HELD: self.held,
            Purpose.SHIPPED: self.shipped,
            Purpose.DELIVERED: self.delivered,
            Purpose.CANCELED: self.canceled,
            Purpose.CARD_DECLINED: self.card_declined,
            Purpose.BACKORDER_CHOICE: self.backorder,
            Purpose.CASE_SUMMARY: self.case,
        }
        return draws[self.purpose]()

    def held(self) -> Held:
        return Held.model_validate(self.known | {"decided_by": self.soon()})

    def card_declined(self) -> CardDeclined:
        return CardDeclined.model_validate(self.known | {"amount": self.money(), "pay_by": self.soon()})

    def confirmation(self) -> Confirmation:
        shipping = self.money(900) if self.random.random() < 0.7 else Money(amount_minor=0, currency=self.currency)
        return Confirmation.model_validate(
            self.known
            | {
                "items": self.items(),
                "total": self.money() + shipping,
                "shipping": shipping,
                "promise_latest": self.day(8) if self.random.random() < 0.8 else None,
            }
        )

    def shipped(self) -> Shipped:
        earliest, whole = self.day(5), self.random.random() < 0.7
        codes = tuple(self.code() for _ in range(self.random.choice((1, 1, 1, 2, 3))))
        return Shipped.model_validate(
            self.known
            | {
                "items": self.items(),
                "whole": whole,
                "more_follows": not whole,
                "carrier": self.random.choice(CARRIERS),
                "tracking_codes": codes,
                "city": self.random.choice(CITIES),
                "earliest": earliest,
                "latest": earliest + timedelta(days=self.random.randrange(5)),
            }
        )

    def delivered(self) -> Delivered:
        return Delivered.model_validate(
            self.known
            | {
                "items": self.items(),
                "carrier": self.random.choice(CARRIERS),
                "delivered_at": self.now - timedelta(minutes=self.random.randrange(1, 3000)),
            }
        )

    def canceled(self) -> Canceled:
        refund = self.money() if self.random.random() < 0.6 else None
        return Canceled.model_validate(
            self.known
            | {
                "items": self.items(),
                "whole": self.random.random() < 0.7,
                "reason": self.random.choice(tuple(CancelReason)),
                "refund": refund,
                "refund_by": self.day(14) if refund and self.random.random() < 0.8 else None,
                "released": self.money() if self.random.random() < 0.4 else None,
            }
        )

    def backorder(self) -> BackorderChoice:
        return BackorderChoice.model_validate(
            self.known
            | {"missing": self.items(), "can_ship_rest": self.random.random() < 0.6, "choose_by": self.soon()}
        )

    def case(self) -> Case:
        total, last_day = self.money(), self.random.choice((0, 0, 0, 1, 4, 9))
        earlier = last_day + self.random.choice((0, 0, 1, 3, 14))
        facts = RiskFacts(
            total_minor=total.amount_minor,
            orders_last_day=last_day,
            earlier_orders=earlier,
            average_minor=self.money().amount_minor if earlier else 0,
            billing_differs=self.random.random() < 0.4,
            disposable_email=self.random.random() < 0.4,
            service_level=self.random.choice(("standard", "express")),
        )
        delivered = self.random.randrange(earlier + 1)
        return Case.model_validate(
            self.known
            | {
                "items": self.items(),
                "total": total,
                "facts": facts,
                "assessment": assess(facts, RiskPolicy(), self.currency),
                "delivered_before": delivered,
                "disputed_before": self.random.randrange(delivered + 1) if self.random.random() < 0.3 else 0,
                "decide_by": self.soon(),
            }
        )

    def items(self) -> tuple[Item, ...]:
        chosen = self.random.sample(PRODUCTS, self.random.choice((1, 1, 2, 2, 3, 4, 5, 8)))
        return tuple(
            Item(name=name, quantity=self.random.choice((1, 1, 1, 2, 3, 12)), care=care) for name, care in chosen
        )

    def money(self, below: int = 500_000) -> Money:
        return Money(amount_minor=self.random.randrange(1, below), currency=self.currency)

    def soon(self) -> datetime:
        return self.now + timedelta(minutes=15 * self.random.randrange(8, 800))

    def day(self, within: int) -> date:
        return self.now.date() + timedelta(days=self.random.randrange(1, within + 1))

    def code(self) -> str:
        return f"1Z{self.random.randrange(10**9):09d}"
