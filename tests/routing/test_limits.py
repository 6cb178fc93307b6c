"""Where time or exact integers end, the decision says so instead of guessing."""

import subprocess
import sys

import pytest

from decisions.routing import (
    OutOfTime,
    TooLargeForTheSolver,
    Wave,
    check_plan,
    fewest_splits,
    nearest,
    plan_complete_order,
    plan_order,
)
from decisions.routing.loads import planned_order
from decisions.routing.model import Choice, RoutingModel
from decisions.routing.network import Network
from decisions.routing.remaining import Remaining
from decisions.routing.wave import LARGEST_WAVE
from tests.routing.problems import (
    Raw,
    a_line,
    a_node,
    a_problem,
    a_service,
    a_zone,
    an_order,
    changed,
    parsed,
    stock,
)

NO_TIME = 0.0


def one_unit_each() -> Raw:
    """Four nodes with room for one unit: taking from each the first thing it has can never be complete."""
    held = {"n": "AB", "m": "A", "p": "CD", "q": "C"}
    return a_problem(
        [a_node(node_id, capacity_units=1) for node_id in held],
        [stock(node_id, sku, 1) for node_id, skus in held.items() for sku in skus],
        [a_service("s", a_zone(10)), a_service("t", a_zone(10, base_minor=600))],
        an_order("o", *(a_line(sku, sku, 1) for sku in "ABCD")),
    )


def test_without_time_the_best_plan_known_is_returned_and_called_unproven() -> None:
    problem = parsed(one_unit_each())
    decision = plan_order(problem, NO_TIME)
    assert (decision.status, decision.runner_up_status) == ("feasible", "feasible")
    assert check_plan(problem, decision.plan) == []
    assert decision.lower_bound_minor == 0
    assert decision.runner_up is not None
    assert decision.runner_up.cost.total_minor >= decision.cost.total_minor > plan_order(problem).cost.total_minor


def test_without_time_nothing_is_claimed_about_a_complete_plan() -> None:
    problem = parsed(one_unit_each())
    with pytest.raises(OutOfTime, match="order o: no complete plan found"):
        plan_complete_order(problem, NO_TIME)
    assert plan_complete_order(problem) is not None


def test_an_unproven_optimum_of_a_rule_is_counted() -> None:
    problem = parsed(one_unit_each())
    baseline = fewest_splits(problem, NO_TIME)
    assert baseline.unproven_orders == 1
    assert check_plan(problem, baseline.plan) == []


def test_without_time_a_wave_keeps_the_plan_it_started_from() -> None:
    problem = parsed(one_unit_each())
    start = nearest(problem).plan
    planned = Wave(problem).plan(start, NO_TIME)
    assert (planned.plan, planned.status) == (start, "feasible")


def test_a_wave_that_one_model_cannot_decide_is_refused() -> None:
    raw = one_unit_each()
    orders = [raw["orders"][0] | {"order_id": f"o{number}"} for number in range(LARGEST_WAVE // 16 + 1)]
    with pytest.raises(TooLargeForTheSolver, match=f"one model takes {LARGEST_WAVE}"):
        Wave(parsed(raw | {"orders": orders}))


@pytest.mark.parametrize(
    "path",
    [
        ("orders", 0, "unfilled_minor"),
        ("orders", 0, "lines", 0, "quantity"),
        ("orders", 0, "lines", 0, "weight_grams"),
        ("nodes", 0, "activation_minor"),
        ("nodes", 0, "pick_minor"),
    ],
)
def test_figures_beyond_exact_sums_are_refused(path: tuple[str | int, ...]) -> None:
    raw = one_unit_each()
    raw["services"][0]["max_weight_grams"] = raw["services"][1]["max_weight_grams"] = 10**30
    problem = parsed(changed(raw, *path, to=10**18))
    with pytest.raises(TooLargeForTheSolver, match="exact up to"):
        Wave(problem).plan(nearest(problem).plan, 1.0)


def test_figures_that_are_only_compared_may_be_as_large_as_they_like() -> None:
    raw = one_unit_each()
    raw["stock"][0]["quantity"] = raw["nodes"][0]["capacity_parcels"] = 10**40
    raw["services"][0]["zones"][0]["up_to_km"] = raw["orders"][0]["promised_in_minutes"] = 10**40
    assert plan_order(parsed(raw)).status == "optimal"


@pytest.mark.parametrize("orders", [0, 2])
def test_one_order_is_planned_at_a_time(orders: int) -> None:
    raw = one_unit_each()
    many = [raw["orders"][0] | {"order_id": f"o{number}"} for number in range(orders)]
    with pytest.raises(ValueError, match=f"has {orders} orders, not one"):
        plan_order(parsed(raw | {"orders": many}))


def test_a_problem_without_orders_costs_nothing() -> None:
    problem = parsed(one_unit_each() | {"orders": []})
    planned = Wave(problem).plan(nearest(problem).plan, 1.0)
    assert (planned.cost.total_minor, planned.status) == (0, "optimal")


def test_an_order_without_units_has_one_plan_and_no_runner_up() -> None:
    raw = changed(one_unit_each(), "orders", 0, "lines", to=[a_line("1", "A", 0)])
    decision = plan_order(parsed(raw))
    (planned,) = decision.plan.orders
    assert (planned.consignments, planned.unfilled) == ((), ())
    assert (decision.runner_up, decision.runner_up_status) == (None, "optimal")


def test_plans_of_a_model_that_lacks_a_chosen_offer_differ_already() -> None:
    problem = parsed(one_unit_each())
    network, order = Network(problem), problem.orders[0]
    offers = network.offers(order)
    chosen = planned_order(order, [(offers[0], [1, 0, 0, 0]), (offers[2], [1, 0, 0, 0])])
    model = RoutingModel(network, Remaining(network), [Choice(order, offers[:1])])
    model.differ_from(chosen)
    answer = model.minimize(model.cost, 1.0)
    assert answer.orders is not None
    assert [one.node_id for one in answer.orders[0].consignments] == [offers[0].node.node_id]


def test_an_unknown_offer_cannot_be_booked() -> None:
    problem = parsed(one_unit_each())
    planned = plan_order(problem).plan.orders[0]
    network = Network(parsed(one_unit_each() | {"services": []}))
    with pytest.raises(ValueError, match="does not offer"):
        Remaining(network).book(problem.orders[0], planned)


def test_only_who_solves_loads_the_solver() -> None:
    code = [sys.executable, "-c", "import decisions.routing, sys; print('ortools' in sys.modules)"]
    run = subprocess.run(code, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 -- ours
    assert run.stdout.strip() == "False"
