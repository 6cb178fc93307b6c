"""The rules others route by do what measures say they do."""

import copy

import pytest

from contracts.routing import PlannedOrder
from decisions.routing import cheapest, check_plan, fewest_splits, nearest, plan_cost
from tests.routing.enumeration import Way, plans
from tests.routing.problems import (
    Raw,
    a_line,
    a_node,
    a_problem,
    a_service,
    a_zone,
    an_order,
    parsed,
    seeded,
    stock,
)

POST = a_service("post", a_zone(2000))


def sent(planned: PlannedOrder) -> list[tuple[str, str | None, dict[str, int]]]:
    return [
        (one.node_id, one.service_id, {part.line_id: part.quantity for part in one.lines})
        for one in planned.consignments
    ]


def nearest_of(raw: Raw) -> list[list[tuple[str, str | None, dict[str, int]]]]:
    baseline = nearest(parsed(raw))
    assert check_plan(parsed(raw), baseline.plan) == []
    return [sent(planned) for planned in baseline.plan.orders]


def three_nodes(*stocked: Raw, **order: object) -> Raw:
    """Nodes at 0, 1 and 2 degrees; the order at 0 wants two of A and one of B."""
    return a_problem(
        [a_node("near"), a_node("middle", longitude=1.0), a_node("far", longitude=2.0)],
        list(stocked),
        [POST],
        an_order("o", a_line("a", "A", 2), a_line("b", "B", 1), **order),
    )


def test_nearest_takes_the_nearest_node_that_has_everything() -> None:
    raw = three_nodes(*(stock(node_id, sku, 2) for node_id in ("far", "middle") for sku in "AB"), stock("near", "A", 2))
    assert nearest_of(raw) == [[("middle", "post", {"a": 2, "b": 1})]]


def test_nearest_passes_a_node_without_room_for_the_whole_order() -> None:
    raw = three_nodes(*(stock(node_id, sku, 2) for node_id in ("near", "middle", "far") for sku in "AB"))
    raw["nodes"][0]["capacity_units"] = 2
    raw["nodes"][1]["capacity_parcels"] = 0
    assert nearest_of(raw) == [[("far", "post", {"a": 2, "b": 1})]]


def test_nearest_takes_all_that_each_node_has_if_none_has_everything() -> None:
    raw = three_nodes(stock("near", "A", 1), stock("middle", "A", 5), stock("far", "B", 1))
    assert nearest_of(raw) == [[("near", "post", {"a": 1}), ("middle", "post", {"a": 1}), ("far", "post", {"b": 1})]]


def test_nearest_sends_only_the_first_nodes_part_where_no_split_is_allowed() -> None:
    raw = three_nodes(stock("near", "A", 1), stock("middle", "A", 5)) | {"allow_split": False}
    (planned,) = nearest(parsed(raw)).plan.orders
    assert sent(planned) == [("near", "post", {"a": 1})]
    assert {part.line_id: part.quantity for part in planned.unfilled} == {"a": 1, "b": 1}


def test_nearest_takes_only_what_fits_into_the_parcels_left_and_by_weight() -> None:
    raw = three_nodes(stock("near", "A", 5), stock("near", "B", 5), stock("far", "A", None))
    raw["nodes"][0]["capacity_parcels"] = 1
    raw["services"] = [a_service("post", a_zone(2000), max_weight_grams=250)]
    raw["orders"][0]["lines"][1]["weight_grams"] = 251
    assert nearest_of(raw) == [[("near", "post", {"a": 2})]]
    raw["orders"][0]["lines"][0]["weight_grams"] = 130
    assert nearest_of(raw) == [[("near", "post", {"a": 1}), ("far", "post", {"a": 1})]]


@pytest.mark.parametrize(("promised", "service_id"), [(300, "cheap"), (299, "dear"), (99, "quick")], ids=str)
def test_nearest_ships_by_the_cheapest_service_in_time_else_by_the_fastest(promised: int, service_id: str) -> None:
    raw = three_nodes(stock("near", "A", 2), stock("near", "B", 1), promised_in_minutes=promised)
    raw["services"] = [
        a_service("dear", a_zone(10, base_minor=900, minutes_p50=50, minutes_p90=200)),
        a_service("cheap", a_zone(10, base_minor=300, minutes_p50=90, minutes_p90=300)),
        a_service("slow", a_zone(10, base_minor=100, minutes_p50=90, minutes_p90=301)),
        a_service("dear-quick", a_zone(10, base_minor=950, minutes_p50=50, minutes_p90=100)),
        a_service("quick", a_zone(10, base_minor=940, minutes_p50=50, minutes_p90=100)),
    ]
    assert nearest_of(raw) == [[("near", service_id, {"a": 2, "b": 1})]]


def test_nearest_takes_orders_in_turn_from_what_is_left() -> None:
    raw = three_nodes(stock("near", "A", 3), stock("near", "B", 2), stock("far", "A", 2), stock("far", "B", 2))
    raw["orders"].append(raw["orders"][0] | {"order_id": "later"})
    assert nearest_of(raw) == [
        [("near", "post", {"a": 2, "b": 1})],
        [("far", "post", {"a": 2, "b": 1})],
    ]


def test_two_lines_of_one_product_share_its_stock() -> None:
    raw = three_nodes(stock("near", "A", 2), stock("middle", "A", 9))
    raw["orders"][0]["lines"][1]["sku"] = "A"
    assert nearest_of(raw) == [[("middle", "post", {"a": 2, "b": 1})]]


def test_with_lanes_nearest_is_the_cheapest_lane() -> None:
    raw = three_nodes(*(stock(node_id, sku, 2) for node_id in ("near", "far") for sku in "AB"))
    lanes = [{"node_id": node_id, "order_id": "o", "cost_minor": minor} for node_id, minor in (("near", 9), ("far", 8))]
    assert nearest_of(raw | {"services": [], "lanes": lanes}) == [[("far", None, {"a": 2, "b": 1})]]


def test_fewest_splits_fills_most_then_saves_parcels_then_money() -> None:
    for seed in range(200):
        raw = seeded(seed)
        baseline = fewest_splits(parsed(raw))
        cost = plan_cost(parsed(raw), baseline.plan)
        best = min((way.unfilled, way.parcels, minor) for minor, (way,) in plans(raw))
        assert (cost.unfilled_units, cost.parcels, cost.total_minor) == best, seed
        assert baseline.unproven_orders == 0, seed


def test_cheapest_is_exact_for_each_order_on_what_the_earlier_ones_left() -> None:
    for seed in range(100):
        raw = seeded(seed, orders=3)
        planned = cheapest(parsed(raw)).plan
        assert check_plan(parsed(raw), planned) == [], seed
        left = copy.deepcopy(raw)
        for order, of_order in zip(raw["orders"], planned.orders, strict=True):
            left["orders"] = [order]
            left["lanes"] = raw["lanes"] and [lane for lane in raw["lanes"] if lane["order_id"] == order["order_id"]]
            own = planned.model_copy(update={"orders": (of_order,)})
            cost = plan_cost(parsed(left), own)
            assert cost.total_minor == min(minor for minor, _ in plans(left)), seed
            _take(left, of_order)


def _take(left: Raw, planned: PlannedOrder) -> None:
    """Books a plan: less stock, less room, and a node that ships already is activated."""
    ways = [way for _, (way,) in plans(left) if _is(way, planned, left["orders"][0])]
    lines = left["orders"][0]["lines"]
    for one in ways[0].sent:
        node = next(node for node in left["nodes"] if node["node_id"] == one.node_id)
        node["activation_minor"] = 0
        for key, used in (("capacity_parcels", one.parcels), ("capacity_units", sum(one.load))):
            node[key] = None if node[key] is None else node[key] - used
        for line, units in zip(lines, one.load, strict=True):
            for level in left["stock"]:
                if (level["node_id"], level["sku"]) == (one.node_id, line["sku"]):
                    level["quantity"] = None if level["quantity"] is None else level["quantity"] - units


def _is(way: Way, planned: PlannedOrder, order: Raw) -> bool:
    loads = {
        (one.node_id, one.service_id): {
            line["line_id"]: units for line, units in zip(order["lines"], one.load, strict=True) if units
        }
        for one in way.sent
    }
    return loads == {(node_id, service_id): units for node_id, service_id, units in sent(planned)}
