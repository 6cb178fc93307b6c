"""What the order process is started with, what its steps ask and answer, and how it ends."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from contracts.base import Contract
from contracts.clock import BusinessClock
from contracts.fulfillment import Consignment
from contracts.ids import OrderId
from contracts.reasons import CancelReason
from contracts.states import OrderStatus


class OrderStage(StrEnum):
    """What the process waits for."""

    ASSESSING_RISK = "assessing_risk"
    AWAITING_REVIEW = "awaiting_review"
    AUTHORIZING = "authorizing"
    PLANNING = "planning"
    DELIVERING = "delivering"
    CANCELING = "canceling"
    COMPLETED = "completed"
    CANCELED = "canceled"


class OrderStart(Contract):
    order_id: OrderId
    number: int
    policy_version: int
    clock: BusinessClock


class OrderStep(Contract):
    """What every step of an order is told: which order, by which policy, at what business time."""

    order_id: OrderId
    number: int
    policy_version: int
    now: AwareDatetime

    def key(self, effect: str) -> str:
        """The business key of an effect: order/1001:capture:1."""
        return f"order/{self.number}:{effect}"


class AuthorizationAnswer(Contract):
    outcome: Literal["authorized", "declined"]


class CaptureAnswer(Contract):
    """`not_yet`: nothing was handed over so far, whatever a signal claimed. `refused`: the provider will not pay."""

    outcome: Literal["captured", "refused", "not_yet"]


class PlanAnswer(Contract):
    """`consignments` is empty when the order cannot be filled completely."""

    outcome: Literal["reserved", "unfillable"]
    consignments: list[Consignment]


class CancelAnswer(Contract):
    """Why the order is to be canceled; None if nobody asked for it before the first hand-over."""

    reason: CancelReason | None


class CloseCanceled(OrderStep):
    """`note` says in words what the reason `other` means."""

    reason: CancelReason
    note: str | None = None


class OrderResult(Contract):
    number: int
    status: Literal[OrderStatus.COMPLETED, OrderStatus.CANCELED]
    reason: CancelReason | None = None
