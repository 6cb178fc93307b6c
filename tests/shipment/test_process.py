"""One consignment's process: told of facts in any order, it believes only their rows."""

from datetime import timedelta

import pytest

from contracts.order_view import OrderView
from contracts.policy import Policy, TransitPolicy
from contracts.reasons import CancelReason
from contracts.states import OrderStatus, ShipmentStatus
from tests.order.business import Business
from tests.order.chronicle import steps_done
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.shop import basket


async def asked(business: Business) -> OrderView:
    """An order whose node was asked and has not answered."""
    order = await business.place()
    await business.until_called(business.nodes.calls, "request")
    await business.until_step(business.shipment(order), "shipment.ask_node")
    return order


async def delivered(business: Business, order: OrderView) -> None:
    """What is handed over is delivered, and with it the order ends."""
    await business.until_called(business.nodes.calls, "hand_over")
    await business.carrier_scans(business.nodes.collected, ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    await business.assert_nothing_is_left_open()


@both_ways
async def test_packed_before_accepted_is_accepted_too(business: Business) -> None:
    order = await asked(business)
    await business.node_tells(business.consignment(order), "packed")
    await delivered(business, order)
    story = happened(await business.show(order))
    assert "fulfillment.accepted" not in story
    assert (
        story.index("fulfillment.packed") < story.index("shipment.label_created") < story.index("fulfillment.shipped")
    )


@both_ways
async def test_words_without_rows_move_nothing(business: Business) -> None:
    order = await asked(business)
    shipment = business.shipment(order)
    for word in ("accepted", "packed", "delivered"):
        await shipment.signal(word, "by hand")
    await business.until_step(shipment, "shipment.buy_labels")
    assert (await business.show(order)).consignments[0].parcels == []

    await business.node_tells(business.consignment(order), "accepted")
    await business.until_told(order, "shipment.label_created")
    await business.until_step(shipment, "shipment.hand_over")  # the word "packed" from before
    assert business.nodes.let_go == {}

    await business.node_tells(business.consignment(order), "packed")
    await business.until_called(business.nodes.calls, "hand_over")
    await business.until_step(shipment, "shipment.close")  # the word "delivered" from before
    assert "order.completed" not in happened(await business.show(order))
    await delivered(business, order)


async def test_a_recall_without_a_canceled_order_takes_nothing_back(business: Business) -> None:
    order = await asked(business)
    shipment = business.shipment(order)
    await shipment.signal("recall")
    await business.until_step(shipment, "shipment.recall")
    await business.node_tells(business.consignment(order), "packed")
    await business.until_called(business.nodes.calls, "hand_over")
    await shipment.signal("recall")
    await delivered(business, order)
    assert (business.nodes.withdrawn, business.carriers.voided) == (set(), set())


async def test_a_recall_is_waited_for_when_the_hand_over_finds_a_cancel(business: Business) -> None:
    order = await asked(business)
    await business.node_tells(business.consignment(order), "accepted")
    await business.until_told(order, "shipment.label_created")
    packed = await business.store_node_fact(business.consignment(order), "packed")
    told = await business.accept_cancel(order)
    await business.deliver(packed)
    await business.until_step(business.shipment(order), "shipment.hand_over")
    assert business.nodes.let_go == {}
    await business.deliver(told)
    assert (await business.result(order)).status is OrderStatus.CANCELED
    assert (await business.shipment(order).result()).outcome == "recalled"
    await business.assert_nothing_is_left_open()


async def test_a_recall_that_comes_before_the_order_heard_of_its_cancel_cancels_it_all_the_same(
    business: Business,
) -> None:
    order = await asked(business)
    told = await business.accept_cancel(order)
    await business.shipment(order).signal("recall")
    result = await business.result(order)
    assert (result.status, result.reason) == (OrderStatus.CANCELED, CancelReason.CUSTOMER)
    await business.deliver(told)
    await business.assert_nothing_is_left_open()


async def test_an_overdue_parcel_is_called_so_once_and_still_completes_when_it_arrives(business: Business) -> None:
    impatient = TransitPolicy(patience=timedelta(seconds=1))
    await business.policies.store(Policy(transit=impatient))
    business.carriers.estimate = timedelta()
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place()
    late = await business.until_told(order, "shipment.overdue")
    story = {entry.type: entry.occurred_at for entry in late.timeline}
    assert (late.waiting_on, late.waiting_until) == (
        "Swift to deliver, overdue",
        story["shipment.overdue"] + impatient.lost_after,
    )
    assert story["shipment.overdue"] >= late.consignments[0].parcels[0].expected_at + impatient.patience
    await business.shipment(order).signal("delivered", "by hand")
    await business.until_step(business.shipment(order), "shipment.close")
    await delivered(business, order)
    assert happened(await business.show(order)).count("shipment.overdue") == 1


async def test_a_delivery_that_is_only_said_does_not_end_the_patience(business: Business) -> None:
    await business.policies.store(Policy(transit=TransitPolicy(patience=timedelta(seconds=1))))
    business.carriers.estimate = timedelta()
    business.nodes.habits = ["accepted"]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await business.shipment(order).signal("delivered", "by hand")
    await business.node_tells(business.consignment(order), "packed")
    await business.until_told(order, "shipment.overdue")
    steps = steps_done(await business.shipment(order).fetch_history())
    assert steps.index("shipment.close") < steps.index("shipment.mark_overdue")
    await delivered(business, order)


async def test_a_node_that_is_away_is_asked_until_it_hears_it(business: Business) -> None:
    business.everybody_is_prompt()
    business.nodes.away = {"request", "hand_over"}
    order = await business.place()
    await business.until_called(business.nodes.calls, "request", times=2)
    assert (await business.show(order)).waiting_on == "Warehouse Reno to accept"
    business.nodes.away = {"hand_over"}
    await business.until_called(business.nodes.calls, "hand_over", times=2)
    assert business.payments.captures == {}
    business.nodes.away = set()
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert (len(business.nodes.asked), len(business.nodes.let_go)) == (1, 1)


@both_ways
async def test_a_consignment_of_three_parcels_is_delivered_with_the_last_of_them(business: Business) -> None:
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place(basket(TNT=8))  # 48 kg, and a parcel holds 20
    await business.until_called(business.nodes.calls, "hand_over")
    first, second, third = business.nodes.collected
    await business.carrier_scans([third, first], ShipmentStatus.DELIVERED)
    assert (await business.show(order)).consignments[0].waiting_on == "Swift to deliver"
    await business.carrier_scans([second], ShipmentStatus.IN_TRANSIT)
    await business.carrier_scans([second], ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    await business.assert_nothing_is_left_open()


async def test_what_was_delivered_before_anybody_lost_patience_is_not_overdue(business: Business) -> None:
    await business.policies.store(Policy(transit=TransitPolicy(patience=timedelta())))
    business.carriers.estimate = timedelta()
    business.everybody_is_prompt()
    order = await business.place()
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert "shipment.overdue" not in happened(await business.show(order))


@pytest.mark.parametrize("told", ["asked", "accepted", "packed", "delivered"])
async def test_a_process_that_was_ended_by_hand_starts_again_where_its_rows_are(business: Business, told: str) -> None:
    """And what was told while it was not there is not lost."""
    order = await business.place(skipping=True)
    await business.until_called(business.nodes.calls, "request")
    consignment = business.consignment(order)
    if told != "asked":
        await business.node_tells(consignment, "accepted")
        await business.until_told(order, "shipment.label_created")
    if told == "delivered":
        await business.node_tells(consignment, "packed")
        await business.until_called(business.nodes.calls, "hand_over")
    await business.shipment(order).terminate()
    if told == "delivered":
        await business.store_scans(business.nodes.collected, ShipmentStatus.DELIVERED)
        await business.relay()
        assert (await business.result(order)).status is OrderStatus.COMPLETED
    else:
        await business.store_node_fact(consignment, "packed")
        await business.relay()
        await delivered(business, order)
    story = happened(await business.show(order))
    assert [story.count(once) for once in ("fulfillment.requested", "shipment.label_created", "payment.captured")] == [
        1,
        1,
        1,
    ]
    await business.assert_nothing_is_left_open()


@pytest.mark.parametrize("name", ["accepted", "packed", "delivered", "recall"])
async def test_a_signal_by_hand_with_any_input_stops_nothing(business: Business, name: str) -> None:
    order = await asked(business)
    for inputs in ([], ["by", "hand"], [{"number": 1}], [None]):
        await business.shipment(order).signal(name, args=inputs)
    await business.node_tells(business.consignment(order), "packed")
    await delivered(business, order)
