"""How risky an order looks: declared signals, each with its points and a sentence for the reviewer."""

from collections.abc import Iterator

from contracts.money import Money
from contracts.policy import RiskPolicy
from contracts.risk import RiskAssessment, RiskFacts, RiskSignal


def assess(facts: RiskFacts, policy: RiskPolicy, currency: str) -> RiskAssessment:
    """Add up the signals that fire; from `policy.hold_from` points on a person decides."""
    signals = list(_signals(facts, policy, currency))
    points = sum(signal.points for signal in signals)
    return RiskAssessment(signals=signals, points=points, hold=points >= policy.hold_from)


def _signals(facts: RiskFacts, policy: RiskPolicy, currency: str) -> Iterator[RiskSignal]:
    if facts.orders_last_day >= policy.velocity_orders_a_day:
        yield RiskSignal(
            code="velocity",
            points=policy.velocity,
            sentence=f"The same customer placed {facts.orders_last_day} other orders within a day.",
        )
    if unusual := _unusual_amount(facts, policy, currency):
        yield RiskSignal(code="unusual_amount", points=policy.unusual_amount, sentence=unusual)
    if facts.billing_differs:
        yield RiskSignal(
            code="address_mismatch",
            points=policy.address_mismatch,
            sentence="The billing address is in another region than the shipping address.",
        )
    if facts.disposable_email:
        yield RiskSignal(
            code="disposable_email",
            points=policy.disposable_email,
            sentence="The e-mail address is of a provider of disposable addresses.",
        )
    if facts.earlier_orders == 0 and facts.service_level == "express":
        yield RiskSignal(
            code="first_order_express",
            points=policy.first_order_express,
            sentence="It is the customer's first order, and it asks for express delivery.",
        )


def _unusual_amount(facts: RiskFacts, policy: RiskPolicy, currency: str) -> str | None:
    total = Money(amount_minor=facts.total_minor, currency=currency)
    if facts.earlier_orders == 0:
        if facts.total_minor < policy.unusual_first_amount_minor:
            return None
        return f"A first order of {total} is unusually large."
    if facts.total_minor < policy.unusual_amount_factor * facts.average_minor:
        return None
    average = Money(amount_minor=facts.average_minor, currency=currency)
    return f"The order of {total} is far above the customer's average of {average}."
