"""What a merchant has: products, nodes, places and the stock on hand, in the words of the tables they go to."""

from typing import Literal

from contracts.base import Contract
from contracts.ids import NodeId, Sku


class ProductRow(Contract):
    """`care` is a tip of its maker's, one sentence."""

    sku: Sku
    name: str
    weight_grams: int
    care: str | None = None


class NodeRow(Contract):
    """Coordinates in degrees, ready in business minutes, costs in minor units: per parcel and per unit."""

    node_id: NodeId
    kind: Literal["warehouse", "store"]
    name: str
    latitude: float
    longitude: float
    time_zone: str
    ready_in_minutes: int
    handling_minor: int
    pick_minor: int


class PlaceRow(Contract):
    """Where a city is, and which postal codes are taken to lie there."""

    country: str
    region: str
    city: str
    postal_prefix: str
    latitude: float
    longitude: float


class StockRow(Contract):
    """Units on hand when the shop opens."""

    node_id: NodeId
    sku: Sku
    quantity: int


class World(Contract):
    products: list[ProductRow]
    nodes: list[NodeRow]
    places: list[PlaceRow]
    stock: list[StockRow]
