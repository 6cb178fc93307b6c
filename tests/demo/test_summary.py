import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from contracts.catalogue import NodeRow
from contracts.fulfillment import CarrierService
from contracts.ids import NodeId, Sku
from contracts.planning import LineToPlan, NodeToPlan, OrderToPlan, UnitsOnHand
from contracts.policy import Policy
from contracts.routing import PlanCost, Service, Zone
from decisions.plan import problem_of
from decisions.routing import plan_complete_order
from simulation.comparison import against_nearest, as_routed, morning_problem
from simulation.endings import endings
from simulation.mails import told
from simulation.summary import PartnersBooks, RunFacts, Summary, accounts, outcomes, table_of
from tests.demo.books import canceled, label, lost, order, payment, request, stock, voided

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOBODY_TOLD = told([], [], [])
BOOKS = PartnersBooks(payments=[payment(), voided()], carriers=[label(), label(1002)], nodes=[request()])


def node(name, longitude, handling_minor):
    return NodeRow(
        node_id=name,
        kind="warehouse",
        name=name,
        latitude=40.0,
        longitude=longitude,
        time_zone="UTC",
        ready_in_minutes=60,
        handling_minor=handling_minor,
        pick_minor=10,
    )


NODES = [node("near", -100.0, 900), node("far", -101.0, 100)]
ZONE = Zone(up_to_km=6_000, base_minor=500, per_kg_minor=100, minutes_p50=900, minutes_p90=1_200)
SERVICES = [
    CarrierService(carrier="Swift", service=Service(service_id="ground", max_weight_grams=20_000, zones=(ZONE,)))
]


def to_plan(number, quantity=1, nodes=(), stock=()):
    return OrderToPlan(
        number=number,
        address_ref="adr_1",
        currency="USD",
        latitude=40.0,
        longitude=-99.9,
        time_zone="UTC",
        service_level="standard",
        promise_latest=None,
        ship_available=False,
        lines=[LineToPlan(line_id="1", sku="MUG-01", quantity=quantity, weight_grams=1_000)],
        nodes=nodes,
        stock=stock,
    )


def compared(stock, ours, quantities):
    orders = [
        as_routed(to_plan(number, quantity), SERVICES, Policy(), NOW)
        for number, quantity in zip(ours, quantities, strict=True)
    ]
    costs = {str(number): PlanCost(shipping_minor=minor, pick_minor=10) for number, minor in ours.items()}
    return against_nearest(morning_problem(orders, stock, NODES, SERVICES), costs)


def test_nearest_ships_from_the_dear_node_around_the_corner():
    found = compared({("near", "MUG-01"): 9, ("far", "MUG-01"): 9}, {1001: 700, 1002: 700}, [1, 1])
    assert (found.compared_orders, found.shipping_minor, found.nearest_shipping_minor) == (2, 1_400, 3_000)
    assert (found.cost_minor, found.nearest_cost_minor) == (1_420, 3_020)


def test_nearest_takes_from_one_stock_in_placing_order_and_what_it_cannot_fill_is_not_compared():
    found = compared({("near", "MUG-01"): 2, ("far", "MUG-01"): 1}, {1001: 700, 1002: 800, 1003: 900}, [2, 2, 1])
    assert (found.planned_orders, found.compared_orders) == (3, 1)
    assert (found.shipping_minor, found.nearest_shipping_minor) == (700, 900 + 500 + 200)


def test_a_morning_without_planned_orders_compares_nothing():
    found = compared({}, {}, [])
    assert (found.planned_orders, found.shipping_minor, found.nearest_shipping_minor) == (0, 0, 0)


def test_a_receipts_cost_is_what_the_same_plan_costs_in_the_comparison():
    stock = {(NodeId("near"), Sku("MUG-01")): 9}
    nodes = [NodeToPlan.model_validate(NODES[0].model_dump())]
    own = to_plan(1001, nodes=nodes, stock=[UnitsOnHand(node_id="near", sku="MUG-01", quantity=9)])
    problem = problem_of(own, SERVICES, Policy().routing, NOW)
    decided = plan_complete_order(problem, 2.0)
    assert decided is not None
    assert decided.cost.total_minor > 0
    routed = [as_routed(own, SERVICES, Policy(), NOW)]
    found = against_nearest(morning_problem(routed, stock, NODES, SERVICES), {"1001": decided.cost})
    assert found.shipping_minor == found.nearest_shipping_minor
    assert found.cost_minor == found.nearest_cost_minor


def test_outcomes_are_counted_and_what_is_neither_delivered_nor_canceled_is_stuck():
    orders = [
        order(held=True, consignments=2, parcels=3),
        order(1002),
        canceled(1003),
        canceled(1004, cancel_reason="payment_declined"),
        order(1005, status="failed"),
        order(1006, status="processing"),
    ]
    counted = outcomes(orders, late_cancels=2)
    assert (counted.placed, counted.delivered, counted.canceled, counted.stuck) == (6, 2, 2, 2)
    assert counted.canceled_because == {"customer": 1, "payment_declined": 1}
    assert (counted.consignments, counted.parcels, counted.split_orders) == (5, 6, 1)
    assert (counted.held, counted.late_cancels) == (1, 2)


def summary(orders, stock_books=None, books=BOOKS):
    comparison = compared({("near", "MUG-01"): 9}, {1001: 700}, [1])
    facts = RunFacts(
        pid=7,
        run="a1",
        seed=7,
        pace=7_200,
        api="http://127.0.0.1:1",
        temporal_ui=None,
        seconds_to_start=2.0,
        seconds=40.0,
        rows_left_out={"fees": 2},
    )
    parts = (outcomes(orders, 0), accounts(orders, stock_books or stock(), books), comparison, facts, NOBODY_TOLD)
    return Summary(**{name: value for part in parts for name, value in part}, outcomes=endings(orders))


def test_a_run_whose_books_agree_has_no_reason_to_fail():
    found = summary([order(), canceled()])
    assert found.reasons_to_fail == []
    assert found.books_agree
    assert found.units_conserved
    assert (found.captured_minor, found.refunded_minor, found.unrefunded_minor) == (4_823, 0, 0)
    assert found.units_sold == 2
    assert table_of(found).row_count > 5


@pytest.mark.parametrize(
    ("failing", "said"),
    [
        (summary([order(), canceled(), order(1003, status="failed", tracking_codes=[])]), "1 of 3 orders"),
        (summary([order(), canceled()], books=BOOKS.model_copy(update={"payments": [payment()]})), "order 1002"),
        (summary([order(), canceled()], books=BOOKS.model_copy(update={"carriers": [label()]})), "order 1002"),
        (summary([order(), canceled()], stock(promised={})), "MUG-01"),
    ],
)
def test_a_run_fails_with_its_reason(failing, said):
    assert any(said in reason for reason in failing.reasons_to_fail)
    assert failing.stuck or not (failing.books_agree and failing.units_conserved)


def test_what_was_taken_and_never_came_is_told_on_the_screen():
    found = summary([order(), lost(refunded_minor=4_700)])
    assert found.unrefunded_minor == 123
    told = io.StringIO()
    Console(file=told, width=200).print(table_of(found))
    assert "1.23 USD taken for what never came" in told.getvalue()
    assert "1 lost parcel, 1 refund" in told.getvalue()
    assert "canceled by: 1 carrier" in told.getvalue()
