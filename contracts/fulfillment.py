"""Consignments, parcels and scans: what is said to nodes and carriers, and what they answer."""

from collections import Counter
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints

from contracts.base import Contract
from contracts.ids import AddressRef, FulfillmentId, NodeId, OrderId, ServiceId, ShipmentId, Sku
from contracts.instants import Instant
from contracts.routing import Service
from contracts.states import ShipmentStatus
from contracts.stock import Units


class ConsignmentLine(Contract):
    line_id: str
    sku: Sku
    quantity: int


def units_of(node_id: NodeId, lines: list[ConsignmentLine]) -> Units:
    """How many of each product leave the node: lines of the same product count together."""
    units: Counter[tuple[NodeId, Sku]] = Counter()
    for line in lines:
        units[node_id, line.sku] += line.quantity
    return units


class Consignment(Contract):
    """What an order gets from one node by one carrier service; `number` is 1001-1."""

    fulfillment_id: FulfillmentId
    order_id: OrderId
    number: str
    node_id: NodeId
    node_name: str
    carrier: str
    service_id: ServiceId
    lines: list[ConsignmentLine]

    @property
    def units(self) -> Units:
        return units_of(self.node_id, self.lines)

    def key(self, effect: str) -> str:
        """The business key of an effect: shipment/1001-1:label:1."""
        return f"shipment/{self.number}:{effect}"


class Parcel(Contract):
    """What goes into one box: units by line id, and what they weigh in grams."""

    grams: int
    units: dict[str, int]


class LabelRequest(Contract):
    """A consignment's parcel number `position`, weight in grams.

    The carrier's adapter reads the addresses behind the references.
    """

    key: str
    shipment_id: ShipmentId
    position: int
    service_id: ServiceId
    node_id: NodeId
    address_ref: AddressRef
    grams: int
    units: dict[str, int]


class PackedParcel(Contract):
    """The packing list of one box, for the node: its label, and how many of each product are in it."""

    tracking_code: str
    units: dict[Sku, int]


class Label(Contract):
    """A bought label: price in minor units of the merchant's currency, the carrier's own estimate of the delivery.

    `earliest_at`: it comes no sooner, if its carrier says so.
    """

    tracking_code: str
    price_minor: int
    expected_at: AwareDatetime
    earliest_at: AwareDatetime | None = None


class Scan(Contract):
    """What a carrier says of a parcel, and of an exception why. `occurred_at` is the carrier's own time."""

    scan_id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    tracking_code: str
    status: ShipmentStatus
    occurred_at: Instant
    reason: Literal["incorrect_address"] | None = None


class CarrierService(Contract):
    """A service as its carrier sells it: prices and speeds by distance, as in a routing problem."""

    carrier: str
    service: Service
