"""A payment provider's final no: to an authorization it is a decline, to a void there is nothing left to void."""

import pytest

from contracts.partners import PartnerRefused
from contracts.reasons import CancelReason
from contracts.states import OrderStatus, PaymentStatus
from tests.order.business import Business
from tests.order.taken import taken_thrice
from tests.order.test_payment_method import pay, waits_for_a_method
from tests.order.test_progress_steps import comes_back, planned, progress_of
from tests.order.test_steps import step_of, steps_of


def refuse(business: Business, call: str, status: int, code: str) -> None:
    business.payments.broken = {call: PartnerRefused("payments", status, code)}


@pytest.mark.parametrize("status", [409, 422])
async def test_an_authorization_that_is_refused_for_good_waits_for_another_method(
    business: Business, status: int
) -> None:
    business.everybody_is_prompt()
    refuse(business, "authorize", status, "invalid_payment_method")
    order = await business.place()
    waiting = await waits_for_a_method(business, order)
    assert waiting.status.payment is PaymentStatus.FAILED
    (failed,) = [entry for entry in waiting.timeline if entry.type == "payment.failed"]
    assert failed.facts["code"] == "invalid_payment_method"
    assert "pay" in waiting.allowed_actions
    business.payments.broken = {}
    await pay(business, order)
    assert (await business.result(order)).status is OrderStatus.COMPLETED


async def test_an_order_whose_authorization_was_refused_can_be_canceled(business: Business) -> None:
    refuse(business, "authorize", 422, "invalid_payment_method")
    order = await business.place()
    await waits_for_a_method(business, order)
    await business.cancel(order)
    result = await business.result(order)
    assert (result.status, result.reason) == (OrderStatus.CANCELED, CancelReason.CUSTOMER)


async def test_a_no_to_how_we_ask_is_no_decline(business: Business) -> None:
    refuse(business, "authorize", 401, "unknown_key")
    order = await business.place()
    await business.until_called(business.payments.calls, "authorize", times=2)
    assert (await business.show(order)).status.payment is PaymentStatus.PENDING


@pytest.mark.parametrize("status", [409, 422])
async def test_an_authorization_that_cannot_be_voided_any_more_has_lapsed(back_office: Business, status: int) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    await steps.authorize_payment(step)
    refuse(back_office, "void", status, "authorization_expired")
    await taken_thrice(lambda: steps.void_authorization(step))
    assert (await back_office.show(order)).status.payment is PaymentStatus.VOIDED
    async with back_office.database.connection() as connection:
        rows = await connection.fetch("select status from authorizations where order_id = $1", order.id)
    assert [row["status"] for row in rows] == ["lapsed"]


@pytest.mark.parametrize("status", [402, 409, 422])
async def test_what_cannot_be_voided_any_more_after_a_cancel_is_free_and_no_failure(
    back_office: Business, status: int
) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=1)
    steps = progress_of(back_office)
    await back_office.accept_cancel(order)
    await comes_back(back_office, consignment)
    await steps.cancel_units(step)
    refuse(back_office, "void", status, "authorization_expired")
    await taken_thrice(lambda: steps.settle(step))
    shown = await back_office.show(order)
    assert (shown.status.payment, shown.timeline[-1].facts["reason"]) == (PaymentStatus.VOIDED, "lapsed")
    async with back_office.database.connection() as connection:
        assert await connection.fetchval("select status from authorizations where order_id = $1", order.id) == "lapsed"
        free = "select released_minor = amount_minor from tenders where order_id = $1"
        assert await connection.fetchval(free, order.id)
