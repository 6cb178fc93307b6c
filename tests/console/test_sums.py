"""Sums on the order's page: each shows its parts, and says so when they do not add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import sums
from contracts.console import Price, TenderRow
from tests.console.files import file, moved, order, tender, usd


@st.composite
def tenders(draw: st.DrawFn) -> TenderRow:
    """Whatever the tables allow."""
    amount = draw(st.integers(0, 10_000))
    authorized = draw(st.integers(0, amount))
    captured = draw(st.integers(0, authorized))
    released = draw(st.integers(0, amount - captured))
    return tender(
        amount_minor=amount,
        authorized_minor=authorized,
        captured_minor=captured,
        released_minor=released,
        refunded_minor=draw(st.integers(0, captured)),
    )


@given(st.lists(tenders(), min_size=1, max_size=3))
def test_whatever_happened_every_cent_of_a_tender_is_somewhere(given_tenders: list[TenderRow]) -> None:
    total = usd(sum(each.amount_minor for each in given_tenders))
    table = sums.money(file(order(total=total), tenders=given_tenders))
    assert table.adds_up
    assert all(min(row.charged, row.set_aside, row.released, row.not_set_aside) >= 0 for row in table.rows)


@pytest.mark.parametrize(
    ("amounts", "where"),
    [
        ({}, (0, 0, 0, 2_000)),
        ({"authorized_minor": 2_000}, (0, 2_000, 0, 0)),
        ({"authorized_minor": 2_000, "captured_minor": 500}, (500, 1_500, 0, 0)),
        ({"authorized_minor": 2_000, "captured_minor": 500, "released_minor": 1_500}, (500, 0, 1_500, 0)),
        ({"released_minor": 2_000}, (0, 0, 2_000, 0)),
    ],
)
def test_a_tender_s_amount_is_charged_set_aside_released_or_neither(
    amounts: dict[str, int], where: tuple[int, ...]
) -> None:
    (row,) = sums.money(file(tenders=[tender(**amounts)])).rows
    assert (row.charged, row.set_aside, row.released, row.not_set_aside) == where


def test_what_was_refunded_is_not_kept() -> None:
    charged = tender(authorized_minor=2_000, captured_minor=2_000, refunded_minor=700)
    assert sums.money(file(tenders=[charged])).total.kept == 1_300


def test_tenders_that_do_not_come_to_the_total_do_not_add_up() -> None:
    assert not sums.money(file(order(total=usd(2_001)))).adds_up


def test_a_price_is_made_of_goods_discounts_shipping_and_taxes_on_top() -> None:
    view = order(total=usd(2_050), shipping=usd(300), tax=usd(50))
    parts = sums.price(file(view, price=Price(order_discount_minor=300, tax_mode="exclusive")))
    assert [(part.name, part.minor) for part in parts] == [
        ("Goods", 2_000),
        ("Discounts", -300),
        ("Shipping", 300),
        ("Taxes", 50),
    ]


def test_taxes_that_are_contained_are_no_part_of_the_sum() -> None:
    parts = sums.price(file(order(tax=usd(300)), price=Price(order_discount_minor=0, tax_mode="inclusive")))
    assert sum(part.minor for part in parts) == 2_000


@pytest.mark.parametrize(
    ("moves", "where"),
    [
        ([], (0, 0, 0, 0)),
        ([("reserved", "sold", 2)], (0, 2, 0, 0)),
        ([("reserved", "on_hand", 2)], (0, 0, 2, 0)),
        ([("reserved", "quarantined", 1), ("reserved", "sold", 1)], (0, 1, 0, 1)),
        ([("reserved", "sold", 2), ("sold", "lost", 1)], (0, 1, 0, 1)),
    ],
)
def test_units_that_were_taken_are_somewhere(moves: list[tuple[str, str, int]], where: tuple[int, ...]) -> None:
    reserved = 0 if moves else 2
    rows = [moved("on_hand", "reserved", 2), *(moved(*move) for move in moves)]
    (row,) = sums.stock(file(stock=rows))
    assert (row.reserved, row.left, row.back, row.quarantined + row.lost) == (reserved, *where[1:])
    assert row.adds_up


def test_what_a_node_writes_off_besides_was_never_the_order_s() -> None:
    rows = [moved("on_hand", "reserved", 2), moved("reserved", "lost", 2), moved("on_hand", "lost", 5, "not found")]
    (row,) = sums.stock(file(stock=rows))
    assert (row.taken, row.lost, row.adds_up) == (2, 2, True)
