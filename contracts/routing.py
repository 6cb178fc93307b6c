"""Which node sends what to whom by which service: the question, the plan, and what the plan costs."""

import hashlib
import json
from collections.abc import Hashable, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, computed_field, model_validator
from pydantic_core import PydanticCustomError

from contracts.base import Contract, Request
from contracts.ids import NodeId, ServiceId, Sku

Count = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, ge=1)]
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)]
Name = Annotated[str, Field(strict=True, min_length=1)]
NodeName = Annotated[NodeId, Field(strict=True, min_length=1)]
SkuName = Annotated[Sku, Field(strict=True, min_length=1)]
ServiceName = Annotated[ServiceId, Field(strict=True, min_length=1)]


def _refuse(place: str, what: str) -> PydanticCustomError:
    return PydanticCustomError("routing", "{place}: {what}", {"place": place, "what": what})


def _all_different(place: str, keys: Sequence[Hashable]) -> None:
    seen: set[Hashable] = set()
    for position, key in enumerate(keys):
        if key in seen:
            raise _refuse(f"{place}.{position}", f"{key!r} stands twice")
        seen.add(key)


class Node(Request):
    """A warehouse or a store that can send parcels. Times in minutes, costs in minor units, None: no limit."""

    node_id: NodeName
    kind: Literal["warehouse", "store"]
    latitude: Latitude
    longitude: Longitude
    ready_in_minutes: Count
    handling_minor: Count
    pick_minor: Count
    activation_minor: Count
    capacity_parcels: Count | None
    capacity_units: Count | None


class StockLevel(Request):
    """Units of a product at a node (None: no limit) and what one of them is worth there."""

    node_id: NodeName
    sku: SkuName
    quantity: Count | None
    scarcity_minor: Count


class Zone(Request):
    """What a parcel costs and how long it travels, up to a distance."""

    up_to_km: Count
    base_minor: Count
    per_kg_minor: Count
    minutes_p50: Count
    minutes_p90: Count


class Service(Request):
    """A carrier's service: offered as far as its last zone reaches, parcels up to its weight."""

    service_id: ServiceName
    max_weight_grams: Positive
    zones: tuple[Zone, ...]

    @model_validator(mode="after")
    def _zones_ascend(self) -> Self:
        for position in range(1, len(self.zones)):
            if self.zones[position].up_to_km <= self.zones[position - 1].up_to_km:
                raise _refuse(f"zones.{position}.up_to_km", "zones must ascend")
        return self


class Lane(Request):
    """A pair of node and order that may ship, at a fixed cost per consignment."""

    node_id: NodeName
    order_id: Name
    cost_minor: Count


class LineToRoute(Request):
    """Units of one product that an order wants; weight in grams per unit."""

    line_id: Name
    sku: SkuName
    quantity: Count
    weight_grams: Count


class OrderToRoute(Request):
    """An order, where it goes, and what a broken promise, an hour of waiting and a missing unit cost."""

    order_id: Name
    latitude: Latitude
    longitude: Longitude
    promised_in_minutes: Count
    late_minor: Count
    hour_minor: Count
    unfilled_minor: Count
    lines: tuple[LineToRoute, ...]

    @model_validator(mode="after")
    def _lines_differ(self) -> Self:
        _all_different("lines", [line.line_id for line in self.lines])
        return self


class RoutingProblem(Request):
    """One problem in the fixed format of docs/routing.md; money in minor units, durations in minutes."""

    problem_id: Name
    currency: Annotated[str, Field(strict=True, pattern=r"^[A-Z]{3}$")]
    allow_split: Annotated[bool, Field(strict=True)]
    nodes: tuple[Node, ...]
    stock: tuple[StockLevel, ...]
    services: tuple[Service, ...]
    lanes: tuple[Lane, ...] | None
    orders: tuple[OrderToRoute, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        _all_different("nodes", [node.node_id for node in self.nodes])
        _all_different("stock", [(level.node_id, level.sku) for level in self.stock])
        _all_different("services", [service.service_id for service in self.services])
        _all_different("orders", [order.order_id for order in self.orders])
        _all_different("lanes", [(lane.node_id, lane.order_id) for lane in self.lanes or ()])
        return self

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        nodes = {node.node_id for node in self.nodes}
        orders = {order.order_id for order in self.orders}
        if self.lanes is not None and self.services:
            raise _refuse("services", "must be empty where lanes are given")
        for position, level in enumerate(self.stock):
            if level.node_id not in nodes:
                raise _refuse(f"stock.{position}.node_id", f"no node {level.node_id!r}")
        for position, lane in enumerate(self.lanes or ()):
            if lane.node_id not in nodes:
                raise _refuse(f"lanes.{position}.node_id", f"no node {lane.node_id!r}")
            if lane.order_id not in orders:
                raise _refuse(f"lanes.{position}.order_id", f"no order {lane.order_id!r}")
        return self


def inputs_hash(problem: RoutingProblem) -> str:
    """SHA-256 of the problem's canonical JSON (sorted keys, no spaces, ASCII), in hex: what a receipt names."""
    canonical = json.dumps(problem.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class PlannedLine(Contract):
    """Units of one line of an order."""

    line_id: Name
    quantity: Positive


class PlannedConsignment(Contract):
    """What an order gets from one node by one service; without a service where lanes are given."""

    node_id: NodeName
    service_id: ServiceName | None
    lines: Annotated[tuple[PlannedLine, ...], Field(min_length=1)]


class PlannedOrder(Contract):
    """What is sent of an order, and what is not."""

    order_id: Name
    consignments: tuple[PlannedConsignment, ...]
    unfilled: tuple[PlannedLine, ...]


class RoutingPlan(Contract):
    """A plan in the fixed plan file format: every order of the problem, no empty consignments."""

    problem_id: Name
    orders: tuple[PlannedOrder, ...]


class PlanCost(Contract):
    """A plan's cost in minor units, term by term, and the figures people compare plans by.

    `shipping_minor` is prices and handling. `late_halves` is the sum of the orders' late probabilities in
    halves, `minutes` the sum over orders of ready + p50 of their slowest consignment.
    """

    shipping_minor: int = 0
    pick_minor: int = 0
    activation_minor: int = 0
    scarcity_minor: int = 0
    late_minor: int = 0
    waiting_minor: int = 0
    unfilled_minor: int = 0
    consignments: int = 0
    parcels: int = 0
    shipped_orders: int = 0
    split_orders: int = 0
    late_orders: int = 0
    late_halves: int = 0
    minutes: int = 0
    unfilled_units: int = 0

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorator above a property
    @property
    def total_minor(self) -> int:
        terms = (self.shipping_minor, self.pick_minor, self.activation_minor, self.scarcity_minor)
        return sum(terms) + self.late_minor + self.waiting_minor + self.unfilled_minor

    def __add__(self, other: Self) -> Self:
        """Figure by figure: the cost of two orders' plans together."""
        figures = type(self).model_fields
        return self.model_copy(update={name: getattr(self, name) + getattr(other, name) for name in figures})


class Alternative(Contract):
    """A plan that was not chosen, and its cost."""

    plan: RoutingPlan
    cost: PlanCost


class ProvenPlan(Contract):
    """A plan and the proof: no plan costs less than `lower_bound_minor`; optimal: the plan costs just that."""

    plan: RoutingPlan
    cost: PlanCost
    lower_bound_minor: int
    status: Literal["optimal", "feasible"]


class RoutingDecision(ProvenPlan):
    """The receipt of a routing decision.

    `runner_up` is the cheapest plan with another set of (node, service) than the chosen one, None if there is
    none; if its status is only feasible, the solver ran out of time and there may be a cheaper one.
    """

    inputs_hash: str
    runner_up: Alternative | None
    runner_up_status: Literal["optimal", "feasible"]
