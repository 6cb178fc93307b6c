"""Refunds of what was perhaps never captured: they follow their captures, and what may be owed is never dropped."""

from typing import Literal

import pytest

from contracts.order import OrderStep
from contracts.order_state import Due
from contracts.order_view import OrderView
from contracts.policy import PaymentPolicy, Policy
from contracts.states import ApprovalStatus, PaymentStatus
from tests.order.business import Business
from tests.order.taken import taken_thrice
from tests.order.test_hard_corners import give_up_lines
from tests.order.test_payment_gift_cards import newest_step
from tests.order.test_progress_steps import leaves, planned, progress_of
from tests.order.test_refused_moves import LOST_CARD, asked


async def comes_back(office: Business, step: OrderStep, fulfillment_id: str) -> None:
    await give_up_lines(office, fulfillment_id)
    await progress_of(office).cancel_units(step)
    await taken_thrice(lambda: progress_of(office).settle(step))


async def one_of_two(office: Business, comes: Literal["captured", "refused"]) -> tuple[OrderView, OrderStep]:
    """10.00 USD of one parcel was captured, 10.00 USD of another one refused; and one of them comes back."""
    order, _, (first, second) = await planned(office, LMP=1, TNT=1)
    step, steps = await newest_step(office, order), progress_of(office)
    await leaves(office, first)
    await steps.settle(step)
    office.payments.broken = {"capture": LOST_CARD}
    await leaves(office, second)
    await steps.settle(step)
    office.payments.broken = {}
    await comes_back(office, step, (first if comes == "captured" else second).fulfillment_id)
    return order, step


async def give_up_capture(office: Business, order: OrderView, step: OrderStep) -> None:
    assert (await asked(office)).kind == "refused_capture"
    await office.accept_decision(order, "rejected")
    await taken_thrice(lambda: progress_of(office).take_answers(step))


@pytest.mark.parametrize("comes", ["captured", "refused"])
async def test_a_refund_of_what_was_not_captured_is_made_once_it_was(
    back_office: Business, comes: Literal["captured", "refused"]
) -> None:
    order, step = await one_of_two(back_office, comes)
    assert (await asked(back_office)).kind == "refused_capture"
    await back_office.accept_decision(order, "approved")
    await taken_thrice(lambda: progress_of(back_office).take_answers(step))
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    assert [refund.amount.amount_minor for refund in back_office.payments.refunds.values()] == [1_000]
    shown = await back_office.show(order)
    assert (shown.payment.captured.amount_minor, shown.payment.refunded.amount_minor) == (2_000, 1_000)
    assert shown.status.payment is PaymentStatus.PARTIALLY_REFUNDED
    assert await back_office.questions(ApprovalStatus.PENDING) == []


@pytest.mark.parametrize("comes", ["captured", "refused"])
async def test_a_refund_is_not_dropped_with_a_capture_that_may_not_be_its_own(
    back_office: Business, comes: Literal["captured", "refused"]
) -> None:
    order, step = await one_of_two(back_office, comes)
    await give_up_capture(back_office, order, step)
    question = await asked(back_office)
    assert (question.kind, question.facts["code"]) == ("refused_refund", "not_captured")
    assert (await back_office.show(order)).status.payment is PaymentStatus.FAILED
    await back_office.accept_decision(order, "approved")
    await taken_thrice(lambda: progress_of(back_office).take_answers(step))
    assert (await back_office.show(order)).payment.refunded.amount_minor == 1_000


async def test_whoever_sees_what_was_captured_may_say_that_nothing_is_owed(back_office: Business) -> None:
    order, step = await one_of_two(back_office, "refused")
    await give_up_capture(back_office, order, step)
    question = await asked(back_office)
    assert [sentence.partition(" was")[0] for sentence in question.evidence] == ["10.00 USD", "10.00 USD"]
    assert {"captured", "not_captured"} < set(question.facts)
    await back_office.accept_decision(order, "rejected")
    await taken_thrice(lambda: progress_of(back_office).take_answers(step))
    shown = await back_office.show(order)
    assert (shown.status.payment, shown.payment.refunded.amount_minor) == (PaymentStatus.CAPTURED, 0)
    last = shown.timeline[-1]
    assert (last.type, last.facts["attempted"], last.actor.id) == ("payment.given_up", "refund", "ana")
    assert await back_office.questions(ApprovalStatus.PENDING) == []


async def test_silence_does_not_say_that_nothing_is_owed(back_office: Business) -> None:
    order, step = await one_of_two(back_office, "refused")
    await give_up_capture(back_office, order, step)
    question = await asked(back_office)
    await back_office.world.questions.carry_out(step.model_copy(update={"now": question.due_at}))
    assert (await asked(back_office)).id != question.id
    assert (await back_office.show(order)).status.payment is PaymentStatus.FAILED


async def test_what_comes_back_after_its_only_capture_was_given_up_is_nobodys_question(back_office: Business) -> None:
    order, _, (consignment,) = await planned(back_office, MUG=1)
    step = await newest_step(back_office, order)
    back_office.payments.broken = {"capture": LOST_CARD}
    await leaves(back_office, consignment)
    await progress_of(back_office).settle(step)
    await give_up_capture(back_office, order, step)
    await comes_back(back_office, step, consignment.fulfillment_id)
    assert (await back_office.questions(ApprovalStatus.PENDING), back_office.payments.refunds) == ([], {})
    assert (await back_office.show(order)).waiting_on is None


async def test_nor_is_it_dropped_if_nobody_decides_about_that_capture(back_office: Business) -> None:
    _, step = await one_of_two(back_office, "captured")
    late = step.model_copy(update={"now": (await asked(back_office)).due_at})
    await back_office.world.questions.carry_out(late)
    assert (await asked(back_office)).kind == "refused_refund"


async def test_a_refund_of_a_tender_of_which_nothing_was_captured_is_over_with_its_capture(
    back_office: Business,
) -> None:
    order, _, (consignment,) = await planned(back_office, MUG=1)
    step = await newest_step(back_office, order)
    back_office.payments.broken = {"capture": LOST_CARD}
    await leaves(back_office, consignment)
    await progress_of(back_office).settle(step)
    await comes_back(back_office, step, consignment.fulfillment_id)
    await give_up_capture(back_office, order, step)
    assert (await back_office.questions(ApprovalStatus.PENDING), back_office.payments.refunds) == ([], {})
    assert (await progress_of(back_office).settle(step)).due is not Due.WAIT


@pytest.mark.parametrize(("comes", "kinds"), [("both", ["refused_refund"]), ("refused", [])])
async def test_a_refund_does_not_wait_for_a_capture_that_nobody_is_asked_about(
    back_office: Business, comes: str, kinds: list[str]
) -> None:
    office = back_office
    await office.policies.store(Policy(payment=PaymentPolicy(ask_about=("refused_refund", "dispute"))))
    if comes == "both":
        await one_of_two(office, "captured")
    else:
        order, _, (consignment,) = await planned(office, MUG=1)
        step = await newest_step(office, order)
        office.payments.broken = {"capture": LOST_CARD}
        await leaves(office, consignment)
        await progress_of(office).settle(step)
        await comes_back(office, step, consignment.fulfillment_id)
        assert (await office.show(order)).status.payment is PaymentStatus.FAILED
    assert [question.kind for question in await office.questions(ApprovalStatus.PENDING)] == kinds
