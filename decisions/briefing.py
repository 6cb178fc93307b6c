"""What a person who decides is told: the question, the evidence, and what happens on either answer."""

from contracts.approvals import Question
from contracts.money import Money
from contracts.risk import RiskAssessment


def risk_question(order_number: int, total: Money, assessment: RiskAssessment) -> Question:
    return Question(
        kind="risk_review",
        question=f"Should order {order_number} over {total} go on? If not, it is canceled and nothing is charged.",
        evidence=[signal.sentence for signal in assessment.signals],
        facts={"points": assessment.points, "total": total.model_dump(mode="json")},
        on_expiry="rejected",
        required_role="risk",
    )
