"""What a person who decides is told, how many have to agree, and when somebody else is asked."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.money import Money
from contracts.policy import ApprovalPolicy
from contracts.risk import RiskAssessment, RiskSignal
from decisions.briefing import escalates_at, required_approvals, risk_question

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
    assert question.amount == total


@pytest.mark.parametrize(("amount_minor", "people"), [(0, 1), (499_999, 1), (500_000, 2), (10**12, 2)])
def test_from_the_limit_on_two_people_have_to_approve(amount_minor: int, people: int) -> None:
    assert required_approvals(Money(amount_minor=amount_minor, currency="USD"), ApprovalPolicy()) == people


def test_a_question_about_no_money_is_for_one_person() -> None:
    assert required_approvals(None, ApprovalPolicy(two_approvers_from_minor=0)) == 1


ASKED = datetime(2026, 3, 2, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due_in", "before", "escalates_in"),
    [
        (timedelta(days=3), timedelta(days=1), timedelta(days=2)),
        (timedelta(days=1, seconds=1), timedelta(days=1), timedelta(seconds=1)),
        (timedelta(days=1), timedelta(days=1), None),
        (timedelta(hours=1), timedelta(days=1), None),
        (timedelta(days=3), timedelta(), None),
    ],
)
def test_a_question_is_escalated_some_time_before_it_is_due_unless_that_is_at_once(
    due_in: timedelta, before: timedelta, escalates_in: timedelta | None
) -> None:
    moment = escalates_at(ASKED, ASKED + due_in, ApprovalPolicy(escalate_before=before))
    assert moment == (escalates_in and ASKED + escalates_in)
