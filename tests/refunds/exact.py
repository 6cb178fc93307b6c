"""What was bought, worked out once more: one object a unit, one minor unit of a remainder after the other."""

import dataclasses
import math
from fractions import Fraction
from typing import Any

Raw = dict[str, Any]


@dataclasses.dataclass(eq=False)
class Unit:
    line_id: str
    goods: int
    tax: int
    state: str


@dataclasses.dataclass(eq=False)
class Shipping:
    """`goods` is the shipping itself, without a tax that comes on top."""

    goods: int
    tax: int
    state: str


def half_up(amount: Fraction) -> int:
    below = amount.numerator // amount.denominator
    return below + 1 if amount - below >= Fraction(1, 2) else below


def largest_remainder(amount: int, weights: list[int]) -> list[int]:
    if sum(weights) == 0:
        return [0 for _ in weights]
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    shares = [math.floor(share) for share in exact]
    while sum(shares) < amount:
        behind = [share - given for share, given in zip(exact, shares, strict=True)]
        shares[behind.index(max(behind))] += 1
    return shares


def tax_of(amount: int, rate: str, mode: str) -> int:
    exact = Fraction(rate)
    return half_up(amount * exact) if mode == "exclusive" else half_up(amount * exact / (1 + exact))


def bought(order: Raw) -> tuple[list[Unit], Shipping, int]:
    """Every unit, the shipping and the total of a sound order; all still open."""
    nets = [line["quantity"] * line["unit_price_minor"] - line["discount_minor"] for line in order["lines"]]
    shares = largest_remainder(order["order_discount_minor"], nets)
    units: list[Unit] = []
    for line, net, share in zip(order["lines"], nets, shares, strict=True):
        goods, tax = net - share, tax_of(net - share, line["tax_rate"], order["tax_mode"])
        equal = [1] * line["quantity"]
        worth = zip(largest_remainder(goods, equal), largest_remainder(tax, equal), strict=True)
        units += [Unit(line["line_id"], *each, "open") for each in worth]
    fee = order["shipping_minor"]
    shipping = Shipping(fee, tax_of(fee, order["shipping_tax_rate"], order["tax_mode"]), "open")
    total = sum(unit.goods for unit in units) + shipping.goods
    if order["tax_mode"] == "exclusive":
        total += sum(unit.tax for unit in units) + shipping.tax
    return units, shipping, total


def is_sound(order: Raw) -> bool:
    nets = []
    for line in order["lines"]:
        nets.append(line["quantity"] * line["unit_price_minor"] - line["discount_minor"])
        if line["quantity"] < 1 or line["unit_price_minor"] < 0 or line["discount_minor"] < 0 or nets[-1] < 0:
            return False
    if order["shipping_minor"] < 0 or not 0 <= order["order_discount_minor"] <= sum(nets):
        return False
    paid = [tender["amount_minor"] for tender in order["tenders"]]
    return all(amount >= 0 for amount in paid) and sum(paid) == bought(order)[2]
