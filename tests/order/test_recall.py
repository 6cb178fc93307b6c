"""A customer's cancel, wherever the order is: until the first hand-over all of it comes back, later nothing does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from contracts.order_view import OrderView
from contracts.problems import Refused
from contracts.reasons import CancelReason
from contracts.states import FulfillmentStatus, OrderStatus, PaymentStatus, ShipmentStatus
from tests.order.business import Business, at_work
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.test_review import risky
from tests.shop import STOCK, basket, order_body


async def assert_all_came_back(business: Business, order: OrderView) -> OrderView:
    """Canceled by the customer; no unit moved in the end, no money taken."""
    assert (await business.result(order)).reason is CancelReason.CUSTOMER
    canceled = await business.show(order)
    assert (canceled.status.order, canceled.cancel_reason) == (OrderStatus.CANCELED, CancelReason.CUSTOMER)
    assert canceled.waiting_on is None
    assert business.payments.captures == {}
    assert await business.stock() == {(row.node_id, row.sku): (row.quantity, 0, 0) for row in STOCK}
    assert {consignment.status for consignment in canceled.consignments} <= {FulfillmentStatus.CANCELED}
    await business.assert_nothing_is_left_open()
    return canceled


@pytest.mark.parametrize("body", [order_body, risky])
async def test_before_it_took_its_first_step(back_office: Business, body: Callable[[], dict[str, Any]]) -> None:
    order = await back_office.place(body())
    await back_office.cancel(order)
    async with at_work(back_office):
        await assert_all_came_back(back_office, order)
    assert back_office.payments.calls.total() == 0


async def test_while_the_payment_provider_is_away(business: Business) -> None:
    business.payments.away = {"authorize"}
    order = await business.place()
    await business.until_called(business.payments.calls, "authorize", times=2)
    await business.cancel(order)
    business.payments.away = set()
    canceled = await assert_all_came_back(business, order)
    assert canceled.status.payment is PaymentStatus.VOIDED
    assert canceled.consignments == []


async def test_a_card_that_is_declined_after_the_cancel_changes_nothing_of_its_reason(business: Business) -> None:
    business.payments.away = {"authorize"}
    order = await business.place()
    await business.until_called(business.payments.calls, "authorize", times=2)
    business.payments.declines = "insufficient_funds"
    await business.accept_cancel(order)  # and its signal got lost
    business.payments.away = set()
    canceled = await assert_all_came_back(business, order)
    assert canceled.status.payment is PaymentStatus.FAILED
    assert canceled.timeline[-1].reason_code == CancelReason.CUSTOMER


async def test_while_it_is_planned(business: Business) -> None:
    business.carriers.away = {"services"}
    order = await business.place()
    await business.until_called(business.carriers.calls, "services", times=2)
    await business.cancel(order)
    business.carriers.away = set()
    canceled = await assert_all_came_back(business, order)
    assert "inventory.reserved" not in happened(canceled)
    assert business.nodes.asked == {}


async def test_right_after_planning_while_the_node_cannot_be_reached(business: Business) -> None:
    business.nodes.away = {"request"}
    order = await business.place()
    await business.until_called(business.nodes.calls, "request")
    await business.cancel(order)
    business.nodes.away = set()
    await assert_all_came_back(business, order)
    assert business.nodes.withdrawn == {f"{order.number}-1"}  # whether it heard of the request or not


@both_ways
async def test_while_the_node_has_not_accepted(business: Business) -> None:
    order = await business.place()
    await business.until_called(business.nodes.calls, "request")
    await business.cancel(order)
    canceled = await assert_all_came_back(business, order)
    assert business.nodes.withdrawn == {f"{order.number}-1"}
    assert happened(canceled)[-6:] == [
        "order.cancel_requested",
        "fulfillment.canceled",
        "inventory.released",
        "order.updated",
        "payment.voided",
        "order.canceled",
    ]


@both_ways
async def test_after_the_labels_of_one_consignment_and_before_the_other_is_accepted(business: Business) -> None:
    order = await business.place(basket(LMP=1, TNT=1))
    await business.until_called(business.nodes.calls, "request", times=2)
    await business.node_tells(business.consignment(order, 2), "accepted")
    await business.until_told(order, "shipment.label_created")
    await business.cancel(order)
    canceled = await assert_all_came_back(business, order)
    assert len(business.carriers.voided) == 1
    assert all(parcel.voided_at for consignment in canceled.consignments for parcel in consignment.parcels)
    assert business.nodes.withdrawn == {f"{order.number}-1", f"{order.number}-2"}


async def test_a_carrier_that_is_away_keeps_no_other_consignment_from_coming_back(business: Business) -> None:
    business.carriers.away = {"void_label"}
    order = await business.place(basket(LMP=1, TNT=1))
    await business.until_called(business.nodes.calls, "request", times=2)
    await business.node_tells(business.consignment(order, 1), "accepted")
    await business.until_told(order, "shipment.label_created")
    await business.cancel(order)
    await business.until_told(order, "fulfillment.canceled")
    assert happened(await business.show(order)).count("fulfillment.canceled") == 1
    business.carriers.away = set()
    await assert_all_came_back(business, order)


@pytest.mark.parametrize("body", [order_body, lambda: basket(LMP=1, TNT=1)], ids=["only", "one of two"])
async def test_a_consignment_whose_process_was_ended_by_hand_comes_back_like_any_other(
    business: Business, body: Callable[[], dict[str, Any]]
) -> None:
    business.nodes.habits = ["accepted"]
    order = await business.place(body(), skipping=True)
    await business.until_told(order, "shipment.label_created")
    await business.shipment(order).terminate()
    await business.cancel(order)
    await assert_all_came_back(business, order)
    assert business.nodes.withdrawn == set(business.nodes.asked)


async def test_partners_that_are_away_keep_it_waiting_for_the_undoing_in_words(business: Business) -> None:
    business.nodes.habits = ["accepted"]
    business.carriers.away, business.payments.away = {"void_label"}, {"void"}
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await business.cancel(order)
    await business.until_called(business.carriers.calls, "void_label", times=2)
    assert (await business.show(order)).waiting_on == "partners to undo what was done"
    business.carriers.away = set()
    await business.until_called(business.payments.calls, "void", times=2)
    business.payments.away = set()
    await assert_all_came_back(business, order)
    assert len(business.payments.voids) == 1


async def test_a_packed_webhook_after_the_recall_moves_nothing(business: Business) -> None:
    business.nodes.away = {"withdraw"}
    business.nodes.habits = ["accepted"]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await business.cancel(order)
    await business.until_called(business.nodes.calls, "withdraw")
    await business.node_tells(business.consignment(order), "packed")
    business.nodes.away = set()
    await assert_all_came_back(business, order)


async def test_after_the_hand_over_it_is_refused_and_the_order_goes_on(business: Business) -> None:
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place()
    await business.until_told(order, "fulfillment.shipped")
    with pytest.raises(Refused) as refused:
        await business.cancel(order)
    assert refused.value.code == "invalid_transition"
    await business.process(order).signal("commanded", "cmd_of_nobody")
    await business.until_called(business.nodes.calls, "hand_over")
    await business.carrier_scans(business.nodes.collected, ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED


@pytest.mark.parametrize("first", ["cancel", "hand-over"])
async def test_cancel_and_hand_over_at_one_lock_have_one_winner_who_came_first(business: Business, first: str) -> None:
    business.nodes.habits = ["accepted"]
    business.carriers.habits = [ShipmentStatus.DELIVERED]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    packed = await business.store_node_fact(business.consignment(order), "packed")
    contenders: dict[str, Callable[[], Awaitable[None]]] = {
        "cancel": lambda: business.cancel(order),
        "hand-over": lambda: business.deliver(packed),
    }
    async with business.database.transaction() as connection:
        await connection.execute("select from orders where order_id = $1 for update", order.id)
        racing = [asyncio.create_task(_start(contenders[first]))]
        await _until_waiting(business, 1)
        racing += [asyncio.create_task(_start(contender)) for name, contender in contenders.items() if name != first]
        await _until_waiting(business, 2)
    refusals = [refused for refused in await asyncio.gather(*racing) if refused]
    if first == "cancel":
        assert refusals == []
        await assert_all_came_back(business, order)
        assert business.nodes.let_go == {}
    else:
        assert [refused.code for refused in refusals] == ["invalid_transition"]
        assert (await business.result(order)).status is OrderStatus.COMPLETED
        assert business.payments.captured_minor == order.total.amount_minor


async def test_of_many_cancels_that_race_a_hand_over_none_does_half_of_both(business: Business) -> None:
    business.everybody_is_prompt()
    orders = [await business.place() for _ in range(6)]

    async def cancel_when(order: OrderView, event: str) -> Refused | None:
        await business.until_told(order, event)
        return await _start(lambda: business.cancel(order))

    moments = ["inventory.reserved", "fulfillment.accepted", "shipment.label_created"] * 2
    answers = await asyncio.gather(*(map(cancel_when, orders, moments)))
    for order, refused in zip(orders, answers, strict=True):
        result = await business.result(order)
        captured = f"order/{order.number}:capture:t1:1" in business.payments.captures
        assert (result.status, captured) == (
            (OrderStatus.COMPLETED, True) if refused else (OrderStatus.CANCELED, False)
        )
    await business.assert_nothing_is_left_open()


async def _start(contender: Callable[[], Awaitable[None]]) -> Refused | None:
    try:
        await contender()
    except Refused as refused:
        return refused
    return None


async def _until_waiting(business: Business, sessions: int) -> None:
    """Until that many sessions wait for a lock of this test's database."""
    async with asyncio.timeout(10), business.database.connection() as connection:
        while await connection.fetchval(_WAITING) < sessions:
            await asyncio.sleep(0.01)


_WAITING = """
select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""
