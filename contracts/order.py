"""What the order process is started with, what its steps ask and answer, and how it ends."""

from datetime import datetime
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
    outcome: Literal["authorized", "declined"]


class CaptureAnswer(Contract):
    """`not_yet`: nothing was handed over so far, whatever a signal claimed. `refused`: the provider will not pay."""

    outcome: Literal["captured", "refused", "not_yet"]


class PlanAnswer(Contract):
    """`consignments` is empty when the order cannot be filled completely."""

    outcome: Literal["reserved", "unfillable"]
    consignments: list[Consignment]


class CancelAnswer(Contract):
    """Why the order is to be canceled; None if nobody asked for it before the first hand-over.

    `nodes_asked`: there are consignments to be recalled first.
    """

    reason: CancelReason | None
    nodes_asked: bool = False


class CloseCanceled(Contract):
    """`note` says in words what the reason `other` means."""

    order: OrderRef
    reason: CancelReason
    note: str | None = None


class OrderResult(Contract):
    number: int
    status: Literal[OrderStatus.COMPLETED, OrderStatus.CANCELED]
    reason: CancelReason | None = None
