"""An order whose process was ended by hand, reset or lost goes on from its rows, and nothing is done twice."""

import asyncio
from contextlib import suppress

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError

from adapters.temporal import StillOwed
from contracts.order_view import OrderView
from contracts.states import OrderStatus, ShipmentStatus
from contracts.wakeups import Wakeup
from tests.order.business import Business
from tests.order.onlooker import happened
from tests.order.test_recall import assert_all_came_back
from tests.order.test_review import risky
from tests.shop import basket


async def ended_by_hand(business: Business, order: OrderView) -> None:
    """And with it, a moment later, the processes of its consignments."""
    await business.process(order).terminate(reason="a test")
    for position in range(1, len(business.nodes.asked) + 1):
        with suppress(WorkflowFailureError):
            await business.shipment(order, position).result()


async def reset(business: Business, order: OrderView) -> None:
    """To its very beginning, without the signals it had."""
    client = business.temporal.client
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=business.process(order).id),
            reason="a test",
            request_id=order.id,
            workflow_task_finish_event_id=3,
            reset_reapply_exclude_types=[ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL],
        )
    )


async def deliver_in_the_end(business: Business, wakeups: list[Wakeup]) -> None:
    with pytest.raises(StillOwed):
        await business.deliver(wakeups)
    await business.relay()


async def assert_delivered_once(business: Business, order: OrderView) -> None:
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    story = happened(await business.show(order))
    once = ["payment.authorized", "inventory.reserved", "fulfillment.requested", "order.completed"]
    assert [story.count(event) for event in once] == [1, 1, len(business.nodes.asked), 1]
    assert business.payments.captured_minor == order.total.amount_minor
    await business.assert_nothing_is_left_open()


async def test_a_cancel_of_an_order_whose_process_was_ended_is_carried_out(business: Business) -> None:
    business.nodes.habits = ["accepted"]
    order = await business.place(basket(LMP=1, TNT=1))
    await business.until(order, lambda view: happened(view).count("shipment.label_created") == 2)
    await ended_by_hand(business, order)
    await deliver_in_the_end(business, await business.accept_cancel(order))
    await assert_all_came_back(business, order)


async def test_a_decision_on_an_order_whose_process_was_ended_is_carried_out(business: Business) -> None:
    business.everybody_is_prompt()
    order = await business.place(risky())
    await business.until_told(order, "order.on_hold")
    await ended_by_hand(business, order)
    with pytest.raises(StillOwed):
        await business.decide(order, "approved")
    await business.relay()
    await assert_delivered_once(business, order)


@pytest.mark.parametrize("fact", ["packed", "delivered"])
async def test_what_partners_tell_an_order_whose_process_was_ended_moves_it(business: Business, fact: str) -> None:
    business.nodes.habits = ["accepted"]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    if fact == "delivered":
        await business.node_tells(business.consignment(order), "packed")
        await business.until_called(business.nodes.calls, "hand_over")
    await ended_by_hand(business, order)
    if fact == "packed":
        await deliver_in_the_end(business, await business.store_node_fact(business.consignment(order), "packed"))
        await business.until_called(business.nodes.calls, "hand_over")
        await business.carrier_scans(business.nodes.collected, ShipmentStatus.DELIVERED)
    else:
        await deliver_in_the_end(
            business, await business.store_scans(business.nodes.collected, ShipmentStatus.DELIVERED)
        )
    await assert_delivered_once(business, order)


@pytest.mark.parametrize("when", ["asked", "labeled", "in transit", "one delivered"])
async def test_a_reset_order_goes_on_with_its_consignments(business: Business, when: str) -> None:
    business.nodes.habits = [] if when == "asked" else ["accepted"]
    order = await business.place(basket(LMP=1, TNT=1))
    await business.until_called(business.nodes.calls, "request", times=2)
    first, second = business.consignment(order, 1), business.consignment(order, 2)
    if when != "asked":
        await business.until(order, lambda view: happened(view).count("shipment.label_created") == 2)
    if when in {"in transit", "one delivered"}:
        await business.node_tells(first, "packed")
        await business.until_told(order, "payment.captured")
        await business.until_called(business.nodes.calls, "hand_over")
    if when == "one delivered":
        await business.carrier_scans(business.nodes.collected, ShipmentStatus.DELIVERED)
        await business.shipment(order).result()
    await reset(business, order)
    for consignment in (first, second):
        await business.store_node_fact(consignment, "packed")
    await business.node_tells(first, "packed")
    await business.relay()
    for consignment in (first, second):
        await business.carrier_scans(await business.let_go(consignment), ShipmentStatus.DELIVERED)
    await assert_delivered_once(business, order)


async def test_a_process_that_never_heard_of_its_hand_over_is_not_completed_without_the_money(
    business: Business,
) -> None:
    business.everybody_is_prompt()
    business.payments.away = {"capture"}
    order = await business.place()
    await business.until_told(order, "shipment.delivered")
    await reset(business, order)
    business.payments.away = set()
    await assert_delivered_once(business, order)


@pytest.mark.parametrize("name", ["commanded", "decided", "handed_over"])
async def test_a_signal_by_hand_with_any_input_stops_nothing(business: Business, name: str) -> None:
    business.everybody_is_prompt()
    order = await business.place(risky())
    await business.until_told(order, "order.on_hold")
    for inputs in ([], ["by", "hand"], [{"choice": "approved"}], [None]):
        await business.process(order).signal(name, args=inputs)
    await business.decide(order, "approved")
    await assert_delivered_once(business, order)


async def test_an_order_whose_process_was_ended_and_that_hears_nothing_goes_on(business: Business) -> None:
    business.payments.away = {"authorize"}
    order = await business.place()
    await business.until_called(business.payments.calls, "authorize")
    await ended_by_hand(business, order)
    business.payments.away = set()
    business.everybody_is_prompt()
    async with asyncio.timeout(20):
        while (await business.process(order).describe()).status is not WorkflowExecutionStatus.RUNNING:
            await business.watch()
            await asyncio.sleep(0.1)  # the engine lists it a little later
    await assert_delivered_once(business, order)


async def test_what_was_ended_after_its_order_was_closed_is_left_alone(business: Business) -> None:
    business.everybody_is_prompt()
    order = await business.place()
    await business.result(order)
    await business.watch()
    assert (await business.process(order).describe()).status is WorkflowExecutionStatus.COMPLETED
