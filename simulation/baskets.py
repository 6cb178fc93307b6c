"""What customers put into their baskets, and whether any one node could send it alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from random import Random
from typing import Final

from contracts.base import Contract
from contracts.ids import NodeId, Sku
from contracts.stock import Units
from simulation.catalogue import CATALOGUE
from simulation.draws import draw

ONE_IN_APART: Final = 8  # of the baskets drawn: their products lie together nowhere
MOST_APART: Final = 12  # products in such a basket, if fewer do not do

_PRICES: Final = {product.sku: product.price_minor for product in CATALOGUE}


class BasketLine(Contract):
    """Price per unit in cents of a US dollar, before tax."""

    sku: Sku
    quantity: int
    unit_price_minor: int


class Basket(Contract):
    """`customer` is the shop's own reference, None for somebody it does not know."""

    lines: tuple[BasketLine, ...]
    customer: str | None = None


def must_split(basket: Basket, stock: Units) -> bool:
    """Whether no node has all of it, while all nodes together have."""
    wanted, everywhere = Counter[Sku](), Counter[Sku]()
    for line in basket.lines:
        wanted[line.sku] += line.quantity
    for (_, sku), quantity in stock.items():
        everywhere[sku] += quantity
    nodes = {node_id for node_id, _ in stock}
    return wanted <= everywhere and not any(
        all(stock.get((node_id, sku), 0) >= quantity for sku, quantity in wanted.items()) for node_id in nodes
    )


def drawn_baskets(count: int, stock: Units, seed: int) -> list[Basket]:
    """A few products of the catalogue each; the first and every eighth of products that lie together nowhere.

    None where nothing is in stock.
    """
    holders: defaultdict[Sku, set[NodeId]] = defaultdict(set)
    for (node_id, sku), quantity in stock.items():
        if quantity > 0 and sku in _PRICES:
            holders[sku].add(node_id)
    if not holders:
        return []
    chance = draw(seed, "baskets")
    return [
        _basket(chance, _apart(chance, holders), most=1)
        if position % ONE_IN_APART == 0
        else _basket(
            chance, chance.sample(sorted(holders), min(chance.choice((1, 1, 1, 2, 2, 3, 4)), len(holders))), most=3
        )
        for position in range(count)
    ]


def _basket(chance: Random, skus: Iterable[Sku], most: int) -> Basket:
    lines = (BasketLine(sku=sku, quantity=chance.randint(1, most), unit_price_minor=_PRICES[sku]) for sku in skus)
    return Basket(lines=tuple(lines))


def _apart(chance: Random, holders: Mapping[Sku, set[NodeId]]) -> list[Sku]:
    """Products, each next one leaving the fewest nodes that have them all, until there is no such node."""
    others = sorted(holders)
    chance.shuffle(others)
    chosen = [others.pop()]
    common = holders[chosen[0]]
    while common and others and len(chosen) < MOST_APART:
        chosen.append(min(others, key=lambda sku: len(common & holders[sku])))
        others.remove(chosen[-1])
        common = common & holders[chosen[-1]]
    return chosen
