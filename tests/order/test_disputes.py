"""A customer's bank takes money back: a state, a question to a person, and never the same money back twice."""

from datetime import timedelta
from typing import Literal

import pytest

from contracts.approvals import ApprovalView
from contracts.disputes import DisputeStatus
from contracts.ids import OrderId
from contracts.money import Money
from contracts.order import OrderStep
from contracts.order_state import Due
from contracts.order_view import OrderView
from contracts.partners import PartnerRefused, PartnerUnavailable
from contracts.policy import PaymentPolicy, Policy
from contracts.refunds import Goodwill, PaidOrder, Refused
from contracts.states import ApprovalStatus, OrderStatus, PaymentStatus
from contracts.webhooks import (
    CaptureFailed,
    CaptureFailure,
    DisputeClosed,
    DisputeClosing,
    DisputeOpened,
    DisputeOpening,
)
from decisions.disputes import plan_loss
from decisions.refunds import plan_reversal
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.taken import taken_thrice
from tests.order.test_claims import delivered
from tests.order.test_hard_corners import give_up_lines
from tests.order.test_payment_gift_cards import newest_step
from tests.order.test_progress_steps import leaves, planned, progress_of
from tests.order.test_refused_moves import told

REF = "dp_1"


async def opened(business: Business, order: OrderView, amount_minor: int = 1_000, *, capture: int = 1) -> str:
    now = await business.now()
    key = f"order/{order.number}:capture:t1:{capture}"
    opening = DisputeOpening(
        authorization_ref="auth",
        key=key,
        amount=Money(amount_minor=amount_minor, currency="USD"),
        occurred_at=now,
        dispute_ref=REF,
        reason="fraudulent",
        respond_by=now + timedelta(days=7),
    )
    return await business.provider_tells(DisputeOpened(type="dispute.opened", timestamp=now, data=opening))


async def closed(business: Business, outcome: Literal["won", "lost"]) -> str:
    now = await business.now()
    closing = DisputeClosing(dispute_ref=REF, outcome=outcome, occurred_at=now)
    return await business.provider_tells(DisputeClosed(type="dispute.closed", timestamp=now, data=closing))


async def failed(business: Business, key: str) -> str:
    now = await business.now()
    failure = CaptureFailure(
        authorization_ref="auth",
        key=key,
        amount=Money(amount_minor=1_000, currency="USD"),
        code="insufficient_funds",
        occurred_at=now,
    )
    return await business.provider_tells(CaptureFailed(type="capture.failed", timestamp=now, data=failure))


async def pending(business: Business) -> list[ApprovalView]:
    return await business.questions(ApprovalStatus.PENDING)


# Late failures


@both_ways
async def test_a_capture_that_bounces_after_the_order_was_closed_is_asked_for_again(business: Business) -> None:
    order = await delivered(business, MUG=1)
    key = f"order/{order.number}:capture:t1:1"
    assert await failed(business, key) == "applied"
    shown = await business.show(order)
    assert (shown.status.order, shown.status.payment) == (OrderStatus.COMPLETED, PaymentStatus.FAILED)
    assert (shown.payment.captured.amount_minor, shown.waiting_on) == (0, "a person to decide: refused capture")
    assert [await failed(business, key), await failed(business, "order/1:capture:t1:1")] == ["stored", "unmatched"]
    await business.decide(order, "approved")
    shown = await business.until(order, lambda view: view.status.payment is PaymentStatus.CAPTURED)
    assert shown.payment.captured == order.total
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert sorted(business.payments.captures) == [key, f"order/{order.number}:capture:t1:2"]


async def test_of_a_capture_that_bounces_after_a_refund_what_was_given_back_is_told(back_office: Business) -> None:
    order, step = await owed(back_office)
    await progress_of(back_office).settle(step)
    assert await failed(back_office, f"order/{order.number}:capture:t1:1") == "applied"
    shown = await back_office.show(order)
    assert (shown.payment.captured.amount_minor, shown.payment.refunded.amount_minor) == (1_000, 1_000)
    (question,) = await pending(back_office)
    assert question.evidence == ["The goods have left.", "10.00 USD of it was given back already."]
    await back_office.accept_decision(order, "approved")
    await progress_of(back_office).take_answers(step)
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    shown = await back_office.show(order)
    assert (shown.payment.captured.amount_minor, shown.status.payment) == (2_000, PaymentStatus.PARTIALLY_REFUNDED)


async def test_a_capture_that_failed_before_it_was_on_record_is_never_on_record_as_done(back_office: Business) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=1)
    await leaves(back_office, consignment)
    back_office.payments.losing = {"capture"}
    with pytest.raises(PartnerUnavailable):
        await progress_of(back_office).settle(step)
    assert await failed(back_office, f"order/{order.number}:capture:t1:1") == "applied"
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    shown = await back_office.show(order)
    assert (shown.status.payment, shown.payment.captured.amount_minor) == (PaymentStatus.FAILED, 0)


# Disputes


@both_ways
async def test_a_dispute_of_a_closed_order_is_contested_and_won(business: Business) -> None:
    order = await delivered(business, MUG=1)
    assert await opened(business, order) == "applied"
    shown = await business.show(order)
    assert (shown.status.order, shown.status.payment) == (OrderStatus.COMPLETED, PaymentStatus.DISPUTED)
    (question,) = await pending(business)
    parcel = order.consignments[0].parcels[0]
    assert question.evidence[0].startswith(f"Swift says that {parcel.tracking_code} was delivered on ")
    assert question.evidence[1] == "0.00 USD of the 10.00 USD was given back already."
    assert (question.required_role, question.due_at < shown.payment.disputes[0].respond_by) == ("payments", True)
    await business.decide(order, "approved")
    await business.until_told(order, "payment.dispute_answered")
    assert list(business.payments.disputes.values()) == ["contest"]
    assert await closed(business, "won") == "applied"
    shown = await business.show(order)
    assert (shown.status.payment, shown.payment.disputes[0].status) == (PaymentStatus.CAPTURED, DisputeStatus.WON)
    assert (await business.result(order)).status is OrderStatus.COMPLETED


async def test_a_dispute_that_is_accepted_is_lost_and_on_record_as_given_back(business: Business) -> None:
    order = await delivered(business, MUG=2)
    await opened(business, order)
    await business.decide(order, "rejected")
    shown = await business.until_told(order, "payment.dispute_closed")
    assert (shown.status.payment, shown.payment.refunded.amount_minor) == (PaymentStatus.PARTIALLY_REFUNDED, 1_000)
    (given,) = told(shown, "payment.refunded")
    assert (given.facts["by"], given.facts["reason"]) == ("dispute", "dispute_lost")
    assert [await closed(business, "lost"), await closed(business, "won")] == ["stored", "stored"]
    assert (business.payments.refunds, list(business.payments.disputes.values())) == ({}, ["accept"])
    assert (await business.show(order)).payment.refunded.amount_minor == 1_000


async def test_a_dispute_that_nobody_decides_about_is_contested_since_it_was_delivered(business: Business) -> None:
    order = await delivered(business, MUG=1)
    now = await business.now()
    opening = DisputeOpening(
        authorization_ref="auth",
        key=f"order/{order.number}:capture:t1:1",
        amount=Money(amount_minor=1_000, currency="USD"),
        occurred_at=now,
        dispute_ref=REF,
        reason="fraudulent",
        respond_by=now + timedelta(days=7),
    )
    await business.provider_tells(DisputeOpened(type="dispute.opened", timestamp=now, data=opening), skipping=True)
    await business.until_told(order, "payment.dispute_answered")
    assert list(business.payments.disputes.values()) == ["contest"]


async def owed(office: Business) -> tuple[OrderView, OrderStep]:
    """Two captured for 20.00 USD at once, and 10.00 of it to be given back."""
    order, step, (consignment,) = await planned(office, MUG=2)
    await leaves(office, consignment)
    await progress_of(office).settle(step)
    await give_up_lines(office, consignment.fulfillment_id)
    await progress_of(office).cancel_units(step)
    return order, step


@pytest.mark.parametrize(("outcome", "asked"), [("won", 1), ("lost", 0)])
async def test_while_it_is_disputed_a_refund_is_held_back_and_money_goes_back_once(
    back_office: Business, outcome: Literal["won", "lost"], asked: int
) -> None:
    order, step = await owed(back_office)
    await opened(back_office, order)
    steps = progress_of(back_office)
    assert (await taken_thrice(lambda: steps.settle(step))).due is not Due.SETTLE
    assert back_office.payments.refunds == {}
    assert await closed(back_office, outcome) == "applied"
    await taken_thrice(lambda: steps.settle(step))
    shown = await back_office.show(order)
    assert (len(back_office.payments.refunds), shown.payment.refunded.amount_minor) == (asked, 1_000)
    assert shown.status.payment is PaymentStatus.PARTIALLY_REFUNDED
    assert await pending(back_office) == []


@pytest.mark.parametrize(("amount", "asked"), [(400, [600]), (1_600, [])])
async def test_a_loss_settles_what_was_owed_first_and_the_rest_is_goodwill(
    back_office: Business, amount: int, asked: list[int]
) -> None:
    order, step = await owed(back_office)
    await opened(back_office, order, amount)
    await closed(back_office, "lost")
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    assert [refund.amount.amount_minor for refund in back_office.payments.refunds.values()] == asked
    assert (await back_office.show(order)).payment.refunded.amount_minor == max(1_000, amount)


async def test_what_was_perhaps_asked_for_before_the_dispute_is_asked_to_its_end(back_office: Business) -> None:
    order, step = await owed(back_office)
    back_office.payments.losing = {"refund"}
    with pytest.raises(PartnerUnavailable):
        await progress_of(back_office).settle(step)
    await opened(back_office, order)
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    assert (await back_office.show(order)).payment.refunded.amount_minor == 1_000
    assert len(back_office.payments.refunds) == 1


async def test_a_refund_that_was_refused_for_the_dispute_is_settled_by_its_loss(back_office: Business) -> None:
    order, step = await owed(back_office)
    back_office.payments.kept = {f"cap:order/{order.number}:capture:t1:1"}
    await progress_of(back_office).settle(step)
    await opened(back_office, order)
    assert sorted(question.kind for question in await pending(back_office)) == ["dispute", "refused_refund"]
    await closed(back_office, "lost")
    assert await pending(back_office) == []
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    shown = await back_office.show(order)
    assert (back_office.payments.refunds, shown.payment.refunded.amount_minor) == ({}, 1_000)


async def test_an_answer_that_got_lost_is_given_again_under_its_key(back_office: Business) -> None:
    order, step = await owed(back_office)
    await opened(back_office, order)
    await back_office.accept_decision(order, "approved")
    await taken_thrice(lambda: progress_of(back_office).take_answers(step))
    back_office.payments.losing = {"answer_dispute"}
    with pytest.raises(PartnerUnavailable):
        await progress_of(back_office).settle(step)
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    assert back_office.payments.disputes == {f"order/{order.number}:dispute:{REF}:contest": "contest"}
    assert happened(await back_office.show(order)).count("payment.dispute_answered") == 1


async def test_an_answer_that_comes_too_late_waits_for_how_it_ends(back_office: Business) -> None:
    order, step = await owed(back_office)
    await opened(back_office, order)
    await back_office.accept_decision(order, "rejected")
    await progress_of(back_office).take_answers(step)
    back_office.payments.broken = {"answer_dispute": PartnerRefused("payments", 409, "dispute_closed")}
    assert (await taken_thrice(lambda: progress_of(back_office).settle(step))).due is not Due.SETTLE
    shown = await back_office.show(order)
    assert shown.status.payment is PaymentStatus.DISPUTED
    assert shown.timeline[-1].facts == {"answer": "accept", "refused": "dispute_closed"}


@pytest.mark.parametrize(("outcome", "refunded"), [("won", 0), ("lost", 1_000)])
async def test_one_that_is_told_closed_before_it_is_told_open_ends_the_same(
    business: Business, outcome: Literal["won", "lost"], refunded: int
) -> None:
    order = await delivered(business, MUG=1)
    assert [await closed(business, outcome), await closed(business, outcome)] == ["stored", "stored"]
    assert [await opened(business, order), await opened(business, order)] == ["applied", "stored"]
    shown = await business.show(order)
    expected = PaymentStatus.REFUNDED if refunded else PaymentStatus.CAPTURED
    assert (shown.status.payment, shown.payment.refunded.amount_minor) == (expected, refunded)
    assert (await pending(business), shown.payment.disputes[0].status) == ([], outcome)


async def test_a_dispute_of_a_capture_that_nobody_knows_changes_nothing(business: Business) -> None:
    order = await delivered(business, MUG=1)
    assert await opened(business, order, capture=7) == "unmatched"
    assert (await business.show(order)).status == order.status


async def test_one_that_is_closed_before_anybody_answered_is_asked_about_no_more(business: Business) -> None:
    order = await delivered(business, MUG=1)
    await opened(business, order)
    await closed(business, "won")
    assert await pending(business) == []
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert (await business.show(order)).status.payment is PaymentStatus.CAPTURED


async def test_a_merchant_may_not_want_to_be_asked_and_sees_the_state_all_the_same(back_office: Business) -> None:
    await back_office.policies.store(Policy(payment=PaymentPolicy(ask_about=("refused_capture",))))
    order, _, (consignment,) = await planned(back_office, MUG=1)
    step = await newest_step(back_office, order)
    await leaves(back_office, consignment)
    await progress_of(back_office).settle(step)
    await opened(back_office, order)
    assert await back_office.questions() == []
    assert (await back_office.show(order)).status.payment is PaymentStatus.DISPUTED


async def money_of(business: Business, order_id: OrderId) -> PaidOrder:
    async with business.database.connection() as connection:
        return PaidOrder.model_validate(
            await connection.fetchval("select money from orders where order_id = $1", order_id)
        )


async def test_a_loss_is_capped_at_what_is_held_of_that_card(back_office: Business) -> None:
    order, _ = await owed(back_office)
    money = await money_of(back_office, order.id)
    plan = plan_loss(money, "t1", 5_000)
    assert plan is not None
    assert (plan.refund_minor, plan.after.refundable_minor) == (1_000, 0)
    assert plan_loss(plan.after, "t1", 1) is None
    assert isinstance(plan_reversal(plan.after, Goodwill(amount_minor=1), "gift_card_last"), Refused)
