"""The question of a message whose process is ended by hand and starts again: it is put once, and its answer counts."""

import pytest

from adapters.postgres import events
from adapters.postgres.outreach import PostgresOutreach
from contracts.actors import STEWARD
from contracts.events import Event, EventType
from contracts.messages import Draft, MessageStep
from contracts.policy import Policy, WordsPolicy
from contracts.states import ApprovalStatus
from contracts.words import Verdict, Violation
from decisions.briefs import brief_of
from decisions.composer import compose
from tests.order.business import Business

REJECTED = Verdict(violations=(Violation(code="emoji", field="body", words="?", advice="leave it out"),))


async def rejected_message(back_office: Business) -> MessageStep:
    order = await back_office.accept_order()
    confirmed = Event(type=EventType.ORDER_CONFIRMED, occurred_at=await back_office.now(), actor=STEWARD)
    async with back_office.database.transaction() as connection:
        await events.append(connection, order.id, confirmed)
        row = await connection.fetchrow("select * from messages where order_id = $1", order.id)
    assert row is not None
    step = MessageStep(**dict(row), order_number=order.number, policy_version=1, now=await back_office.now())
    await draft(back_office, step, 1, REJECTED)
    return step


async def draft(back_office: Business, step: MessageStep, attempt: int, verdict: Verdict) -> None:
    outreach = PostgresOutreach(back_office.database)
    occasion = await outreach.occasion(step)
    assert occasion is not None
    brief = brief_of(occasion)
    await outreach.record_draft(step, Draft(attempt, brief, compose(brief, 1), verdict), WordsPolicy())


async def answered(back_office: Business, status: str) -> None:
    async with back_office.database.connection() as connection:
        await connection.execute("update approvals set status = $1", status)


async def approved_and_heard(back_office: Business) -> None:
    async with back_office.database.connection() as connection:
        await connection.execute("update approvals set status = 'approved', applied_at = now()")


@pytest.mark.parametrize("status", ["pending", "changes_requested", "approved", "rejected", "expired"])
async def test_a_question_whose_answer_was_not_heard_is_not_put_again(back_office: Business, status: str) -> None:
    outreach, step = PostgresOutreach(back_office.database), await rejected_message(back_office)
    question = await outreach.ask(step, Policy())
    await answered(back_office, status)
    assert await outreach.ask(step, Policy()) == question
    assert len(await back_office.questions()) == 1


async def test_what_was_approved_and_passes_by_now_is_not_asked_about_again(back_office: Business) -> None:
    outreach, step = PostgresOutreach(back_office.database), await rejected_message(back_office)
    question = await outreach.ask(step, Policy())
    await approved_and_heard(back_office)
    await draft(back_office, step, 2, Verdict())
    assert await outreach.ask(step, Policy()) == question


async def test_what_is_rejected_again_is_asked_about_again(back_office: Business) -> None:
    outreach, step = PostgresOutreach(back_office.database), await rejected_message(back_office)
    question = await outreach.ask(step, Policy())
    await approved_and_heard(back_office)
    await draft(back_office, step, 2, REJECTED)
    again = await outreach.ask(step, Policy())
    assert again.approval_id != question.approval_id
    assert len(await back_office.questions(ApprovalStatus.PENDING)) == 1
