"""Several orders at once: they share stock, capacities and activated nodes, so one model holds them all."""

from contracts.routing import ProvenPlan, RoutingPlan, RoutingProblem
from decisions.routing.bounds import undominated
from decisions.routing.cost import plan_cost
from decisions.routing.model import Choice, RoutingModel, TooLargeForTheSolver
from decisions.routing.network import Network
from decisions.routing.remaining import Remaining
from decisions.routing.solve import proven_plan

LARGEST_WAVE = 20_000  # offers times lines, summed over the orders


class Wave:
    """All orders of a problem in one model.

    Raises TooLargeForTheSolver where there are more ways to send a line than one model can decide among.
    """

    def __init__(self, problem: RoutingProblem) -> None:
        self._problem = problem
        self._network = Network(problem)
        self._choices = [Choice(order, undominated(order, self._network.offers(order))) for order in problem.orders]
        size = sum(len(offers) * len(order.lines) for order, offers in self._choices)
        if size > LARGEST_WAVE:
            raise TooLargeForTheSolver(
                f"{len(problem.orders)} orders with {size} ways to send a line; one model takes {LARGEST_WAVE}"
            )

    def plan(self, start: RoutingPlan, seconds: float) -> ProvenPlan:
        """The cheapest plan found in so many seconds and the proven bound; never dearer than `start`.

        `start` is any plan that can be carried out, a baseline's for example.
        """
        model = RoutingModel(self._network, Remaining(self._network), self._choices)
        model.hold(model.cost, plan_cost(self._problem, start).total_minor)
        planned_of = {planned.order_id: planned for planned in start.orders}
        model.suggest([planned_of[order.order_id] for order in self._problem.orders])
        answer = model.minimize(model.cost, seconds)
        return proven_plan(self._problem, answer.orders or start.orders, answer)
