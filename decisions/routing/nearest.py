"""The rule most shops start with: the nearest node that has everything, else nearest first."""

from collections.abc import Sequence

from contracts.routing import OrderToRoute, PlannedOrder
from decisions.routing.loads import Load, grams, planned_order, quantities
from decisions.routing.network import Network, Offer, Reach
from decisions.routing.remaining import Remaining


def nearest_order(network: Network, order: OrderToRoute, left: Remaining) -> PlannedOrder:
    """Send the order by the rule from what is left; what no node in reach has stays unfilled."""
    whole = quantities(order)
    reaches = network.nearest_first(order) if any(whole) else []
    for reach in reaches:
        if left.takeable(reach.node.node_id, order, whole) == whole:
            sent = _send(network, reach, order, left, whole)
            if sent is not None and sent[1] == whole:
                return planned_order(order, [sent])
    return planned_order(order, piece_by_piece(network, reaches, order, left))


def piece_by_piece(
    network: Network, reaches: Sequence[Reach], order: OrderToRoute, left: Remaining
) -> list[tuple[Offer, Load]]:
    """In the order of the nodes, of every line all that each has; without splitting, only the first's."""
    rest = quantities(order)
    loads: list[tuple[Offer, Load]] = []
    for reach in reaches:
        load = left.takeable(reach.node.node_id, order, rest)
        sent = _send(network, reach, order, left, load) if any(load) else None
        if sent is None:
            continue
        loads.append(sent)
        rest = [units - taken for units, taken in zip(rest, sent[1], strict=True)]
        if not any(rest) or not network.problem.allow_split:
            break
    return loads


def _send(
    network: Network, reach: Reach, order: OrderToRoute, left: Remaining, load: Load
) -> tuple[Offer, Load] | None:
    """The service that takes most of the load; of several, the cheapest that is in time at p90, else the fastest."""
    options = [(offer, left.carriable(offer, order, load)) for offer in network.offers_from(reach, order)]
    most = max((sum(carried) for _, carried in options), default=0)
    if most == 0:
        return None
    fullest = [(offer, carried) for offer, carried in options if sum(carried) == most]
    in_time = [(offer, carried) for offer, carried in fullest if offer.late_halves == 0]
    if in_time:
        return min(in_time, key=lambda option: option[0].price_minor(grams(order, option[1])))
    return min(fullest, key=lambda option: _speed(option[0], grams(order, option[1])))


def _speed(offer: Offer, weight: int) -> tuple[int, int, int]:
    return offer.minutes_p50, offer.minutes_p90, offer.price_minor(weight)
