"""An order's process on the real tables and engine: the ways it can end, and what outside trouble does to it."""

from collections import Counter
from datetime import timedelta

import pytest

from bench.actions import billable_actions
from contracts.partners import PartnerRefused
from contracts.policy import TransitPolicy
from contracts.reasons import CancelReason
from contracts.states import OrderStatus, PaymentStatus, ShipmentStatus
from tests.order.business import Business
from tests.order.chronicle import timers
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.shop import LAMP, MUG, OAKLAND, RENO, STOCK, TENT, basket

FAST = 7_200  # two business hours a second


@both_ways
async def test_one_parcel_is_delivered_and_captured_once_at_the_hand_over(business: Business) -> None:
    order = await business.place()
    await business.until_told(order, "fulfillment.requested")
    assert (await business.stock())[RENO, MUG] == (98, 2, 0)
    await business.node_tells(business.consignment(order), "accepted")
    await business.until_told(order, "shipment.label_created")
    assert business.payments.captures == {}
    await business.node_tells(business.consignment(order), "packed")
    await business.until_told(order, "payment.captured")
    assert (await business.stock())[RENO, MUG] == (98, 0, 2)
    await business.carrier_scans(business.nodes.collected, ShipmentStatus.IN_TRANSIT)
    await business.carrier_scans(business.nodes.collected, ShipmentStatus.DELIVERED)

    assert (await business.result(order)).status is OrderStatus.COMPLETED
    delivered = await business.show(order)
    assert happened(delivered) == [
        "order.placed",
        "decision.recorded",
        "payment.authorized",
        "order.confirmed",
        "decision.recorded",
        "inventory.reserved",
        "fulfillment.created",
        "fulfillment.requested",
        "fulfillment.accepted",
        "shipment.label_created",
        "fulfillment.packed",
        "fulfillment.shipped",
        "payment.captured",
        "shipment.in_transit",
        "shipment.delivered",
        "order.completed",
    ]
    assert (delivered.waiting_on, delivered.payment.captured) == (None, order.total)
    assert business.payments.captured_minor == order.total.amount_minor
    await business.assert_nothing_is_left_open()


@both_ways
async def test_two_consignments_are_each_captured_when_they_leave_and_completed_with_the_last(
    business: Business,
) -> None:
    business.nodes.habits = ["accepted"]
    order = await business.place(basket(LMP=1, TNT=1))
    await business.until(order, lambda view: happened(view).count("shipment.label_created") == 2)
    first, second = business.consignment(order, 1), business.consignment(order, 2)
    assert {first.node_id, second.node_id} == {RENO, OAKLAND}

    await business.node_tells(first, "packed")
    await business.until_told(order, "payment.captured")
    await business.carrier_scans(await business.let_go(first), ShipmentStatus.DELIVERED)
    assert (await business.shipment(order, 1).result()).outcome == "delivered"
    half = await business.show(order)
    assert (half.status.order, half.status.payment) == (OrderStatus.PROCESSING, PaymentStatus.PARTIALLY_CAPTURED)
    assert half.payment.captured.amount_minor == 1_000

    await business.node_tells(second, "packed")
    await business.carrier_scans(await business.let_go(second), ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert [capture.amount.amount_minor for capture in business.payments.captures.values()] == [1_000, 1_000]
    completed = await business.show(order)
    assert completed.status.payment is PaymentStatus.CAPTURED
    assert completed.timeline[-1].facts == {"delivered": {"1": 1, "2": 1}}
    stock = await business.stock()
    assert (stock[RENO, LAMP], stock[OAKLAND, TENT]) == ((49, 0, 1), (9, 0, 1))
    await business.assert_nothing_is_left_open()


async def test_a_hand_over_that_is_only_said_captures_nothing(business: Business) -> None:
    order = await business.place()
    await business.until_told(order, "fulfillment.requested")
    await business.process(order).signal("handed_over", "by hand")
    await business.until_step(business.process(order), "order.settle")
    assert business.payments.calls["capture"] == 0
    business.carriers.habits = [ShipmentStatus.DELIVERED]
    await business.node_tells(business.consignment(order), "packed")
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert business.payments.captured_minor == order.total.amount_minor


async def test_a_capture_that_is_refused_is_on_record_and_the_parcels_go_on(business: Business) -> None:
    business.everybody_is_prompt()
    business.payments.broken = {"capture": PartnerRefused("payments", 409, "authorization_expired")}
    order = await business.place()
    await business.until_told(order, "approval.requested")
    await business.decide(order, "rejected")
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    completed = await business.show(order)
    assert (completed.status.payment, completed.payment.captured.amount_minor) == (PaymentStatus.FAILED, 0)
    (failed,) = [entry for entry in completed.timeline if entry.type == "payment.failed"]
    amount = order.total.model_dump(mode="json")
    assert failed.facts == {
        "attempted": "capture",
        "code": "authorization_expired",
        "tender_id": "t1",
        "amount": amount,
    }
    assert business.payments.calls["capture"] == 1
    assert (await business.stock())[RENO, MUG] == (98, 0, 2)


async def test_a_capture_that_was_asked_for_wrongly_is_asked_for_until_it_is_mended(business: Business) -> None:
    business.everybody_is_prompt()
    business.payments.broken = {"capture": PartnerRefused("payments", 401, "unauthorized")}
    order = await business.place()
    await business.until_called(business.payments.calls, "capture", times=2)
    waiting = await business.show(order)
    assert (waiting.status.payment, waiting.waiting_on) == (PaymentStatus.AUTHORIZED, "payment provider")
    business.payments.broken = {}
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert "payment.failed" not in happened(await business.show(order))
    assert business.payments.captured_minor == order.total.amount_minor


async def test_nothing_leaves_whose_authorization_lapses_before_it_can_be_captured(business: Business) -> None:
    business.payments.valid_for = TransitPolicy().time_to_capture - timedelta(minutes=1)
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place()
    await business.until_told(order, "order.cancel_requested")
    await business.relay()
    assert (await business.result(order)).reason is CancelReason.PAYMENT_DECLINED
    canceled = await business.show(order)
    assert (canceled.status.order, canceled.status.payment) == (OrderStatus.CANCELED, PaymentStatus.VOIDED)
    assert canceled.cancel_reason is CancelReason.PAYMENT_DECLINED
    assert business.nodes.let_go == {}
    assert business.nodes.withdrawn == {f"{order.number}-1"}
    assert (len(business.carriers.voided), len(business.payments.voids)) == (1, 1)
    assert await business.stock() == {(row.node_id, row.sku): (row.quantity, 0, 0) for row in STOCK}
    await business.assert_nothing_is_left_open()


@pytest.mark.parametrize(
    ("broken", "told"),
    [({}, "payment.captured"), ({"capture": PartnerRefused("payments", 402, "lost_card")}, "payment.failed")],
)
async def test_of_an_order_that_left_in_part_the_rest_stays_if_it_cannot_be_paid_for_any_more(
    business: Business, broken: dict[str, Exception], told: str
) -> None:
    business.nodes.habits = ["accepted"]
    business.carriers.habits = [ShipmentStatus.DELIVERED]
    business.payments.broken = broken
    order = await business.place(basket(LMP=1, TNT=1))
    await business.until(order, lambda view: happened(view).count("shipment.label_created") == 2)
    await business.node_tells(business.consignment(order, 1), "packed")
    await business.until_told(order, told)
    async with business.database.connection() as connection:
        await connection.execute("update tenders set expires_at = $2 where order_id = $1", order.id, order.placed_at)
    await business.node_tells(business.consignment(order, 2), "packed")
    await business.until_told(order, "order.cancel_requested")
    await business.relay()
    if broken:
        await business.decide(order, "rejected")
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert (await business.show(order)).timeline[-1].facts == {"delivered": {"1": 1}, "canceled": {"2": 1}}
    assert set(business.nodes.let_go) == {f"{order.number}-1"}


async def test_partners_that_answer_before_they_are_heard_out_do_no_harm(business: Business) -> None:
    business.everybody_is_prompt()
    orders = [await business.place() for _ in range(4)]
    assert {(await business.result(order)).status for order in orders} == {OrderStatus.COMPLETED}
    assert sorted(business.payments.captures) == sorted(f"order/{order.number}:capture:t1:1" for order in orders)
    await business.assert_nothing_is_left_open()


async def test_a_declined_card_cancels_the_order_and_takes_nothing(business: Business) -> None:
    business.payments.declines = "insufficient_funds"
    order = await business.place(skipping=True)
    assert (await business.result(order)).reason is CancelReason.PAYMENT_DECLINED
    canceled = await business.show(order)
    assert (canceled.status.order, canceled.status.payment) == (OrderStatus.CANCELED, PaymentStatus.FAILED)
    assert canceled.cancel_reason is CancelReason.PAYMENT_DECLINED
    assert "inventory.reserved" not in happened(canceled)
    assert (business.payments.captures, business.payments.voids) == ({}, {})
    await business.assert_nothing_is_left_open()


async def test_what_cannot_be_filled_completely_is_canceled_and_its_authorization_voided(business: Business) -> None:
    await business.nobody_waits_for_stock()
    order = await business.place(basket(MUG=1, TNT=11))
    assert (await business.result(order)).reason is CancelReason.INVENTORY
    canceled = await business.show(order)
    assert (canceled.cancel_reason, canceled.status.payment) == (CancelReason.INVENTORY, PaymentStatus.VOIDED)
    assert canceled.consignments == []
    assert len(business.payments.voids) == 1
    await business.assert_nothing_is_left_open()


async def test_a_payment_provider_that_is_away_is_waited_for_by_name(business: Business) -> None:
    business.everybody_is_prompt()
    business.payments.away = {"authorize"}
    order = await business.place()
    await business.until_called(business.payments.calls, "authorize", times=3)
    assert (await business.show(order)).waiting_on == "payment provider"
    business.payments.away = set()
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert len(business.payments.authorizations) == 1


async def test_answers_that_get_lost_after_the_work_leave_one_effect_each(business: Business) -> None:
    business.everybody_is_prompt()
    business.payments.losing = {"authorize", "capture"}
    business.carriers.losing = {"buy_label"}
    business.nodes.losing = {"request", "hand_over"}
    order = await business.place()
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert (business.payments.calls["authorize"], business.payments.calls["capture"]) == (2, 2)
    assert (len(business.payments.authorizations), len(business.payments.captures)) == (1, 1)
    story = happened(await business.show(order))
    assert len(business.carriers.labels) == story.count("shipment.label_created") == 1
    assert story.count("fulfillment.shipped") == story.count("payment.captured") == 1
    await business.assert_nothing_is_left_open()


@pytest.mark.parametrize("call", ["authorize", "capture"])
async def test_a_bug_in_a_step_undoes_nothing_and_a_fixed_step_goes_on(business: Business, call: str) -> None:
    business.everybody_is_prompt()
    business.payments.broken = {call: RuntimeError("a bug")}
    order = await business.place()
    await business.until_called(business.payments.calls, call, times=2)
    assert "order.canceled" not in happened(await business.show(order))
    assert business.payments.calls["find_authorization"] == 0  # with which every undoing begins
    business.payments.broken = {}
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert business.payments.captured_minor == order.total.amount_minor


async def test_under_a_fast_clock_a_timer_is_as_much_shorter_and_events_tell_business_time(business: Business) -> None:
    await business.clock.set_pace(FAST)
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place()
    view = await business.until_told(order, "payment.captured")
    await business.until(order, lambda view: view.waiting_until is not None)
    (shipped,) = [entry for entry in view.timeline if entry.type == "fulfillment.shipped"]
    assert view.waiting_until is not None
    (transit,) = timers(await business.shipment(order).fetch_history())
    left = view.waiting_until - shipped.occurred_at
    assert left > timedelta(days=2)
    assert transit == pytest.approx(left / FAST, abs=timedelta(seconds=1))
    await business.carrier_scans(business.nodes.collected, ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    story = (await business.show(order)).timeline
    assert [entry.occurred_at for entry in story] == sorted(entry.occurred_at for entry in story)
    assert story[-1].occurred_at - story[0].occurred_at > timedelta(minutes=1)


async def test_a_one_parcel_order_stays_within_thirty_billable_actions(business: Business) -> None:
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place()
    await business.until_told(order, "payment.captured")
    await business.carrier_scans(business.nodes.collected, ShipmentStatus.DELIVERED)
    await business.result(order)
    histories = [await process.fetch_history() for process in (business.process(order), business.shipment(order))]
    counted = sum((billable_actions(history.events) for history in histories), Counter[str]())
    assert (counted["activity attempt"], counted["timer"], counted["signal"]) == (9, 1, 4)
    assert counted.total() <= 30, counted
