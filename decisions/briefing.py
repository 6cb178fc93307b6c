"""What a person who decides is told: question, evidence, what happens on either answer; and who is to answer."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import JsonValue

from contracts.approvals import Question
from contracts.claims import ClaimFacts
from contracts.disputes import DisputeFacts
from contracts.ids import MessageId
from contracts.money import Money
from contracts.outreach import Purpose
from contracts.payments import RefusedMove
from contracts.policy import ApprovalPolicy, ClaimPolicy
from contracts.risk import RiskAssessment
from contracts.words import Violation


def risk_question(order_number: int, total: Money, assessment: RiskAssessment) -> Question:
    return Question(
        kind="risk_review",
        question=f"Should order {order_number} of {total} go on? If not, it is canceled and nothing is charged.",
        evidence=[signal.sentence for signal in assessment.signals],
        facts={"points": assessment.points, "total": total.model_dump(mode="json")},
        on_expiry="rejected",
        required_role="risk",
        amount=total,
    )


def reroute_question(order_number: int, total: Money) -> Question:
    return Question(
        kind="reroute",
        question=f"Should order {order_number} of {total} go on? If not, what has not left of it is canceled.",
        evidence=["It is to go to another region than the one that it was assessed for."],
        facts={"total": total.model_dump(mode="json")},
        on_expiry="rejected",
        required_role="risk",
        amount=total,
    )


def claim_question(facts: ClaimFacts, policy: ClaimPolicy) -> Question:
    done = "sent again" if facts.resolution == "replacement" else "refunded"
    delivered = f"{facts.delivered_at.astimezone(UTC):%Y-%m-%d at %H:%M} UTC"
    return Question(
        kind="claim",
        question=f"A parcel of order {facts.order_number} worth {facts.value} is said not to have come. "
        f"Should it be {done}? If not, nothing is done.",
        evidence=[
            f"{facts.carrier} says that {facts.tracking_code} was delivered on {delivered}.",
            f"The customer has placed {facts.earlier_orders} orders before this one.",
            f"The customer has claimed {facts.earlier_claims} parcels before this one.",
        ],
        facts={"value": facts.value.model_dump(mode="json"), "resolution": facts.resolution},
        on_expiry=policy.on_expiry,
        required_role="service",
        amount=facts.value,
    )


def refused_capture_question(move: RefusedMove) -> Question:
    what = "took back a capture of" if move.is_late else "refuses to capture"
    back = [f"{move.given_back} of it was given back already."] if move.given_back.amount_minor else []
    return Question(
        kind="refused_capture",
        question=f"The provider {what} {move.amount} of order {move.order_number} ({move.code}). "
        "Should it be asked again? If not, it is given up and nothing is charged for it.",
        evidence=["The goods have left.", *back],
        facts=_refusal_facts(move) | {"given_back": move.given_back.model_dump(mode="json")},
        on_expiry="rejected",
        required_role="payments",
        amount=move.amount,
    )


def refused_refund_question(move: RefusedMove) -> Question:
    """Whichever answer nobody gives: the customer's money stays owed."""
    refuses = f"The provider does not give back {move.amount} of order {move.order_number} ({move.code})."
    evidence, facts = ["The customer is owed it."], _refusal_facts(move)
    if move.is_doubtful:
        asked = (
            "If it was captured, pay it back by other means: is that done? If not, nothing is owed, and the note "
            "says why. Without an answer it is asked about again."
        )
        evidence = [
            f"{move.captured} was captured of that card.",
            f"{move.not_captured} was to be captured of it and was not: nothing of that is owed.",
        ]
        facts |= {name: getattr(move, name).model_dump(mode="json") for name in ("captured", "not_captured")}
    elif move.is_past_asking:
        asked = "Pay it back by other means: is that done? If not, it stays owed and is asked about again."
    else:
        asked = "Should it be asked again? If not, it was paid back by other means, and the note says how."
    return Question(
        kind="refused_refund",
        question=f"{refuses} {asked}",
        evidence=evidence,
        facts=facts,
        on_expiry="rejected" if move.is_past_asking else "approved",
        required_role="payments",
        amount=move.amount,
    )


def dispute_question(facts: DisputeFacts) -> Question:
    """Unanswered it is contested if something was delivered: that is what there is to show."""
    delivered = [
        f"{parcel.carrier} says that {parcel.tracking_code} was delivered on "
        f"{parcel.delivered_at.astimezone(UTC):%Y-%m-%d at %H:%M} UTC."
        for parcel in facts.delivered
    ]
    return Question(
        kind="dispute",
        question=f"The customer's bank disputes {facts.amount} of order {facts.order_number} ({facts.reason}). "
        "Should it be contested? If not, it is accepted and the customer keeps the money.",
        evidence=[
            *(delivered or ["Nothing of the order has been delivered."]),
            f"{facts.given_back} of the {facts.captured} was given back already.",
        ],
        facts={
            "amount": facts.amount.model_dump(mode="json"),
            "reason": facts.reason,
            "captured": facts.captured.model_dump(mode="json"),
            "given_back": facts.given_back.model_dump(mode="json"),
        },
        on_expiry="approved" if facts.delivered else "rejected",
        required_role="payments",
        amount=facts.amount,
    )


def message_question(
    order_number: int, purpose: Purpose, message_id: MessageId, violations: Sequence[Violation]
) -> Question:
    """What was written is not quoted: it names people. The evidence is what the writer was told."""
    told = purpose.replace("_", " ")
    return Question(
        kind="message",
        subject=message_id,
        question=f'Nothing that was written for the message "{told}" of order {order_number} may be sent. Should it'
        " be written again, with the facts as they are by then? If not, the customer is told nothing.",
        evidence=[violation.advice for violation in violations],
        facts={"purpose": purpose, "codes": [*sorted({violation.code for violation in violations})]},
        on_expiry="rejected",
        required_role="service",
    )


def _refusal_facts(move: RefusedMove) -> dict[str, JsonValue]:
    return {"amount": move.amount.model_dump(mode="json"), "code": move.code}


def required_approvals(amount: Money | None, policy: ApprovalPolicy) -> int:
    """How many people have to say yes; or no, where that costs money as well (`COSTS_EITHER_WAY`)."""
    return 2 if amount is not None and amount.amount_minor >= policy.two_approvers_from_minor else 1


def escalates_at(asked_at: datetime, due_at: datetime, policy: ApprovalPolicy) -> datetime | None:
    """When somebody else is to answer; None if it is due too soon for that."""
    moment = due_at - policy.escalate_before
    return moment if asked_at < moment < due_at else None
