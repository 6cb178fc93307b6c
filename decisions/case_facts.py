"""What staff are told of a held order: what is odd, and what speaks for the customer."""

from collections.abc import Iterator

from contracts.money import Money
from contracts.outreach import Case
from contracts.words import Fact
from decisions.facts import fact, instant


def case_facts(case: Case) -> Iterator[Fact]:
    """The points are internal: a number on a scale of our own tells a reader nothing."""
    yield fact("event", "what happened", "The order is held until a person decides on it.")
    yield fact("zone", "time zone", case.time_zone)
    yield fact("total", "total of the order", case.total)
    yield fact("decide_by", "until when it has to be decided", instant(case.decide_by))
    yield Fact(fact_id="points", name="risk points", value=case.assessment.points, internal=True)
    yield from _history(case)
    yield from _signals(case)
    yield from _circumstances(case)


def _history(case: Case) -> Iterator[Fact]:
    known = case.facts
    yield _orders("orders_last_day", "other orders of the customer within a day", known.orders_last_day)
    yield _orders("earlier_orders", "earlier orders of the customer", known.earlier_orders)
    yield _orders("delivered_before", "earlier orders of the customer that were delivered", case.delivered_before)
    yield _orders("disputed_before", "earlier orders of the customer that were disputed", case.disputed_before)
    if known.earlier_orders:
        average = Money(amount_minor=known.average_minor, currency=case.total.currency)
        yield fact("average", "average of the customer's earlier orders", average)


def _signals(case: Case) -> Iterator[Fact]:
    yield fact("signals", "declared signals that fired", len(case.assessment.signals), unit="signal")
    for signal in case.assessment.signals:
        yield fact(f"signal_{signal.code}", "a signal that fired", signal.sentence)


def _circumstances(case: Case) -> Iterator[Fact]:
    if not case.facts.billing_differs:
        same = "The billing address is not in another region than the shipping address."
        yield fact("billing", "billing address", same)
    if not case.facts.disposable_email:
        yield fact("email", "e-mail address", "It is not of a provider of disposable addresses.")
    yield fact("service_level", "delivery asked for", case.facts.service_level)


def _orders(fact_id: str, name: str, number: int) -> Fact:
    return fact(fact_id, name, number, unit="order")
