"""What may be asked of an order under way, besides its cancel."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from contracts.base import Contract, Request
from contracts.checkout import Address
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


class EditOrder(Request):
    """Another address for what has not left. Fewer units are a cancel with `lines`."""

    shipping_address: Address
    version: Version | None = None


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
