"""What a question is about, in words: its headline, the money at risk, and who may answer it."""

from typing import Final

from pydantic import JsonValue, ValidationError

from console.words import money
from contracts.approvals import COSTS_EITHER_WAY, ApprovalView
from contracts.base import Contract
from contracts.door import Principal
from contracts.money import Money
from contracts.states import ApprovalStatus

_AT_RISK: Final = ("total", "value", "amount")
_HEADLINES: Final = {
    "risk_review": "Order {number}{of} looks unusual: should it go on?",
    "reroute": "Order {number}{of} is to go to another region: should it go on?",
    "claim": "A parcel{of} of order {number} is said not to have come: should it be {done}?",
    "refused_capture": "A charge{of} for order {number} was refused: try again?",
    "refused_refund": "A refund{of} for order {number} did not go through: what now?",
    "dispute": "The bank disputes a charge{of} for order {number}: contest it?",
    "message": "No text about order {number} passed the check: write it again?",
}


def at_risk(question: ApprovalView) -> Money | None:
    """What the question says it is about; None if it names no amount."""
    return next((found for name in _AT_RISK if (found := _money(question.facts.get(name))) is not None), None)


def headline(question: ApprovalView) -> str:
    about = at_risk(question)
    of = f" of {money(about)}" if about else ""
    template = _HEADLINES.get(question.kind)
    if template is None:
        return question.question
    return template.format(number=question.order_number, of=of, done=remedy(question))


def needs(question: ApprovalView) -> str | None:
    """How many people it takes, where that is more than one."""
    if question.required_approvals < 2:  # noqa: PLR2004 - more than one person
        return None
    either = question.kind in COSTS_EITHER_WAY
    return f"{question.required_approvals} people have to {'give the same answer' if either else 'approve'}."


def votes_so_far(question: ApprovalView) -> int:
    """Yeses on the plan as it is now."""
    return sum(vote.choice == "approved" and vote.plan_version == question.plan_version for vote in question.votes)


def has_approved(question: ApprovalView, person: Principal) -> bool:
    """Whether they have said yes to the plan as it is now: somebody else has to say it as well."""
    return any(
        (vote.actor, vote.choice, vote.plan_version) == (person.actor, "approved", question.plan_version)
        for vote in question.votes
    )


class Permission(Contract):
    """Whether somebody may decide, and if not, why and what to do."""

    granted: bool
    why: str = ""


def permission(question: ApprovalView, person: Principal) -> Permission:
    if not question.allowed_actions:
        return Permission(granted=False, why=over(question))
    if not person.decides(question.required_role):
        who = f"This is for somebody with the role “{question.required_role}” to decide."
        return Permission(granted=False, why=f"{who} You can read everything here, and tell them.")
    if question.requested_by == person.actor:
        return Permission(granted=False, why="You asked this yourself, so somebody else has to decide it.")
    return Permission(granted=True)


def over(question: ApprovalView) -> str:
    """Why nothing can be decided any more, in a sentence."""
    match question.status:
        case ApprovalStatus.PENDING:
            return "The time to answer is over. Steward does what was set for that, in a moment."
        case ApprovalStatus.APPROVED:
            return "This was approved."
        case ApprovalStatus.REJECTED:
            return "This was refused."
        case ApprovalStatus.CHANGES_REQUESTED:
            return "Changes were requested. Steward asks anew in a moment."
        case ApprovalStatus.EXPIRED:
            said = "approved" if question.on_expiry == ApprovalStatus.APPROVED else "refused"
            return f"Nobody answered in time, so it counts as {said}."
        case ApprovalStatus.CANCELED:
            return "This has settled itself: nobody has to decide it any more."


def remedy(question: ApprovalView) -> str:
    return "sent again" if question.facts.get("resolution") == "replacement" else "refunded"


def _money(value: JsonValue) -> Money | None:
    try:
        return Money.model_validate(value)
    except ValidationError:
        return None
