"""From an order to a question for the solver, and from its answer to consignments and parcels."""

from collections import Counter
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
from decisions.packing import UnitsToPack, packed
from decisions.plan import NO_PROMISE, consignments_of, problem_of
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
    assert [parcel.grams for parcel in reno.parcels] == [19_900, 11_300]
    assert (oakland.node_id, [parcel.grams for parcel in oakland.parcels]) == (OAKLAND, [6_000])


def _consignment(node: str, service: str, *parts: tuple[str, int]) -> PlannedConsignment:
    lines = tuple(PlannedLine(line_id=line_id, quantity=quantity) for line_id, quantity in parts)
    return PlannedConsignment(node_id=node, service_id=service, lines=lines)


TO_PACK = st.lists(
    st.tuples(st.integers(min_value=1, max_value=200), st.integers(min_value=1, max_value=12_000)),
    min_size=1,
    max_size=6,
)


@given(TO_PACK, st.integers(min_value=1, max_value=20_000))
def test_every_unit_is_packed_once_and_no_parcel_is_too_heavy(lines: list[tuple[int, int]], max_grams: int) -> None:
    to_pack = [UnitsToPack(line_id=str(i), quantity=units, grams=grams) for i, (units, grams) in enumerate(lines)]
    parcels = packed(to_pack, max_grams)
    units = sum((Counter(parcel.units) for parcel in parcels), Counter[str]())
    assert units == Counter({line.line_id: line.quantity for line in to_pack})
    weight = {line.line_id: line.grams for line in to_pack}
    for parcel in parcels:
        assert parcel.grams == sum(weight[line_id] * quantity for line_id, quantity in parcel.units.items())
        assert parcel.grams <= max_grams or sum(parcel.units.values()) == 1


@given(st.integers(min_value=1, max_value=500), st.integers(min_value=1, max_value=100), st.integers(1, 20))
def test_units_of_one_product_are_in_as_few_parcels_as_can_be(units: int, grams: int, a_parcel: int) -> None:
    parcels = packed([UnitsToPack(line_id="1", quantity=units, grams=grams)], a_parcel * grams)
    assert len(parcels) == -(-units // a_parcel)
