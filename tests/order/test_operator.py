"""An operator cancels the workflow in the engine: a command like any other, and it breaks off no step."""

import pytest

from contracts.reasons import CancelReason
from contracts.states import OrderStatus, ShipmentStatus
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.test_review import held
from tests.shop import STOCK


async def test_a_held_order_is_canceled_and_its_question_taken_back(business: Business) -> None:
    order = await held(business)
    await business.process(order).cancel()
    assert (await business.result(order)).reason is CancelReason.STAFF
    canceled = await business.show(order)
    assert (canceled.status.order, canceled.cancel_reason) == (OrderStatus.CANCELED, CancelReason.STAFF)
    asked = next(entry for entry in canceled.timeline if entry.type == "order.cancel_requested")
    assert (asked.actor.type, asked.actor.id) == ("user", "operator:unverified")
    await business.assert_nothing_is_left_open()


@both_ways
@pytest.mark.parametrize(("partner", "call"), [("payments", "authorize"), ("carriers", "services")])
async def test_before_the_plan_what_was_done_is_undone(business: Business, partner: str, call: str) -> None:
    away = getattr(business, partner)
    away.away = {call}
    order = await business.place()
    await business.until_called(away.calls, call, times=2)
    await business.process(order).cancel()
    away.away = set()
    assert (await business.result(order)).reason is CancelReason.STAFF
    assert (await business.show(order)).status.order is OrderStatus.CANCELED
    assert len(business.payments.voids) == 1
    assert await business.stock() == {(row.node_id, row.sku): (row.quantity, 0, 0) for row in STOCK}
    await business.assert_nothing_is_left_open()


@both_ways
async def test_between_plan_and_hand_over_the_consignments_are_recalled(business: Business) -> None:
    business.nodes.habits = ["accepted"]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await business.process(order).cancel()
    await business.until_told(order, "order.cancel_requested")
    await business.relay()
    assert (await business.result(order)).reason is CancelReason.STAFF
    assert (await business.shipment(order).result()).outcome == "recalled"
    assert len(business.carriers.voided) == 1
    await business.assert_nothing_is_left_open()


async def test_while_it_is_recalled_already_the_recall_goes_on(business: Business) -> None:
    business.nodes.habits = ["accepted"]
    business.nodes.away = {"withdraw"}
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await business.cancel(order)
    await business.until_called(business.nodes.calls, "withdraw")
    await business.process(order).cancel()
    business.nodes.away = set()
    assert (await business.result(order)).reason is CancelReason.CUSTOMER
    await business.assert_nothing_is_left_open()


@both_ways
async def test_after_the_hand_over_it_is_refused_and_the_order_goes_on(business: Business) -> None:
    business.nodes.habits = ["accepted", "packed"]
    business.payments.away = {"capture"}
    order = await business.place()
    await business.until_called(business.payments.calls, "capture")
    await business.process(order).cancel()
    business.payments.away = set()
    await business.until_step(business.process(order), "order.request_cancel")
    await business.carrier_scans(business.nodes.collected, ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert "order.cancel_requested" not in happened(await business.show(order))
    assert business.payments.captured_minor == order.total.amount_minor
    await business.assert_nothing_is_left_open()


async def test_a_consignment_alone_cannot_be_canceled(business: Business) -> None:
    business.nodes.habits = ["accepted"]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await business.shipment(order).cancel()
    business.carriers.habits = [ShipmentStatus.DELIVERED]
    await business.node_tells(business.consignment(order), "packed")
    assert (await business.result(order)).status is OrderStatus.COMPLETED
