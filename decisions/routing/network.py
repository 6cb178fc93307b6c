"""What every node can offer an order: by which service, how far, how heavy, how late, at what price."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from contracts.ids import NodeId, ServiceId, Sku
from contracts.routing import Node, OrderToRoute, RoutingProblem, Service, Zone

EARTH_RADIUS_KM = 6371.0088

Pair = tuple[NodeId, ServiceId | None]  # which node sends by which service


class Reach(NamedTuple):
    """A node that holds something of an order; `nearness` is km, or with lanes the lane's cost."""

    nearness: float
    node: Node


@dataclass(frozen=True, slots=True)
class Offer:
    """One way a node can send to one order; the rates of a lane have no weight limit and no service.

    `late_minor` and `waiting_minor` are what the order pays if this is its slowest consignment:
    both grow with the delay, so an order's terms are the largest of its consignments'.
    """

    node: Node
    service_id: ServiceId | None
    base_minor: int
    per_kg_minor: int
    max_weight_grams: int | None
    minutes_p50: int  # from now, until ready included; 0 with lanes
    minutes_p90: int
    late_halves: int  # the probability to be late: 0, 1 or 2 halves
    late_minor: int
    waiting_minor: int

    def parcels(self, grams: int) -> int:
        return 1 if self.max_weight_grams is None else max(1, -(-grams // self.max_weight_grams))

    def price_minor(self, grams: int) -> int:
        return self.parcels(grams) * self.base_minor - (-self.per_kg_minor * grams // 1000)

    @property
    def parcel_minor(self) -> int:
        """What each parcel costs whatever is in it."""
        return self.base_minor + self.node.handling_minor

    @property
    def pair(self) -> Pair:
        return self.node.node_id, self.service_id

    def carries(self, grams_per_unit: int) -> bool:
        return self.max_weight_grams is None or grams_per_unit <= self.max_weight_grams


class Network:
    """A routing problem, indexed: the nodes, who holds what, and who may send to whom."""

    def __init__(self, problem: RoutingProblem) -> None:
        self.problem = problem
        self.nodes = {node.node_id: node for node in problem.nodes}
        self.services = {service.service_id: service for service in problem.services}
        self.stock = {(level.node_id, level.sku): level.quantity for level in problem.stock}
        self.scarcity = {(level.node_id, level.sku): level.scarcity_minor for level in problem.stock}
        self._rank = {node.node_id: rank for rank, node in enumerate(problem.nodes)}
        self._holders: dict[Sku, list[NodeId]] = {}
        for level in problem.stock:
            self._holders.setdefault(level.sku, []).append(level.node_id)
        self._lanes: dict[str, dict[NodeId, int]] = {}
        for lane in problem.lanes or ():
            self._lanes.setdefault(lane.order_id, {})[lane.node_id] = lane.cost_minor

    def nearest_first(self, order: OrderToRoute) -> list[Reach]:
        """The nodes that hold a product of the order and may send to it, nearest first, then in file order."""
        holders = {node_id for line in order.lines for node_id in self._holders.get(line.sku, ())}
        nodes = [self.nodes[node_id] for node_id in sorted(holders, key=self._rank.__getitem__)]
        if self.problem.lanes is None:
            reaches = [Reach(distance_km(node, order), node) for node in nodes]
        else:
            lanes = self._lanes.get(order.order_id, {})
            reaches = [Reach(lanes[node.node_id], node) for node in nodes if node.node_id in lanes]
        return sorted(reaches, key=lambda reach: reach.nearness)

    def offers_from(self, reach: Reach, order: OrderToRoute) -> Iterator[Offer]:
        if self.problem.lanes is not None:
            yield _by_lane(reach.node, self._lanes[order.order_id][reach.node.node_id])
            return
        for service in self.problem.services:
            zone = zone_at(service, reach.nearness)
            if zone is not None:
                yield _by_service(reach.node, service, zone, order)

    def offers(self, order: OrderToRoute) -> list[Offer]:
        """Every offer for the order, nearest node first."""
        return [offer for reach in self.nearest_first(order) for offer in self.offers_from(reach, order)]

    def offer(self, order: OrderToRoute, node_id: NodeId, service_id: ServiceId | None) -> Offer | None:
        """The offer a consignment names, None if there is no such node, service, zone or lane."""
        node = self.nodes.get(node_id)
        if node is None:
            return None
        if self.problem.lanes is not None:
            cost = self._lanes.get(order.order_id, {}).get(node_id)
            return None if cost is None or service_id is not None else _by_lane(node, cost)
        service = None if service_id is None else self.services.get(service_id)
        zone = None if service is None else zone_at(service, distance_km(node, order))
        return None if service is None or zone is None else _by_service(node, service, zone, order)


def distance_km(one: Node | OrderToRoute, other: Node | OrderToRoute) -> float:
    """Great-circle distance by the haversine formula, in doubles."""
    here, there = radians(one.latitude), radians(other.latitude)
    across = radians(other.longitude - one.longitude)
    h = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(h)))


def zone_at(service: Service, km: float) -> Zone | None:
    """The first zone that reaches as far, None beyond the last: there the service is not offered."""
    return next((zone for zone in service.zones if zone.up_to_km >= km), None)


def late_minor(order: OrderToRoute, late_halves: int) -> int:
    """The cost of a broken promise times its probability, rounded half up."""
    return (order.late_minor * late_halves + 1) // 2


def waiting_minor(order: OrderToRoute, minutes: int) -> int:
    """What so many minutes of waiting cost the customer, begun minor units counted whole."""
    return -(-order.hour_minor * minutes // 60)


def _by_service(node: Node, service: Service, zone: Zone, order: OrderToRoute) -> Offer:
    p50 = node.ready_in_minutes + zone.minutes_p50
    p90 = node.ready_in_minutes + zone.minutes_p90
    halves = 0 if p90 <= order.promised_in_minutes else 1 if p50 <= order.promised_in_minutes else 2
    return Offer(
        node=node,
        service_id=service.service_id,
        base_minor=zone.base_minor,
        per_kg_minor=zone.per_kg_minor,
        max_weight_grams=service.max_weight_grams,
        minutes_p50=p50,
        minutes_p90=p90,
        late_halves=halves,
        late_minor=late_minor(order, halves),
        waiting_minor=waiting_minor(order, p50),
    )


def _by_lane(node: Node, cost_minor: int) -> Offer:
    return Offer(
        node=node,
        service_id=None,
        base_minor=cost_minor,
        per_kg_minor=0,
        max_weight_grams=None,
        minutes_p50=0,
        minutes_p90=0,
        late_halves=0,
        late_minor=0,
        waiting_minor=0,
    )
