"""The payment provider's books, read: an authorization and all that came of it."""

from pydantic import AwareDatetime

from contracts.base import Contract
from contracts.money import Money
from contracts.payments import Authorization, Capture
from simulation.books import Fact


class Refund(Contract):
    refund_ref: str
    amount: Money


class AskedOfCapture(Contract):
    """What a refusal, a failure or a dispute of a capture is about."""

    amount: Money


class PaymentEntry(Contract):
    """One authorization in the books and all that came of it; amounts in minor units, captures also by their keys.

    What failed later is not captured, what was lost in a dispute is refunded; `untold` messages are on their way.
    """

    authorization_ref: str
    key: str
    currency: str
    expires_at: AwareDatetime
    authorized_minor: int
    captures: int = 0
    capture_keys: tuple[str, ...] = ()
    captured_minor: int = 0
    voided: bool = False
    voided_minor: int = 0
    refunded_minor: int = 0
    failures: int = 0
    disputes: int = 0
    untold: int = 0

    def after(self, fact: Fact) -> "PaymentEntry":
        change: dict[str, object]
        match fact.kind:
            case "captured":
                taken = Capture.model_validate_json(fact.body).amount.amount_minor
                change = {
                    "captures": self.captures + 1,
                    "capture_keys": (*self.capture_keys, fact.key),
                    "captured_minor": self.captured_minor + taken,
                }
            case "voided":
                change = {"voided": True, "voided_minor": self.authorized_minor}
            case "refunded":
                given = Refund.model_validate_json(fact.body).amount.amount_minor
                change = {"refunded_minor": self.refunded_minor + given}
            case "failed":
                back = AskedOfCapture.model_validate_json(fact.body).amount.amount_minor
                change = {"failures": self.failures + 1, "captured_minor": self.captured_minor - back}
            case "dispute_lost":
                disputed = AskedOfCapture.model_validate_json(fact.body).amount.amount_minor
                held = max(0, self.captured_minor - self.refunded_minor)
                change = {"refunded_minor": self.refunded_minor + min(disputed, held)}
            case "disputed":
                change = {"disputes": self.disputes + 1}
            case "refused" | "dispute_won":
                change = {}
            case _:
                raise ValueError(f"the books hold an unknown fact: {fact.kind}")
        return self.model_copy(update=change)


def entry_of(facts: list[Fact]) -> PaymentEntry:
    """An authorization's facts, oldest first: the first is the authorization itself."""
    made = Authorization.model_validate_json(facts[0].body)
    entry = PaymentEntry(
        authorization_ref=made.authorization_ref,
        key=facts[0].key,
        currency=made.amount.currency,
        expires_at=made.expires_at,
        authorized_minor=made.amount.amount_minor,
    )
    for fact in facts[1:]:
        entry = entry.after(fact)
    return entry
