"""The rules others route by, applied to orders one after the other: what a plan is compared with."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.routing import OrderToRoute, PlannedOrder, RoutingPlan, RoutingProblem
from decisions.routing.bounds import undominated
from decisions.routing.candidates import whole_from_one
from decisions.routing.cost import order_cost
from decisions.routing.loads import grams, planned_order
from decisions.routing.model import Answer, Choice, RoutingModel
from decisions.routing.nearest import nearest_order
from decisions.routing.network import Network, Offer
from decisions.routing.remaining import Remaining
from decisions.routing.solve import OrderSearch

Rule = Callable[[Network, Remaining, OrderToRoute], Answer]


@dataclass(frozen=True)
class Baseline:
    """A rule's plan, and for how many orders the rule's own optimum was not proven in time."""

    plan: RoutingPlan
    unproven_orders: int


def nearest(problem: RoutingProblem) -> Baseline:
    """The nearest node that can ship the whole order; if none, nearest first, all that each node has."""

    def rule(network: Network, left: Remaining, order: OrderToRoute) -> Answer:
        return Answer((nearest_order(network, order, left),), 0, proven=True)

    return _in_file_order(problem, rule)


def fewest_splits(problem: RoutingProblem, seconds_per_order: float = 2.0) -> Baseline:
    """For each order most units filled, then fewest parcels, then cheapest."""

    def rule(network: Network, left: Remaining, order: OrderToRoute) -> Answer:
        offers = undominated(order, network.offers(order))
        return _one_parcel(network, left, order, offers) or _fewest(
            RoutingModel(network, left, [Choice(order, offers)]), seconds_per_order
        )

    return _in_file_order(problem, rule)


def cheapest(problem: RoutingProblem, seconds_per_order: float = 2.0) -> Baseline:
    """For each order the exact cheapest plan, activation included for a node that ships nothing yet."""

    def rule(network: Network, left: Remaining, order: OrderToRoute) -> Answer:
        return OrderSearch(network, left, order, seconds_per_order).best()

    return _in_file_order(problem, rule)


def _in_file_order(problem: RoutingProblem, rule: Rule) -> Baseline:
    network = Network(problem)
    left = Remaining(network)
    planned: list[PlannedOrder] = []
    unproven = 0
    for order in problem.orders:
        answer = rule(network, left, order)
        (of_order,) = answer.orders or (planned_order(order, []),)
        left.book(order, of_order)
        planned.append(of_order)
        unproven += not answer.proven
    return Baseline(RoutingPlan(problem_id=problem.problem_id, orders=tuple(planned)), unproven)


def _one_parcel(network: Network, left: Remaining, order: OrderToRoute, offers: list[Offer]) -> Answer | None:
    """If one parcel can hold the whole order no plan has fewer, so the cheapest such parcel it is."""
    plans = [
        planned_order(order, [(offer, load)])
        for offer, load in whole_from_one(left, order, offers)
        if offer.parcels(grams(order, load)) == 1
    ]
    if not plans:
        return None
    best = min(plans, key=lambda plan: order_cost(network, order, plan, left.shipping).total_minor)
    return Answer((best,), 0, proven=True)


def _fewest(model: RoutingModel, seconds: float) -> Answer:
    """One goal after the other; what a goal has reached is held while the next is minimized."""
    found = Answer(None, 0, proven=False)
    for goal in (model.unfilled, model.parcels, model.cost):
        answer = model.minimize(goal, seconds)
        if not answer.proven:
            return Answer(answer.orders or found.orders, 0, proven=False)
        model.hold(goal, answer.bound)
        found = answer
    return found
