"""What a plan costs, to the minor unit, term by term."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from contracts.ids import NodeId
from contracts.routing import (
    OrderToRoute,
    PlanCost,
    PlannedConsignment,
    PlannedLine,
    PlannedOrder,
    RoutingPlan,
    RoutingProblem,
)
from decisions.routing.network import Network, Offer


def plan_cost(problem: RoutingProblem, plan: RoutingPlan) -> PlanCost:
    """The cost of a plan that `check_plan` finds nothing wrong with; formulas in docs/routing.md.

    Raises ValueError where the plan uses a service that is not on offer, or an order or line that is unknown.
    """
    network = Network(problem)
    orders = {order.order_id: order for order in problem.orders}
    total, shipping = PlanCost(), set[NodeId]()
    for planned in plan.orders:
        if planned.order_id not in orders:
            raise ValueError(f"the problem has no order {planned.order_id}")
        total += order_cost(network, orders[planned.order_id], planned, shipping)
        shipping.update(consignment.node_id for consignment in planned.consignments)
    return total


def order_cost(
    network: Network,
    order: OrderToRoute,
    planned: PlannedOrder,
    shipping: AbstractSet[NodeId] = frozenset(),
) -> PlanCost:
    """What one order's plan costs; nodes in `shipping` are activated already."""
    sent = [(_offer(network, order, consignment), consignment) for consignment in planned.consignments]
    nodes = {offer.node.node_id: offer.node for offer, _ in sent}
    missing = sum(part.quantity for part in planned.unfilled)
    own = PlanCost(
        activation_minor=sum(n.activation_minor for n in nodes.values() if n.node_id not in shipping),
        late_minor=max((offer.late_minor for offer, _ in sent), default=0),
        waiting_minor=max((offer.waiting_minor for offer, _ in sent), default=0),
        unfilled_minor=order.unfilled_minor * missing,
        shipped_orders=int(len(sent) > 0),
        split_orders=int(len(sent) > 1),
        late_orders=int(any(offer.late_halves for offer, _ in sent)),
        late_halves=max((offer.late_halves for offer, _ in sent), default=0),
        minutes=max((offer.minutes_p50 for offer, _ in sent), default=0),
        unfilled_units=missing,
    )
    return sum((_consignment_cost(network, offer, order, parts.lines) for offer, parts in sent), start=own)


def _consignment_cost(network: Network, offer: Offer, order: OrderToRoute, parts: Sequence[PlannedLine]) -> PlanCost:
    lines = {line.line_id: line for line in order.lines}
    node = offer.node
    grams = sum(lines[part.line_id].weight_grams * part.quantity for part in parts)
    parcels = offer.parcels(grams)
    return PlanCost(
        shipping_minor=offer.price_minor(grams) + parcels * node.handling_minor,
        pick_minor=node.pick_minor * sum(part.quantity for part in parts),
        scarcity_minor=sum(network.scarcity[node.node_id, lines[part.line_id].sku] * part.quantity for part in parts),
        consignments=1,
        parcels=parcels,
    )


def _offer(network: Network, order: OrderToRoute, consignment: PlannedConsignment) -> Offer:
    offer = network.offer(order, consignment.node_id, consignment.service_id)
    if offer is None:
        raise ValueError(f"{consignment.node_id} does not offer {consignment.service_id} to order {order.order_id}")
    return offer
