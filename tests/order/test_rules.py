"""The order's rules: what the door refuses, what looks risky, what may still be done, and how it is put in words."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import waiting
from contracts.ids import consignment_number, order_workflow_id, shipment_workflow_id
from contracts.order import OrderStep
from contracts.policy import Policy, RiskPolicy
from contracts.risk import RiskFacts
from contracts.states import FulfillmentStatus, ShipmentStatus
from decisions.intake import problems
from decisions.progress import least_advanced_consignment, least_advanced_parcel
from decisions.risk import assess
from tests.shop import LAMP, MUG, TENT, an_order, line, order_body, usd

NOW = datetime(2026, 12, 2, 7, 30, tzinfo=UTC)  # late on the 1st in Los Angeles
SKUS = frozenset({MUG, LAMP, TENT})
ORDINARY = RiskFacts(
    total_minor=4_823,
    orders_last_day=0,
    earlier_orders=5,
    average_minor=4_000,
    billing_differs=False,
    disposable_email=False,
    service_level="standard",
)


def refused(currency: str = "USD", **changes: Any) -> list[tuple[str, str]]:
    found = problems(an_order(**changes), known_skus=SKUS, currency=currency, now=NOW)
    assert all(problem.detail for problem in found)
    return [(problem.pointer, problem.code) for problem in found]


def tendered(amount_minor: int) -> list[dict[str, Any]]:
    return [order_body()["tenders"][0] | {"amount": usd(amount_minor)}]


def test_a_sound_order_has_no_problem() -> None:
    assert refused() == []


@pytest.mark.parametrize("cents", [-1, 1])
def test_a_cent_too_little_and_a_cent_too_much_are_told(cents: int) -> None:
    assert refused(tenders=tendered(4823 + cents)) == [("/tenders", "totals_do_not_add_up")]


def test_an_order_in_another_currency_is_told_at_every_amount() -> None:
    pointers = [pointer for pointer, code in refused("EUR") if code == "currency_mismatch"]
    assert pointers == [
        "/currency",
        "/order_discount/currency",
        "/shipping/currency",
        "/tenders/0/amount/currency",
        "/lines/0/unit_price/currency",
        "/lines/0/discount/currency",
    ]


def test_each_unknown_product_and_each_repeated_line_is_told_at_its_place() -> None:
    lines = [line(), line(line_id="2", sku="NO-1"), line(sku=LAMP), line(line_id="4", sku="NO-2")]
    assert refused(lines=lines) == [
        ("/lines/0/line_id", "repeated_line_id"),
        ("/lines/2/line_id", "repeated_line_id"),
        ("/lines/1/sku", "unknown_sku"),
        ("/lines/3/sku", "unknown_sku"),
    ]


def test_a_discount_of_everything_is_fine_and_one_cent_more_is_not() -> None:
    everything: dict[str, Any] = {"shipping": usd(0), "tenders": tendered(0)}
    assert refused(lines=[line(discount=usd(3998))], **everything) == []
    assert refused(lines=[line(discount=usd(3999))], **everything) == [("/lines/0/discount", "discount_above_gross")]
    assert refused(order_discount=usd(3998), **everything) == []
    assert refused(order_discount=usd(3999), **everything) == [("/order_discount", "discount_above_net")]


def test_the_goods_that_are_left_bound_the_orders_discount() -> None:
    lines = [line(discount=usd(3000)), line(line_id="2", discount=usd(3998))]
    assert refused(lines=lines, order_discount=usd(999)) == [("/order_discount", "discount_above_net")]


@pytest.mark.parametrize(
    ("latest", "zone", "over"),
    [
        ("2026-12-01", "America/Los_Angeles", False),
        ("2026-11-30", "America/Los_Angeles", True),
        ("2026-12-02", "UTC", False),
        ("2026-12-01", "UTC", True),
    ],
)
def test_a_promise_holds_until_its_day_is_over_where_the_order_is_from(latest: str, zone: str, *, over: bool) -> None:
    told = [("/promise/latest", "promise_in_the_past")] if over else []
    assert refused(promise={"latest": latest}, time_zone=zone) == told


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"orders_last_day": 2}, []),
        ({"orders_last_day": 3}, ["velocity"]),
        ({"total_minor": 15_999}, []),
        ({"total_minor": 16_000}, ["unusual_amount"]),
        ({"earlier_orders": 0, "total_minor": 49_999}, []),
        ({"earlier_orders": 0, "total_minor": 50_000}, ["unusual_amount"]),
        ({"billing_differs": True}, ["address_mismatch"]),
        ({"disposable_email": True}, ["disposable_email"]),
        ({"service_level": "express"}, []),
        ({"earlier_orders": 0, "service_level": "express"}, ["first_order_express"]),
        ({"orders_last_day": 9, "disposable_email": True}, ["velocity", "disposable_email"]),
    ],
)
def test_a_signal_fires_from_its_threshold_on(changes: dict[str, Any], codes: list[str]) -> None:
    assessment = assess(ORDINARY.model_copy(update=changes), RiskPolicy(), "USD")
    assert [signal.code for signal in assessment.signals] == codes
    assert assessment.points == sum(signal.points for signal in assessment.signals)
    assert all(signal.sentence.endswith(".") for signal in assessment.signals)


@pytest.mark.parametrize(("hold_from", "hold"), [(44, True), (45, True), (46, False)])
def test_from_the_policys_points_on_an_order_is_held(hold_from: int, *, hold: bool) -> None:
    facts = ORDINARY.model_copy(update={"billing_differs": True, "disposable_email": True})
    assert assess(facts, RiskPolicy(hold_from=hold_from), "USD").hold is hold


def test_every_signal_together_names_its_amounts_in_the_merchants_currency() -> None:
    facts = RiskFacts(
        total_minor=60_000,
        orders_last_day=4,
        earlier_orders=4,
        average_minor=1_500,
        billing_differs=True,
        disposable_email=True,
        service_level="express",
    )
    assessment = assess(facts, RiskPolicy(), "EUR")
    assert (assessment.points, assessment.hold) == (30 + 30 + 20 + 25, True)
    sentences = " ".join(signal.sentence for signal in assessment.signals)
    assert "600.00 EUR" in sentences
    assert "15.00 EUR" in sentences
    assert "4 other orders" in sentences


def test_the_policy_says_the_points() -> None:
    policy = RiskPolicy(velocity=7, velocity_orders_a_day=1, hold_from=7)
    assessment = assess(ORDINARY.model_copy(update={"orders_last_day": 1}), policy, "USD")
    assert (assessment.points, assessment.hold) == (7, True)


@given(st.lists(st.sampled_from(ShipmentStatus), min_size=1))
def test_an_order_is_as_far_as_its_least_advanced_parcel(statuses: list[ShipmentStatus]) -> None:
    least = least_advanced_parcel(statuses)
    assert least in statuses
    assert (least is ShipmentStatus.DELIVERED) <= (ShipmentStatus.LABEL_CREATED not in statuses)
    assert least_advanced_parcel([*statuses, ShipmentStatus.LABEL_CREATED]) is ShipmentStatus.LABEL_CREATED


def test_without_parts_there_is_no_progress() -> None:
    assert least_advanced_parcel([]) is None
    assert least_advanced_consignment([]) is None
    open_, closed = FulfillmentStatus.OPEN, FulfillmentStatus.CLOSED
    assert least_advanced_consignment([closed, open_, closed]) is open_


def test_ids_are_said_aloud() -> None:
    assert order_workflow_id(1001) == "order/1001"
    assert consignment_number(1001, 2) == "1001-2"
    assert shipment_workflow_id(consignment_number(1001, 2)) == "shipment/1001-2"
    step = OrderStep(order_id="ord_1", number=1001, policy_version=1, now="2026-12-01T10:00:00Z")
    assert step.key("capture:1") == "order/1001:capture:1"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (waiting.node_to_accept("Store Oakland"), "Store Oakland to accept"),
        (waiting.node_to_pack("Store Oakland"), "Store Oakland to pack"),
        (waiting.carrier_to_deliver("Swift"), "Swift to deliver"),
        (waiting.carrier_overdue("Swift"), "Swift to deliver, overdue"),
        (waiting.consignments(["1001-1"]), "delivery of 1001-1"),
        (waiting.consignments(["1001-1", "1001-2"]), "delivery of 1001-1, 1001-2"),
    ],
)
def test_a_wait_says_who_is_to_do_what(words: str, text: str) -> None:
    assert words == text


@pytest.mark.parametrize(("count", "ending"), [(12, ", 1001-12"), (13, ", 1001-12 and 1 more"), (300, " and 288 more")])
def test_of_many_consignments_the_first_dozen_is_named(count: int, ending: str) -> None:
    words = waiting.consignments([consignment_number(1001, i) for i in range(1, count + 1)])
    assert words.startswith("delivery of 1001-1, 1001-2, ")
    assert words.endswith(ending)
    assert len(words) < 255  # what a search attribute takes


def test_a_policy_survives_its_document() -> None:
    assert Policy.model_validate(Policy().model_dump(mode="json")) == Policy()
