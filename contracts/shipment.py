"""What the shipment process is started with, what its steps ask and answer, and how it ends."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from contracts.base import Contract
from contracts.clock import BusinessClock
from contracts.fulfillment import Consignment


class ShipmentStage(StrEnum):
    """What the process waits for."""

    AWAITING_ACCEPTANCE = "awaiting_acceptance"
    LABELING = "labeling"
    AWAITING_PACKING = "awaiting_packing"
    HANDING_OVER = "handing_over"
    IN_TRANSIT = "in_transit"
    OVERDUE = "overdue"
    DELIVERED = "delivered"
    RECALLED = "recalled"


class ShipmentStart(Contract):
    consignment: Consignment
    order_number: int
    policy_version: int
    clock: BusinessClock


class ShipmentStep(Contract):
    """What every step of a consignment is told."""

    consignment: Consignment
    order_number: int
    policy_version: int
    now: AwareDatetime

    def key(self, effect: str) -> str:
        return self.consignment.key(effect)


class StepAnswer(Contract):
    """`not_yet`: the row does not say what the signal claimed; the process goes on waiting."""

    outcome: Literal["done", "not_yet"]


class HandOverAnswer(Contract):
    """`recalled`: the order was canceled first. `patience_ends_at` is when the parcels count as overdue."""

    outcome: Literal["handed_over", "recalled", "not_yet"]
    patience_ends_at: AwareDatetime | None = None


class ShipmentResult(Contract):
    number: str
    outcome: Literal["delivered", "recalled"]
