"""What the order process is started with, what its steps ask and answer, and how it ends."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from contracts.base import Contract
from contracts.clock import BusinessClock
from contracts.fulfillment import Consignment
from contracts.ids import OrderId
from contracts.order_state import Due
from contracts.reasons import CancelReason
from contracts.states import OrderStatus
from contracts.waiting import NOTHING, Wait


class OrderStage(StrEnum):
    """What the process waits for."""

    ASSESSING_RISK = "assessing_risk"
    AWAITING_REVIEW = "awaiting_review"
    AUTHORIZING = "authorizing"
    AWAITING_PAYMENT = "awaiting_payment"
    PLANNING = "planning"
    DELIVERING = "delivering"
    CANCELING = "canceling"
    COMPLETED = "completed"
    CANCELED = "canceled"


class OrderRef(Contract):
    """Which order, by which policy: what the process tells each of its steps."""

    order_id: OrderId
    number: int
    policy_version: int

    def at(self, now: datetime) -> "OrderStep":
        """The step as it is taken at that business time."""
        return OrderStep(order_id=self.order_id, number=self.number, policy_version=self.policy_version, now=now)


class OrderStart(OrderRef):
    clock: BusinessClock

    @property
    def ref(self) -> OrderRef:
        return OrderRef(order_id=self.order_id, number=self.number, policy_version=self.policy_version)


class OrderStep(OrderRef):
    """A step of an order, at the business time at which it is taken."""

    now: AwareDatetime

    def key(self, effect: str) -> str:
        """The business key of an effect: order/1001:capture:1."""
        return f"order/{self.number}:{effect}"


class AuthorizationAnswer(Contract):
    """Declined: until when another payment method is waited for; None if it is not, or not any more."""

    outcome: Literal["authorized", "declined"]
    patience_ends_at: AwareDatetime | None = None


class Next(Contract):
    """What the rows say is due, the consignments that are to be shipped, and what else the order waits for how long."""

    due: Due
    consignments: list[Consignment] = Field(default_factory=list)
    wait: Wait = NOTHING


EndStatus = Literal[OrderStatus.COMPLETED, OrderStatus.CANCELED]


class Closed(Contract):
    """How the order ended; `due` instead, if something is left to do."""

    due: Due | None = None
    status: EndStatus | None = None
    reason: CancelReason | None = None


class CancelAnswer(Contract):
    """Why the whole order is to be canceled; None if nobody asked for it.

    `planned`: there are consignments, or its money was moved in parts, so that it is more than an undoing.
    """

    reason: CancelReason | None
    planned: bool = False


class CloseCanceled(Contract):
    """`note` says in words what the reason `other` means."""

    order: OrderRef
    reason: CancelReason
    note: str | None = None


class OrderResult(Contract):
    number: int
    status: EndStatus
    reason: CancelReason | None = None
