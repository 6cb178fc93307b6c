"""What a provider refuses is a question to a person, and what they decide is done; only then does the order end."""

from datetime import timedelta
from typing import Literal

import pytest

from adapters.postgres.settlement import PostgresSettlement
from contracts.approvals import ApprovalView
from contracts.order_state import Due
from contracts.order_view import OrderView, TimelineEntry
from contracts.partners import PartnerRefused
from contracts.policy import Capabilities, PaymentPolicy, Policy
from contracts.states import ApprovalStatus, OrderStatus, PaymentStatus, ShipmentStatus
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.taken import taken_thrice
from tests.order.test_hard_corners import give_up_lines
from tests.order.test_payment_gift_cards import newest_step
from tests.order.test_progress_steps import leaves, planned, progress_of
from tests.shop import basket

LOST_CARD = PartnerRefused("payments", 402, "lost_card")


async def not_captured(business: Business, **units: int) -> OrderView:
    """Delivered, at 10.00 USD a unit, and the provider refuses to capture it: a person is asked."""
    business.everybody_is_prompt()
    business.payments.broken = {"capture": LOST_CARD}
    order = await business.place(basket(**units))
    return await business.until(
        order,
        lambda view: view.status.shipment is ShipmentStatus.DELIVERED and "approval.requested" in happened(view),
    )


async def asked(business: Business) -> ApprovalView:
    (question,) = await business.questions(ApprovalStatus.PENDING)
    return question


def told(order: OrderView, event: str) -> list[TimelineEntry]:
    return [entry for entry in order.timeline if entry.type == event]


@both_ways
async def test_a_refused_capture_that_is_asked_for_again_is_captured_and_the_order_ends(business: Business) -> None:
    order = await not_captured(business, MUG=2)
    assert (order.status.order, order.status.payment) == (OrderStatus.PROCESSING, PaymentStatus.FAILED)
    question = await asked(business)
    assert (question.kind, question.required_role, question.on_expiry) == ("refused_capture", "payments", "rejected")
    assert question.question.startswith(
        f"The provider refuses to capture 20.00 USD of order {order.number} (lost_card)"
    )
    business.payments.broken = {}
    await business.decide(order, "approved")
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    shown = await business.show(order)
    assert (shown.status.payment, shown.payment.captured) == (PaymentStatus.CAPTURED, order.total)
    assert list(business.payments.captures) == [f"order/{order.number}:capture:t1:2"]


async def test_a_refused_capture_that_is_given_up_is_not_charged_and_is_asked_about_no_more(business: Business) -> None:
    order = await not_captured(business, MUG=2)
    await business.decide(order, "rejected")
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    shown = await business.show(order)
    (given_up,) = told(shown, "payment.given_up")
    assert (given_up.facts["code"], given_up.actor.id) == ("lost_card", "ana")
    assert (shown.status.payment, shown.payment.captured.amount_minor) == (PaymentStatus.FAILED, 0)
    assert await business.questions(ApprovalStatus.PENDING) == []


async def test_a_capture_that_nobody_decides_about_is_given_up(business: Business) -> None:
    business.everybody_is_prompt()
    business.payments.broken = {"capture": LOST_CARD}
    order = await business.place(basket(MUG=1), skipping=True)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    (given_up,) = told(await business.show(order), "payment.given_up")
    assert given_up.actor.type == "system"


async def test_a_capture_that_is_refused_again_is_asked_about_again(business: Business) -> None:
    order = await not_captured(business, MUG=1)
    await business.decide(order, "approved")
    await business.until(order, lambda view: happened(view).count("approval.requested") == 2)
    business.payments.broken = {}
    await business.decide(order, "approved")
    await business.result(order)
    assert (await business.show(order)).status.payment is PaymentStatus.CAPTURED
    assert list(business.payments.captures) == [f"order/{order.number}:capture:t1:3"]


async def refused_refund(office: Business) -> tuple[OrderView, ApprovalView]:
    """Captured and canceled, and the provider will not give it back."""
    order, step, (consignment,) = await planned(office, MUG=1)
    steps = progress_of(office)
    await leaves(office, consignment)
    await steps.settle(step)
    await give_up_lines(office, consignment.fulfillment_id)
    await steps.cancel_units(step)
    office.payments.kept = {f"cap:order/{order.number}:capture:t1:1"}
    assert (await taken_thrice(lambda: steps.settle(step))).due is Due.WAIT
    return order, await asked(office)


async def test_a_refused_refund_that_is_asked_for_again_is_given_back_under_its_own_key(back_office: Business) -> None:
    order, question = await refused_refund(back_office)
    step, steps = await newest_step(back_office, order), progress_of(back_office)
    assert (question.kind, question.required_role, question.on_expiry) == ("refused_refund", "payments", "approved")
    assert (await back_office.show(order)).status.payment is PaymentStatus.FAILED
    back_office.payments.kept = set()
    await back_office.accept_decision(order, "approved")
    assert (await taken_thrice(lambda: steps.take_answers(step))).due is Due.SETTLE
    await taken_thrice(lambda: steps.settle(step))
    assert list(back_office.payments.refunds) == [f"order/{order.number}:refund:t1:3"]
    assert (await back_office.show(order)).status.payment is PaymentStatus.REFUNDED


async def test_a_refund_that_a_person_made_by_other_means_is_on_record_and_not_asked_for(
    back_office: Business,
) -> None:
    order, _ = await refused_refund(back_office)
    step, steps = await newest_step(back_office, order), progress_of(back_office)
    await back_office.accept_decision(order, "rejected")
    await taken_thrice(lambda: steps.take_answers(step))
    await steps.settle(step)
    shown = await back_office.show(order)
    (refunded,) = told(shown, "payment.refunded")
    assert (refunded.facts["by"], refunded.actor.id) == ("hand", "ana")
    assert (shown.status.payment, shown.payment.refunded.amount_minor) == (PaymentStatus.REFUNDED, 1_000)
    assert back_office.payments.refunds == {}


async def test_a_refund_that_nobody_decides_about_is_asked_for_again(back_office: Business) -> None:
    order, question = await refused_refund(back_office)
    step = (await newest_step(back_office, order)).model_copy(update={"now": question.due_at})
    await back_office.world.questions.carry_out(step)
    back_office.payments.kept = set()
    await progress_of(back_office).settle(step)
    assert len(back_office.payments.refunds) == 1


async def too_old(office: Business) -> tuple[OrderView, ApprovalView]:
    """What is to be given back was captured longer ago than the provider gives back."""
    able = {"card": Capabilities(refund_within=timedelta()), "gift_card": Capabilities(refund_within=None)}
    await office.policies.store(Policy(payment=PaymentPolicy(capabilities=able)))
    order, _, (consignment,) = await planned(office, MUG=1)
    step, steps = await newest_step(office, order), progress_of(office)
    await leaves(office, consignment)
    await steps.settle(step)
    await give_up_lines(office, consignment.fulfillment_id)
    await steps.cancel_units(step)
    await taken_thrice(lambda: steps.settle(step))
    return order, await asked(office)


async def test_what_the_provider_gives_back_no_more_is_paid_by_other_means_and_a_no_is_asked_again(
    back_office: Business,
) -> None:
    order, question = await too_old(back_office)
    step, steps = await newest_step(back_office, order), progress_of(back_office)
    assert ("other means" in question.question, question.on_expiry) == (True, "rejected")
    await back_office.accept_decision(order, "rejected")
    await taken_thrice(lambda: steps.take_answers(step))
    assert (await asked(back_office)).id != question.id
    await back_office.accept_decision(order, "approved")
    await taken_thrice(lambda: steps.take_answers(step))
    shown = await back_office.show(order)
    assert (shown.status.payment, back_office.payments.refunds) == (PaymentStatus.REFUNDED, {})


@pytest.mark.parametrize("ask_about", [(), ("refused_refund", "dispute")])
async def test_what_a_merchant_does_not_want_to_be_asked_about_stays_on_record(
    back_office: Business, ask_about: tuple[Literal["refused_refund", "dispute"], ...]
) -> None:
    await back_office.policies.store(Policy(payment=PaymentPolicy(ask_about=ask_about)))
    order, _, (consignment,) = await planned(back_office, MUG=1)
    step, steps = await newest_step(back_office, order), progress_of(back_office)
    await leaves(back_office, consignment)
    back_office.payments.broken = {"capture": LOST_CARD}
    await steps.settle(step)
    assert await back_office.questions() == []
    assert (await back_office.show(order)).status.payment is PaymentStatus.FAILED


async def test_a_move_that_was_done_after_all_is_asked_about_no_more(back_office: Business) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=1)
    await leaves(back_office, consignment)
    settlement = PostgresSettlement(back_office.database)
    await settlement.plan_captures(step, PaymentPolicy())
    move = await settlement.next_move(step)
    assert move is not None
    await settlement.record_refused_move(step, move, "lost_card")
    await settlement.record_move(step, move, "cap:1")
    assert await back_office.questions(ApprovalStatus.PENDING) == []
    assert (await back_office.show(order)).status.payment is PaymentStatus.CAPTURED
