"""What left and does not arrive: lost, sent back, or silent for too long. It is sent again or refunded, and told."""

from datetime import timedelta

import pytest

from contracts.order_view import OrderView
from contracts.policy import Policy, Remedy, TransitPolicy
from contracts.states import FulfillmentStatus, OrderStatus, PaymentStatus, ShipmentStatus
from decisions.tracking import has_failed
from tests.order.business import Business
from tests.order.chronicle import steps_done
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.test_rejection import buckets
from tests.shop import MUG, RENO, TENT, basket


@pytest.mark.parametrize(
    ("parcel", "failed"),
    [
        (ShipmentStatus.LOST, True),
        (ShipmentStatus.RETURNED_TO_SENDER, True),
        (ShipmentStatus.EXPIRED, True),
        (ShipmentStatus.DELIVERED, False),
        (ShipmentStatus.EXCEPTION, False),
    ],
)
def test_a_parcel_failed_when_it_will_not_arrive(parcel: ShipmentStatus, *, failed: bool) -> None:
    assert has_failed(parcel) is failed


async def on_the_way(business: Business, *, skipping: bool = False, **policy: Remedy) -> OrderView:
    """Two mugs over 20.00 USD that left their node."""
    await business.policies.store(Policy(transit=TransitPolicy(**policy)))
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place(basket(MUG=2), skipping=skipping)
    await business.let_go_of(order, 1)
    await business.until_told(order, "payment.captured")
    return order


@both_ways
async def test_what_is_lost_is_sent_again_and_paid_for_once(business: Business) -> None:
    order = await on_the_way(business)
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.LOST)
    codes = await business.let_go_of(order, 2)
    await business.carrier_scans(codes, ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    completed = await business.show(order)
    assert [consignment.status for consignment in completed.consignments] == [
        FulfillmentStatus.INCOMPLETE,
        FulfillmentStatus.CLOSED,
    ]
    assert completed.timeline[-1].facts == {"delivered": {"1": 2}}
    assert (business.payments.captured_minor, business.payments.refunds) == (2_000, {})
    assert await buckets(business, RENO, MUG) == (96, 0, 2, 0, 2)


async def test_what_is_lost_and_not_sent_again_is_refunded(business: Business) -> None:
    order = await on_the_way(business, lost="refund")
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.LOST)
    assert (await business.result(order)).status is OrderStatus.CANCELED
    canceled = await business.show(order)
    assert (canceled.status.payment, canceled.payment.refunded) == (PaymentStatus.REFUNDED, order.total)
    assert canceled.cancel_reason == "other"
    assert await buckets(business, RENO, MUG) == (98, 0, 0, 0, 2)


async def test_what_came_back_to_its_sender_is_refunded_and_looked_at_before_it_is_sold_again(
    business: Business,
) -> None:
    order = await on_the_way(business)
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.RETURNED_TO_SENDER)
    assert (await business.result(order)).status is OrderStatus.CANCELED
    assert sum(refund.amount.amount_minor for refund in business.payments.refunds.values()) == 2_000
    assert await buckets(business, RENO, MUG) == (98, 0, 0, 2, 0)


async def test_what_nobody_scans_any_more_is_overdue_then_taken_for_lost(business: Business) -> None:
    order = await on_the_way(business, skipping=True, lost="refund")
    assert (await business.result(order)).status is OrderStatus.CANCELED
    story = happened(await business.show(order))
    assert [event for event in story if event in {"shipment.overdue", "shipment.lost", "fulfillment.incomplete"}] == [
        "shipment.overdue",
        "shipment.lost",
        "fulfillment.incomplete",
    ]
    (lost,) = [entry for entry in (await business.show(order)).timeline if entry.type == "shipment.lost"]
    assert lost.actor.id == "steward"
    waited = lost.occurred_at - order.placed_at
    assert TransitPolicy().patience + TransitPolicy().lost_after < waited < timedelta(days=12)


async def test_what_is_found_again_before_it_was_given_up_is_delivered(business: Business) -> None:
    order = await on_the_way(business)
    codes = await business.let_go_of(order, 1)
    await business.carrier_scans(codes, ShipmentStatus.EXCEPTION)
    await business.carrier_scans(codes, ShipmentStatus.ATTEMPT_FAILED)
    await business.shipment(order).signal("failed", "by hand")
    await business.until_step(business.shipment(order), "shipment.fail")
    await business.carrier_scans(codes, ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED


async def test_what_turns_up_after_it_was_sent_again_changes_nothing_but_its_own_story(business: Business) -> None:
    order = await on_the_way(business)
    first = await business.let_go_of(order, 1)
    await business.carrier_scans(first, ShipmentStatus.LOST)
    second = await business.let_go_of(order, 2)
    await business.carrier_scans(first, ShipmentStatus.DELIVERED)
    await business.carrier_scans(second, ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    story = happened(await business.show(order))
    assert (story.count("shipment.delivered"), story.count("order.completed")) == (2, 1)
    assert business.payments.captured_minor == 2_000


async def test_an_address_that_the_carrier_calls_wrong_holds_what_has_not_left(business: Business) -> None:
    order = await on_the_way(business)
    codes = await business.let_go_of(order, 1)
    await business.carrier_scans(codes, ShipmentStatus.EXCEPTION, reason="incorrect_address")
    shown = await business.show(order)
    assert [hold.reason_code for hold in shown.holds] == ["incorrect_address"]
    assert (shown.status.order, shown.waiting_on) == (OrderStatus.ON_HOLD, "release of the hold: incorrect_address")
    await business.carrier_scans(codes, ShipmentStatus.RETURNED_TO_SENDER)
    assert (await business.result(order)).status is OrderStatus.CANCELED
    ended = await business.show(order)
    assert (ended.holds, ended.payment.refunded, happened(ended)[-2]) == ([], order.total, "order.hold_released")


async def test_a_corrected_address_is_where_what_came_back_is_sent_again(business: Business) -> None:
    order = await on_the_way(business, returned="send_again")
    codes = await business.let_go_of(order, 1)
    await business.carrier_scans(codes, ShipmentStatus.EXCEPTION, reason="incorrect_address")
    await business.carrier_scans(codes, ShipmentStatus.RETURNED_TO_SENDER)
    await business.until_step(business.process(order), "order.close")
    assert len(business.nodes.asked) == 1
    await business.edit(order, line1="2 Market Street")
    await business.carrier_scans(await business.let_go_of(order, 2), ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert len(set(business.carriers.sent_to.values())) == 2


async def test_of_several_parcels_the_lost_one_is_sent_again_at_once_and_the_others_are_waited_for(
    business: Business,
) -> None:
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place(basket(TNT=7))
    codes = await business.let_go_of(order, 1)
    assert business.nodes.packed[f"{order.number}-1"] == [{TENT: 3}, {TENT: 3}, {TENT: 1}]
    await business.carrier_scans(codes[:1], ShipmentStatus.DELIVERED)
    await business.carrier_scans(codes[1:2], ShipmentStatus.LOST)
    await business.until_told(order, "fulfillment.incomplete")
    await business.relay()
    again = await business.let_go_of(order, 2)
    assert business.nodes.packed[f"{order.number}-2"] == [{TENT: 3}]
    await business.carrier_scans(codes[2:] + again, ShipmentStatus.DELIVERED)
    shown = await business.until(order, lambda view: all(not each.waiting_on for each in view.consignments))
    assert [each.status for each in shown.consignments] == [FulfillmentStatus.CLOSED] * 2


async def test_a_scan_that_moves_nothing_is_a_sign_of_life(business: Business) -> None:
    transit = TransitPolicy(patience=timedelta(seconds=1), lost_after=timedelta(seconds=3))
    await business.policies.store(Policy(transit=transit))
    business.carriers.estimate = timedelta()
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place(basket(MUG=1))
    codes = await business.let_go_of(order, 1)
    while "shipment.give_up" not in steps_done(await business.shipment(order).fetch_history()):
        await business.carrier_scans(codes, ShipmentStatus.IN_TRANSIT)
    assert "shipment.lost" not in happened(await business.show(order))


async def test_what_was_made_up_for_is_not_among_what_an_order_shows_of_itself(business: Business) -> None:
    order = await on_the_way(business)
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.LOST)
    await business.carrier_scans(await business.let_go_of(order, 2), ShipmentStatus.DELIVERED)
    await business.result(order)
    status = (await business.show(order)).status
    assert (status.fulfillment, status.shipment) == (FulfillmentStatus.CLOSED, ShipmentStatus.DELIVERED)


async def test_a_loss_that_is_refunded_is_no_reason_on_an_order_that_is_delivered_otherwise(
    business: Business,
) -> None:
    await business.policies.store(Policy(transit=TransitPolicy(lost="refund")))
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place(basket(LMP=1, TNT=1))
    await business.until(order, lambda view: view.payment.captured == order.total)  # what is lost before is released
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.LOST)
    await business.until_told(order, "payment.refunded")
    assert (await business.show(order)).cancel_reason is None
    await business.carrier_scans(await business.let_go_of(order, 2), ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert (await business.show(order)).cancel_reason is None
