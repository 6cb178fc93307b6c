"""An order as the planner sees it: where it goes, what by when, and where the units are."""

from datetime import date
from typing import Literal

from pydantic import Field

from contracts.base import Contract
from contracts.ids import AddressRef, NodeId, Sku


class LineToPlan(Contract):
    line_id: str
    sku: Sku
    quantity: int
    weight_grams: int


class NodeToPlan(Contract):
    """Costs in minor units: per parcel handled, per unit picked."""

    node_id: NodeId
    name: str
    kind: Literal["warehouse", "store"]
    latitude: float
    longitude: float
    ready_in_minutes: int
    handling_minor: int
    pick_minor: int


class UnitsOnHand(Contract):
    node_id: NodeId
    sku: Sku
    quantity: int


class OrderToPlan(Contract):
    """What was read for one plan. Coordinates in degrees; the address itself stays behind its reference.

    `ship_available`: the customer takes what there is, and waits for the rest. `on_hand` is all there is of the order's
    products, `stock` what of it others do not wait for.
    """

    number: int
    address_ref: AddressRef
    currency: str
    latitude: float
    longitude: float
    time_zone: str
    service_level: Literal["standard", "express"]
    promise_latest: date | None
    ship_available: bool = False
    lines: list[LineToPlan]
    nodes: list[NodeToPlan]
    stock: list[UnitsOnHand]
    on_hand: list[UnitsOnHand] = Field(default_factory=list)


class StockTaken(Exception):
    """Somebody else reserved a unit between the reading of the stock and the reserving."""
