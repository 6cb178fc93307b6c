"""What a person who decides is told."""

from contracts.money import Money
from contracts.risk import RiskAssessment, RiskSignal
from decisions.briefing import risk_question

SIGNALS = [
    RiskSignal(code="velocity", points=30, sentence="Three orders today."),
    RiskSignal(code="disposable_email", points=25, sentence="A throw-away address."),
]


def test_a_risk_question_names_the_order_the_amount_the_evidence_and_the_effect_of_a_no() -> None:
    total = Money(amount_minor=60_000, currency="USD")
    question = risk_question(1001, total, RiskAssessment(signals=SIGNALS, points=55, hold=True))
    assert "order 1001" in question.question
    assert "600.00 USD" in question.question
    assert "canceled and nothing is charged" in question.question
    assert question.evidence == ["Three orders today.", "A throw-away address."]
    assert question.facts == {"points": 55, "total": {"amount_minor": 60_000, "currency": "USD"}}
    assert (question.kind, question.on_expiry, question.required_role) == ("risk_review", "rejected", "risk")
