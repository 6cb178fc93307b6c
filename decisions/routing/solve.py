"""One order's cheapest plan, proven, and the best plan it was chosen over."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from contracts.routing import (
    Alternative,
    OrderToRoute,
    PlannedOrder,
    ProvenPlan,
    RoutingDecision,
    RoutingPlan,
    RoutingProblem,
    inputs_hash,
)
from decisions.routing.bounds import Terms, affordable, undominated
from decisions.routing.candidates import Candidate, candidates, pairs
from decisions.routing.cost import plan_cost
from decisions.routing.model import Answer, Choice, RoutingModel
from decisions.routing.network import Network, Offer
from decisions.routing.remaining import Remaining


class OutOfTime(Exception):
    """The solver found no plan within its time, and no proof that there is none."""


UNSENT_MINOR: Final = 1_000_000  # per unit: more than any way of sending one


def plan_order(problem: RoutingProblem, seconds: float = 2.0) -> RoutingDecision:
    """The cheapest plan for the one order of a problem; what does not pay stays unfilled.

    The chosen plan and the runner-up are each searched for at most so many seconds. Raises ValueError if
    there is not exactly one order, TooLargeForTheSolver if its figures are beyond exact 64-bit sums.
    """
    network, order = _only_order(problem)
    search = OrderSearch(network, Remaining(network), order, seconds)
    return _decision(problem, search, search.best())


def prove_order(problem: RoutingProblem, seconds: float) -> ProvenPlan:
    """As `plan_order`, without looking for a runner-up."""
    network, order = _only_order(problem)
    answer = OrderSearch(network, Remaining(network), order, seconds).best()
    return proven_plan(problem, answer.orders or (), answer)


def plan_complete_order(problem: RoutingProblem, seconds: float = 2.0) -> RoutingDecision | None:
    """As `plan_order`, but every unit must be sent, at whatever cost; None if that is impossible.

    Raises OutOfTime if neither a plan nor its impossibility was found.
    """
    network, order = _only_order(problem)
    search = CompleteOrderSearch(network, Remaining(network), order, seconds)
    chosen = search.best()
    if chosen.orders is None and not chosen.proven:
        raise OutOfTime(f"order {order.order_id}: no complete plan found in {seconds} s")
    return None if chosen.orders is None else _decision(problem, search, chosen)


def plan_available(problem: RoutingProblem, seconds: float = 2.0) -> RoutingDecision | None:
    """As `plan_order` where a unit that is not sent costs more than any way of sending it; None if none can be sent."""
    (order,) = problem.orders
    dear = order.model_copy(update={"unfilled_minor": UNSENT_MINOR})
    decision = plan_order(problem.model_copy(update={"orders": (dear,)}), seconds)
    return decision if decision.plan.orders[0].consignments else None


@dataclass(frozen=True)
class OrderSearch:
    """The search for one order's plans on what earlier orders have left of a network."""

    network: Network
    left: Remaining
    order: OrderToRoute
    seconds: float

    def best(self) -> Answer:
        """The cheapest plan and its bound. There always is one: to send nothing."""
        offers = undominated(self.order, self.offers)
        return self._cheapest(self._model(offers, self.known), self.known)

    def runner_up(self, chosen: PlannedOrder) -> Answer:
        """The cheapest plan with another set of (node, service).

        Where the best such plan uses a dominated offer, swapping in the dominating one leaves it different
        from the chosen plan, except at the chosen plan's own nodes: only there are all offers needed.
        """
        known = [candidate for candidate in self.known if pairs(candidate.planned) != pairs(chosen)]
        own = {consignment.node_id for consignment in chosen.consignments}
        best = {offer.pair for offer in undominated(self.order, self.offers)}
        needed = [offer for offer in self.offers if offer.pair in best or offer.node.node_id in own]
        model = self._model(needed, known)
        model.differ_from(chosen)
        return self._cheapest(model, known)

    @cached_property
    def offers(self) -> list[Offer]:
        return self.network.offers(self.order)

    @cached_property
    def known(self) -> list[Candidate]:
        return candidates(self.network, self.left, self.order, self.offers)

    def _unfilled_minor(self) -> int | None:
        return self.order.unfilled_minor

    def _model(self, offers: list[Offer], known: list[Candidate]) -> RoutingModel:
        """The model without what cannot be in a plan as cheap as the best one known."""
        if known:
            terms = Terms(self.network, self.left, self.order, self._unfilled_minor())
            offers = affordable(terms, offers, known[0].total_minor)
        model = RoutingModel(self.network, self.left, [Choice(self.order, offers)])
        if known:
            model.hold(model.cost, known[0].total_minor)
            model.suggest([known[0].planned])
        return model

    def _cheapest(self, model: RoutingModel, known: list[Candidate]) -> Answer:
        answer = model.minimize(model.cost, self.seconds)
        if answer.orders is None and known:
            return Answer((known[0].planned,), 0, proven=False)
        return answer


class CompleteOrderSearch(OrderSearch):
    """The same search among the plans that send every unit."""

    @cached_property
    def known(self) -> list[Candidate]:
        return [candidate for candidate in super().known if not candidate.planned.unfilled]

    def _unfilled_minor(self) -> None:
        return None

    def _model(self, offers: list[Offer], known: list[Candidate]) -> RoutingModel:
        model = super()._model(offers, known)
        model.hold(model.unfilled, 0)
        return model


def _only_order(problem: RoutingProblem) -> tuple[Network, OrderToRoute]:
    if len(problem.orders) != 1:
        raise ValueError(f"problem {problem.problem_id} has {len(problem.orders)} orders, not one")
    return Network(problem), problem.orders[0]


def _decision(problem: RoutingProblem, search: OrderSearch, chosen: Answer) -> RoutingDecision:
    (planned,) = chosen.orders or ()
    second = search.runner_up(planned)
    proven = proven_plan(problem, (planned,), chosen)
    return RoutingDecision(
        plan=proven.plan,
        cost=proven.cost,
        lower_bound_minor=proven.lower_bound_minor,
        status=proven.status,
        inputs_hash=inputs_hash(problem),
        runner_up=_alternative(problem, second),
        runner_up_status=_status(second),
    )


def proven_plan(problem: RoutingProblem, orders: tuple[PlannedOrder, ...], answer: Answer) -> ProvenPlan:
    """A plan with its exact cost and what the answer proves of it."""
    plan = RoutingPlan(problem_id=problem.problem_id, orders=orders)
    return ProvenPlan(
        plan=plan,
        cost=plan_cost(problem, plan),
        lower_bound_minor=answer.bound,
        status=_status(answer),
    )


def _alternative(problem: RoutingProblem, answer: Answer) -> Alternative | None:
    if answer.orders is None:
        return None
    plan = RoutingPlan(problem_id=problem.problem_id, orders=answer.orders)
    return Alternative(plan=plan, cost=plan_cost(problem, plan))


def _status(answer: Answer) -> Literal["optimal", "feasible"]:
    return "optimal" if answer.proven else "feasible"
