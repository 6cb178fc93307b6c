"""The solver against enumeration: the same cost, the same runner-up, the same impossibilities."""

from collections import Counter

import pytest

from contracts.ids import NodeId, ServiceId
from contracts.routing import Alternative, PlannedOrder, RoutingProblem
from decisions.routing import (
    Wave,
    check_plan,
    nearest,
    plan_complete_order,
    plan_cost,
    plan_order,
    prove_order,
)
from tests.routing.enumeration import plans
from tests.routing.problems import Raw, parsed, seeded

BLOCKS = 10
SEEDS_A_BLOCK = 50

Pairs = frozenset[tuple[str, str | None]]


def pairs(planned: PlannedOrder) -> frozenset[tuple[NodeId, ServiceId | None]]:
    return frozenset((one.node_id, one.service_id) for one in planned.consignments)


def cost_by_pairs(raw: Raw, *, complete: bool) -> dict[Pairs, int]:
    """The cheapest cost of every set of (node, service), by enumeration; one order."""
    cheapest: dict[Pairs, int] = {}
    for minor, (way,) in plans(raw):
        if not (complete and way.unfilled):
            cheapest[way.pairs] = min(minor, cheapest.get(way.pairs, minor))
    return cheapest


def second_best(costs: dict[Pairs, int], chosen: Pairs) -> int | None:
    return min((minor for used, minor in costs.items() if used != chosen), default=None)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_an_orders_plan_and_its_runner_up_are_the_best_of_all_plans(block: int) -> None:
    for seed in range(block * SEEDS_A_BLOCK, (block + 1) * SEEDS_A_BLOCK):
        raw = seeded(seed)
        problem, costs = parsed(raw), cost_by_pairs(raw, complete=False)
        decision = plan_order(problem)
        assert decision.cost.total_minor == decision.lower_bound_minor == min(costs.values()), seed
        assert (decision.status, decision.runner_up_status) == ("optimal", "optimal"), seed
        assert check_plan(problem, decision.plan) == [], seed
        second = second_best(costs, pairs(decision.plan.orders[0]))
        _same_runner_up(problem, decision.runner_up, second, seed)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_complete_plan_is_the_best_that_sends_every_unit_or_there_is_none(block: int) -> None:
    for seed in range(block * SEEDS_A_BLOCK, (block + 1) * SEEDS_A_BLOCK):
        raw = seeded(seed)
        problem, costs = parsed(raw), cost_by_pairs(raw, complete=True)
        decision = plan_complete_order(problem)
        if not costs:
            assert decision is None, seed
            continue
        assert decision is not None, seed
        assert decision.cost.total_minor == decision.lower_bound_minor == min(costs.values()), seed
        assert decision.cost.unfilled_units == 0, seed
        second = second_best(costs, pairs(decision.plan.orders[0]))
        _same_runner_up(problem, decision.runner_up, second, seed)


def _same_runner_up(problem: RoutingProblem, found: Alternative | None, expected: int | None, seed: int) -> None:
    if found is None:
        assert expected is None, seed
        return
    assert plan_cost(problem, found.plan).total_minor == expected, seed
    assert check_plan(problem, found.plan) == [], seed


@pytest.mark.parametrize("block", range(6))
def test_orders_that_share_stock_capacities_and_activation_are_solved_jointly(block: int) -> None:
    for seed in range(1000 + block * 20, 1000 + (block + 1) * 20):
        raw = seeded(seed, orders=2, nodes=2)
        problem = parsed(raw)
        planned = Wave(problem).plan(nearest(problem).plan, 5.0)
        assert planned.cost.total_minor == min(minor for minor, _ in plans(raw)), seed
        assert planned.cost.total_minor == planned.lower_bound_minor, seed
        assert check_plan(problem, planned.plan) == [], seed


def test_the_seeded_problems_make_every_rule_of_the_format_matter() -> None:
    seen: Counter[str] = Counter()
    for seed in range(BLOCKS * SEEDS_A_BLOCK):
        raw = seeded(seed)
        problem = parsed(raw)
        cost = plan_order(problem).cost
        seen["lanes"] += problem.lanes is not None
        seen["may not be split"] += not problem.allow_split
        seen["split"] += cost.split_orders
        seen["several parcels of one consignment"] += cost.parcels > cost.consignments
        seen["activation"] += cost.activation_minor > 0
        seen["scarcity"] += cost.scarcity_minor > 0
        seen["certainly late"] += cost.late_halves == 2 and cost.late_minor > 0
        seen["half late, rounded up"] += cost.late_halves == 1 and cost.late_minor % 2 == 1
        seen["waiting"] += cost.waiting_minor > 0
        seen["partly unfilled"] += cost.unfilled_units > 0 and cost.shipped_orders > 0
        seen["nothing sent"] += cost.shipped_orders == 0
        seen["impossible to complete"] += not cost_by_pairs(raw, complete=True)
    assert len(seen) == 12
    assert min(seen.values()) >= 5, seen


def test_the_same_problem_gives_the_same_receipt() -> None:
    problem = parsed(seeded(3))
    assert plan_order(problem) == plan_order(problem)


def test_a_proof_without_runner_up_finds_the_same_cost() -> None:
    for seed in range(30):
        problem = parsed(seeded(seed))
        assert prove_order(problem, 2.0).cost == plan_order(problem).cost, seed
