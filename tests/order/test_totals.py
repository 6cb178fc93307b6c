"""What an order comes to, against section 2 of the refund rules, worked out here once more with exact fractions."""

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.checkout import PlaceOrder
from decisions.totals import totals
from tests.shop import an_order, line, usd

RATES = st.sampled_from(["0", "0.0825", "0.19", "0.07", "0.5", "0.333333", "1", "1.0"])


@st.composite
def orders(draw: st.DrawFn) -> PlaceOrder:
    """Sound orders of up to eight lines, with discounts up to everything."""
    lines = []
    for i in range(draw(st.integers(min_value=1, max_value=8))):
        quantity, price = draw(st.integers(1, 12)), draw(st.integers(0, 5_000))
        discount = draw(st.integers(0, quantity * price))
        lines.append(
            line(
                line_id=str(i),
                quantity=quantity,
                unit_price=usd(price),
                discount=usd(discount),
                tax_rate=draw(RATES),
            )
        )
    goods = sum(_net(each) for each in lines)
    return an_order(
        tax_mode=draw(st.sampled_from(["exclusive", "inclusive"])),
        lines=lines,
        order_discount=usd(draw(st.integers(0, goods))),
        shipping=usd(draw(st.integers(0, 2_000))),
        shipping_tax_rate=draw(RATES),
    )


def _net(body: dict[str, Any]) -> int:
    price, discount = body["unit_price"]["amount_minor"], body["discount"]["amount_minor"]
    return int(body["quantity"] * price - discount)


def by_hand(order: PlaceOrder) -> tuple[list[tuple[int, int]], int, int]:
    """Amount and tax of each line, the shipping's tax and the total: the rules word by word."""
    nets = [each.quantity * each.unit_price.amount_minor - each.discount.amount_minor for each in order.lines]
    shares = largest_remainder(order.order_discount.amount_minor, nets)
    amounts = [net - share for net, share in zip(nets, shares, strict=True)]
    rates = [Fraction(each.tax_rate) for each in order.lines]
    exclusive = order.tax_mode == "exclusive"
    taxes = [nearest(tax(amount, rate, exclusive)) for amount, rate in zip(amounts, rates, strict=True)]
    shipping = order.shipping.amount_minor
    shipping_tax = nearest(tax(shipping, Fraction(order.shipping_tax_rate), exclusive))
    total = sum(amounts) + shipping + (sum(taxes) + shipping_tax if exclusive else 0)
    return list(zip(amounts, taxes, strict=True)), shipping_tax, total


def tax(amount: int, rate: Fraction, exclusive: bool) -> Fraction:  # noqa: FBT001 - one of two modes
    return amount * rate if exclusive else amount - amount / (1 + rate)


def nearest(exact: Fraction) -> int:
    """The nearest integer, found by trying: of two that are equally near, the upper one."""
    return min((math.floor(exact), math.ceil(exact)), key=lambda whole: (abs(whole - exact), -whole))


def largest_remainder(amount: int, nets: list[int]) -> list[int]:
    if sum(nets) == 0:
        return [0] * len(nets)
    exact = [Fraction(amount * net, sum(nets)) for net in nets]
    shares = [math.floor(part) for part in exact]
    while sum(shares) < amount:  # each gets at most one: what it lacks is then below zero
        neediest = max(range(len(nets)), key=lambda i: (exact[i] - shares[i], -i))
        shares[neediest] += 1
    return shares


@given(orders())
def test_totals_are_those_of_the_rules(order: PlaceOrder) -> None:
    lines, shipping_tax, total = by_hand(order)
    found = totals(order)
    assert [(each.amount_minor, each.tax_minor) for each in found.lines] == lines
    assert (found.shipping_tax_minor, found.total_minor) == (shipping_tax, total)


@given(orders())
def test_totals_add_up(order: PlaceOrder) -> None:
    found = totals(order)
    goods = sum(each.amount_minor for each in found.lines)
    assert found.total_minor == goods + found.shipping_minor + (found.tax_minor if order.tax_mode == "exclusive" else 0)
    assert all(each.amount_minor >= 0 and each.tax_minor >= 0 for each in found.lines)
    if order.tax_mode == "inclusive":
        assert all(each.tax_minor <= each.amount_minor for each in found.lines)


@pytest.mark.parametrize(
    ("changes", "total", "tax_minor"),
    [
        ({}, 4823, 330),
        ({"tax_mode": "inclusive"}, 4493, 305),
        ({"shipping_tax_rate": "0.0825"}, 4864, 371),
        ({"order_discount": usd(98)}, 4717, 322),
        ({"order_discount": usd(3998), "shipping": usd(0)}, 0, 0),
        ({"lines": [line(quantity=1, unit_price=usd(2), tax_rate="0.25")], "shipping": usd(0)}, 3, 1),  # a half
        ({"lines": [line(quantity=1, unit_price=usd(0))], "shipping": usd(0)}, 0, 0),
    ],
)
def test_an_order_comes_to(changes: dict[str, Any], total: int, tax_minor: int) -> None:
    found = totals(an_order(**changes))
    assert (found.total_minor, found.tax_minor) == (total, tax_minor)


def test_a_discount_goes_to_the_larger_fraction_and_among_equals_to_the_earlier_line() -> None:
    lines = [line(line_id=str(i), quantity=1, unit_price=usd(price), tax_rate="0") for i, price in enumerate((1, 1, 2))]
    assert [each.amount_minor for each in totals(an_order(lines=lines, order_discount=usd(1))).lines] == [1, 1, 1]
    assert [each.amount_minor for each in totals(an_order(lines=lines, order_discount=usd(2))).lines] == [0, 1, 1]
    assert [each.amount_minor for each in totals(an_order(lines=lines, order_discount=usd(3))).lines] == [0, 0, 1]
