"""An order as the API shows it: four status axes, what it waits for, what may be done, and its timeline."""

from datetime import date

from pydantic import AwareDatetime, Field, JsonValue

from contracts.actors import Actor
from contracts.base import Contract
from contracts.claims import ClaimView
from contracts.commands import HoldView
from contracts.disputes import DisputeView
from contracts.ids import CustomerRef, FulfillmentId, NodeId, OrderId, ShipmentId
from contracts.money import Money
from contracts.reasons import CancelReason
from contracts.states import (
    FulfillmentStatus,
    OrderStatus,
    PaymentStatus,
    RequestStatus,
    ShipmentStatus,
)


class StatusAxes(Contract):
    """Four separate truths; fulfillment and shipment show the least advanced of their parts, None without parts."""

    order: OrderStatus
    payment: PaymentStatus
    fulfillment: FulfillmentStatus | None
    shipment: ShipmentStatus | None


class LineView(Contract):
    """`quantity` is what was ordered, `canceled` what of it will not come."""

    line_id: str
    sku: str
    quantity: int
    canceled: int
    cancel_requested: int
    unit_price: Money
    discount: Money


class PaymentView(Contract):
    status: PaymentStatus
    authorized: Money
    captured: Money
    refunded: Money
    authorization_expires_at: AwareDatetime | None
    disputes: list[DisputeView] = Field(default_factory=list)


class ParcelView(Contract):
    """`units` by line; `settled_at` is when they were counted as lost, and sent again or given back."""

    id: ShipmentId
    status: ShipmentStatus
    tracking_code: str
    grams: int
    units: dict[str, int]
    expected_at: AwareDatetime
    voided_at: AwareDatetime | None
    settled_at: AwareDatetime | None

    @property
    def counts(self) -> bool:
        """Not as lost: that was made up for."""
        return self.settled_at is None


class ConsignmentLineView(Contract):
    """`quantity` is what the node was asked for, `rejected` what of it it did not send, `lost` what never arrived."""

    line_id: str
    sku: str
    quantity: int
    rejected: int
    lost: int


class ConsignmentView(Contract):
    id: FulfillmentId
    number: str
    node_id: NodeId
    status: FulfillmentStatus
    request: RequestStatus
    carrier: str
    service_id: str
    waiting_on: str | None
    waiting_until: AwareDatetime | None
    lines: list[ConsignmentLineView]
    parcels: list[ParcelView]


class TimelineEntry(Contract):
    """Who did what, when and why: `occurred_at` in business time, `recorded_at` on the wall's clock."""

    sequence: int
    type: str
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    actor: Actor
    source: str
    subject: str | None
    reason_code: str | None
    facts: dict[str, JsonValue]


class OrderView(Contract):
    id: OrderId
    number: int
    version: int
    external_id: str
    channel: str
    customer_ref: CustomerRef
    status: StatusAxes
    cancel_reason: CancelReason | None
    waiting_on: str | None
    waiting_until: AwareDatetime | None
    holds: list[HoldView]
    allowed_actions: list[str]
    placed_at: AwareDatetime
    service_level: str
    promise_latest: date | None
    total: Money
    tax: Money
    shipping: Money
    lines: list[LineView]
    payment: PaymentView
    consignments: list[ConsignmentView]
    claims: list[ClaimView] = Field(default_factory=list)
    timeline: list[TimelineEntry]
