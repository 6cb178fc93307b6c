"""What is known about the risk of an order, and what was made of it."""

from typing import Literal

from pydantic import AwareDatetime

from contracts.base import Contract
from contracts.ids import ApprovalId


class RiskFacts(Contract):
    """Amounts in minor units of the merchant's currency; `average_minor` over earlier orders that were not canceled."""

    total_minor: int
    orders_last_day: int
    earlier_orders: int
    average_minor: int
    billing_differs: bool
    disposable_email: bool
    service_level: Literal["standard", "express"]


class RiskSignal(Contract):
    """One declared signal that fired: its points, and a sentence a reviewer reads."""

    code: Literal["velocity", "unusual_amount", "address_mismatch", "disposable_email", "first_order_express"]
    points: int
    sentence: str


class RiskAssessment(Contract):
    signals: list[RiskSignal]
    points: int
    hold: bool


class PendingApproval(Contract):
    """A question that a person has to answer until `due_at`, in business time."""

    approval_id: ApprovalId
    due_at: AwareDatetime


class RiskVerdict(Contract):
    """`approval` is there when the order is held."""

    points: int
    approval: PendingApproval | None
