"""What operations read in the engine of an order and its consignments, and what they must never find there."""

import asyncio
from typing import Any

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowExecutionDescription, WorkflowHandle

from contracts.states import OrderStatus, ShipmentStatus
from tests.order.business import Business
from tests.order.test_review import held, risky
from workflows.visibility import BUSINESS_STATUS, PROCESS, WAITING_ON, WAITING_UNTIL


async def details(process: WorkflowHandle[Any, Any]) -> str:
    metadata: WorkflowMetadata = await process.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return metadata.current_details


def columns(described: WorkflowExecutionDescription) -> list[object]:
    keys = (PROCESS, BUSINESS_STATUS, WAITING_ON, WAITING_UNTIL)
    return [described.typed_search_attributes.get(key) for key in keys]


async def until_waiting(process: WorkflowHandle[Any, Any], party: str) -> list[object]:
    """The columns once they name that party."""
    async with asyncio.timeout(10):
        while (shown := columns(await process.describe()))[2] != party:
            await asyncio.sleep(0.02)
    return shown


async def test_a_held_order_says_of_whom_it_waits_and_until_when(business: Business) -> None:
    order = await held(business)
    process, until = business.process(order), order.waiting_until
    shown = await until_waiting(process, "a person to review the order")
    assert shown == ["order", "awaiting_review", "a person to review the order", until]
    assert until is not None
    minute = f"{until:%A %d %B %Y, %H:%M} UTC"
    assert await details(process) == f"Waiting for **a person to review the order** until {minute}"
    described = await process.describe()
    assert described.id == f"order/{order.number}"
    assert await described.static_summary() == f"Order {order.number}: 2 units, 48.23 USD"


async def test_an_order_under_way_and_its_consignment_name_each_next_party(business: Business) -> None:
    business.payments.away = {"authorize"}
    order = await business.place()
    process, shipment = business.process(order), business.shipment(order)
    assert await until_waiting(process, "payment provider") == ["order", "authorizing", "payment provider", None]
    business.payments.away = set()

    await until_waiting(process, f"delivery of {order.number}-1")
    await business.until_called(business.nodes.calls, "request")
    assert (await until_waiting(shipment, "Warehouse Reno to accept"))[0] == "shipment"
    assert (await shipment.describe()).id == f"shipment/{order.number}-1"
    assert await (await shipment.describe()).static_summary() == f"Consignment {order.number}-1 from Warehouse Reno"
    await business.node_tells(business.consignment(order), "accepted")
    await until_waiting(shipment, "Warehouse Reno to pack")
    assert await details(shipment) == "Waiting for **Warehouse Reno to pack**"
    await business.node_tells(business.consignment(order), "packed")
    *_, until = await until_waiting(shipment, "Swift to deliver")
    assert until == (await business.until_told(order, "payment.captured")).waiting_until
    await business.carrier_scans(business.nodes.collected, ShipmentStatus.DELIVERED)

    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert columns(await process.describe()) == ["order", "completed", None, None]
    assert columns(await shipment.describe()) == ["shipment", "delivered", None, None]
    assert await details(process) == "**Completed**"


async def test_partners_that_are_away_are_waited_for_by_name_in_engine_and_row_alike(business: Business) -> None:
    business.nodes.habits = ["accepted", "packed"]
    business.carriers.away, business.nodes.away, business.payments.away = {"buy_label"}, {"hand_over"}, {"capture"}
    order = await business.place()
    shipment = business.shipment(order)
    await business.until_called(business.carriers.calls, "buy_label", times=2)
    assert await until_waiting(shipment, "labels of Swift") == ["shipment", "labeling", "labels of Swift", None]
    assert (await business.show(order)).waiting_on == "labels of Swift"
    business.carriers.away = set()
    await business.until_called(business.nodes.calls, "hand_over", times=2)
    leaving = "Warehouse Reno to hand over"
    assert await until_waiting(shipment, leaving) == ["shipment", "handing_over", leaving, None]
    assert (await business.show(order)).waiting_on == leaving
    business.nodes.away = set()
    await business.until_called(business.payments.calls, "capture", times=2)
    *_, until = await until_waiting(shipment, "Swift to deliver")
    unpaid = await business.show(order)
    assert (unpaid.waiting_on, unpaid.consignments[0].waiting_on) == ("payment provider", "Swift to deliver")
    business.payments.away = set()
    paid = await business.until_told(order, "payment.captured")
    assert (paid.waiting_on, paid.waiting_until) == ("Swift to deliver", until)


@pytest.mark.parametrize("choice", ["approved", "rejected"])
async def test_the_engine_knows_nobody(business: Business, choice: Any) -> None:
    business.everybody_is_prompt()
    body = risky()
    order = await held(business)
    await business.decide(order, choice)
    await business.result(order)
    processes = [business.process(order)] + [business.shipment(order)] * (choice == "approved")
    for process in processes:
        described = await process.describe()
        known = f"{described.raw_description}{await described.static_summary()}{await details(process)}"
        known += "".join(str(event) for event in (await process.fetch_history()).events)
        assert str(order.number) in known
        customer, address = body["customer"], body["shipping_address"]
        for personal in (customer["name"], customer["email"], address["line1"], address["city"], "pm_card"):
            assert personal not in known
