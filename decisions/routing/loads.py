"""Loads: how many units of each line of an order travel together, in the order of its lines."""

from collections.abc import Sequence

from contracts.routing import OrderToRoute, PlannedConsignment, PlannedLine, PlannedOrder
from decisions.routing.network import Offer

Load = Sequence[int]


def quantities(order: OrderToRoute) -> list[int]:
    """The load that is the whole order."""
    return [line.quantity for line in order.lines]


def grams(order: OrderToRoute, load: Load) -> int:
    return sum(line.weight_grams * units for line, units in zip(order.lines, load, strict=True))


def planned_order(order: OrderToRoute, loads: Sequence[tuple[Offer, Load]]) -> PlannedOrder:
    """The plan that sends these loads, none of them empty, and leaves the rest unfilled."""
    rest = [line.quantity - sum(load[position] for _, load in loads) for position, line in enumerate(order.lines)]
    return PlannedOrder(
        order_id=order.order_id,
        consignments=tuple(
            PlannedConsignment(node_id=offer.node.node_id, service_id=offer.service_id, lines=_parts(order, load))
            for offer, load in loads
        ),
        unfilled=_parts(order, rest),
    )


def _parts(order: OrderToRoute, load: Load) -> tuple[PlannedLine, ...]:
    return tuple(
        PlannedLine(line_id=line.line_id, quantity=units)
        for line, units in zip(order.lines, load, strict=True)
        if units > 0
    )
