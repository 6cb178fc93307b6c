"""What a process waits for, in words that people read in the Temporal UI and over HTTP."""

from typing import Final

from pydantic import AwareDatetime

from contracts.base import Contract

PAYMENT_PROVIDER: Final = "payment provider"
CUSTOMER_TO_PAY: Final = "the customer to name another payment method"
RISK_CHECK: Final = "risk check"
REVIEWER: Final = "a person to review the order"
MOST_NAMED: Final = 12
PLANNER: Final = "a plan from stock and carriers' rates"
STOCK_OR_CHOICE: Final = "stock to come, or the customer to choose"
SERVICE_TO_DECIDE: Final = "a person to decide: message"
THE_MORNING: Final = "the end of the customer's quiet hours"
UNDOING: Final = "partners to undo what was done"


class Wait(Contract):
    """The party and what it should do ("Store Oakland to accept"), and until when in business time, if limited."""

    on: str | None = None
    until: AwareDatetime | None = None


NOTHING: Final = Wait()


def node_to_accept(node_name: str) -> str:
    return f"{node_name} to accept"


def node_to_pack(node_name: str) -> str:
    return f"{node_name} to pack"


def carrier_for_labels(carrier: str) -> str:
    return f"labels of {carrier}"


def node_to_hand_over(node_name: str) -> str:
    return f"{node_name} to hand over"


def carrier_to_deliver(carrier: str) -> str:
    return f"{carrier} to deliver"


def carrier_overdue(carrier: str) -> str:
    return f"{carrier} to deliver, overdue"


def person_to_decide(question: str) -> str:
    return f"a person to decide: {question.replace('_', ' ')}"


def release_of(reasons: list[str]) -> str:
    return f"release of the hold: {', '.join(reasons)}"


def consignments(numbers: list[str]) -> str:
    """Only the first few are named: search attributes are short."""
    named, others = numbers[:MOST_NAMED], len(numbers) - MOST_NAMED
    return f"delivery of {', '.join(named)}" + (f" and {others} more" if others > 0 else "")
