"""The orders' choices as a CP-SAT model: integers only, every rounding of the cost exact."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from contracts.ids import NodeId
from contracts.routing import OrderToRoute, PlannedOrder
from decisions.routing.candidates import pairs
from decisions.routing.loads import grams, planned_order, quantities
from decisions.routing.network import Network, Offer
from decisions.routing.remaining import Remaining
from decisions.routing.sums import Limits, Sum

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpSolver, IntVar

LARGEST = 2**50  # the solver's 64-bit sums reach a thousand times as far


class TooLargeForTheSolver(ValueError):
    """The problem's size or its figures are beyond what the model holds exactly."""


class Choice(NamedTuple):
    """An order and the offers it may choose from."""

    order: OrderToRoute
    offers: Sequence[Offer]


class Answer(NamedTuple):
    """What the solver found: no orders is no plan; proven: there is none, or none better."""

    orders: tuple[PlannedOrder, ...] | None
    bound: int
    proven: bool


@dataclass(frozen=True, slots=True)
class _Option:
    """An offer's variables: whether it is used, and by line the units it takes and the most it could."""

    offer: Offer
    used: "IntVar"
    units: "dict[int, tuple[IntVar, int]]"


class RoutingModel:
    """Orders that share what is left of a network: minimize a goal, hold it, minimize the next.

    Raises TooLargeForTheSolver where figures are so large that sums of them would not be exact.
    """

    def __init__(self, network: Network, left: Remaining, choices: Sequence[Choice]) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415 -- heavy: only who solves loads it

        _refuse_large_figures(network, choices)
        self._sat = cp_model
        self._model = cp_model.CpModel()
        self._network = network
        self._left = left
        self._choices = choices
        self.cost, self.unfilled, self.parcels = Sum(), Sum(), Sum()
        self._limits = Limits(left)
        self._options = [self._add_order(choice) for choice in choices]
        self._limits.add_to(self._model)
        self._add_activation()

    def hold(self, goal: Sum, at_most: int) -> None:
        """From now on only plans whose goal is not above."""
        self._model.add(goal.expression() <= at_most)

    def differ_from(self, planned: PlannedOrder) -> None:
        """From now on only plans with another set of (node, service); for a single order."""
        chosen = pairs(planned)
        (options,) = self._options
        if not chosen <= {option.offer.pair for option in options}:
            return  # every plan of this model differs already
        self._model.add_bool_or([~option.used if option.offer.pair in chosen else option.used for option in options])

    def suggest(self, plans: Sequence[PlannedOrder]) -> None:
        """A plan to start the search from, one entry an order."""
        for choice, options, planned in zip(self._choices, self._options, plans, strict=True):
            sent = {(parts.node_id, parts.service_id): parts.lines for parts in planned.consignments}
            for option in options:
                load = {part.line_id: part.quantity for part in sent.get(option.offer.pair, ())}
                self._model.add_hint(option.used, len(load) > 0)
                for position, (units, _) in option.units.items():
                    self._model.add_hint(units, load.get(choice.order.lines[position].line_id, 0))

    def minimize(self, goal: Sum, seconds: float) -> Answer:
        """The plan with the smallest goal and a proven lower bound of it; one thread, fixed seed.

        `seconds` bounds the search in real time: what is not proven by then may differ between machines.
        """
        self._model.minimize(goal.expression())
        solver = self._solver(seconds)
        status = solver.solve(self._model)
        if status not in {self._sat.OPTIMAL, self._sat.FEASIBLE}:
            return Answer(None, 0, proven=status == self._sat.INFEASIBLE)
        orders = tuple(
            _planned(solver, choice.order, options)
            for choice, options in zip(self._choices, self._options, strict=True)
        )
        bound = max(0, ceil(solver.best_objective_bound - 1e-6))
        return Answer(orders, bound, proven=status == self._sat.OPTIMAL)

    def _solver(self, seconds: float) -> "CpSolver":
        solver = self._sat.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 7
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.linearization_level = 2
        # Looking for symmetries and probing take longer than the search they save; so do cuts for one order.
        solver.parameters.symmetry_level = 0
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.max_presolve_iterations = 1
        if len(self._choices) == 1:
            solver.parameters.cut_level = 0
        return solver

    def _add_order(self, choice: Choice) -> list[_Option]:
        order = choice.order
        options = [option for offer in choice.offers if (option := self._add_offer(order, offer)) is not None]
        self._add_one_consignment_a_node(options)
        for position, line in enumerate(order.lines):
            missing = self._model.new_int_var(0, line.quantity, "")
            taken = [option.units[position][0] for option in options if position in option.units]
            self._model.add(self._sat.LinearExpr.sum([missing, *taken]) == line.quantity)
            self.unfilled.add(1, missing)
            self.cost.add(order.unfilled_minor, missing)
        self._add_slowest([(option.offer.late_minor, option.used) for option in options])
        self._add_slowest([(option.offer.waiting_minor, option.used) for option in options])
        return options

    def _add_one_consignment_a_node(self, options: Iterable[_Option]) -> None:
        used_of: defaultdict[NodeId | None, list[IntVar]] = defaultdict(list)
        for option in options:
            used_of[option.offer.node.node_id if self._network.problem.allow_split else None].append(option.used)
        for used in used_of.values():
            self._model.add_at_most_one(used)

    def _add_offer(self, order: OrderToRoute, offer: Offer) -> _Option | None:
        """The offer's variables and costs; None if it could take nothing of the order."""
        tops = {position: self._left.most(offer, line) for position, line in enumerate(order.lines)}
        units = {position: (self._model.new_int_var(0, most, ""), most) for position, most in tops.items() if most}
        if not units:
            return None
        option = _Option(offer, self._model.new_bool_var(""), units)
        node = offer.node
        self._model.add(self._sat.LinearExpr.sum([taken for taken, _ in units.values()]) >= option.used)
        for position, (taken, most) in units.items():
            sku = order.lines[position].sku
            self._model.add(taken <= most * option.used)
            self._limits.take_units(node.node_id, sku, taken, most)
            self.cost.add(node.pick_minor + self._network.scarcity[node.node_id, sku], taken)
        self._add_freight(order, option)
        return option

    def _add_freight(self, order: OrderToRoute, option: _Option) -> None:
        """Parcels and the charge by weight: whole numbers not below what the units weigh, and not dearer."""
        offer = option.offer
        weights = [order.lines[position].weight_grams for position in option.units]
        weight = self._sat.LinearExpr.weighted_sum([taken for taken, _ in option.units.values()], weights)
        heaviest = sum(grams * most for grams, (_, most) in zip(weights, option.units.values(), strict=True))
        parcels, most_parcels = option.used, offer.parcels(heaviest)
        if offer.max_weight_grams is not None and most_parcels > 1:
            parcels = self._model.new_int_var(0, most_parcels, "")
            self._model.add(parcels >= option.used)
            self._model.add(offer.max_weight_grams * parcels >= weight)
        self.parcels.add(1, parcels)
        self.cost.add(offer.parcel_minor, parcels)
        self._limits.take_parcels(offer.node.node_id, parcels, most_parcels)
        if offer.per_kg_minor and heaviest:
            charge = self._model.new_int_var(0, -(-offer.per_kg_minor * heaviest // 1000), "")
            self._model.add(1000 * charge >= offer.per_kg_minor * weight)
            self.cost.add(1, charge)

    def _add_slowest(self, terms: Sequence["tuple[int, IntVar]"]) -> None:
        """An order pays the largest of its consignments' terms."""
        largest = max((minor for minor, _ in terms), default=0)
        if largest == 0:
            return
        paid = self._model.new_int_var(0, largest, "")
        for minor, used in terms:
            self._model.add(paid >= minor * used)
        self.cost.add(1, paid)

    def _add_activation(self) -> None:
        active: dict[NodeId, IntVar] = {}
        for option in (option for options in self._options for option in options):
            node_id = option.offer.node.node_id
            if minor := self._left.activation_minor(node_id):
                if node_id not in active:
                    active[node_id] = self._model.new_bool_var("")
                    self.cost.add(minor, active[node_id])
                self._model.add_implication(option.used, active[node_id])


def _planned(solver: "CpSolver", order: OrderToRoute, options: Iterable[_Option]) -> PlannedOrder:
    loads = [
        (option.offer, [_value(solver, option, position) for position in range(len(order.lines))])
        for option in options
        if solver.boolean_value(option.used)
    ]
    return planned_order(order, loads)


def _value(solver: "CpSolver", option: _Option, position: int) -> int:
    return solver.value(option.units[position][0]) if position in option.units else 0


def _refuse_large_figures(network: Network, choices: Iterable[Choice]) -> None:
    """No sum in the model is above the worst imaginable plan: everything by every offer at its dearest."""
    worst = 0
    scarcity = max(network.scarcity.values(), default=0)
    for order, offers in choices:
        units, weight = sum(quantities(order)), grams(order, quantities(order))
        worst += units * (1 + order.unfilled_minor) + weight
        for offer in offers:
            node = offer.node
            worst += offer.price_minor(weight) + offer.parcels(weight) * (1 + node.handling_minor)
            worst += units * (node.pick_minor + scarcity) + offer.late_minor + offer.waiting_minor
            worst += node.activation_minor
    if worst > LARGEST:
        raise TooLargeForTheSolver(f"figures add up to {worst}; the solver is exact up to {LARGEST}")
