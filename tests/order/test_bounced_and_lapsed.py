"""A capture that bounces is asked about, and cancels nothing of what has not left, though its authorization lapsed."""

from adapters.postgres.unpaid import is_unpaid
from contracts.policy import PaymentPolicy, Policy, TransitPolicy
from contracts.shipment import ShipmentStep
from tests.order.business import Business
from tests.order.test_disputes import failed
from tests.order.test_payment_gift_cards import newest_step
from tests.order.test_payment_renewal import SOON, lapses_in
from tests.order.test_progress_steps import leaves, planned, progress_of


async def test_what_was_captured_by_the_plan_is_paid_for_whatever_becomes_of_that_capture(
    back_office: Business,
) -> None:
    office = back_office
    await office.policies.store(Policy(payment=PaymentPolicy(capture="first_hand_over")))
    order, _, (first, second) = await planned(office, LMP=1, TNT=1)
    step = await newest_step(office, order)
    leaving = ShipmentStep(consignment=second, order_number=order.number, policy_version=1, now=step.now)

    async def unpaid() -> bool:
        async with office.database.transaction() as connection:
            return await is_unpaid(connection, leaving, TransitPolicy())

    await lapses_in(office, order, -SOON)
    assert await unpaid()
    await leaves(office, first)
    await progress_of(office).settle(step)
    assert not await unpaid()
    assert await failed(office, f"order/{order.number}:capture:t1:1") == "applied"
    assert not await unpaid()
