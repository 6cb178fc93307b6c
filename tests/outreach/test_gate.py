"""The one gate: what leaves, what waits, what does not, and that a purchase and a message take turns."""

import asyncio
from typing import Any

import pytest

from activities.outreach import OutreachActivities
from adapters.postgres import events
from adapters.postgres.outreach import PostgresOutreach
from contracts.actors import STEWARD
from contracts.events import Event, EventType
from contracts.messages import Draft, Mail, MailNotTaken, MessageRef, MessageStep, Sending
from contracts.order_view import OrderView
from contracts.outreach import SuppressionReason
from contracts.partners import PartnerUnavailable
from contracts.policy import OutreachPolicy, WordsPolicy
from contracts.words import Verdict
from decisions.briefs import brief_of
from decisions.composer import compose
from tests.order.business import Business
from tests.order.taken import as_attempts
from tests.shop import basket

POLICY = OutreachPolicy()


async def a_message(back_office: Business, order: OrderView, *, kind: str = "service") -> MessageStep:
    """Written and passed, about an order that was just confirmed."""
    confirmed = Event(type=EventType.ORDER_CONFIRMED, occurred_at=await back_office.now(), actor=STEWARD)
    async with back_office.database.transaction() as connection:
        await events.append(connection, order.id, confirmed)
        row = await connection.fetchrow(
            "update messages set kind = $2 where message_id = (select message_id from messages where order_id = $1"
            " order by created_at desc, number desc limit 1) returning *",
            order.id,
            kind,
        )
    assert row is not None
    step = MessageStep(**dict(row), order_number=order.number, policy_version=1, now=await back_office.now())
    await write(back_office, step, attempt=1)
    return step


async def write(back_office: Business, step: MessageStep, attempt: int) -> None:
    outreach = PostgresOutreach(back_office.database)
    occasion = await outreach.occasion(step)
    assert occasion is not None
    brief = brief_of(occasion)
    await outreach.record_draft(step, Draft(attempt, brief, compose(brief, 1), Verdict()), WordsPolicy())


def regular(**changes: Any) -> dict[str, Any]:
    body = basket(MUG=1)
    body["customer"] |= {"external_ref": "regular", **changes}
    return body


async def test_what_may_leave_comes_with_its_mail_and_again_with_the_same(back_office: Business) -> None:
    outreach = PostgresOutreach(back_office.database)
    step = await a_message(back_office, await back_office.accept_order())
    first = await outreach.leave(step, POLICY)
    again = await outreach.leave(step, POLICY)
    assert first.outcome == again.outcome == "send"
    assert first.mail == again.mail
    assert isinstance(first.mail, Mail)
    assert (first.mail.to, first.mail.message_id) == ("ada@example.org", step.message_id)


async def test_what_was_sent_is_not_sent_again(back_office: Business) -> None:
    outreach = PostgresOutreach(back_office.database)
    step = await a_message(back_office, await back_office.accept_order())
    await outreach.leave(step, POLICY)
    await outreach.record_sent(step)
    await outreach.record_sent(step)
    assert (await outreach.leave(step, POLICY)).outcome == "sent"
    shown = await back_office.show(back_office.placed[0])
    assert [entry.type for entry in shown.timeline].count("message.sent") == 1


async def test_the_same_news_are_told_once(back_office: Business) -> None:
    outreach = PostgresOutreach(back_office.database)
    order = await back_office.accept_order()
    await outreach.leave(await a_message(back_office, order), POLICY)
    twice = await outreach.leave(await a_message(back_office, order), POLICY)
    assert twice.reason is SuppressionReason.DUPLICATE


async def test_other_facts_mean_other_words(back_office: Business) -> None:
    outreach = PostgresOutreach(back_office.database)
    step = await a_message(back_office, await back_office.accept_order())
    async with back_office.database.connection() as connection:
        await connection.execute("update products set name = 'Cup' where name = 'Mug'")
    assert (await outreach.leave(step, POLICY)).outcome == "rewrite"
    await write(back_office, step, attempt=2)
    assert (await outreach.leave(step, POLICY)).outcome == "send"


async def test_what_is_canceled_meanwhile_is_not_confirmed(back_office: Business) -> None:
    outreach = PostgresOutreach(back_office.database)
    order = await back_office.accept_order()
    step = await a_message(back_office, order)
    await back_office.accept_cancel(order)
    assert (await outreach.leave(step, POLICY)).reason is SuppressionReason.SUPERSEDED


@pytest.mark.parametrize("said", [None, False])
async def test_without_consent_no_marketing_leaves(back_office: Business, said: Any) -> None:
    order = await back_office.accept_order(regular(marketing_consent=said))
    step = await a_message(back_office, order, kind="marketing")
    leaving = await PostgresOutreach(back_office.database).leave(step, POLICY)
    assert leaving.reason is SuppressionReason.NO_CONSENT


async def test_the_newest_word_of_a_customer_counts(back_office: Business) -> None:
    await back_office.accept_order(regular(marketing_consent=True))
    await back_office.accept_order(regular(marketing_consent=False))
    order = await back_office.accept_order(regular())
    step = await a_message(back_office, order, kind="marketing")
    leaving = await PostgresOutreach(back_office.database).leave(step, POLICY)
    assert leaving.reason is SuppressionReason.NO_CONSENT


async def test_marketing_leaves_with_consent_and_not_after_the_purchase(back_office: Business) -> None:
    outreach = PostgresOutreach(back_office.database)
    order = await back_office.accept_order(regular(marketing_consent=True))
    step = await a_message(back_office, order, kind="marketing")
    assert (await outreach.leave(step, POLICY)).outcome == "send"
    late = await a_message(back_office, await back_office.accept_order(regular()), kind="marketing")
    await back_office.accept_order(regular())
    assert (await outreach.leave(late, POLICY)).reason is SuppressionReason.PURCHASED


async def test_marketing_whose_end_is_not_known_counts_as_sent(back_office: Business) -> None:
    """The mail server may have taken it before the worker was killed."""
    outreach = PostgresOutreach(back_office.database)
    order = await back_office.accept_order(regular(marketing_consent=True))
    step = await a_message(back_office, order, kind="marketing")
    assert (await outreach.leave(step, POLICY)).mail is not None
    again = await outreach.leave(step, POLICY)
    assert (again.outcome, again.mail) == ("sent", None)


async def test_a_message_that_meets_a_purchase_is_decided_after_it(back_office: Business) -> None:
    outreach = PostgresOutreach(back_office.database)
    order = await back_office.accept_order(regular(marketing_consent=True))
    step = await a_message(back_office, order, kind="marketing")
    async with asyncio.TaskGroup() as both, back_office.database.transaction() as lock:
        await lock.execute("select from customers for update")
        both.create_task(back_office.accept_order(regular()))
        await until_waiting(back_office, 1)
        leaving = both.create_task(outreach.leave(step, POLICY))
        await until_waiting(back_office, 2)
    assert leaving.result().reason is SuppressionReason.PURCHASED


async def until_waiting(back_office: Business, transactions: int) -> None:
    """Until so many transactions stand in line for the customer."""
    async with asyncio.timeout(10):
        while True:
            async with back_office.database.connection() as connection:
                waiting: int = await connection.fetchval(_WAITING)
            if waiting >= transactions:
                return
            await asyncio.sleep(0.02)


_WAITING = """
select count(distinct pid) from pg_locks join pg_stat_activity using (pid)
where not granted and datname = current_database()
"""


async def test_nothing_goes_to_an_address_that_bounced(back_office: Business) -> None:
    outreach = PostgresOutreach(back_office.database)
    order = await back_office.accept_order()
    step = await a_message(back_office, order)
    mail = (await outreach.leave(step, POLICY)).mail
    assert mail is not None
    await outreach.record_bounced(step, mail, 550)
    assert (await outreach.leave(step, POLICY)).outcome == "bounced"
    other = await a_message(back_office, await back_office.accept_order())
    assert (await outreach.leave(other, POLICY)).reason is SuppressionReason.HARD_BOUNCE


class TurnedAway:
    """A mail server that says not now so often, in one way or in the other, and then takes it."""

    def __init__(self, *answers: Exception) -> None:
        self._answers = list(answers)
        self.taken: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        if self._answers:
            raise self._answers.pop(0)
        self.taken.append(mail)


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ([MailNotTaken("mail")], 1),
        ([PartnerUnavailable("mail")], 0),
        ([MailNotTaken("mail"), PartnerUnavailable("mail"), MailNotTaken("mail")], 0),
    ],
)
async def test_marketing_that_was_surely_not_taken_is_sent_and_what_may_have_been_is_not_sent_again(
    back_office: Business, answers: list[Exception], taken: int
) -> None:
    order = await back_office.accept_order(regular(marketing_consent=True))
    step = await a_message(back_office, order, kind="marketing")
    server = TurnedAway(*answers)
    steps = as_attempts(steps_with(back_office, server))
    sending = await until_answered(steps, step)
    assert (sending.outcome, len(server.taken)) == ("sent", taken)


async def test_what_was_not_taken_and_is_over_by_then_is_not_on_record_as_sent(back_office: Business) -> None:
    order = await back_office.accept_order()
    step = await a_message(back_office, order)
    steps = as_attempts(steps_with(back_office, TurnedAway(MailNotTaken("mail"))))
    with pytest.raises(PartnerUnavailable):
        await steps.send(MessageRef(**dict(step)))
    await back_office.accept_cancel(order)
    assert (await steps.send(MessageRef(**dict(step)))).reason is SuppressionReason.SUPERSEDED


async def until_answered(steps: OutreachActivities, step: MessageStep) -> Sending:
    """As the engine does: a step that failed is taken again."""
    while True:
        try:
            return await steps.send(MessageRef(**dict(step)))
        except PartnerUnavailable:
            continue


def steps_with(back_office: Business, mailer: TurnedAway) -> OutreachActivities:
    return OutreachActivities(
        messages=PostgresOutreach(back_office.database),
        mailer=mailer,
        model=None,
        spending=back_office.world.spending,
        policies=back_office.policies,
        clock=back_office.clock,
    )


async def test_purchases_cancels_and_messages_of_one_customer_do_not_lock_each_other_out(back_office: Business) -> None:
    outreach = PostgresOutreach(back_office.database)
    orders = [await back_office.accept_order(regular()) for _ in range(4)]
    steps = [await a_message(back_office, order) for order in orders]
    mail = (await outreach.leave(steps[0], POLICY)).mail
    assert mail is not None
    async with asyncio.timeout(30), asyncio.TaskGroup() as rush:
        for _ in range(2):
            for order, step in zip(orders, steps, strict=True):
                rush.create_task(outreach.leave(step, POLICY))
                rush.create_task(back_office.accept_order(regular()))
                rush.create_task(outreach.record_sent(step))
                rush.create_task(happen_again(back_office, order))
        rush.create_task(outreach.record_bounced(steps[0], mail, 550))
        for order in orders[2:]:
            rush.create_task(back_office.accept_cancel(order))
    async with back_office.database.connection() as connection:
        told = await connection.fetch(
            "select m.status, count(e.*) filter (where e.type = 'message.sent') as sent from messages m"
            " left join events e on e.subject = m.message_id where m.message_id = any($1) group by m.message_id",
            [step.message_id for step in steps],
        )
    assert {row["status"] for row in told} <= {"sent", "sending", "bounced", "suppressed"}
    assert all(row["sent"] == (row["status"] == "sent") for row in told)


async def happen_again(back_office: Business, order: OrderView) -> None:
    """Something that is told, in the order's own transaction."""
    confirmed = Event(type=EventType.ORDER_CONFIRMED, occurred_at=await back_office.now(), actor=STEWARD)
    async with back_office.database.transaction() as connection:
        await events.append(connection, order.id, confirmed)
