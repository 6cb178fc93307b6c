"""From an order and the stock to a routing problem, and from a routing decision to consignments."""

from datetime import datetime
from typing import Final

from contracts.base import Contract
from contracts.fulfillment import CarrierService, ConsignmentLine, Parcel
from contracts.ids import NodeId, ServiceId
from contracts.order_state import LineUnits
from contracts.planning import OrderToPlan
from contracts.policy import RoutingPolicy
from contracts.routing import (
    LineToRoute,
    Node,
    OrderToRoute,
    PlannedConsignment,
    RoutingDecision,
    RoutingProblem,
    StockLevel,
)
from decisions.calendar import end_of
from decisions.packing import UnitsToPack, packed

NO_PROMISE: Final = 10**9  # minutes: no service is that slow


class ConsignmentToCreate(Contract):
    """What one node sends: its lines, the carrier's service, its parcels, and the most grams that one may have."""

    node_id: NodeId
    node_name: str
    carrier: str
    service_id: ServiceId
    lines: list[ConsignmentLine]
    parcels: list[Parcel]
    max_grams: int

    @property
    def units_by_line(self) -> LineUnits:
        return {line.line_id: line.quantity for line in self.lines}


def problem_of(
    order: OrderToPlan, services: list[CarrierService], policy: RoutingPolicy, now: datetime
) -> RoutingProblem:
    """The question to the solver, in the format of docs/routing.md. Without a promise nothing is late."""
    promised = NO_PROMISE
    if order.promise_latest is not None:
        left = end_of(order.promise_latest, order.time_zone) - now
        promised = max(0, int(left.total_seconds()) // 60)
    express = order.service_level == "express"
    return RoutingProblem(
        problem_id=f"order/{order.number}",
        currency=order.currency,
        allow_split=True,
        nodes=tuple(
            Node(
                **node.model_dump(exclude={"name"}),
                activation_minor=0,
                capacity_parcels=None,
                capacity_units=None,
            )
            for node in order.nodes
        ),
        stock=tuple(StockLevel(**level.model_dump(), scarcity_minor=0) for level in order.stock),
        services=tuple(offer.service for offer in services),
        lanes=None,
        orders=(
            OrderToRoute(
                order_id=str(order.number),
                latitude=order.latitude,
                longitude=order.longitude,
                promised_in_minutes=promised,
                late_minor=policy.late_minor if order.promise_latest else 0,
                hour_minor=policy.hour_minor_express if express else policy.hour_minor_standard,
                unfilled_minor=0,  # never paid: an order ships completely or not at all
                lines=tuple(LineToRoute(**line.model_dump()) for line in order.lines),
            ),
        ),
    )


def consignments_of(
    order: OrderToPlan, services: list[CarrierService], decision: RoutingDecision
) -> list[ConsignmentToCreate]:
    """The chosen plan in the trade's terms, by node."""
    (planned,) = decision.plan.orders
    chosen = sorted(planned.consignments, key=lambda consignment: consignment.node_id)
    return [_consignment(order, services, consignment) for consignment in chosen]


def _consignment(
    order: OrderToPlan, services: list[CarrierService], planned: PlannedConsignment
) -> ConsignmentToCreate:
    offer = next(offer for offer in services if offer.service.service_id == planned.service_id)
    lines = {line.line_id: line for line in order.lines}
    units = [
        UnitsToPack(line_id=part.line_id, quantity=part.quantity, grams=lines[part.line_id].weight_grams)
        for part in planned.lines
    ]
    return ConsignmentToCreate(
        node_id=planned.node_id,
        node_name=next(node.name for node in order.nodes if node.node_id == planned.node_id),
        carrier=offer.carrier,
        service_id=offer.service.service_id,
        lines=[
            ConsignmentLine(line_id=part.line_id, sku=lines[part.line_id].sku, quantity=part.quantity)
            for part in planned.lines
        ],
        parcels=packed(units, offer.service.max_weight_grams),
        max_grams=offer.service.max_weight_grams,
    )
