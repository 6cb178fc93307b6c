"""Captures by consignment, cancels of some units, and goodwill, with figures worked out by hand."""

import pytest

from contracts.checkout import PlaceOrder
from contracts.refunds import CapturePlan, PaidOrder, UnitRun, UnitState
from decisions.refunds import paid_order
from decisions.totals import purchase, totals
from tests import shop
from tests.refunds.cases import a_case, a_line, a_return, a_tender, an_order, units
from tests.refunds.exact import Raw
from tests.refunds.planner import Plan, codes_of, journey_of, moves, paid, reversals_of

CANCEL = {"action": "cancel"}


def a_capture(use: str = "gift_card_first", **quantities: int) -> Raw:
    return {"action": "capture", "units": units(**quantities), "tender_use": use}


def the_rest(use: str = "gift_card_first") -> Raw:
    return {"action": "capture_rest", "tender_use": use}


def a_cancel_of(**quantities: int) -> Raw:
    return {"action": "cancel_units", "units": units(**quantities)}


def goodwill(amount: int) -> Raw:
    return {"action": "goodwill", "amount_minor": amount}


def authorized(gift_card: str = "authorized") -> Raw:
    """Three units of 10.00 and 1.90 tax, shipping 5.95: a gift card of 20.00 and a card of 21.65."""
    line = a_line("a", 3, 1000, tax_rate="0.19")
    tenders = [a_tender("gift", 2000, "gift_card", gift_card), a_tender("card", 2165, "card", "authorized")]
    return an_order(line, shipping_minor=500, shipping_tax_rate="0.19", tenders=tenders)


def moves_of(order: Raw, *steps: Raw) -> list[list[tuple[str, str, int]]]:
    return [moves(taken.plan) for taken in journey_of(a_case(order, *steps))]


def captured(planned: Plan) -> CapturePlan:
    assert isinstance(planned, CapturePlan)
    return planned


def test_an_order_on_its_way_to_the_last_cent() -> None:
    steps = (a_capture(a=1), a_cancel_of(a=1), a_capture(a=1), a_return(a=1), a_return(a=1), a_return(shipping=True))
    assert moves_of(authorized(), *steps) == [
        [("gift", "capture", 1785)],
        [("card", "release", 1190)],
        [("gift", "capture", 215), ("card", "capture", 975)],
        [("gift", "refund", 215), ("card", "refund", 975)],
        [("gift", "refund", 1190)],
        [("gift", "refund", 595)],
    ]


def test_the_first_capture_takes_the_shipping_and_the_card_first_if_so_used() -> None:
    first, second = journey_of(a_case(authorized(), a_capture("card_first", a=1), a_capture("card_first", a=2)))
    value = captured(first.plan).captured
    assert (value.goods_minor, value.tax_minor, value.shipping_minor, value.shipping_tax_minor) == (1000, 190, 500, 95)
    assert moves(first.plan) == [("card", "capture", 1785)]
    assert moves(second.plan) == [("gift", "capture", 2000), ("card", "capture", 380)]
    assert captured(second.plan).captured.shipping_minor == 0


def test_everything_captured_at_once_is_the_order_that_was_captured_from_the_start() -> None:
    order = authorized()
    (taken,) = journey_of(a_case(order, the_rest()))
    from_the_start = order | {"tenders": [tender | {"state": "captured"} for tender in order["tenders"]]}
    assert taken.after == paid(from_the_start)
    assert codes_of(a_case(order, the_rest(), the_rest(), a_capture(a=1))) == [
        "ok",
        "nothing_to_capture",
        "over_capture",
    ]


def test_what_was_captured_in_advance_pays_the_first_goods() -> None:
    first, last = journey_of(a_case(authorized("captured"), a_capture(a=2), a_capture(a=1)))
    assert captured(first.plan).prepaid_minor == 2000
    assert moves(first.plan) == [("card", "capture", 2 * 1190 + 595 - 2000)]
    assert (captured(last.plan).prepaid_minor, moves(last.plan)) == (0, [("card", "capture", 1190)])


def test_a_canceled_unit_is_released_first_and_refunded_where_it_was_captured_in_advance() -> None:
    assert moves_of(authorized("captured"), a_cancel_of(a=1), a_cancel_of(a=2)) == [
        [("card", "release", 1190)],
        [("gift", "refund", 2000), ("card", "void", 975)],
    ]


def test_a_unit_is_used_up_once_by_capture_cancel_or_return() -> None:
    order = an_order(a_line("a", 5, 100, discount_minor=2), tenders=[a_tender("t", 498, state="authorized")])
    steps = [a_capture(a=1), a_cancel_of(a=1), a_capture(a=2), a_return(a=2), a_cancel_of(a=2)]
    taken = journey_of(a_case(order, *steps))
    assert [[amount for _, _, amount in moves(each.plan)] for each in taken] == [
        [100], [100], [100 + 99], [100 + 100], [99, 99],
    ]  # fmt: skip
    assert moves(taken[4].plan) == [("t", "release", 99), ("t", "refund", 99)]
    states = (UnitState.REFUNDED, UnitState.CANCELED, UnitState.REFUNDED, UnitState.CANCELED)
    assert taken[4].after.lines[0].units == tuple(
        UnitRun(state=state, count=count) for state, count in zip(states, (1, 1, 2, 1), strict=True)
    )


def test_the_shipping_goes_back_with_the_last_unit_that_the_customer_would_have_kept() -> None:
    order = an_order(a_line("a", 3, 1000), shipping_minor=400)
    plans = reversals_of(a_case(order, a_return(a=1), a_cancel_of(a=1), a_cancel_of(a=1)))
    assert [plan.refund_minor for plan in plans] == [1000, 1000, 1400]
    waiting = order | {"tenders": [a_tender("t", 3400, state="authorized")]}
    assert moves_of(waiting, a_cancel_of(a=3)) == [[("t", "void", 3400)]]


def test_a_cancel_in_between_refunds_what_was_captured_and_gives_up_the_rest() -> None:
    (_, taken) = journey_of(a_case(authorized(), a_capture(a=2), CANCEL))
    assert moves(taken.plan) == [("gift", "refund", 2000), ("card", "release", 1190), ("card", "refund", 975)]
    (_, taken) = journey_of(a_case(authorized(), a_capture(a=1), CANCEL))
    assert moves(taken.plan) == [("gift", "release", 215), ("gift", "refund", 1785), ("card", "void", 2165)]


def test_only_a_captured_unit_can_be_returned() -> None:
    steps = (a_return(a=1), a_capture(a=1), a_return(a=2), a_return(a=4), a_return(a=1))
    assert codes_of(a_case(authorized(), *steps)) == ["not_captured", "ok", "not_captured", "over_return", "ok"]
    assert codes_of(a_case(authorized(), a_cancel_of(a=3), a_return(a=1))) == ["ok", "not_captured"]


@pytest.mark.parametrize("action", ["capture", "cancel_units"])
def test_units_that_are_not_there_are_refused_in_the_same_order(action: str) -> None:
    bad: tuple[dict[str, int], ...] = ({"nowhere": 0}, {"a": 0}, {"a": 4}, {})
    steps = [{"action": action, "units": units(**each), "tender_use": "card_first"} for each in bad]
    over, nothing = {"capture": ("over_capture", "nothing_to_capture")}.get(
        action, ("over_cancel", "nothing_to_cancel")
    )
    expected = ["unknown_line", "invalid_quantity", over, nothing]
    assert codes_of(a_case(authorized(), *steps)) == expected
    assert codes_of(a_case(authorized(), CANCEL, *steps)) == ["ok", *["already_canceled"] * 4]


def test_goodwill_is_what_the_last_refund_no_longer_pays() -> None:
    order = an_order(a_line("a", 2, 5000))
    plans = reversals_of(a_case(order, goodwill(2000), a_return(a=1), a_return(a=1, fee="0.1")))
    assert [plan.refund_minor for plan in plans] == [2000, 5000, 2500]
    assert [(plan.already_given_minor, plan.fee_minor) for plan in plans] == [(0, 0), (0, 0), (2000, 500)]


def test_deductions_take_only_what_goodwill_left_of_the_goods_and_shipping_comes_last() -> None:
    order = an_order(a_line("a", 1, 1000), shipping_minor=400)
    given, back = reversals_of(a_case(order, goodwill(900), a_return(a=1, shipping=True, fee="0.08", label=50)))
    assert (given.refund_minor, back.already_given_minor) == (900, 900)
    assert (back.fee_minor, back.label_minor, back.refund_minor) == (80, 20, 400)
    _, back = reversals_of(a_case(order, goodwill(1300), a_return(a=1, shipping=True, fee="0.08", label=50)))
    assert (back.already_given_minor, back.fee_minor, back.label_minor, back.refund_minor) == (1300, 0, 0, 100)


def test_goodwill_is_never_more_than_what_is_captured_and_not_refunded_or_kept() -> None:
    order = an_order(a_line("a", 2, 1000))
    steps = (goodwill(0), goodwill(2001), a_return(a=1, fee="0.3"), goodwill(1001), goodwill(1000), goodwill(1))
    assert codes_of(a_case(order, *steps)) == [
        "invalid_amount", "exceeds_captured", "ok", "exceeds_captured", "ok", "exceeds_captured",
    ]  # fmt: skip
    assert codes_of(a_case(order, a_return(a=1, label=300), goodwill(1001), goodwill(1000)))[1:] == [
        "exceeds_captured",
        "ok",
    ]
    assert codes_of(a_case(authorized(), goodwill(1), CANCEL, goodwill(1))) == [
        "exceeds_captured",
        "ok",
        "already_canceled",
    ]


def test_an_order_without_goods_is_its_shipping() -> None:
    order = an_order(shipping_minor=495, tenders=[a_tender("t", 495, state="authorized")])
    assert moves_of(order, the_rest(), a_return(shipping=True)) == [[("t", "capture", 495)], [("t", "refund", 495)]]
    assert moves_of(order, CANCEL) == [[("t", "void", 495)]]


def test_a_placed_order_is_a_purchase_of_the_same_total_with_every_unit_open() -> None:
    order = PlaceOrder.model_validate(shop.an_order())
    found = paid_order(purchase(order))
    assert isinstance(found, PaidOrder)
    assert {line.units[0].state for line in found.lines} == {UnitState.OPEN}
    assert found.authorized_minor == totals(order).total_minor > 0
