"""What was sold: baskets of the simulated shop, with their money before and after it was captured or given up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.catalogue import World
from contracts.checkout import PlaceOrder
from contracts.refunds import Cancel, PaidOrder, Refused
from decisions.refunds import paid_order, plan_capture_of_the_rest, plan_reversal
from decisions.totals import purchase, totals
from simulation.baskets import drawn_baskets
from simulation.checkouts import order_of
from simulation.customers import visits

VARIETY: Final = 300  # sales; many orders share one, each with its own customer, address and course


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """An order as its shop sent it; `open`, `captured` and `canceled` are its money, as JSON. Weight in grams."""

    order: PlaceOrder
    total_minor: int
    tax_minor: int
    grams: int
    open: str
    captured: str
    canceled: str


def sales(world: World, seed: int, now: datetime) -> list[Sale]:
    """All paid by card alone: what a gift card holds is a book of its own."""
    stock = {(row.node_id, row.sku): row.quantity for row in world.stock}
    weights: dict[str, int] = {product.sku: product.weight_grams for product in world.products}
    coming = visits(drawn_baskets(VARIETY, stock, seed), stock, seed)
    orders = [order_of(visit, run="past", seed=seed, now=now) for visit in coming]
    return [
        _sale(order, sum(weights[line.sku] * line.quantity for line in order.lines))
        for order in orders
        if len(order.tenders) == 1
    ]


def _sale(order: PlaceOrder, grams: int) -> Sale:
    money = paid_order(purchase(order))
    if isinstance(money, Refused):
        raise ValueError(f"the simulated shop sold what does not add up: {money.code}")  # noqa: TRY004 - not about types
    capture = plan_capture_of_the_rest(money, "gift_card_first")
    reversal = plan_reversal(money, Cancel(), "gift_card_last")
    if isinstance(capture, Refused) or isinstance(reversal, Refused):
        raise ValueError("an order that was just placed can be captured and canceled")  # noqa: TRY004 - not about types
    sums = totals(order)
    return Sale(
        order=order,
        total_minor=sums.total_minor,
        tax_minor=sums.tax_minor,
        grams=grams,
        open=_json(money),
        captured=_json(capture.after),
        canceled=_json(reversal.after),
    )


def _json(money: PaidOrder) -> str:
    return money.model_dump_json()
