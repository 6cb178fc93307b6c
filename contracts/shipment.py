"""What the shipment process is started with, what its steps ask and answer, and how it ends."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from contracts.base import Contract
from contracts.clock import BusinessClock
from contracts.fulfillment import Consignment
from contracts.states import RequestStatus


class ShipmentStage(StrEnum):
    """What the process waits for."""

    AWAITING_ACCEPTANCE = "awaiting_acceptance"
    LABELING = "labeling"
    AWAITING_PACKING = "awaiting_packing"
    HANDING_OVER = "handing_over"
    IN_TRANSIT = "in_transit"
    OVERDUE = "overdue"
    FAILED = "failed"
    DELIVERED = "delivered"
    RECALLED = "recalled"


class Fact(StrEnum):
    """What the outside world tells of a consignment."""

    ACCEPTED = "accepted"
    PACKED = "packed"
    DELIVERED = "delivered"
    RECALLED = "recalled"
    REJECTED = "rejected"
    FAILED = "failed"


class ShipmentRef(Contract):
    """Which consignment, by which policy: what the process tells each of its steps."""

    consignment: Consignment
    order_number: int
    policy_version: int

    def at(self, now: datetime) -> "ShipmentStep":
        """The step as it is taken at that business time."""
        return ShipmentStep(
            consignment=self.consignment, order_number=self.order_number, policy_version=self.policy_version, now=now
        )


class ShipmentStart(ShipmentRef):
    clock: BusinessClock

    @property
    def ref(self) -> ShipmentRef:
        return ShipmentRef(
            consignment=self.consignment, order_number=self.order_number, policy_version=self.policy_version
        )


class ShipmentStep(ShipmentRef):
    """A step of a consignment, at the business time at which it is taken."""

    now: AwareDatetime

    def key(self, effect: str) -> str:
        return self.consignment.key(effect)


class Standing(Contract):
    """How far a consignment is by its rows; all of it is new unless the process had to start again.

    `answer_by` is until when its node may say whether it will send.
    """

    request: RequestStatus
    told: list[Fact]
    answer_by: AwareDatetime | None = None


class StepAnswer(Contract):
    """`not_yet`: the row does not say what the signal claimed; the process goes on waiting. `refused`: by the node.

    `waiting_on` is what it waits for, if that is something else than before.
    """

    outcome: Literal["done", "not_yet", "refused"]
    waiting_on: str | None = None


class HandOverAnswer(Contract):
    """`recalled`: the order was canceled first. `patience_ends_at` is when the parcels count as overdue.

    `waiting_on` is what it waits for, if that is not its node.
    """

    outcome: Literal["handed_over", "recalled", "not_yet"]
    waiting_on: str | None = None
    patience_ends_at: AwareDatetime | None = None


class LossAnswer(Contract):
    """`failed`: nothing of it will arrive. `delivered`: the rest did. `not_yet`: some is waited for, until then."""

    outcome: Literal["failed", "delivered", "not_yet"]
    patience_ends_at: AwareDatetime | None = None


class ShipmentResult(Contract):
    number: str
    outcome: Literal["delivered", "recalled", "failed"]
