"""What an edit comes to: which units are less, which lines come to the order, and money that stays exact."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.additions import OrderedLine
from contracts.checkout import MOST_LINES
from contracts.commands import EditOrder
from contracts.money import LARGEST_AMOUNT
from contracts.refunds import (
    Cancel,
    CancelUnits,
    CapturePlan,
    PaidOrder,
    ReversalPlan,
    TenderUse,
    UnitsOfLine,
    UnitState,
)
from decisions.addition import addition_of, edit_problems, fewer_units, new_lines, too_much, with_addition
from decisions.refunds import plan_capture, plan_capture_of_the_rest, plan_reversal
from decisions.refunds.units import open_value
from decisions.totals import totals
from tests.refunds.cases import POLICIES, journey
from tests.refunds.exact import Raw
from tests.refunds.planner import POLICY, paid
from tests.shop import LAMP, MUG, an_order, line, usd

USES: list[TenderUse] = ["gift_card_first", "card_first"]
RANDOM = st.randoms(use_true_random=False)
unhurried = settings(deadline=None)
LINES = [
    OrderedLine(line_id="1", sku=MUG, wanted=3, unit_price_minor=1_999, tax_rate="0.0825"),
    OrderedLine(line_id="2", sku=LAMP, wanted=1, unit_price_minor=500, tax_rate="0"),
]


def edit(*, add: list[Any] | None = None, **wanted: int) -> EditOrder:
    """By line id: `_1=2` wants two units of line 1."""
    lines = [{"line_id": name[1:], "quantity": quantity} for name, quantity in wanted.items()]
    return EditOrder.model_validate({"lines": lines or None, "add": add})


def added_to(order: PaidOrder, random: Random, number: int) -> PaidOrder:
    """With a line or two of any price."""
    lines = [
        line(
            line_id=f"more{number}-{i}",
            quantity=random.randint(1, 4),
            unit_price=usd(random.choice((0, 1, 99, 1_999, random.randint(0, 5_000)))),
            tax_rate=random.choice(("0", "0.19", "0.0825", "1")),
        )
        for i in range(random.randint(1, 2))
    ]
    new = new_lines([], edit(add=lines), number=number, taken=())
    return with_addition(order, addition_of(new, number=number, currency=order.currency, tax_mode=order.tax_mode))


def authorized(random: Random) -> PaidOrder:
    order: Raw = journey(random)["order"]
    return paid(order | {"tenders": [tender | {"state": "authorized"} for tender in order["tenders"]]})


def some_open(order: PaidOrder, random: Random) -> tuple[UnitsOfLine, ...]:
    counts = {each.line_id: random.randint(0, each.count(UnitState.OPEN)) for each in order.lines}
    return tuple(UnitsOfLine(line_id=line_id, quantity=count) for line_id, count in counts.items() if count)


def test_less_is_canceled_and_more_is_a_line_of_its_own_at_the_price_of_its_line() -> None:
    change = edit(_1=1, _2=4)
    assert fewer_units(LINES, change) == {"1": 2}
    (more,) = new_lines(LINES, change, number=2, taken={"1", "2"})
    assert (more.line_id, more.sku, more.quantity, more.unit_price_minor, more.discount_minor, more.tax_rate) == (
        "add2:1",
        LAMP,
        3,
        500,
        0,
        "0",
    )


def test_what_is_wanted_as_it_is_changes_nothing() -> None:
    assert (fewer_units(LINES, edit(_1=3)), new_lines(LINES, edit(_1=3), number=1, taken={"1", "2"})) == ({}, ())


def test_a_new_line_takes_no_name_that_another_has() -> None:
    change = edit(_1=4, _2=2, add=[line(line_id="add1:2")])
    names = [each.line_id for each in new_lines(LINES, change, number=1, taken={"1", "2", "add1:1"})]
    assert names == ["add1:2", "add1:3", "add1:4"]


@pytest.mark.parametrize("tax_mode", ["exclusive", "inclusive"])
def test_an_addition_comes_to_what_the_same_lines_come_to_at_checkout(tax_mode: Any) -> None:
    lines = [line(quantity=3, discount=usd(100)), line(line_id="2", sku=LAMP, unit_price=usd(7), tax_rate="0.19")]
    checkout = totals(an_order(lines=lines, tax_mode=tax_mode, shipping=usd(0)))
    new = new_lines([], edit(add=lines), number=1, taken=())
    addition = addition_of(new, number=1, currency="USD", tax_mode=tax_mode)
    assert addition.amount_minor == checkout.total_minor
    assert [(each.amount_minor, each.tax_minor) for each in addition.lines] == [
        (each.amount_minor, each.tax_minor) for each in checkout.lines
    ]
    assert (addition.tender_id, addition.units) == ("add1", {"1": 3, "2": 2})


def test_what_is_wrong_with_an_edit_is_told_at_its_place() -> None:
    wrong = [
        line(line_id="2"),
        line(line_id="3", sku="NO-1", unit_price={"amount_minor": 1, "currency": "EUR"}),
        line(line_id="4", discount=usd(4_000)),
    ]
    found = edit_problems(edit(_9=1, add=wrong), LINES, taken={"1", "2"}, known_skus={MUG, LAMP}, currency="USD")
    assert [(problem.pointer, problem.code) for problem in found] == [
        ("/lines/0/line_id", "unknown_line"),
        ("/add/0/line_id", "repeated_line_id"),
        ("/add/1/sku", "unknown_sku"),
        ("/add/1/unit_price/currency", "currency_mismatch"),
        ("/add/2/discount", "discount_above_gross"),
    ]


@pytest.mark.parametrize(
    ("lines", "total_minor", "codes"),
    [
        (MOST_LINES - 1, LARGEST_AMOUNT - 1, []),
        (MOST_LINES, 0, ["too_many_lines"]),
        (1, LARGEST_AMOUNT, ["amount_too_large"]),
    ],
)
def test_an_order_stays_as_small_as_any_order_has_to_be(lines: int, total_minor: int, codes: list[str]) -> None:
    new = new_lines([], edit(add=[line(quantity=1, unit_price=usd(1), tax_rate="0")]), number=1, taken=())
    addition = addition_of(new, number=1, currency="USD", tax_mode="exclusive")
    assert [problem.code for problem in too_much(addition, lines=lines, total_minor=total_minor)] == codes


@unhurried
@given(RANDOM)
def test_however_it_is_added_to_what_may_be_captured_is_what_is_open(random: Random) -> None:
    order = authorized(random)
    for number in range(1, 6):
        units = some_open(order, random)
        plan: Any = None
        if units and random.random() < 0.5:
            plan = plan_capture(order, units, random.choice(USES))
        elif units:
            plan = plan_reversal(order, CancelUnits(units=units), POLICY.validate_python(random.choice(POLICIES)))
        order = plan.after if plan else order
        if order.shipping is not UnitState.CANCELED:
            order = added_to(order, random, number)
        assert order.authorized_minor == open_value(order)


@unhurried
@given(RANDOM)
def test_all_that_was_added_and_captured_is_given_back_to_the_cent_and_each_card_gets_its_own(random: Random) -> None:
    order = added_to(added_to(authorized(random), random, 1), random, 2)
    total = order.authorized_minor
    if units := some_open(order, random):
        captured = plan_capture(order, units, random.choice(USES))
        assert isinstance(captured, CapturePlan)
        order = captured.after
    rest = plan_capture_of_the_rest(order, random.choice(USES))
    order = rest.after if isinstance(rest, CapturePlan) else order
    assert (order.authorized_minor, sum(tender.captured_minor for tender in order.tenders)) == (0, total)
    back = plan_reversal(order, Cancel(), POLICY.validate_python(random.choice(POLICIES)))
    assert isinstance(back, ReversalPlan)
    assert back.refund_minor == total
    assert all(tender.refunded_minor == tender.captured_minor for tender in back.after.tenders)


@unhurried
@given(RANDOM)
def test_all_that_was_added_and_not_captured_is_released_on_every_card(random: Random) -> None:
    order = added_to(added_to(authorized(random), random, 1), random, 2)
    back = plan_reversal(order, Cancel(), POLICY.validate_python(random.choice(POLICIES)))
    assert isinstance(back, ReversalPlan)
    assert back.released_minor == order.authorized_minor
    assert {each.action for each in back.tenders} <= {"void"}
    assert {each.tender_id for each in back.tenders} == {each.tender_id for each in order.tenders if each.amount_minor}
