"""What a person who decides is told: question, evidence, what happens on either answer; and who is to answer."""

from datetime import UTC, datetime

from contracts.approvals import Question
from contracts.claims import ClaimFacts
from contracts.money import Money
from contracts.policy import ApprovalPolicy, ClaimPolicy
from contracts.risk import RiskAssessment


def risk_question(order_number: int, total: Money, assessment: RiskAssessment) -> Question:
    return Question(
        kind="risk_review",
        question=f"Should order {order_number} over {total} go on? If not, it is canceled and nothing is charged.",
        evidence=[signal.sentence for signal in assessment.signals],
        facts={"points": assessment.points, "total": total.model_dump(mode="json")},
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


def required_approvals(amount: Money | None, policy: ApprovalPolicy) -> int:
    """How many people have to say yes."""
    return 2 if amount is not None and amount.amount_minor >= policy.two_approvers_from_minor else 1


def escalates_at(asked_at: datetime, due_at: datetime, policy: ApprovalPolicy) -> datetime | None:
    """When somebody else is to answer; None if it is due too soon for that."""
    moment = due_at - policy.escalate_before
    return moment if asked_at < moment < due_at else None
