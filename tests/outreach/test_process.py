"""A message from the event that it tells of to the mailbox, through the engine, the gate and real rows."""

import asyncio
from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

import pytest

from adapters.postgres.message_views import messages_of
from contracts.ids import message_workflow_id
from contracts.messages import MessageResult
from contracts.order_view import OrderView
from contracts.outreach import MessageStatus, MessageView, Purpose
from contracts.policy import OutreachPolicy, Policy, WordsPolicy
from contracts.states import ApprovalStatus, ShipmentStatus
from contracts.words import Copy, Sentence, WrittenBy
from contracts.writers import Usage, WriterBusy, WriterGarbled, WriterRefused
from tests.order.business import Business
from tests.order.onlooker import PATIENCE, happened
from tests.order.test_review import risky
from tests.outreach.partners import ScriptedModel
from tests.shop import basket

LIE = Copy(
    sentences=(
        Sentence(field="subject", text="Your order is free of charge."),
        Sentence(field="body", text="We send you $500.00 back."),
    ),
    written_by=WrittenBy(writer="model", model="scripted", version="1"),
)
both_ways = pytest.mark.parametrize(
    "business",
    [pytest.param({}, id="cached"), pytest.param({"max_cached_workflows": 0}, id="replayed")],
    indirect=True,
)


def by_model(*script: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("business", [{"model": ScriptedModel(*script)}], indirect=True)


async def told(business: Business, order: OrderView, *purposes: Purpose) -> list[MessageView]:
    """The order's messages once these are over."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await deliver(business)
            messages = await messages_about(business, order)
            over = [each.purpose for each in messages if each.status not in _UNDER_WAY]
            if set(purposes) <= set(over):
                return messages
            await asyncio.sleep(0.05)


async def deliver(business: Business) -> None:
    """What is owed; its waits last as long as they last."""
    with business.temporal.with_time_skipping_disabled():
        await business.relay()


async def messages_about(business: Business, order: OrderView) -> list[MessageView]:
    async with business.database.connection() as connection:
        told_of, _ = await messages_of(connection, order.id)
    return told_of


_UNDER_WAY = {MessageStatus.OWED, MessageStatus.SENDING, MessageStatus.DEFERRED, MessageStatus.ASKED}


def subjects(business: Business) -> list[str]:
    return [mail.subject for mail in business.mail.taken]


async def result(business: Business, number: str) -> MessageResult:
    handle = business.temporal.client.get_workflow_handle(message_workflow_id(number), result_type=MessageResult)
    async with asyncio.timeout(PATIENCE):
        outcome: MessageResult = await handle.result()
    return outcome


@both_ways
async def test_a_customer_hears_that_it_is_confirmed_shipped_and_delivered_once_each(business: Business) -> None:
    business.everybody_is_prompt()
    order = await business.place(basket(MUG=2))
    await business.result(order)
    messages = await told(business, order, Purpose.ORDER_CONFIRMATION, Purpose.DELIVERED)
    sent = [each.purpose for each in messages if each.status is MessageStatus.SENT]
    assert Purpose.ORDER_CONFIRMATION in sent
    assert Purpose.DELIVERED in sent
    assert {mail.to for mail in business.mail.taken} == {"ada@example.org"}
    assert len({mail.message_id for mail in business.mail.taken}) == len(business.mail.taken) == len(sent)
    assert all(mail.written_by.writer == "composer" for mail in business.mail.taken)
    assert "message.sent" in happened(await business.show(order))


async def test_what_left_is_told_with_its_window_and_what_came_with_its_parcel(business: Business) -> None:
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place(basket(MUG=2))
    codes = await business.let_go_of(order, 1)
    await told(business, order, Purpose.SHIPPED)
    assert sorted(codes[0] in "".join(mail.paragraphs) for mail in business.mail.taken) == [False, True]
    await business.carrier_scans(codes, ShipmentStatus.DELIVERED)
    await told(business, order, Purpose.DELIVERED)
    assert len(business.mail.taken) == 3


async def test_a_held_order_is_told_of_neutrally_and_staff_get_its_summary(business: Business) -> None:
    order = await business.place(risky())
    await told(business, order, Purpose.ORDER_HELD)
    await business.until_told(order, "message.written")
    assert [mail.to for mail in business.mail.taken] == ["ada@mailinator.com"]
    assert "fraud" not in "".join(business.mail.taken[0].paragraphs).lower()
    async with business.database.connection() as connection:
        _, case = await messages_of(connection, order.id)
    assert case is not None
    assert case.written_by.writer == "composer"
    assert any("disposable" in sentence.text for sentence in case.sentences)
    await business.decide(order, "approved")


async def test_what_is_not_so_any_more_is_not_told(business: Business) -> None:
    order = await business.place(risky())
    await business.until_told(order, "approval.requested")
    await business.decide(order, "rejected")
    await business.result(order)
    messages = await told(business, order, Purpose.ORDER_HELD, Purpose.CANCELED)
    by_purpose = {each.purpose: each for each in messages}
    assert by_purpose[Purpose.ORDER_HELD].status is MessageStatus.SUPPRESSED
    assert by_purpose[Purpose.ORDER_HELD].reason == "superseded"
    assert by_purpose[Purpose.CANCELED].status is MessageStatus.SENT
    assert len(business.mail.taken) == 1


@by_model()
async def test_a_model_writes_where_there_is_one_and_its_words_are_labelled(business: Business) -> None:
    order = await business.place(basket(MUG=1))
    await told(business, order, Purpose.ORDER_CONFIRMATION)
    assert isinstance(business.model, ScriptedModel)
    assert business.model.asked == [None]
    assert len(business.mail.taken) == 1


@by_model(LIE)
async def test_a_lie_is_repaired_with_its_violations_named(business: Business) -> None:
    order = await business.place(basket(MUG=1))
    (message, *_) = await told(business, order, Purpose.ORDER_CONFIRMATION)
    assert isinstance(business.model, ScriptedModel)
    first, repair = business.model.asked
    assert first is None
    assert repair is not None
    assert repair.violations
    assert message.rejected_drafts == 1
    assert "500" not in "".join(business.mail.taken[0].paragraphs)


@by_model(LIE, LIE)
async def test_a_model_that_goes_on_lying_is_followed_by_the_composer(business: Business) -> None:
    order = await business.place(basket(MUG=1))
    (message, *_) = await told(business, order, Purpose.ORDER_CONFIRMATION)
    assert message.rejected_drafts == 2
    assert [mail.written_by.writer for mail in business.mail.taken] == ["composer"]
    outcome = await result(business, await number_of(business, order))
    assert (outcome.outcome, outcome.attempts) == ("sent", 3)


@by_model(WriterRefused(Usage(input_tokens=10)))
async def test_a_model_that_declines_is_followed_by_the_composer_at_once(business: Business) -> None:
    order = await business.place(basket(MUG=1))
    await told(business, order, Purpose.ORDER_CONFIRMATION)
    assert isinstance(business.model, ScriptedModel)
    assert len(business.model.asked) == 1
    assert [mail.written_by.writer for mail in business.mail.taken] == ["composer"]


@by_model(WriterGarbled(Usage(input_tokens=10)))
async def test_what_cannot_be_read_is_asked_for_again(business: Business) -> None:
    order = await business.place(basket(MUG=1))
    await told(business, order, Purpose.ORDER_CONFIRMATION)
    assert isinstance(business.model, ScriptedModel)
    assert business.model.asked == [None, None]


AWAY = [WriterBusy("overloaded", retry_after=timedelta(milliseconds=10), usage=Usage())] * 4


@by_model(*AWAY)
async def test_a_model_that_stays_away_is_waited_for_a_while_and_then_the_composer_writes(business: Business) -> None:
    order = await business.place(basket(MUG=1))
    await told(business, order, Purpose.ORDER_CONFIRMATION)
    assert isinstance(business.model, ScriptedModel)
    assert len(business.model.asked) == 4
    assert [mail.written_by.writer for mail in business.mail.taken] == ["composer"]


@by_model()
async def test_once_the_days_budget_is_spent_the_composer_writes(business: Business) -> None:
    await business.policies.store(Policy(words=WordsPolicy(daily_budget_micros=1)))
    order = await business.place(basket(MUG=1))
    await told(business, order, Purpose.ORDER_CONFIRMATION)
    assert isinstance(business.model, ScriptedModel)
    assert business.model.asked == []
    assert len(business.mail.taken) == 1


async def test_a_message_whose_process_was_ended_by_hand_is_told_all_the_same(business: Business) -> None:
    business.mail.away = 1_000
    order = await business.place(basket(MUG=1))
    await told_of(business, order, MessageStatus.SENDING)
    number = await number_of(business, order)
    await business.temporal.client.get_workflow_handle(message_workflow_id(number)).terminate()
    business.mail.away = 0
    async with asyncio.timeout(PATIENCE):
        while not business.mail.taken:
            await business.watch()
            await asyncio.sleep(0.1)
    await told(business, order, Purpose.ORDER_CONFIRMATION)
    assert len(business.mail.taken) == 1


async def test_a_mail_server_that_is_away_is_asked_again_and_takes_it_once(business: Business) -> None:
    business.mail.away = 2
    order = await business.place(basket(MUG=1))
    await told(business, order, Purpose.ORDER_CONFIRMATION)
    assert len(business.mail.taken) == 1


async def test_after_a_bounce_nothing_more_is_sent_to_that_address(business: Business) -> None:
    business.mail.unknown = {"ada@example.org"}
    business.everybody_is_prompt()
    order = await business.place(basket(MUG=1))
    await business.result(order)
    messages = await told(business, order, Purpose.ORDER_CONFIRMATION, Purpose.DELIVERED)
    outcomes = [(each.status, each.reason) for each in messages if each.reason != "superseded"]
    assert (MessageStatus.BOUNCED, None) in outcomes
    assert (MessageStatus.SUPPRESSED, "hard_bounce") in outcomes or outcomes.count((MessageStatus.BOUNCED, None)) > 1
    assert business.mail.taken == []


ALWAYS_NIGHT = OutreachPolicy(quiet_from=time(0), quiet_until=time(23, 59), quiet_kinds=("service",))


async def test_at_night_a_message_waits_and_the_timeline_says_until_when(business: Business) -> None:
    await business.policies.store(Policy(outreach=ALWAYS_NIGHT))
    order = await business.place(basket(MUG=1))
    (message, *_) = await told_of(business, order, MessageStatus.DEFERRED)
    assert message.deferred_until is not None
    assert "message.deferred" in happened(await business.show(order))
    assert business.mail.taken == []


async def test_in_the_morning_it_leaves(business: Business) -> None:
    await business.policies.store(Policy(outreach=ALWAYS_NIGHT))
    order = await business.place(basket(MUG=1))
    await business.until_told(order, "order.confirmed")
    await business.relay()
    (message, *_) = await told(business, order, Purpose.ORDER_CONFIRMATION)
    assert message.status is MessageStatus.SENT


@pytest.mark.parametrize("answer", ["approved", "rejected"])
async def test_what_nobody_may_send_is_put_to_a_person(business: Business, answer: str) -> None:
    """The name of a product is not for a service mail: neither a model nor the composer can say it."""
    await rename(business, "Mug \N{GRINNING FACE}")
    order = await business.place(basket(MUG=1))
    await told_of(business, order, MessageStatus.ASKED)
    (question,) = [each for each in await business.questions(ApprovalStatus.PENDING) if each.kind == "message"]
    assert question.required_role == "service"
    assert "Ada" not in question.model_dump_json()
    await rename(business, "Mug")
    await business.decide_on(question, "approved" if answer == "approved" else "rejected")
    (message, *_) = await told(business, order, Purpose.ORDER_CONFIRMATION)
    expected = (MessageStatus.SENT, None) if answer == "approved" else (MessageStatus.SUPPRESSED, "refused")
    assert (message.status, message.reason) == expected
    assert len(business.mail.taken) == (1 if answer == "approved" else 0)


async def rename(business: Business, name: str) -> None:
    async with business.database.connection() as connection:
        await connection.execute("update products set name = $1 where sku = 'MUG-01'", name)


async def number_of(business: Business, order: OrderView) -> str:
    async with business.database.connection() as connection:
        number: str = await connection.fetchval(
            "select number from messages where order_id = $1 order by created_at limit 1", order.id
        )
    return number


async def told_of(business: Business, order: OrderView, status: MessageStatus) -> Sequence[MessageView]:
    """Its messages of that status, once there are some."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await deliver(business)
            messages = [each for each in await messages_about(business, order) if each.status is status]
            if messages:
                return messages
            await asyncio.sleep(0.05)
