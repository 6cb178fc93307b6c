"""A dispute that is lost while a refund is under way, or after it: the customer is paid once more by nobody."""

import pytest

from contracts.order import OrderStep
from contracts.order_view import OrderView
from contracts.partners import PartnerUnavailable
from contracts.states import PaymentStatus
from tests.order.business import Business
from tests.order.taken import taken_thrice
from tests.order.test_disputes import REF, closed, opened, owed, pending
from tests.order.test_hard_corners import give_up_lines
from tests.order.test_payment_gift_cards import newest_step
from tests.order.test_progress_steps import leaves, planned, progress_of


async def unbooked(business: Business) -> int:
    async with business.database.connection() as connection:
        amount: int = await connection.fetchval("select unbooked_minor from disputes where dispute_ref = $1", REF)
    return amount


async def under_way(office: Business) -> tuple[OrderView, OrderStep]:
    """A refund of 10.00 USD, of the 20.00 USD of its capture, was perhaps asked for."""
    order, step = await owed(office)
    office.payments.away = {"refund"}
    with pytest.raises(PartnerUnavailable):
        await progress_of(office).settle(step)
    office.payments.away = set()
    return order, step


@pytest.mark.parametrize(("amount_minor", "asked_about"), [(1_000, []), (400, ["refused_refund"])])
async def test_a_refund_that_is_refused_after_its_dispute_was_lost_was_given_by_the_bank(
    back_office: Business, amount_minor: int, asked_about: list[str]
) -> None:
    order, step = await under_way(back_office)
    await opened(back_office, order, amount_minor)
    await closed(back_office, "lost")
    assert await unbooked(back_office) == amount_minor
    back_office.payments.kept = {f"cap:order/{order.number}:capture:t1:1"}
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    assert [question.kind for question in await pending(back_office)] == asked_about
    shown = await back_office.show(order)
    assert (shown.payment.refunded.amount_minor, await unbooked(back_office)) == (amount_minor, 0)
    assert shown.status.payment is (PaymentStatus.FAILED if asked_about else PaymentStatus.PARTIALLY_REFUNDED)
    assert back_office.payments.refunds == {}


async def test_a_refund_that_is_made_after_its_dispute_was_lost_leaves_the_loss_to_be_booked(
    back_office: Business,
) -> None:
    order, step = await under_way(back_office)
    await opened(back_office, order)
    await closed(back_office, "lost")
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    shown = await back_office.show(order)
    assert (shown.status.payment, shown.payment.refunded.amount_minor) == (PaymentStatus.REFUNDED, 2_000)
    assert (len(back_office.payments.refunds), await unbooked(back_office)) == (1, 0)


async def test_what_is_lost_after_it_was_all_refunded_shows_and_is_paid_no_further(back_office: Business) -> None:
    order, _, (consignment,) = await planned(back_office, MUG=1)
    step = await newest_step(back_office, order)
    await leaves(back_office, consignment)
    await progress_of(back_office).settle(step)
    await give_up_lines(back_office, consignment.fulfillment_id)
    await progress_of(back_office).cancel_units(step)
    await progress_of(back_office).settle(step)
    await opened(back_office, order)
    await closed(back_office, "lost")
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    shown = await back_office.show(order)
    assert (shown.status.payment, shown.payment.refunded.amount_minor) == (PaymentStatus.REFUNDED, 1_000)
    assert (await pending(back_office), await unbooked(back_office)) == ([], 1_000)
