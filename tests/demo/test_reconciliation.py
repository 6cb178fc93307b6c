import pytest

from simulation.reconciliation import (
    captured_twice,
    label_differences,
    labelled_twice,
    money_differences,
    stock_differences,
)
from simulation.tables import Balance
from tests.demo.books import RENO_MUG, canceled, label, order, payment, request, stock, voided

ORDERS = [order(), canceled()]
PAYMENTS = [payment(), voided()]
LABELS = [label(), label(1002, voided=True)]
REQUESTS = [request(), request(1002, units_handed_over={})]


def test_books_that_agree_have_no_differences():
    assert money_differences(ORDERS, PAYMENTS) == []
    assert label_differences(ORDERS, LABELS) == []
    assert stock_differences(stock(), ORDERS, REQUESTS) == []
    assert captured_twice(ORDERS, PAYMENTS) == labelled_twice(ORDERS, LABELS) == 0


def test_a_declined_order_has_nothing_in_either_book():
    declined = canceled(1003, authorized_minor=0, voided=False, payment_status="failed", tracking_codes=[])
    assert money_differences([declined], []) == []
    assert money_differences([declined], [voided(1003)]) != []


def test_what_was_captured_and_given_back_was_given_back_completely():
    refunded = canceled(1002, captured_minor=4_823, refunded_minor=4_823, voided=False)
    assert money_differences([refunded], [payment(1002, refunded_minor=4_823)]) == []
    partly = canceled(1002, captured_minor=4_823, refunded_minor=4_000, voided=False)
    assert money_differences([partly], [payment(1002, refunded_minor=4_000)]) != []


@pytest.mark.parametrize(
    "books",
    [
        [voided()],
        [payment(captured_minor=4_822), voided()],
        [payment(captures=2), voided()],
        [payment(captures=0, captured_minor=0), voided()],
        [payment(authorized_minor=4_824), voided()],
        [payment(refunded_minor=1), voided()],
        [payment(voided=True), voided()],
        [payment(), payment(authorization_ref="auth_other", captures=0, captured_minor=0), voided()],
        [payment(), voided(voided=False)],
        [payment(), voided(captures=1, captured_minor=4_823)],
        [payment()],
    ],
)
def test_a_cent_or_a_booking_that_differs_is_found(books):
    assert money_differences(ORDERS, books) != []


def test_an_order_on_its_way_to_the_carrier_may_be_authorized_alone():
    preparing = order(status="processing", payment_status="authorized", captured_minor=0)
    assert money_differences([preparing], [payment(captures=0, captured_minor=0)]) == []


def test_the_money_of_other_orders_is_nobodys_concern_here():
    assert money_differences(ORDERS, [*PAYMENTS, payment(100, captures=3), payment(10_010, captures=3)]) == []
    assert captured_twice(ORDERS, [*PAYMENTS, payment(100, captures=3)]) == 0


def test_two_captures_of_an_order_are_counted_also_on_two_authorizations():
    assert captured_twice(ORDERS, [payment(captures=2), voided()]) == 1
    assert captured_twice(ORDERS, [payment(), payment(authorization_ref="auth_other")]) == 1


def test_a_second_label_and_one_that_nobody_recorded_are_found():
    other = label(tracking_code="trk_other")
    assert labelled_twice(ORDERS, [*LABELS, other]) == 1
    assert label_differences(ORDERS, [*LABELS, other]) == ["order 1001: 2 labels bought, 1 on record"]
    assert label_differences(ORDERS, LABELS[1:]) == ["order 1001: 0 labels bought, 1 on record"]


def test_labels_of_two_parcels_are_no_double():
    two = order(tracking_codes=["trk_1001", "trk_b"], parcels=2)
    labels = [label(), label(parcel=2, tracking_code="trk_b")]
    assert labelled_twice([two], labels) == 0
    assert label_differences([two], labels) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"balances": [Balance(node_id="dc-reno", sku="MUG-01", on_hand=8, reserved=1, sold=2)]},
        {"balances": [Balance(node_id="dc-reno", sku="MUG-01", on_hand=6, reserved=2, sold=2)]},
        {"balances": [*stock().balances, Balance(node_id="dc-ohio", sku="MUG-01", on_hand=1, reserved=0, sold=0)]},
        {"balances": []},
        {"moved": stock().moved[1:]},
        {"moved": stock().moved[:-1]},
        {"promised": {}},
        {"promised": {RENO_MUG: 2}},
        {"sold": {RENO_MUG: 1}},
        {"sold": {}},
        {"delivered": {"MUG-01": 3}},
        {"delivered": {"MUG-01": 2, "TNT-01": 1}},
    ],
)
def test_a_unit_that_appears_vanishes_or_stays_reserved_for_nobody_is_found(changes):
    assert stock_differences(stock(**changes), ORDERS, REQUESTS) != []


@pytest.mark.parametrize(
    "requests",
    [
        REQUESTS[1:],
        [request(units_handed_over={"MUG-01": 3}), REQUESTS[1]],
        [request(node_id="dc-ohio"), REQUESTS[1]],
        [REQUESTS[0], request(1002)],
    ],
)
def test_units_that_left_otherwise_than_the_nodes_say_are_found(requests):
    assert stock_differences(stock(), ORDERS, requests) != []


def test_what_is_on_its_way_is_sold_before_it_is_delivered():
    orders = [order(status="processing"), canceled()]
    assert stock_differences(stock(delivered={}), orders, REQUESTS) == []
