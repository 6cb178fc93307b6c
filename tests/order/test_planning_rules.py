"""From an order to a question for the solver, and from its answer to consignments and parcels."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import AddressRef
from contracts.planning import LineToPlan, NodeToPlan, OrderToPlan, UnitsOnHand
from contracts.policy import RoutingPolicy
from contracts.routing import (
    PlanCost,
    PlannedConsignment,
    PlannedLine,
    PlannedOrder,
    RoutingDecision,
    RoutingPlan,
)
from decisions.plan import NO_PROMISE, consignments_of, problem_of, split_weight
from tests.shop import LAMP, MUG, NODES, OAKLAND, RENO, SERVICES, TENT

NOW = datetime(2026, 12, 1, 18, tzinfo=UTC)  # ten in the morning in San Francisco


def to_plan(**changes: Any) -> OrderToPlan:
    lines = [("1", MUG, 2, 400), ("2", TENT, 1, 6_000), ("3", MUG, 1, 400), ("4", LAMP, 20, 1_500)]
    whole = OrderToPlan(
        number=1001,
        address_ref=AddressRef("adr_1"),
        currency="USD",
        latitude=37.77,
        longitude=-122.42,
        time_zone="America/Los_Angeles",
        service_level="standard",
        promise_latest=None,
        lines=[LineToPlan(line_id=id_, sku=sku, quantity=n, weight_grams=grams) for id_, sku, n, grams in lines],
        nodes=[NodeToPlan.model_validate(node.model_dump()) for node in NODES],
        stock=[UnitsOnHand(node_id=RENO, sku=MUG, quantity=5)],
    )
    return whole.model_copy(update=changes)


@pytest.mark.parametrize(
    ("latest", "zone", "minutes"),
    [
        (date(2026, 12, 1), "America/Los_Angeles", 14 * 60),
        (date(2026, 12, 2), "America/Los_Angeles", 38 * 60),
        (date(2026, 12, 1), "America/New_York", 11 * 60),
        (date(2026, 12, 1), "Asia/Tokyo", 0),  # over there already
        (date(2026, 11, 1), "America/Los_Angeles", 0),
        (None, "America/Los_Angeles", NO_PROMISE),
    ],
)
def test_a_promise_is_the_minutes_to_the_end_of_its_day_there(latest: date | None, zone: str, minutes: int) -> None:
    (order,) = problem_of(
        to_plan(promise_latest=latest, time_zone=zone), SERVICES, RoutingPolicy(late_minor=900), NOW
    ).orders
    assert order.promised_in_minutes == minutes
    assert order.late_minor == (900 if latest else 0)


def test_a_promise_over_a_change_of_clocks_counts_real_minutes() -> None:
    before = datetime(2026, 10, 31, 19, tzinfo=UTC)  # noon in San Francisco, the day before its day of 25 hours
    (order,) = problem_of(to_plan(promise_latest=date(2026, 11, 1)), SERVICES, RoutingPolicy(), before).orders
    assert order.promised_in_minutes == (12 + 25) * 60


def test_a_begun_minute_is_no_promise() -> None:
    late = datetime(2026, 12, 2, 7, 58, 30, tzinfo=UTC)
    (order,) = problem_of(to_plan(promise_latest=date(2026, 12, 1)), SERVICES, RoutingPolicy(), late).orders
    assert order.promised_in_minutes == 1


@pytest.mark.parametrize(("level", "hour_minor"), [("standard", 1), ("express", 40)])
def test_an_hour_of_waiting_costs_what_the_service_level_says(level: str, hour_minor: int) -> None:
    policy = RoutingPolicy(hour_minor_standard=1, hour_minor_express=40)
    (order,) = problem_of(to_plan(service_level=level), SERVICES, policy, NOW).orders
    assert order.hour_minor == hour_minor


def test_the_question_holds_the_order_the_nodes_and_what_is_on_hand() -> None:
    problem = problem_of(to_plan(), SERVICES, RoutingPolicy(), NOW)
    assert (problem.problem_id, problem.currency, problem.allow_split) == ("order/1001", "USD", True)
    assert [node.node_id for node in problem.nodes] == [RENO, OAKLAND]
    assert [(level.node_id, level.sku, level.quantity) for level in problem.stock] == [(RENO, MUG, 5)]
    assert [(line.line_id, line.quantity) for line in problem.orders[0].lines] == [
        ("1", 2), ("2", 1), ("3", 1), ("4", 20)
    ]  # fmt: skip
    assert problem.services == (SERVICES[0].service,)


def test_the_chosen_plan_becomes_consignments_by_node_with_the_weight_of_each_parcel() -> None:
    service = SERVICES[0].service.service_id
    chosen = (
        _consignment(OAKLAND, service, ("2", 1)),
        _consignment(RENO, service, ("1", 2), ("3", 1), ("4", 20)),
    )
    plan = RoutingPlan(
        problem_id="order/1001", orders=(PlannedOrder(order_id="1001", consignments=chosen, unfilled=()),)
    )
    decision = RoutingDecision(
        plan=plan, cost=PlanCost(), lower_bound_minor=0, status="optimal", inputs_hash="", runner_up=None,
        runner_up_status="optimal",
    )  # fmt: skip
    reno, oakland = consignments_of(to_plan(), SERVICES, decision)
    assert (reno.node_name, reno.carrier, reno.service_id) == ("Warehouse Reno", "Swift", "swift-ground")
    assert [(part.line_id, part.sku, part.quantity) for part in reno.lines] == [
        ("1", MUG, 2), ("3", MUG, 1), ("4", LAMP, 20)
    ]  # fmt: skip
    assert reno.units_by_line == {"1": 2, "3": 1, "4": 20}
    assert reno.parcel_grams == [20_000, 11_200]
    assert (oakland.node_id, oakland.parcel_grams) == (OAKLAND, [6_000])


def _consignment(node: str, service: str, *parts: tuple[str, int]) -> PlannedConsignment:
    lines = tuple(PlannedLine(line_id=line_id, quantity=quantity) for line_id, quantity in parts)
    return PlannedConsignment(node_id=node, service_id=service, lines=lines)


@given(st.integers(min_value=0, max_value=10**7), st.integers(min_value=1, max_value=50_000))
def test_parcels_weigh_together_what_is_sent_and_are_as_few_as_can_be(grams: int, max_grams: int) -> None:
    weights = split_weight(grams, max_grams)
    assert sum(weights) == grams
    assert all(weight <= max_grams for weight in weights)
    assert len(weights) == max(1, -(-grams // max_grams))
    assert all(weight > 0 for weight in weights) or grams == 0
