"""Questions to a person: asked by a process, answered once, escalated and expired on time."""

import re
from typing import Annotated, Final, Literal, Self, TypeAlias, get_args

from pydantic import (
    AwareDatetime,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from contracts.actors import Actor
from contracts.base import Contract, Request
from contracts.ids import ApprovalId, OrderId
from contracts.money import Money
from contracts.states import ApprovalStatus
from contracts.versions import Version

Role: TypeAlias = Literal["risk", "payments", "service", "lead"]
QuestionKind: TypeAlias = Literal[
    "risk_review", "reroute", "refused_capture", "refused_refund", "dispute", "claim", "message"
]
Choice: TypeAlias = Literal["approved", "rejected", "changes_requested"]

# A no moves or drops money as well as a yes does: whoever is needed for one is needed for the other.
COSTS_EITHER_WAY: Final[frozenset[QuestionKind]] = frozenset({"refused_capture", "refused_refund", "dispute"})
ROLES: Final[tuple[Role, ...]] = get_args(Role)
CHOICES: Final[tuple[Choice, ...]] = get_args(Choice)
_ID: Final = re.compile(r"apr_[0-9a-f]{1,64}")


class Decision(Request):
    """What a person decides. Anything but a yes needs a note."""

    choice: Choice
    note: Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"^[^\x00]*$")] | None = Field(
        default=None, validate_default=True
    )

    @field_validator("note")
    @classmethod
    def _only_a_yes_needs_no_note(cls, note: str | None, decision: ValidationInfo) -> str | None:
        choice = decision.data.get("choice")
        if note is None and choice in {"rejected", "changes_requested"}:
            raise PydanticCustomError("note_required", "the choice `{choice}` needs a note", {"choice": choice})
        return note


class DecideApproval(Decision):
    """`version` is the version of the question that the person saw; a stale one is refused."""

    version: Version


class ByHand(Contract):
    """Which question somebody tried to decide by hand, and how; no `decision`: nobody could read it."""

    approval_id: ApprovalId
    decision: Decision | None

    @classmethod
    def read(cls, given: list[object]) -> Self | None:
        """From whatever values a signal came with; None if they name no question."""
        match given:
            case [{"approval_id": str(named), **said}] if _ID.fullmatch(named):
                try:
                    decision = Decision.model_validate(said)
                except ValidationError:
                    decision = None
                return cls(approval_id=ApprovalId(named), decision=decision)
            case _:
                return None


class Heard(Contract):
    """What became of it; `unknown`: it names no question of the process that it was sent to."""

    outcome: Literal["decided", "ignored", "unknown"]
    approval_id: ApprovalId | None = None


class Question(Contract):
    """What a process asks: evidence as sentences, the effect of either answer, and what happens without one.

    `amount` is the money it is about: from some amount on two people have to approve. `subject` is what of the order
    it is about, where that can be more than one thing.
    """

    kind: QuestionKind
    subject: str | None = None
    question: str
    evidence: list[str]
    facts: dict[str, JsonValue]
    on_expiry: Literal["approved", "rejected"]
    required_role: Role
    amount: Money | None = None


class Vote(Contract):
    """What one person said last about one version of the plan."""

    plan_version: int
    actor: Actor
    choice: Choice
    decided_at: AwareDatetime


class ApprovalView(Contract):
    """A question as people see it, without what they wrote freely."""

    id: ApprovalId
    kind: QuestionKind
    subject: str | None = None
    order_id: OrderId
    order_number: int
    question: str
    evidence: list[str]
    facts: dict[str, JsonValue]
    status: ApprovalStatus
    version: int
    plan_version: int = 1
    due_at: AwareDatetime
    on_expiry: str
    required_role: str
    escalated_at: AwareDatetime | None = None
    required_approvals: int
    votes: list[Vote] = Field(default_factory=list)
    requested_by: Actor
    requested_at: AwareDatetime
    decided_by: Actor | None
    decided_at: AwareDatetime | None
    allowed_actions: list[str]


class ApprovalDetail(ApprovalView):
    """One question in full; `note` is what came with the newest vote."""

    note: str | None


class ApprovalPage(Contract):
    items: list[ApprovalView]
    next_cursor: str | None


class Settlement(Contract):
    """`approved` is None while the question is still open; `escalates_at` is when it has to be looked at again."""

    status: ApprovalStatus
    approved: bool | None
    escalates_at: AwareDatetime | None = None
