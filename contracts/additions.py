"""What is added to an order after its checkout: lines of their own, which are its part once they are paid for."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.base import Contract
from contracts.ids import Sku
from contracts.order_state import LineUnits
from contracts.refunds import PurchaseLine


class AdditionStatus(StrEnum):
    """`withdrawn`: not wanted any more before it was a part of the order; what was set aside for it is voided."""

    ASKED = "asked"
    AUTHORIZED = "authorized"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class OrderedLine(Contract):
    """A line of an order as its edits see it: its price, and how many of its units nobody asked to cancel."""

    line_id: str
    sku: Sku
    wanted: int
    unit_price_minor: int
    tax_rate: str


class NewLine(PurchaseLine):
    """A line that is to be added; its discount is for the whole line."""

    sku: Sku


class AddedLine(NewLine):
    """The same with what it comes to: `amount_minor` is net of the discount, the tax as `PaidLine` has it."""

    amount_minor: int
    tax_minor: int


class Addition(Contract):
    """The `number`-th addition of an order; the tender that pays for it is named by it."""

    number: Annotated[int, Field(ge=1)]
    lines: tuple[AddedLine, ...]
    amount_minor: int

    @property
    def tender_id(self) -> str:
        return tender_of(self.number)

    @property
    def units(self) -> LineUnits:
        return {line.line_id: line.quantity for line in self.lines}


def tender_of(number: int) -> str:
    return f"add{number}"
