"""Why an order cannot be filled completely: per line, what is wanted and what there is of it."""

from contracts.base import Contract
from contracts.ids import Sku
from contracts.order_state import COVERED, LineUnits, OrderState
from contracts.routing import LineToRoute, OrderToRoute, RoutingProblem
from decisions.cancellation import open_units
from decisions.routing.network import Network


class LineShortage(Contract):
    """Units: `on_hand` over all nodes, `in_reach` at those that some service takes them from (both None: no limit).

    Lines of one product share its units, so each may be covered where all together are not.
    """

    line_id: str
    sku: Sku
    wanted: int
    on_hand: int | None
    in_reach: int | None


def shortage(problem: RoutingProblem) -> list[LineShortage]:
    """The facts of every line of the problem's one order, in its own order."""
    (order,) = problem.orders
    network = Network(problem)
    return [_line(network, order, line) for line in order.lines]


def given_up(state: OrderState, lines: list[LineShortage]) -> LineUnits:
    """What is canceled where nothing can be waited for: of an order that nothing was planned of yet all of it.

    Of one that is under way the units that are missing; if they are missing only together, all that is open.
    """
    units = open_units(state)
    missing = {line.line_id: line.wanted - (line.in_reach or 0) for line in lines if line.in_reach is not None}
    short = {line_id: quantity for line_id, quantity in missing.items() if quantity > 0}
    under_way = state.in_stages(*COVERED)
    return short if under_way and short else +units


def _line(network: Network, order: OrderToRoute, line: LineToRoute) -> LineShortage:
    carried = {offer.node.node_id for offer in network.offers(order) if offer.carries(line.weight_grams)}
    levels = {node_id: quantity for (node_id, sku), quantity in network.stock.items() if sku == line.sku}
    return LineShortage(
        line_id=line.line_id,
        sku=line.sku,
        wanted=line.quantity,
        on_hand=_total(list(levels.values())),
        in_reach=_total([quantity for node_id, quantity in levels.items() if node_id in carried]),
    )


def _total(quantities: list[int | None]) -> int | None:
    known = [quantity for quantity in quantities if quantity is not None]
    return sum(known) if len(known) == len(quantities) else None
