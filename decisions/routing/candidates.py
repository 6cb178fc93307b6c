"""Plans for one order that need no solver: what a solver starts from and has to beat."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from contracts.routing import OrderToRoute, PlannedOrder
from decisions.routing.cost import order_cost
from decisions.routing.loads import planned_order, quantities
from decisions.routing.nearest import piece_by_piece
from decisions.routing.network import Network, Offer, Pair
from decisions.routing.remaining import Remaining

FIRST_NODES = 20  # so many of the nearest nodes are tried as the first of several

Pairs = frozenset[Pair]


class Candidate(NamedTuple):
    """A plan for the order and its cost, the activation of nodes that do not ship yet included."""

    total_minor: int
    planned: PlannedOrder


def pairs(planned: PlannedOrder) -> Pairs:
    """Which nodes send by which services: two plans that differ in this are alternatives to each other."""
    return frozenset((consignment.node_id, consignment.service_id) for consignment in planned.consignments)


def candidates(network: Network, left: Remaining, order: OrderToRoute, offers: Iterable[Offer]) -> list[Candidate]:
    """Plans that can be carried out, cheapest first, no two of them with the same pairs."""
    best: dict[Pairs, Candidate] = {}
    for planned in _plans(network, left, order, offers):
        cost = order_cost(network, order, planned, left.shipping)
        found = Candidate(cost.total_minor, planned)
        known = best.get(pairs(planned))
        if known is None or found.total_minor < known.total_minor:
            best[pairs(planned)] = found
    return sorted(best.values(), key=lambda candidate: candidate.total_minor)


def whole_from_one(
    left: Remaining, order: OrderToRoute, offers: Iterable[Offer]
) -> Iterator[tuple[Offer, Sequence[int]]]:
    """The offers that can send the whole order by themselves."""
    whole = quantities(order)
    for offer in offers:
        has_all = left.takeable(offer.node.node_id, order, whole) == whole
        if has_all and left.carriable(offer, order, whole) == whole and any(whole):
            yield offer, whole


def _plans(network: Network, left: Remaining, order: OrderToRoute, offers: Iterable[Offer]) -> Iterator[PlannedOrder]:
    yield planned_order(order, [])
    for sent in whole_from_one(left, order, offers):
        yield planned_order(order, [sent])
    reaches = network.nearest_first(order)
    for first in range(min(FIRST_NODES, len(reaches))):
        others = reaches[:first] + reaches[first + 1 :]
        yield planned_order(order, piece_by_piece(network, [reaches[first], *others], order, left))
