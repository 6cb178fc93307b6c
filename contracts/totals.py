"""What an order comes to, to the cent."""

from contracts.base import Contract


class LineTotal(Contract):
    """`amount_minor` is net of the line's discount and of its share of the order's discount."""

    line_id: str
    amount_minor: int
    tax_minor: int


class Totals(Contract):
    """In exclusive mode the taxes come on top; in inclusive mode they are contained in the amounts."""

    lines: list[LineTotal]
    shipping_minor: int
    shipping_tax_minor: int
    total_minor: int

    @property
    def tax_minor(self) -> int:
        return sum(line.tax_minor for line in self.lines) + self.shipping_tax_minor
