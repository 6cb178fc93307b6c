"""Every constraint that a plan can break is told, each in its own words."""

import pytest

from contracts.routing import RoutingPlan
from decisions.routing import check_plan
from tests.routing.problems import Raw, a_line, a_node, a_problem, a_service, a_zone, an_order, parsed, stock


def consignment(node_id: str, service_id: str | None, **units: int) -> Raw:
    lines = [{"line_id": line_id, "quantity": quantity} for line_id, quantity in units.items()]
    return {"node_id": node_id, "service_id": service_id, "lines": lines}


def wrongs(raw: Raw, *consignments: Raw, order_id: str = "o", **unfilled: int) -> list[str]:
    rest = [{"line_id": line_id, "quantity": quantity} for line_id, quantity in unfilled.items()]
    order = {"order_id": order_id, "consignments": list(consignments), "unfilled": rest}
    plan = RoutingPlan.model_validate({"problem_id": "p", "orders": [order]})
    return check_plan(parsed(raw), plan)


@pytest.fixture
def raw() -> Raw:
    """Two nodes; line a: two units of 100 g, line b: one unit too heavy for the post."""
    return a_problem(
        [a_node("n", capacity_parcels=1, capacity_units=2), a_node("m", longitude=5.0)],
        [stock("n", "A", 1), stock("n", "B", None), stock("m", "A", None), stock("m", "B", None)],
        [
            a_service("post", a_zone(100), max_weight_grams=1000),
            a_service("freight", a_zone(1000), max_weight_grams=4000),
        ],
        an_order("o", a_line("a", "A", 2), a_line("b", "B", 1, weight_grams=5000)),
    )


def test_a_plan_that_keeps_every_constraint_has_nothing_wrong(raw: Raw) -> None:
    assert wrongs(raw, consignment("n", "post", a=1), consignment("m", "freight", a=1), b=1) == []


def test_more_than_the_stock_is_told(raw: Raw) -> None:
    assert wrongs(raw, consignment("n", "post", a=2), b=1) == ["node n: 2 of A taken, 1 in stock"]


def test_goods_a_node_does_not_stock_are_told(raw: Raw) -> None:
    raw["stock"] = [level for level in raw["stock"] if level["node_id"] == "m"]
    assert wrongs(raw, consignment("n", "post", a=1), a=1, b=1) == ["node n: 1 of A taken, 0 in stock"]


def test_a_unit_too_heavy_for_the_service_is_told(raw: Raw) -> None:
    assert wrongs(raw, consignment("m", "freight", a=2, b=1)) == ["order o: line b: a unit is too heavy for freight"]


def test_more_units_and_parcels_than_there_is_room_for_are_told(raw: Raw) -> None:
    raw["stock"][0]["quantity"] = None
    raw["orders"][0]["lines"][0] |= {"quantity": 3, "weight_grams": 400}
    assert wrongs(raw, consignment("n", "post", a=3), b=1) == [
        "node n: 3 units, room for 2",
        "node n: 2 parcels, room for 1",
    ]


@pytest.mark.parametrize(
    ("node_id", "service_id"),
    [("m", "post"), ("m", "air"), ("m", None), ("x", "post")],
    ids=["too far", "unknown service", "no service", "unknown node"],
)
def test_a_service_that_is_not_on_offer_is_told(raw: Raw, node_id: str, service_id: str | None) -> None:
    assert wrongs(raw, consignment(node_id, service_id, a=2), b=1) == [
        f"order o: {node_id} does not offer {service_id} to it"
    ]


def test_with_lanes_only_their_pairs_may_ship_and_without_a_service(raw: Raw) -> None:
    raw |= {"services": [], "lanes": [{"node_id": "m", "order_id": "o", "cost_minor": 1}]}
    assert wrongs(raw, consignment("m", None, a=2, b=1)) == []
    assert wrongs(raw, consignment("n", None, a=1), a=1, b=1) == ["order o: n does not offer None to it"]
    assert wrongs(raw, consignment("m", "post", a=2, b=1)) == ["order o: m does not offer post to it"]


def test_quantities_that_do_not_add_up_are_told(raw: Raw) -> None:
    assert wrongs(raw, consignment("m", "post", a=1), b=2) == [
        "order o: line a: 1 units planned, 2 ordered",
        "order o: line b: 2 units planned, 1 ordered",
        "order o: m does not offer post to it",
    ]


def test_a_split_is_told_where_none_is_allowed(raw: Raw) -> None:
    raw["allow_split"] = False
    found = wrongs(raw, consignment("n", "post", a=1), consignment("m", "freight", a=1), b=1)
    assert found == ["order o: 2 consignments, but it may not be split"]


def test_two_consignments_from_one_node_are_told(raw: Raw) -> None:
    found = wrongs(raw, consignment("m", "freight", a=1), consignment("m", "freight", a=1), b=1)
    assert found == ["order o: 2 consignments from m"]


def test_a_line_that_stands_twice_or_is_unknown_is_told(raw: Raw) -> None:
    twice = consignment("m", "freight", a=1)
    twice["lines"] *= 2
    assert wrongs(raw, twice, b=1) == ["order o: line a: stands 2 times in one place"]
    assert wrongs(raw, consignment("m", "freight", a=2, z=1), b=1) == ["order o: line z: unknown"]


def test_orders_that_are_missing_unknown_or_repeated_are_told(raw: Raw) -> None:
    assert wrongs(raw, order_id="x") == ["order o: missing", "order x: unknown"]
    order: Raw = {"order_id": "o", "consignments": [], "unfilled": [{"line_id": "a", "quantity": 2}]}
    order["unfilled"].append({"line_id": "b", "quantity": 1})
    plan = RoutingPlan.model_validate({"problem_id": "q", "orders": [order, order]})
    assert check_plan(parsed(raw), plan) == [
        "the plan is for problem q, not p",
        "order o: stands 2 times",
    ]
