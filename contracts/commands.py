"""What may be asked of an order under way, besides its cancel."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from contracts.base import Contract, Request
from contracts.checkout import MOST_LINES, MOST_UNITS, Address, Code, OrderLine
from contracts.ids import HoldId
from contracts.instants import Instant
from contracts.money import Money
from contracts.reasons import HoldReason
from contracts.refunds import TenderAction
from contracts.versions import Version

Note = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class ChooseBackorder(Request):
    """What the customer wants while something is missing: what there is, all of it later, or not the rest."""

    choice: Literal["ship_available", "wait", "cancel"]
    version: Version | None = None


class CancelPreview(Contract):
    """What a cancel would do: the units by line, the consignments that are asked back, and the money, by tender.

    The nodes may still refuse to give a consignment back, and what leaves before the cancel is not canceled.
    """

    units: dict[str, int]
    recalled: list[str]
    refund: Money
    released: Money
    tenders: list[TenderAction]


class WantedLine(Request):
    """How many units of a line are wanted from now on; 0 removes it."""

    line_id: Code
    quantity: Annotated[int, Field(strict=True, ge=0, le=MOST_UNITS)]


class EditOrder(Request):
    """What is to be different of what has not left: the address, quantities, lines that come to it.

    `payment_method` pays for what is added; without it, the card that the order was paid with.
    """

    shipping_address: Address | None = None
    lines: Annotated[list[WantedLine], Field(min_length=1, max_length=MOST_LINES)] | None = None
    add: Annotated[list[OrderLine], Field(min_length=1, max_length=MOST_LINES)] | None = None
    payment_method: Code | None = None
    version: Version | None = None

    @field_validator("lines", "add")
    @classmethod
    def _each_line_once(cls, lines: list[WantedLine | OrderLine] | None) -> list[WantedLine | OrderLine] | None:
        if lines is not None and len({line.line_id for line in lines}) < len(lines):
            raise PydanticCustomError("repeated_line_id", "each line is named once")
        return lines

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.shipping_address is None and self.lines is None and self.add is None:
            raise PydanticCustomError("nothing_to_edit", "an edit has a shipping_address, lines, or lines to add")
        return self


class EditPreview(CancelPreview):
    """What an edit would do: as a cancel for what is to be less, and `to_authorize` for what is to be more.

    `tenders` are those that give back; what is added is paid for by a tender of its own, if its card is not declined.
    """

    to_authorize: Money


class HoldOrder(Request):
    """Nothing of the order is planned or leaves until every hold is released. `due_at` is when somebody should look."""

    reason_code: HoldReason
    note: Note | None = Field(default=None, validate_default=True)
    due_at: Instant | None = None
    version: Version | None = None

    @field_validator("note")
    @classmethod
    def _other_needs_a_note(cls, note: str | None, command: ValidationInfo) -> str | None:
        if note is None and command.data.get("reason_code") is HoldReason.OTHER:
            raise PydanticCustomError("note_required", "the reason `other` needs a note")
        return note


class ReleaseOrder(Request):
    """One hold by its id, or all of them."""

    hold_id: HoldId | None = None
    version: Version | None = None


class HoldView(Contract):
    id: HoldId
    reason_code: HoldReason
    owner: str
    placed_at: AwareDatetime
    due_at: AwareDatetime | None
