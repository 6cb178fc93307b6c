"""An order that looks risky waits for a person, for three business days, and for nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.order_view import OrderView
from contracts.problems import Refused
from contracts.reasons import CancelReason
from contracts.states import ApprovalStatus, OrderStatus
from decisions.calendar import business_days_later
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.shop import order_body

NEVADA = {"city": "Reno", "region": "US-NV", "postal_code": "89501", "latitude": 39.53, "longitude": -119.81}


def risky() -> dict[str, Any]:
    """A first order, by express, from a disposable address, billed elsewhere: 60 points."""
    body = order_body(service_level="express")
    body["customer"]["email"] = "ada@mailinator.com"
    body["billing_address"] = {**body["shipping_address"], "city": "Albany", "region": "US-NY", "postal_code": "12207"}
    return body


async def held(business: Business) -> OrderView:
    order = await business.place(risky())
    return await business.until(order, lambda view: view.status.order is OrderStatus.ON_HOLD)


@both_ways
async def test_an_approved_order_goes_on(business: Business) -> None:
    business.everybody_is_prompt()
    order = await held(business)
    assert business.payments.calls["authorize"] == 0
    await business.decide(order, "approved")
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    story = happened(await business.show(order))
    assert story.index("approval.decided") < story.index("order.hold_released") < story.index("payment.authorized")
    await business.assert_nothing_is_left_open()


async def test_a_rejected_order_is_canceled_as_fraud_without_touching_the_card(business: Business) -> None:
    order = await held(business)
    await business.decide(order, "rejected")
    assert (await business.result(order)).reason is CancelReason.FRAUD
    canceled = await business.show(order)
    assert (canceled.status.order, canceled.cancel_reason) == (OrderStatus.CANCELED, CancelReason.FRAUD)
    assert (canceled.timeline[-1].reason_code, canceled.timeline[-1].facts) == ("fraud", {})
    assert business.payments.calls.total() == 0
    await business.assert_nothing_is_left_open()


@both_ways
async def test_nobody_answers_for_three_business_days_and_it_is_canceled(business: Business) -> None:
    order = await business.place(risky(), skipping=True)
    assert (await business.result(order)).reason is CancelReason.OTHER
    (question,) = await business.questions()
    canceled = await business.show(order)
    assert question.status is ApprovalStatus.EXPIRED
    assert question.due_at == business_days_later(question.requested_at, 3, "America/Chicago")
    closed = canceled.timeline[-1]
    assert (closed.type, closed.reason_code) == ("order.canceled", "other")
    assert closed.facts == {"note": "nobody decided in time whether the order may go on"}
    assert timedelta() <= closed.occurred_at - question.due_at < timedelta(minutes=1)


async def test_a_question_expires_by_the_clock_that_runs_now_not_by_the_one_it_was_asked_under(
    business: Business,
) -> None:
    order = await business.accept_order(risky())
    async with business.database.connection() as connection:
        await connection.execute("update business_clock set business_epoch = business_epoch - interval '20 days'")
    await business.relay()
    assert (await business.result(order)).reason is CancelReason.OTHER
    (question,) = await business.questions()
    closed = (await business.show(order)).timeline[-1]
    assert closed.occurred_at < order.placed_at
    assert timedelta() <= closed.occurred_at - question.due_at < timedelta(minutes=1)


async def test_a_cancel_while_held_takes_the_question_back(business: Business) -> None:
    order = await held(business)
    await business.cancel(order)
    assert (await business.result(order)).reason is CancelReason.CUSTOMER
    (question,) = await business.questions()
    assert question.status is ApprovalStatus.CANCELED
    story = happened(await business.show(order))
    assert story[-3:] == ["order.cancel_requested", "approval.canceled", "order.canceled"]
    await business.assert_nothing_is_left_open()


async def test_words_without_a_decision_decide_nothing(business: Business) -> None:
    order = await held(business)
    (question,) = await business.questions()
    process = business.process(order)
    await process.signal("decided", question.id)
    await business.until_step(process, "approvals.settle")
    await process.signal("decided", {"approved": True})  # does not even decode
    await process.signal("decided", "apr_of_nobody")
    await process.signal("commanded", "cmd_of_nobody")
    await business.until_step(process, "order.read_command")
    assert happened(await business.show(order)) == happened(order)
    assert [item.status for item in await business.questions()] == [ApprovalStatus.PENDING]
    await business.decide(order, "rejected")
    assert (await business.result(order)).reason is CancelReason.FRAUD


async def test_who_is_asked_about_an_order_that_changed_is_asked_anew(business: Business) -> None:
    order = await held(business)
    (before,) = await business.questions()
    await business.edit(order, **NEVADA)
    await business.cancel(order, lines={"1": 1})
    (after,) = await business.questions()
    assert (after.version, after.plan_version) == (before.version + 2, before.plan_version + 2)
    assert after.evidence[-2:] == ["It goes to another region than before.", "Some of its units are canceled."]
    with pytest.raises(Refused, match="version"):
        await business.decide_on(before, "approved")


async def rerouted(business: Business) -> OrderView:
    business.nodes.habits = ["accepted"]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await business.edit(order, line1="9 Mission Street")
    assert (await business.show(order)).holds == []
    await business.edit(order, **NEVADA)
    assert [hold.reason_code for hold in (await business.show(order)).holds] == ["high_risk_of_fraud"]
    return order


async def test_an_accepted_order_that_is_to_go_to_another_region_goes_on_if_somebody_says_so(
    business: Business,
) -> None:
    order = await rerouted(business)
    with pytest.raises(Refused, match="a question to be decided"):
        await business.release(order)
    business.everybody_is_prompt()
    await business.decide(order, "approved")
    assert (await business.result(order)).status is OrderStatus.COMPLETED


async def test_an_accepted_order_that_may_not_go_to_another_region_is_canceled(business: Business) -> None:
    order = await rerouted(business)
    (question,) = await business.questions(ApprovalStatus.PENDING)
    assert (question.kind, question.required_role) == ("reroute", "risk")
    await business.decide(order, "rejected")
    assert (await business.result(order)).reason is CancelReason.FRAUD
    await business.assert_nothing_is_left_open()


async def test_who_cancels_a_rerouted_order_takes_the_question_back(business: Business) -> None:
    order = await rerouted(business)
    await business.cancel(order)
    assert (await business.result(order)).reason is CancelReason.CUSTOMER
    await business.assert_nothing_is_left_open()
