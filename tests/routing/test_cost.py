"""The cost of a plan, term by term, against figures worked out by hand."""

from math import pi

import pytest

from contracts.routing import PlanCost, RoutingPlan
from decisions.routing import distance_km, plan_cost
from tests.routing.problems import Raw, a_line, a_node, a_problem, a_service, a_zone, an_order, parsed, stock


def plan(*orders: Raw) -> RoutingPlan:
    return RoutingPlan.model_validate({"problem_id": "p", "orders": list(orders)})


def sent(
    node_id: str,
    service_id: str | None,
    units: dict[str, int],
    order_id: str = "o",
    unfilled: dict[str, int] | None = None,
) -> Raw:
    parts = [{"line_id": line_id, "quantity": quantity} for line_id, quantity in units.items()]
    consignment = {"node_id": node_id, "service_id": service_id, "lines": parts}
    rest = [{"line_id": line_id, "quantity": quantity} for line_id, quantity in (unfilled or {}).items()]
    return {"order_id": order_id, "consignments": [consignment], "unfilled": rest}


def one_node(**changes: object) -> Raw:
    """One node, one service with a zone of 100 km, an order of 3 units of 400 g around the corner."""
    return a_problem(
        [a_node("n", **{key: value for key, value in changes.items() if key in a_node("n")})],
        [stock("n", "A", 10, scarcity_minor=5)],
        [a_service("s", a_zone(100, base_minor=650, per_kg_minor=90), max_weight_grams=1000)],
        an_order("o", a_line("1", "A", 3, 400), **{k: v for k, v in changes.items() if k in an_order("o")}),
    )


def test_every_term_of_the_cost_is_counted_once() -> None:
    raw = one_node(handling_minor=120, pick_minor=35, activation_minor=70, unfilled_minor=5000)
    cost = plan_cost(parsed(raw), plan(sent("n", "s", {"1": 2}, unfilled={"1": 1})))
    # 800 g in one parcel: 650 + ceil(90 * 800 / 1000) = 722, and 120 for handling
    assert cost.shipping_minor == 722 + 120
    assert (cost.pick_minor, cost.activation_minor, cost.scarcity_minor) == (2 * 35, 70, 2 * 5)
    assert (cost.unfilled_minor, cost.unfilled_units) == (5000, 1)
    assert cost.total_minor == 842 + 70 + 70 + 10 + 5000


def test_parcels_are_counted_by_weight_and_each_pays_its_base_and_its_handling() -> None:
    raw = one_node(handling_minor=10)
    cost = plan_cost(parsed(raw), plan(sent("n", "s", {"1": 3})))
    assert (cost.parcels, cost.consignments) == (2, 1)  # 1200 g by parcels of 1000 g
    assert cost.shipping_minor == 2 * 650 + 108 + 2 * 10


def test_a_begun_minor_unit_of_the_charge_by_weight_counts_whole() -> None:
    raw = one_node()
    raw["orders"][0]["lines"][0]["weight_grams"] = 1
    assert plan_cost(parsed(raw), plan(sent("n", "s", {"1": 3}))).shipping_minor == 650 + 1


def test_weightless_goods_travel_as_one_parcel() -> None:
    raw = one_node()
    raw["orders"][0]["lines"][0]["weight_grams"] = 0
    cost = plan_cost(parsed(raw), plan(sent("n", "s", {"1": 3})))
    assert (cost.parcels, cost.shipping_minor) == (1, 650)


@pytest.mark.parametrize(
    ("promised", "halves", "minor"),
    [(150, 0, 0), (149, 1, 451), (90, 1, 451), (89, 2, 901)],
)
def test_half_a_broken_promise_costs_half_rounded_up(promised: int, halves: int, minor: int) -> None:
    raw = one_node(ready_in_minutes=30, promised_in_minutes=promised, late_minor=901)  # p50 90, p90 150
    cost = plan_cost(parsed(raw), plan(sent("n", "s", {"1": 3})))
    assert (cost.late_halves, cost.late_minor, cost.late_orders) == (halves, minor, int(halves > 0))


def test_waiting_counts_from_now_to_the_slowest_consignment_begun_minor_units_whole() -> None:
    raw = one_node(ready_in_minutes=1, hour_minor=60)
    raw["orders"][0]["hour_minor"] = 59
    cost = plan_cost(parsed(raw), plan(sent("n", "s", {"1": 3})))
    assert (cost.minutes, cost.waiting_minor) == (61, 60)  # 59 * 61 / 60 = 59.98…


def test_an_order_pays_lateness_and_waiting_once_for_its_slowest_consignment() -> None:
    raw = a_problem(
        [a_node("near"), a_node("slow", ready_in_minutes=600)],
        [stock("near", "A", 1), stock("slow", "A", 1)],
        [a_service("s", a_zone(100))],
        an_order("o", a_line("1", "A", 2), promised_in_minutes=200, late_minor=100, hour_minor=60),
    )
    split = sent("near", "s", {"1": 1})
    split["consignments"] += sent("slow", "s", {"1": 1})["consignments"]
    cost = plan_cost(parsed(raw), plan(split))
    assert (cost.late_minor, cost.waiting_minor, cost.split_orders) == (100, 660, 1)


def test_an_order_that_gets_nothing_is_neither_late_nor_waiting() -> None:
    raw = one_node(late_minor=900, hour_minor=90, promised_in_minutes=0)
    nothing = {"order_id": "o", "consignments": [], "unfilled": [{"line_id": "1", "quantity": 3}]}
    assert plan_cost(parsed(raw), plan(nothing)) == PlanCost(unfilled_minor=15_000, unfilled_units=3)


def test_a_node_is_activated_once_for_all_orders() -> None:
    raw = one_node(activation_minor=70)
    raw["orders"].append(an_order("p", a_line("1", "A", 1, 400)))
    both = plan(sent("n", "s", {"1": 3}), sent("n", "s", {"1": 1}, order_id="p"))
    assert plan_cost(parsed(raw), both).activation_minor == 70


def test_a_lane_costs_its_price_and_one_handling_whatever_it_carries_and_is_never_late() -> None:
    raw = one_node(handling_minor=10, pick_minor=1, ready_in_minutes=999, late_minor=900, hour_minor=90)
    raw |= {"services": [], "lanes": [{"node_id": "n", "order_id": "o", "cost_minor": 417}]}
    raw["orders"][0]["promised_in_minutes"] = 0
    raw["orders"][0]["lines"][0]["weight_grams"] = 1_000_000
    cost = plan_cost(parsed(raw), plan(sent("n", None, {"1": 3})))
    assert (cost.shipping_minor, cost.parcels, cost.total_minor) == (427, 1, 427 + 3 + 15)


def test_a_zone_reaches_as_far_as_it_says_and_beyond_the_last_nothing_is_offered() -> None:
    raw = one_node(latitude=1.0)  # 111.2 km away
    near, far = a_zone(111, base_minor=1), a_zone(112, base_minor=2)
    raw["services"] = [a_service("s", near, far)]
    raw["orders"][0]["latitude"] = 0.0
    assert plan_cost(parsed(raw), plan(sent("n", "s", {"1": 3}))).shipping_minor == 2
    raw["services"] = [a_service("s", near)]
    with pytest.raises(ValueError, match="n does not offer s to order o"):
        plan_cost(parsed(raw), plan(sent("n", "s", {"1": 3})))


def test_distance_is_along_the_great_circle() -> None:
    problem = parsed(a_problem([a_node("n", latitude=90.0), a_node("m", longitude=180.0)], [], [], an_order("o")))
    pole, antipode = problem.nodes
    assert distance_km(pole, problem.orders[0]) == pytest.approx(6371.0088 * pi / 2)
    assert distance_km(antipode, problem.orders[0]) == pytest.approx(6371.0088 * pi)


def test_a_plan_for_an_unknown_order_has_no_cost() -> None:
    with pytest.raises(ValueError, match="no order x"):
        plan_cost(parsed(one_node()), plan(sent("n", "s", {"1": 1}, order_id="x")))


def test_a_written_cost_says_its_total_and_is_read_back_the_same() -> None:
    cost = plan_cost(parsed(one_node(pick_minor=1)), plan(sent("n", "s", {"1": 3})))
    assert cost.model_dump()["total_minor"] == cost.total_minor > 0
    assert PlanCost.model_validate_json(cost.model_dump_json()) == cost
