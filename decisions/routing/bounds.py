"""Which offers can be part of one of an order's best plans, told by bounds that need no solver."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.routing import LineToRoute, OrderToRoute
from decisions.routing.loads import grams, quantities
from decisions.routing.network import Network, Offer
from decisions.routing.remaining import Remaining

NEVER = 10**60  # dearer than anything a file can say


@dataclass(frozen=True)
class Terms:
    """What it takes to judge an order's offers; `unfilled_minor` None: every unit must be sent."""

    network: Network
    left: Remaining
    order: OrderToRoute
    unfilled_minor: int | None


def affordable(terms: Terms, offers: Sequence[Offer], limit_minor: int) -> list[Offer]:
    """Leaves out the offers that are in no plan of at most the limit.

    A plan that uses an offer either has no other consignment, or pays at least the cheapest parcel of
    another node as well; each of its units costs at least the cheapest that any offer asks for it, and
    the charge by weight is at least its exact fraction. In thousandths, so that nothing is rounded.
    """
    units = [[_unit(terms, offer, line) for line in terms.order.lines] for offer in offers]
    missing = NEVER if terms.unfilled_minor is None else 1000 * terms.unfilled_minor
    least = [min([missing, *asked]) for asked in zip(*units, strict=True)]
    parcels = _first_parcels(terms, offers)
    kept = []
    for offer, asked in zip(offers, units, strict=True):
        own = 1000 * (_first_parcel(terms, offer) + offer.late_minor + offer.waiting_minor)
        alone = own + _units_cost(terms.order, [min(missing, minor) for minor in asked])
        others = [minor for node_id, minor in parcels.items() if node_id != offer.node.node_id]
        shared = own + 1000 * min(others, default=NEVER) + _units_cost(terms.order, least)
        floor = min(alone, shared) if terms.network.problem.allow_split else alone
        if floor <= 1000 * limit_minor:
            kept.append(offer)
    return kept


def undominated(order: OrderToRoute, offers: Sequence[Offer]) -> list[Offer]:
    """Leaves out an offer where another of the same node carries whatever it carries, never dearer or later.

    Swapping the one for the other in any plan keeps it possible and makes it no dearer; of two equal
    offers the first stays.
    """
    heaviest = grams(order, quantities(order))
    of_node: dict[str, list[Offer]] = {}
    for offer in offers:
        of_node.setdefault(offer.node.node_id, []).append(offer)
    kept: list[Offer] = []
    for rivals in of_node.values():
        best: list[Offer] = []
        for offer in rivals:
            if not any(_dominates(other, offer, heaviest) for other in best):
                best = [other for other in best if not _dominates(offer, other, heaviest)]
                best.append(offer)
        kept.extend(best)
    return kept


def _dominates(one: Offer, other: Offer, heaviest: int) -> bool:
    return (
        _limit(one, heaviest) >= _limit(other, heaviest)
        and one.parcel_minor <= other.parcel_minor
        and one.per_kg_minor <= other.per_kg_minor
        and one.late_minor <= other.late_minor
        and one.waiting_minor <= other.waiting_minor
    )


def _limit(offer: Offer, heaviest: int) -> int:
    """A weight limit that no load of the order reaches is as good as none."""
    return heaviest if offer.max_weight_grams is None else min(offer.max_weight_grams, heaviest)


def _unit(terms: Terms, offer: Offer, line: LineToRoute) -> int:
    node = offer.node
    if terms.left.most(offer, line) == 0:
        return NEVER
    minor = node.pick_minor + terms.network.scarcity[node.node_id, line.sku]
    return 1000 * minor + offer.per_kg_minor * line.weight_grams


def _units_cost(order: OrderToRoute, thousandths: Sequence[int]) -> int:
    return sum(line.quantity * minor for line, minor in zip(order.lines, thousandths, strict=True))


def _first_parcel(terms: Terms, offer: Offer) -> int:
    return offer.parcel_minor + terms.left.activation_minor(offer.node.node_id)


def _first_parcels(terms: Terms, offers: Sequence[Offer]) -> dict[str, int]:
    """Of each node, what its cheapest consignment costs before anything is in it."""
    cheapest: dict[str, int] = {}
    for offer in offers:
        minor = _first_parcel(terms, offer)
        cheapest[offer.node.node_id] = min(minor, cheapest.get(offer.node.node_id, minor))
    return cheapest
