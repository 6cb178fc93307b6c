"""The steps of an order under way by themselves: each does what is due by the rows, once, however often it is taken."""

import pytest

from activities.progress import ProgressActivities
from contracts.fulfillment import Consignment
from contracts.order import OrderStep
from contracts.order_state import Due
from contracts.order_view import OrderView
from contracts.partners import PartnerRefused
from contracts.reasons import CancelReason
from contracts.states import OrderStatus, PaymentStatus
from tests.order.business import Business
from tests.order.onlooker import happened
from tests.order.taken import as_attempts, taken_thrice
from tests.order.test_steps import plan, step_of, steps_of
from tests.shop import MUG, RENO, TENT, basket


def progress_of(office: Business) -> ProgressActivities:
    world = office.world
    return as_attempts(
        ProgressActivities(
            progress=world.progress,
            questions=world.questions,
            settlement=world.settlement,
            additions=world.additions,
            disputes=world.disputes,
            payments=office.payments,
            policies=office.policies,
            clock=office.clock,
        )
    )


async def planned(office: Business, **units: int) -> tuple[OrderView, OrderStep, list[Consignment]]:
    """Authorized and planned, 10.00 USD a unit."""
    order = await office.accept_order(basket(**units))
    step = await step_of(office, order)
    await steps_of(office).authorize_payment(step)
    return order, step, (await plan(office, step)).consignments


async def leaves(office: Business, consignment: Consignment) -> None:
    async with office.database.connection() as connection:
        await connection.execute(
            "update fulfillments set handed_over_at = now() where fulfillment_id = $1", consignment.fulfillment_id
        )


async def comes_back(office: Business, consignment: Consignment) -> None:
    async with office.database.connection() as connection:
        await connection.execute(
            "update fulfillments set status = 'canceled' where fulfillment_id = $1", consignment.fulfillment_id
        )


async def test_each_consignment_is_captured_once_when_it_left(back_office: Business) -> None:
    order, step, (first, second) = await planned(back_office, LMP=1, TNT=2)
    steps = progress_of(back_office)
    assert (await steps.settle(step)).due is Due.WAIT
    assert back_office.payments.captures == {}
    await leaves(back_office, second)
    assert (await taken_thrice(lambda: steps.settle(step))).due is Due.WAIT
    half = await back_office.show(order)
    assert (half.status.payment, half.payment.captured.amount_minor) == (PaymentStatus.PARTIALLY_CAPTURED, 2_000)
    await leaves(back_office, first)
    await steps.settle(step)
    assert [capture.amount.amount_minor for capture in back_office.payments.captures.values()] == [2_000, 1_000]
    captured = await back_office.show(order)
    assert (captured.status.payment, captured.payment.captured) == (PaymentStatus.CAPTURED, order.total)
    assert happened(captured).count("payment.captured") == 2


@pytest.mark.parametrize("status", [402, 422])
async def test_a_refused_capture_is_recorded_once_and_stays_the_answer(back_office: Business, status: int) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=2)
    await leaves(back_office, consignment)
    back_office.payments.broken = {"capture": PartnerRefused("payments", status, "lost_card")}
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    back_office.payments.broken = {}
    await progress_of(back_office).settle(step)
    refused = await back_office.show(order)
    (failed,) = [entry for entry in refused.timeline if entry.type == "payment.failed"]
    assert (failed.facts["attempted"], failed.facts["code"]) == ("capture", "lost_card")
    assert (refused.status.payment, back_office.payments.captures) == (PaymentStatus.FAILED, {})


async def test_a_capture_that_was_asked_for_wrongly_records_nothing(back_office: Business) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=2)
    await leaves(back_office, consignment)
    for status in (401, 404):
        back_office.payments.broken = {"capture": PartnerRefused("payments", status, "not_found")}
        with pytest.raises(PartnerRefused):
            await progress_of(back_office).settle(step)
    back_office.payments.broken = {}
    await progress_of(back_office).settle(step)
    assert back_office.payments.captured_minor == order.total.amount_minor


async def test_an_answer_that_was_lost_is_not_a_second_capture(back_office: Business) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=2)
    await leaves(back_office, consignment)
    back_office.payments.losing = {"capture"}
    with pytest.raises(Exception, match="payments is not available"):
        await progress_of(back_office).settle(step)
    await progress_of(back_office).settle(step)
    assert back_office.payments.captured_minor == order.total.amount_minor


async def test_what_is_open_is_planned_once(back_office: Business) -> None:
    order, step, first = await planned(back_office, MUG=5)
    again = await taken_thrice(lambda: plan(back_office, step))
    assert (again.due, again.consignments) == (Due.WAIT, first)
    assert (await back_office.stock())[RENO, MUG] == (95, 5, 0)
    assert happened(await back_office.show(order)).count("inventory.reserved") == 1


async def test_what_comes_back_uncanceled_is_planned_again(back_office: Business) -> None:
    _, step, (consignment,) = await planned(back_office, MUG=5)
    await comes_back(back_office, consignment)
    assert (await progress_of(back_office).look(step)).due is Due.PLAN
    (anew,) = (await plan(back_office, step)).consignments
    assert (anew.number.endswith("-2"), anew.lines) == (True, consignment.lines)


async def test_an_order_that_cannot_be_filled_is_to_be_canceled_even_when_stock_arrives(back_office: Business) -> None:
    await back_office.nobody_waits_for_stock()
    order = await back_office.accept_order(basket(TNT=11))
    step = (await step_of(back_office, order)).model_copy(update={"policy_version": 2})
    assert (await taken_thrice(lambda: plan(back_office, step))).due is Due.CANCEL_UNITS
    async with back_office.database.connection() as connection:
        await connection.execute("update stock_balances set on_hand = on_hand + 90 where sku = $1", TENT)
    assert (await plan(back_office, step)).due is Due.CANCEL_UNITS
    asked = await back_office.show(order)
    assert happened(asked) == ["order.placed", "decision.recorded", "order.cancel_requested"]
    assert asked.cancel_reason is CancelReason.INVENTORY


async def test_units_are_canceled_once_and_their_money_is_never_taken(back_office: Business) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=3)
    steps = progress_of(back_office)
    await back_office.accept_cancel(order, lines={"1": 2})
    assert (await steps.look(step)).due is Due.WAIT  # for the consignment, which is asked back
    await comes_back(back_office, consignment)
    assert (await steps.look(step)).due is Due.CANCEL_UNITS
    assert (await taken_thrice(lambda: steps.cancel_units(step))).due is Due.PLAN
    fewer = await back_office.show(order)
    assert (fewer.lines[0].quantity, fewer.lines[0].canceled, fewer.lines[0].cancel_requested) == (3, 2, 0)
    (anew,) = (await plan(back_office, step)).consignments
    await leaves(back_office, anew)
    await steps.settle(step)
    assert back_office.payments.captured_minor == 1_000


async def test_units_that_were_captured_are_refunded_once_when_they_are_canceled(back_office: Business) -> None:
    order, step, (first, second) = await planned(back_office, LMP=1, TNT=1)
    steps = progress_of(back_office)
    await leaves(back_office, first)
    await leaves(back_office, second)
    await steps.settle(step)
    async with back_office.database.connection() as connection:
        await connection.execute(
            "update fulfillments set status = 'incomplete' where fulfillment_id = $1", second.fulfillment_id
        )
        await connection.execute("update order_lines set cancel_requested = 1 where line_id = '2'")
    assert (await steps.cancel_units(step)).due is Due.SETTLE
    back_office.payments.losing = {"refund"}
    with pytest.raises(Exception, match="payments is not available"):
        await steps.settle(step)
    await taken_thrice(lambda: steps.settle(step))
    assert [refund.amount.amount_minor for refund in back_office.payments.refunds.values()] == [1_000]
    refunded = await back_office.show(order)
    assert (refunded.status.payment, refunded.payment.refunded.amount_minor) == (
        PaymentStatus.PARTIALLY_REFUNDED,
        1_000,
    )


async def test_what_left_before_it_could_be_asked_back_is_told_as_too_late(back_office: Business) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=3)
    await back_office.accept_cancel(order)
    async with back_office.database.connection() as connection:
        await connection.execute("update fulfillments set request = 'cancel_rejected'")
    await leaves(back_office, consignment)
    assert (await taken_thrice(lambda: progress_of(back_office).cancel_units(step))).due is Due.CAPTURE
    goes_on = await back_office.show(order)
    assert (goes_on.status.order, goes_on.lines[0].cancel_requested) == (OrderStatus.PROCESSING, 0)
    assert goes_on.timeline[-1].facts == {"not_canceled": {"1": 3}}


async def test_an_operators_cancel_is_asked_for_once(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), progress_of(back_office)
    assert (await taken_thrice(lambda: steps.request_cancel(step))).reason is CancelReason.STAFF
    assert (await steps_of(back_office).read_command(step)).reason is CancelReason.STAFF
    asked = await back_office.show(order)
    assert happened(asked) == ["order.placed", "order.cancel_requested"]
    assert (asked.status.order, asked.waiting_on) == (
        OrderStatus.CANCEL_REQUESTED,
        "partners to undo what was done",
    )


async def test_an_order_is_closed_once_and_only_when_nothing_is_due(back_office: Business) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=2)
    steps = progress_of(back_office)
    await leaves(back_office, consignment)
    assert (await steps.close(step)).due is Due.CAPTURE
    await steps.settle(step)
    assert (await steps.close(step)).due is Due.WAIT
    async with back_office.database.connection() as connection:
        await connection.execute("update fulfillments set status = 'closed'")
    assert (await taken_thrice(lambda: steps.close(step))).status is OrderStatus.COMPLETED
    assert (await steps.request_cancel(step)).reason is None
    closed = await back_office.show(order)
    assert happened(closed).count("order.completed") == 1
    assert (closed.waiting_on, closed.allowed_actions) == (None, [])


async def test_an_order_of_which_nothing_is_left_is_closed_as_canceled(back_office: Business) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=2)
    steps = progress_of(back_office)
    await back_office.accept_cancel(order)
    await comes_back(back_office, consignment)
    assert (await steps.cancel_units(step)).due is Due.SETTLE
    assert (await steps.settle(step)).due is Due.CLOSE
    closed = await taken_thrice(lambda: steps.close(step))
    assert (closed.status, closed.reason) == (OrderStatus.CANCELED, CancelReason.CUSTOMER)
    assert back_office.payments.still_held == set()
