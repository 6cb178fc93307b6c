"""What an order comes to: discounts spread by largest remainder, tax once per line, exact rationals throughout."""

from fractions import Fraction

from contracts.checkout import PlaceOrder
from contracts.money import half_up, spread
from contracts.refunds import Purchase, PurchaseLine, PurchaseTender
from contracts.totals import LineTotal, Totals


def totals(order: PlaceOrder) -> Totals:
    """The amounts of the order in minor units; `intake` refuses first what `purchase_totals` does not take."""
    return purchase_totals(purchase(order))


def purchase(order: PlaceOrder) -> Purchase:
    """The order as it is placed: every tender authorized."""
    return Purchase(
        currency=order.currency,
        tax_mode=order.tax_mode,
        lines=tuple(
            PurchaseLine(
                line_id=line.line_id,
                quantity=line.quantity,
                unit_price_minor=line.unit_price.amount_minor,
                discount_minor=line.discount.amount_minor,
                tax_rate=line.tax_rate,
            )
            for line in order.lines
        ),
        order_discount_minor=order.order_discount.amount_minor,
        shipping_minor=order.shipping.amount_minor,
        shipping_tax_rate=order.shipping_tax_rate,
        tenders=tuple(
            PurchaseTender(
                tender_id=tender.tender_id,
                kind=tender.kind,
                amount_minor=tender.amount.amount_minor,
                state="authorized",
            )
            for tender in order.tenders
        ),
    )


def purchase_totals(bought: Purchase) -> Totals:
    """The amounts of a purchase in minor units.

    Per line `amount = quantity * unit price - discount - share of the order's discount`; tax is rounded half up
    once per line, on top of the amount (exclusive) or contained in it (inclusive); shipping likewise.
    The discounts must not exceed what they are taken from, and no amount may be negative.
    """
    nets = [line.unit_price_minor * line.quantity - line.discount_minor for line in bought.lines]
    shares = spread(bought.order_discount_minor, nets)
    amounts = [net - share for net, share in zip(nets, shares, strict=True)]
    lines = [
        LineTotal(line_id=line.line_id, amount_minor=amount, tax_minor=_tax(amount, line.tax_rate, bought.tax_mode))
        for line, amount in zip(bought.lines, amounts, strict=True)
    ]
    shipping = bought.shipping_minor
    shipping_tax = _tax(shipping, bought.shipping_tax_rate, bought.tax_mode)
    on_top = sum(line.tax_minor for line in lines) + shipping_tax if bought.tax_mode == "exclusive" else 0
    return Totals(
        lines=lines,
        shipping_minor=shipping,
        shipping_tax_minor=shipping_tax,
        total_minor=sum(amounts) + shipping + on_top,
    )


def _tax(amount: int, rate: str, tax_mode: str) -> int:
    exact = Fraction(rate)
    return half_up(amount * exact if tax_mode == "exclusive" else amount * exact / (1 + exact))
