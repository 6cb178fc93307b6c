"""What an order comes to: discounts spread by largest remainder, tax once per line, exact rationals throughout."""

from fractions import Fraction

from contracts.checkout import PlaceOrder
from contracts.money import half_up, spread
from contracts.totals import LineTotal, Totals


def totals(order: PlaceOrder) -> Totals:
    """The amounts of the order in minor units.

    Per line `amount = quantity * unit price - discount - share of the order's discount`; tax is rounded half up
    once per line, on top of the amount (exclusive) or contained in it (inclusive); shipping likewise.
    The discounts must not exceed what they are taken from: `intake` refuses such an order first.
    """
    nets = [line.unit_price.amount_minor * line.quantity - line.discount.amount_minor for line in order.lines]
    shares = spread(order.order_discount.amount_minor, nets)
    amounts = [net - share for net, share in zip(nets, shares, strict=True)]
    lines = [
        LineTotal(line_id=line.line_id, amount_minor=amount, tax_minor=_tax(amount, line.tax_rate, order.tax_mode))
        for line, amount in zip(order.lines, amounts, strict=True)
    ]
    shipping = order.shipping.amount_minor
    shipping_tax = _tax(shipping, order.shipping_tax_rate, order.tax_mode)
    on_top = sum(line.tax_minor for line in lines) + shipping_tax if order.tax_mode == "exclusive" else 0
    return Totals(
        lines=lines,
        shipping_minor=shipping,
        shipping_tax_minor=shipping_tax,
        total_minor=sum(amounts) + shipping + on_top,
    )


def _tax(amount: int, rate: str, tax_mode: str) -> int:
    exact = Fraction(rate)
    return half_up(amount * exact if tax_mode == "exclusive" else amount * exact / (1 + exact))
