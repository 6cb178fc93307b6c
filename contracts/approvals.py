"""Questions to a person: asked by a process, answered once, expired on time."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, JsonValue, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from contracts.actors import Actor
from contracts.base import Contract, Request
from contracts.ids import ApprovalId, OrderId
from contracts.states import ApprovalStatus


class DecideApproval(Request):
    """`version` is the version of the question that the person saw; a stale one is refused. A no needs a note."""

    choice: Literal["approved", "rejected"]
    version: Annotated[int, Field(strict=True, ge=1)]
    note: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] | None = Field(
        default=None, validate_default=True
    )

    @field_validator("note")
    @classmethod
    def _rejected_needs_a_note(cls, note: str | None, decision: ValidationInfo) -> str | None:
        if note is None and decision.data.get("choice") == "rejected":
            raise PydanticCustomError("note_required", "the choice `rejected` needs a note")
        return note


class Question(Contract):
    """What a process asks: evidence as sentences, the effect of either answer, and what happens without one."""

    kind: Literal["risk_review"]
    question: str
    evidence: list[str]
    facts: dict[str, JsonValue]
    on_expiry: Literal["approved", "rejected"]
    required_role: str


class ApprovalView(Contract):
    """A question as people see it."""

    id: ApprovalId
    kind: str
    order_id: OrderId
    order_number: int
    question: str
    evidence: list[str]
    facts: dict[str, JsonValue]
    status: ApprovalStatus
    version: int
    due_at: AwareDatetime
    on_expiry: str
    required_role: str
    required_approvals: int
    requested_by: Actor
    requested_at: AwareDatetime
    decided_by: Actor | None
    decided_at: AwareDatetime | None
    allowed_actions: list[str]


class ApprovalPage(Contract):
    items: list[ApprovalView]
    next_cursor: str | None


class Settlement(Contract):
    """`approved` is None while the question is still open."""

    status: ApprovalStatus
    approved: bool | None
