import pytest

from contracts.refunds import PaidTender, UnitState
from simulation.reconciliation import (
    captured_twice,
    delivery_differences,
    label_differences,
    labelled_twice,
    money_differences,
    stock_differences,
    unrefunded_minor,
)
from simulation.tables import Moved
from tests.demo.books import (
    NOT_CAPTURED,
    RENO_MUG,
    WHOLE,
    authorization,
    canceled,
    half,
    label,
    lost,
    money,
    mugs,
    order,
    payment,
    request,
    stock,
    voided,
)

ORDERS = [order(), canceled()]
PAYMENTS = [payment(), voided()]
LABELS = [label(), label(1002, voided=True)]
REQUESTS = [request(), request(1002, units_handed_over={})]


def test_books_that_agree_have_no_differences():
    assert money_differences(ORDERS, PAYMENTS) == []
    assert label_differences(ORDERS, LABELS) == []
    assert stock_differences(stock(), ORDERS, REQUESTS) == []
    assert captured_twice(ORDERS, PAYMENTS) == labelled_twice(ORDERS, LABELS) == unrefunded_minor(ORDERS) == 0


def test_a_declined_order_has_nothing_in_either_book():
    asked = [authorization(1003, amount_minor=4_823, status="declined", made=False)]
    declined = canceled(1003, authorized_minor=0, voided=False, authorizations=asked, tracking_codes=[])
    assert money_differences([declined], []) == []
    assert money_differences([declined], [payment(1003, **NOT_CAPTURED)]) != []


def test_a_part_that_was_canceled_before_it_left_is_released_and_not_kept():
    part = payment(1003, captured_minor=2_658)
    assert money_differences([half()], [part]) == []
    assert unrefunded_minor([half()]) == 0
    assert money_differences([half(released_minor=2_164)], [part]) == [
        "order 1003: 4823 set aside, 2658 taken, 2164 released"
    ]


def test_a_part_that_was_canceled_after_it_was_paid_for_is_refunded():
    back = money(UnitState.CAPTURED, UnitState.REFUNDED, captured=4_823, refunded=2_165)
    refunded = half(money=back, captured_minor=4_823, refunded_minor=2_165, released_minor=0)
    assert money_differences([refunded], [payment(1003, refunded_minor=2_165)]) == []


def test_what_was_lost_on_the_way_is_refunded_to_the_minor_unit():
    assert money_differences([lost()], [payment(1004, refunded_minor=4_823)]) == []
    assert unrefunded_minor([lost()]) == 0
    a_cent_less = lost(refunded_minor=4_822)
    assert unrefunded_minor([a_cent_less, order()]) == 1
    assert "order 1004: canceled, 1 kept for what is worth 0" in money_differences(
        [a_cent_less], [payment(1004, refunded_minor=4_822)]
    )


ADDED = {"authorization_ref": "auth_add", "key": "order/1001:authorize:add1", "authorized_minor": 1_000}


def test_what_was_added_has_a_card_of_its_own_in_both_books():
    row = authorization(key=ADDED["key"], amount_minor=1_000)
    both = order(authorizations=[authorization(amount_minor=3_823), row])
    first = payment(authorized_minor=3_823, captured_minor=3_823)
    second = payment(**ADDED, captured_minor=1_000, capture_keys=("order/1001:capture:add1:2",))
    assert money_differences([both], [first, second]) == []
    assert captured_twice([both], [first, second]) == 0
    assert money_differences([both], [first]) != []


def test_what_was_withdrawn_before_it_was_added_is_voided():
    withdrawn = payment(**ADDED, **NOT_CAPTURED)
    assert "order 1001: 1000 still set aside under order/1001:authorize:add1" in money_differences(
        [order()], [payment(), withdrawn]
    )
    given_up = withdrawn.model_copy(update={"voided": True, "voided_minor": 1_000})
    assert money_differences([order()], [payment(), given_up]) == []


def test_what_was_declined_and_then_paid_otherwise_is_one_authorization_in_both_books():
    paid = order(authorizations=[authorization(status="declined", made=False), authorization(round_=2)])
    assert money_differences([paid], [payment(round_=2)]) == []
    assert money_differences([paid], [payment()]) != []


def test_an_authorization_that_was_renewed_is_voided_or_lapses_and_both_are_on_record():
    renewed = [authorization(status="voided"), authorization(round_=2)]
    assert money_differences([order(authorizations=renewed)], [voided(1001), payment(round_=2)]) == []
    forgotten = [payment(**NOT_CAPTURED), payment(round_=2)]
    assert "order 1001: 4823 still set aside under order/1001:authorize:t1:1" in money_differences(
        [order(authorizations=renewed)], forgotten
    )
    lapsed = [authorization(status="lapsed"), authorization(round_=2)]
    assert money_differences([order(authorizations=lapsed)], forgotten) == []


def test_an_authorization_whose_answer_was_lost_is_voided_at_the_end():
    unheard = canceled(voided=False, authorized_minor=0, authorizations=[authorization(1002, made=False)])
    assert money_differences([unheard], [voided()]) == []
    assert money_differences([unheard], [payment(1002, **NOT_CAPTURED)]) != []


def test_a_gift_cards_own_entries_are_what_was_kept_with_it_and_nothing_stays_held():
    gift_card = PaidTender(tender_id="t2", kind="gift_card", amount_minor=2_000, captured_minor=2_000)
    card = PaidTender(tender_id="t1", kind="card", amount_minor=2_823, captured_minor=2_823)
    both = WHOLE.model_copy(update={"tenders": (card, gift_card)})
    asked = [authorization(amount_minor=2_823)]
    amounts = {"authorized_minor": 2_823, "captured_minor": 2_823, "authorizations": asked}
    books = [payment(authorized_minor=2_823, captured_minor=2_823)]

    def found(**entries):
        paid = order(money=both, gift_card=entries, **amounts)
        return money_differences([paid], books), unrefunded_minor([paid])

    assert found(hold=2_000, capture=2_000) == ([], 0)
    assert found(hold=2_500, capture=2_000, release=500) == ([], 0)
    assert found(hold=2_500, capture=2_000) == (["order 1001: gift card: 500 still held"], 0)
    assert found(hold=2_000, capture=1_900, release=100)[0] != []
    assert found(hold=2_000, capture=2_100)[1] == 100


def test_what_is_still_on_its_way_is_not_owed_back():
    assert unrefunded_minor([order(status="processing", delivered=0)]) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        order(delivered=1),
        order(delivered=1, canceled=1),
        order(delivered=0, canceled=2),
        order(captured_minor=4_822),
        half(delivered=2, canceled=0),
        half(canceled=0),
        canceled(1003, captured_minor=4_823, released_minor=0, voided=False),
        canceled(1003, released_minor=0),
    ],
)
def test_an_order_that_ends_with_units_unpaid_or_money_unearned_is_found(wrong):
    books = payment(wrong.number, captured_minor=wrong.captured_minor, voided=wrong.voided)
    assert money_differences([wrong], [books]) != []


@pytest.mark.parametrize(
    "books",
    [
        [voided()],
        [payment(captured_minor=4_822), voided()],
        [payment(captured_minor=9_646), voided()],
        [payment(**NOT_CAPTURED), voided()],
        [payment(authorized_minor=4_824), voided()],
        [payment(refunded_minor=1), voided()],
        [payment(), payment(round_=2, **NOT_CAPTURED), voided()],
        [payment(), voided(voided=False)],
        [payment(), voided(captures=1, captured_minor=4_823)],
        [payment()],
    ],
)
def test_a_cent_or_a_booking_that_differs_is_found(books):
    assert money_differences(ORDERS, books) != []


def test_an_order_on_its_way_to_the_carrier_may_be_authorized_alone():
    preparing = order(status="processing", payment_status="authorized", captured_minor=0)
    assert money_differences([preparing], [payment(**NOT_CAPTURED)]) == []


def test_the_money_of_other_orders_is_nobodys_concern_here():
    assert money_differences(ORDERS, [*PAYMENTS, payment(100, captures=3), payment(10_010, captures=3)]) == []
    assert captured_twice(ORDERS, [*PAYMENTS, payment(100, captured_minor=9_999)]) == 0


def test_several_captures_of_an_order_are_fine_and_the_same_one_twice_or_too_much_is_not():
    key = "order/1001:capture:t1:1"
    assert captured_twice(ORDERS, [payment(captures=2, capture_keys=(key, "order/1001:capture:t1:2")), voided()]) == 0
    assert captured_twice(ORDERS, [payment(captures=2, capture_keys=(key, key)), voided()]) == 1
    assert captured_twice(ORDERS, [payment(), payment(round_=2, capture_keys=(key,))]) == 1
    assert captured_twice(ORDERS, [payment(captured_minor=4_824)]) == 1


def test_a_second_label_and_one_that_nobody_recorded_are_found():
    other = label(tracking_code="trk_other")
    assert labelled_twice(ORDERS, [*LABELS, other]) == 1
    assert label_differences(ORDERS, [*LABELS, other]) == ["order 1001: 2 labels bought, 1 on record"]
    assert label_differences(ORDERS, LABELS[1:]) == ["order 1001: 0 labels bought, 1 on record"]


def test_what_is_delivered_on_record_and_not_by_its_carrier_is_found():
    assert delivery_differences(ORDERS, LABELS) == []
    assert delivery_differences(ORDERS, [label(delivered_at=None)]) == [
        "order 1001: trk_1001 is delivered on record, not by its carrier"
    ]
    assert delivery_differences([lost()], [label(1004, delivered_at=None)]) == []


def test_labels_of_two_parcels_are_no_double():
    two = order(tracking_codes=["trk_1001", "trk_b"], parcels=2)
    labels = [label(), label(parcel=2, tracking_code="trk_b")]
    assert labelled_twice([two], labels) == 0
    assert label_differences([two], labels) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"balances": [mugs(on_hand=8, reserved=1, sold=2)]},
        {"balances": [mugs(on_hand=6, reserved=2, sold=2)]},
        {"balances": [*stock().balances, mugs("dc-ohio", on_hand=1)]},
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


def test_a_unit_that_came_in_is_in_exactly_one_bucket_whichever_there_are():
    broken = Moved(node_id="dc-reno", sku="MUG-01", from_bucket="on_hand", to_bucket="quarantined", quantity=1)
    moved = [*stock().moved, broken]
    agreeing = stock(balances=[mugs(on_hand=6, reserved=1, sold=2, quarantined=1)], moved=moved)
    assert stock_differences(agreeing, ORDERS, REQUESTS) == []
    for balance in (mugs(on_hand=6, reserved=1, sold=2), mugs(on_hand=7, reserved=1, sold=2, quarantined=1)):
        assert stock_differences(stock(balances=[balance], moved=moved), ORDERS, REQUESTS) != []


def test_what_left_was_delivered_or_failed_on_the_way():
    on_the_way = Moved(node_id="dc-reno", sku="MUG-01", from_bucket="sold", to_bucket="lost", quantity=2)
    gone = {"balances": [mugs(on_hand=7, reserved=1, sold=0, lost=2)], "moved": [*stock().moved, on_the_way]}
    assert stock_differences(stock(**gone, delivered={}, failed={"MUG-01": 2}), ORDERS, REQUESTS) == []
    assert stock_differences(stock(**gone, delivered={}), ORDERS, REQUESTS) != []


def test_what_is_not_charged_after_all_is_neither_owed_nor_set_aside():
    given_up = order(captured_minor=0, given_up_minor=4_823)
    assert money_differences([given_up], [payment(**NOT_CAPTURED)]) == []
    assert money_differences([order(captured_minor=0)], [payment(**NOT_CAPTURED)]) != []


def test_what_was_lost_in_a_dispute_or_paid_back_by_hand_is_refunded_in_both_books():
    held = WHOLE.tenders[0].model_copy(update={"refunded_minor": 1_000})
    disputed = order(money=WHOLE.model_copy(update={"tenders": (held,)}), refunded_minor=1_000, goodwill_minor=1_000)
    assert money_differences([disputed], [payment(refunded_minor=1_000)]) == []
    assert money_differences([disputed], [payment()]) != []
    assert money_differences([lost(by_hand_minor=4_823)], [payment(1004)]) == []
