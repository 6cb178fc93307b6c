"""What earlier orders have left: units, room for parcels and units, and the nodes that ship already."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

from contracts.ids import NodeId, Sku
from contracts.routing import LineToRoute, OrderToRoute, PlannedOrder
from decisions.routing.network import Network, Offer

KeyT = TypeVar("KeyT", bound=Hashable)


class Remaining:
    """Stock and capacities left of a network; None is no limit. `book` takes an order's plan from them."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._stock = dict(network.stock)
        self._parcels = {node_id: node.capacity_parcels for node_id, node in network.nodes.items()}
        self._units = {node_id: node.capacity_units for node_id, node in network.nodes.items()}
        self.shipping: set[NodeId] = set()

    def stock(self, node_id: NodeId, sku: Sku) -> int | None:
        return self._stock.get((node_id, sku), 0)

    def parcels(self, node_id: NodeId) -> int | None:
        return self._parcels[node_id]

    def units(self, node_id: NodeId) -> int | None:
        return self._units[node_id]

    def activation_minor(self, node_id: NodeId) -> int:
        """What the node's first consignment costs extra: nothing if it ships already."""
        return 0 if node_id in self.shipping else self._network.nodes[node_id].activation_minor

    def most(self, offer: Offer, line: LineToRoute) -> int:
        """How many units of the line the offer could carry if nothing else were sent."""
        node_id = offer.node.node_id
        if self.parcels(node_id) == 0 or not offer.carries(line.weight_grams):
            return 0
        limits = (self.stock(node_id, line.sku), self.units(node_id))
        return min([line.quantity, *(limit for limit in limits if limit is not None)])

    def takeable(self, node_id: NodeId, order: OrderToRoute, wanted: Sequence[int]) -> list[int]:
        """Of each line's wanted units, in line order, all that the node has and has room for."""
        room = self._units[node_id]
        taken_of: dict[Sku, int] = {}
        load = []
        for line, units in zip(order.lines, wanted, strict=True):
            stock = self.stock(node_id, line.sku)
            already = taken_of.get(line.sku, 0)
            take = units if stock is None else min(units, stock - already)
            take = take if room is None else min(take, room)
            room = None if room is None else room - take
            taken_of[line.sku] = already + take
            load.append(take)
        return load

    def carriable(self, offer: Offer, order: OrderToRoute, wanted: Sequence[int]) -> list[int]:
        """Of each line's wanted units, in line order, what fits into the parcels left, by weight."""
        parcels = self._parcels[offer.node.node_id]
        if parcels == 0:
            return [0] * len(wanted)
        limit = offer.max_weight_grams
        grams = None if parcels is None or limit is None else parcels * limit
        load = []
        for line, units in zip(order.lines, wanted, strict=True):
            take = units if offer.carries(line.weight_grams) else 0
            if grams is not None and line.weight_grams > 0:
                take = min(take, grams // line.weight_grams)
                grams -= take * line.weight_grams
            load.append(take)
        return load

    def book(self, order: OrderToRoute, planned: PlannedOrder) -> None:
        """Take what the plan sends from stock and capacities.

        Raises ValueError if a consignment is not on offer; what it takes must be there.
        """
        lines = {line.line_id: line for line in order.lines}
        for consignment in planned.consignments:
            node_id = consignment.node_id
            offer = self._network.offer(order, node_id, consignment.service_id)
            if offer is None:
                raise ValueError(f"{node_id} does not offer {consignment.service_id} to {order.order_id}")
            grams = sum(lines[part.line_id].weight_grams * part.quantity for part in consignment.lines)
            units = sum(part.quantity for part in consignment.lines)
            _take(self._parcels, node_id, offer.parcels(grams))
            _take(self._units, node_id, units)
            for part in consignment.lines:
                _take(self._stock, (node_id, lines[part.line_id].sku), part.quantity)
            self.shipping.add(node_id)


def _take(left: dict[KeyT, int | None], key: KeyT, quantity: int) -> None:
    had = left[key]
    left[key] = None if had is None else had - quantity
