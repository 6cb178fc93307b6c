"""The rules for returns and cancels, one by one, with figures worked out by hand."""

import pytest

from contracts.refunds import Purchase, Refused
from decisions.refunds import paid_order
from tests.refunds.cases import a_case, a_line, a_return, a_tender, an_order, units
from tests.refunds.exact import Raw
from tests.refunds.planner import codes_of, journey_of, moves, paid, reversals_of

CANCEL = {"action": "cancel"}


def refunds_of(order: Raw, *steps: Raw, policy: str = "gift_card_last") -> list[int]:
    return [plan.refund_minor for plan in reversals_of(a_case(order, *steps, policy=policy))]


def three_tenders(*states: str) -> Raw:
    """100.00 paid by card, gift card and card; units worth 33.34, 33.33 and 33.33."""
    figures = zip(("t1", "t2", "t3"), (3333, 3333, 3334), ("card", "gift_card", "card"), states, strict=True)
    tenders = [a_tender(*each) for each in figures]
    return an_order(a_line("a", 3, 3334, discount_minor=2), tenders=tenders)


def test_tax_on_top_is_rounded_once_a_line_and_comes_back_with_the_units() -> None:
    order = an_order(a_line("a", 2, 1999, tax_rate="0.19"), shipping_minor=495, shipping_tax_rate="0.19")
    assert order["tenders"][0]["amount_minor"] == 3998 + 760 + 495 + 94
    (plan,) = reversals_of(a_case(order, a_return(a=1)))
    assert (plan.refunded.goods_minor, plan.refunded.tax_minor, plan.refunded.shipping_minor) == (1999, 380, 0)
    assert (plan.refund_minor, plan.refund_decimal) == (2379, "23.79")
    assert moves(plan) == [("t1", "refund", 2379)]


def test_tax_within_the_price_is_for_information_and_yen_have_no_decimals() -> None:
    order = an_order(
        a_line("a", 3, 1000, discount_minor=100, tax_rate="0.10"),
        currency="JPY", tax_mode="inclusive", shipping_minor=550, shipping_tax_rate="0.10",
    )  # fmt: skip
    first, rest = reversals_of(a_case(order, a_return(a=2, fee="0.15"), CANCEL))
    assert (first.refunded.goods_minor, first.refunded.tax_minor) == (967 + 967, 88 + 88)
    assert (first.fee_minor, first.refund_minor, first.refund_decimal) == (290, 1644, "1644")
    assert (rest.refunded.goods_minor, rest.refunded.tax_minor) == (966, 88)
    assert (rest.refunded.shipping_minor, rest.refunded.shipping_tax_minor) == (550, 50)
    assert (rest.refund_minor, rest.fee_minor) == (966 + 550, 0)
    assert first.refund_minor + rest.refund_minor + first.fee_minor == 3450


def test_dinars_have_three_decimals() -> None:
    order = an_order(a_line("a", 1, 12345, tax_rate="0.05"), currency="KWD")
    (plan,) = reversals_of(a_case(order, a_return(a=1, fee="0.1", label=500)))
    assert (plan.fee_minor, plan.label_minor) == (1296, 500)
    assert (plan.refund_minor, plan.refund_decimal) == (12345 + 617 - 1296 - 500, "11.166")


def test_the_order_discount_is_spread_by_largest_remainder_the_earlier_line_first() -> None:
    order = an_order(*(a_line(line_id, 1, 1000) for line_id in "abc"), order_discount_minor=100)
    assert refunds_of(order, a_return(a=1), a_return(b=1), a_return(c=1)) == [966, 967, 967]


def test_a_discount_on_goods_that_cost_nothing_is_spread_over_nothing() -> None:
    order = an_order(a_line("a", 1, 0), a_line("b", 2, 50, discount_minor=100), shipping_minor=300)
    assert refunds_of(order, a_return(a=1, b=2), CANCEL) == [0, 300]


@pytest.mark.parametrize(("rate", "tax"), [("0.1", 1), ("0.09", 0), ("0.3", 2), ("0.29", 1)])
def test_half_a_minor_unit_of_tax_is_rounded_up(rate: str, tax: int) -> None:
    assert paid(an_order(a_line("a", 1, 5, tax_rate=rate))).lines[0].tax_minor == tax


def test_the_first_units_are_worth_one_more_goods_and_tax_each_for_itself() -> None:
    order = an_order(a_line("a", 4, 25, discount_minor=1, tax_rate="0.07"))
    plans = reversals_of(a_case(order, *[a_return(a=1)] * 4))
    assert [plan.refunded.goods_minor for plan in plans] == [25, 25, 25, 24]
    assert [plan.refunded.tax_minor for plan in plans] == [2, 2, 2, 1]


def test_the_label_takes_at_most_what_the_fee_left_and_neither_touches_shipping() -> None:
    order = an_order(a_line("a", 1, 1000), shipping_minor=495)
    (plan,) = reversals_of(a_case(order, a_return(a=1, shipping=True, fee="0.6", label=999)))
    assert (plan.fee_minor, plan.label_minor, plan.refund_minor) == (600, 400, 495)


def test_a_fee_is_at_most_the_value_and_a_refund_of_nothing_is_a_success() -> None:
    order = an_order(a_line("a", 2, 1000))
    plans = reversals_of(a_case(order, a_return(a=1, fee="1.5"), a_return(a=1, fee="1")))
    assert [(plan.fee_minor, plan.refund_minor, plan.tenders) for plan in plans] == [(1000, 0, ())] * 2
    assert codes_of(a_case(order, a_return(a=2, fee="1"), a_return(a=1))) == ["ok", "over_return"]


def test_shipping_comes_back_only_when_asked_and_once() -> None:
    order = an_order(a_line("a", 2, 100), shipping_minor=495, shipping_tax_rate="0.19")
    assert refunds_of(order, a_return(a=1), a_return(shipping=True), CANCEL) == [100, 495 + 94, 100]
    assert codes_of(a_case(order, a_return(a=1, shipping=True), a_return(a=1, shipping=True))) == [
        "ok",
        "shipping_already_refunded",
    ]


def test_a_cancel_keeps_the_fees_that_were_kept() -> None:
    order = an_order(a_line("a", 2, 1000), shipping_minor=300)
    assert refunds_of(order, a_return(a=1, fee="0.2", label=50), CANCEL) == [1000 - 200 - 50, 1300]


def test_a_cancel_voids_what_is_authorized_and_refunds_what_is_captured_in_full() -> None:
    (plan,) = reversals_of(a_case(three_tenders("authorized", "captured", "captured"), CANCEL))
    assert moves(plan) == [("t1", "void", 3333), ("t2", "refund", 3333), ("t3", "refund", 3334)]
    assert (plan.refunded.goods_minor, plan.refund_minor, plan.refund_decimal) == (0, 6667, "66.67")


def test_a_cancel_of_an_authorized_order_refunds_nothing() -> None:
    (plan,) = reversals_of(a_case(three_tenders(*["authorized"] * 3), CANCEL))
    assert [move[1:] for move in moves(plan)] == [("void", 3333), ("void", 3333), ("void", 3334)]
    assert (plan.refund_minor, plan.refund_decimal) == (0, "0.00")


def test_a_second_cancel_and_a_return_after_it_are_refused() -> None:
    for state in ("captured", "authorized"):
        case = a_case(three_tenders(*[state] * 3), CANCEL, CANCEL, a_return(a=1), a_return(b=0))
        assert codes_of(case) == ["ok", *["already_canceled"] * 3]


@pytest.mark.parametrize(
    ("policy", "first", "last"),
    [
        ("gift_card_last", [("t1", 3333), ("t3", 1)], [("t2", 3333)]),
        ("gift_card_first", [("t1", 1), ("t2", 3333)], [("t3", 3333)]),
        ("proportional", [("t1", 1111), ("t2", 1111), ("t3", 1112)], [("t1", 1111), ("t2", 1111), ("t3", 1111)]),
    ],
)
def test_where_the_money_goes(policy: str, first: list[tuple[str, int]], last: list[tuple[str, int]]) -> None:
    case = a_case(three_tenders(*["captured"] * 3), *[a_return(a=1)] * 3, policy=policy)
    plans = [[(tender_id, amount) for tender_id, _, amount in moves(plan)] for plan in reversals_of(case)]
    assert (plans[0], plans[2]) == (first, last)


def test_equal_fractions_go_to_the_earlier_tender() -> None:
    tenders = [a_tender("t1", 50), a_tender("t2", 50, "gift_card")]
    order = an_order(a_line("a", 100, 1), tenders=tenders)
    plans = reversals_of(a_case(order, *[a_return(a=1)] * 3, policy="proportional"))
    assert [moves(plan)[0][0] for plan in plans] == ["t1", "t2", "t1"]


BOTH = an_order(a_line("a", 2, 100), a_line("b", 1, 100), shipping_minor=100)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"units": [*units(nowhere=0), *units(a=9)]}, "unknown_line"),
        ({"units": units(a=9, b=0)}, "invalid_quantity"),
        ({"units": units(a=-1)}, "invalid_quantity"),
        ({"units": units(a=3), "refund_shipping": True}, "over_return"),
        ({"units": [*units(a=2), *units(a=1)]}, "over_return"),
        ({"units": units(a=1), "refund_shipping": True}, "shipping_already_refunded"),
        ({"units": []}, "nothing_to_refund"),
    ],
    ids=str,
)
def test_the_first_check_that_fails_names_the_refusal_and_nothing_changes(step: Raw, code: str) -> None:
    case = a_case(BOTH, a_return(shipping=True), a_return() | step, a_return(a=2, b=1))
    assert codes_of(case) == ["ok", code, "ok"]
    assert journey_of(case)[1].before == journey_of(case)[2].before


def test_nothing_authorized_can_be_returned_whatever_the_units_are() -> None:
    case = a_case(three_tenders("captured", "captured", "authorized"), a_return(a=1), a_return(nowhere=0), a_return())
    assert codes_of(case) == ["not_captured"] * 3


@pytest.mark.parametrize(
    "change",
    [
        {"lines": [a_line("a", 2, 100, discount_minor=201), a_line("b", 4, 100)]},
        {"order_discount_minor": 601},
        {"lines": [a_line("a", 0, 100)], "tenders": []},
        {"lines": [a_line("a", -1, -100)], "tenders": [a_tender("t1", 100)]},
        {"lines": [a_line("a", 6, 100, discount_minor=-1)], "tenders": [a_tender("t1", 601)]},
        {"order_discount_minor": -1, "tenders": [a_tender("t1", 601)]},
        {"shipping_minor": -1, "tenders": [a_tender("t1", 599)]},
        {"tenders": [a_tender("t1", 601), a_tender("t2", -1)]},
        {"tenders": [a_tender("t1", 599)]},
    ],
    ids=str,
)
def test_an_order_that_does_not_add_up_is_invalid(change: Raw) -> None:
    order = an_order(a_line("a", 6, 100)) | change
    found = paid_order(Purchase.model_validate(order))
    assert isinstance(found, Refused)
    assert found.code == "invalid_order"
