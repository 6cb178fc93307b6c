"""What is wrong with a plan: every constraint of its problem that it breaks, in words."""

from collections import Counter
from collections.abc import Iterator

from contracts.ids import NodeId, Sku
from contracts.routing import OrderToRoute, PlannedConsignment, PlannedOrder, RoutingPlan, RoutingProblem
from decisions.routing.network import Network, Offer


def check_plan(problem: RoutingProblem, plan: RoutingPlan) -> list[str]:
    """Every violated constraint, one sentence each; an empty list is a plan that can be carried out."""
    return list(_Check(problem).wrongs(plan))


class _Check:
    """Reads a plan once and counts what it takes from every node."""

    def __init__(self, problem: RoutingProblem) -> None:
        self._network = Network(problem)
        self._orders = {order.order_id: order for order in problem.orders}
        self._taken: Counter[tuple[NodeId, Sku]] = Counter()
        self._units: Counter[NodeId] = Counter()
        self._parcels: Counter[NodeId] = Counter()

    def wrongs(self, plan: RoutingPlan) -> Iterator[str]:
        problem = self._network.problem
        if plan.problem_id != problem.problem_id:
            yield f"the plan is for problem {plan.problem_id}, not {problem.problem_id}"
        times = Counter(planned.order_id for planned in plan.orders)
        yield from (f"order {order_id}: stands {n} times" for order_id, n in times.items() if n > 1)
        yield from (f"order {order_id}: missing" for order_id in self._orders if order_id not in times)
        for planned in plan.orders:
            order = self._orders.get(planned.order_id)
            if order is None:
                yield f"order {planned.order_id}: unknown"
            else:
                yield from (f"order {order.order_id}: {wrong}" for wrong in self._order(order, planned))
        yield from self._beyond_limits()

    def _order(self, order: OrderToRoute, planned: PlannedOrder) -> Iterator[str]:
        if len(planned.consignments) > 1 and not self._network.problem.allow_split:
            yield f"{len(planned.consignments)} consignments, but it may not be split"
        times = Counter(consignment.node_id for consignment in planned.consignments)
        yield from (f"{n} consignments from {node_id}" for node_id, n in times.items() if n > 1)
        yield from _quantities(order, planned)
        for consignment in planned.consignments:
            offer = self._network.offer(order, consignment.node_id, consignment.service_id)
            if offer is None:
                yield f"{consignment.node_id} does not offer {consignment.service_id} to it"
            else:
                yield from self._consignment(order, offer, consignment)

    def _consignment(self, order: OrderToRoute, offer: Offer, consignment: PlannedConsignment) -> Iterator[str]:
        lines = {line.line_id: line for line in order.lines}
        node_id, grams = consignment.node_id, 0
        for part in consignment.lines:
            line = lines.get(part.line_id)
            if line is None:
                continue  # told as an unknown line already
            if not offer.carries(line.weight_grams):
                yield f"line {line.line_id}: a unit is too heavy for {consignment.service_id}"
            grams += line.weight_grams * part.quantity
            self._units[node_id] += part.quantity
            self._taken[node_id, line.sku] += part.quantity
        self._parcels[node_id] += offer.parcels(grams)

    def _beyond_limits(self) -> Iterator[str]:
        for (node_id, sku), taken in self._taken.items():
            had = self._network.stock.get((node_id, sku), 0)
            if had is not None and taken > had:
                yield f"node {node_id}: {taken} of {sku} taken, {had} in stock"
        for node_id, node in self._network.nodes.items():
            units, parcels = self._units[node_id], self._parcels[node_id]
            if node.capacity_units is not None and units > node.capacity_units:
                yield f"node {node_id}: {units} units, room for {node.capacity_units}"
            if node.capacity_parcels is not None and parcels > node.capacity_parcels:
                yield f"node {node_id}: {parcels} parcels, room for {node.capacity_parcels}"


def _quantities(order: OrderToRoute, planned: PlannedOrder) -> Iterator[str]:
    """Every line must be sent or reported unfilled to the last unit, and named once in each place."""
    planned_units: Counter[str] = Counter()
    for place in (*(consignment.lines for consignment in planned.consignments), planned.unfilled):
        times = Counter(part.line_id for part in place)
        yield from (f"line {line_id}: stands {n} times in one place" for line_id, n in times.items() if n > 1)
        for part in place:
            planned_units[part.line_id] += part.quantity
    for line in order.lines:
        if planned_units[line.line_id] != line.quantity:
            yield f"line {line.line_id}: {planned_units[line.line_id]} units planned, {line.quantity} ordered"
    known = {line.line_id for line in order.lines}
    yield from (f"line {line_id}: unknown" for line_id in planned_units if line_id not in known)
