"""Holds: several at once, typed; nothing is planned and nothing leaves until the last is released."""

from typing import Any

import pytest

from contracts.problems import Refused
from contracts.states import OrderStatus, ShipmentStatus
from tests.front_door import Caller
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.test_rejection import asked
from tests.shop import basket, order_body


@both_ways
async def test_nothing_is_planned_until_the_last_hold_is_released(business: Business) -> None:
    business.everybody_is_prompt()
    business.payments.away = {"authorize"}
    order = await business.place()
    await business.hold(order, "incorrect_address")
    await business.hold(order, "customer_request")
    business.payments.away = set()
    await business.until_step(business.process(order), "planning.plan_and_reserve")
    held = await business.show(order)
    assert held.status.order is OrderStatus.ON_HOLD
    assert held.waiting_on == "release of the hold: incorrect_address, customer_request"
    assert held.allowed_actions == ["cancel", "edit", "hold", "release"]
    await business.release(order, held.holds[0].id)
    await business.until_step(business.process(order), "order.look")
    still = await business.show(order)
    assert ([hold.reason_code for hold in still.holds], still.consignments) == (["customer_request"], [])
    await business.release(order)
    assert (await business.result(order)).status is OrderStatus.COMPLETED


@both_ways
async def test_what_is_packed_does_not_leave_while_the_order_is_held(business: Business) -> None:
    business.nodes.habits = ["accepted"]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await business.hold(order)
    await business.node_tells(business.consignment(order), "packed")
    await business.until_step(business.shipment(order), "shipment.hand_over")
    assert business.nodes.let_go == {}
    await business.release(order)
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    story = happened(await business.show(order))
    assert story.index("order.on_hold") < story.index("order.hold_released") < story.index("fulfillment.shipped")


async def test_a_held_order_can_be_canceled(business: Business) -> None:
    business.nodes.habits = ["accepted"]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await business.hold(order)
    await business.cancel(order)
    assert (await business.result(order)).status is OrderStatus.CANCELED
    await business.assert_nothing_is_left_open()


async def test_what_has_left_cannot_be_held(business: Business) -> None:
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place()
    await business.until_told(order, "fulfillment.shipped")
    with pytest.raises(Refused) as refused:
        await business.hold(order)
    assert (refused.value.code, refused.value.extras["allowed_actions"]) == ("invalid_transition", [])


@pytest.mark.parametrize(
    ("command", "body", "status", "code"),
    [
        ("hold", {"reason_code": "other"}, 422, "invalid_request"),
        ("hold", {"reason_code": "mood"}, 422, "invalid_request"),
        ("hold", {"reason_code": "customer_request", "version": 9}, 409, "stale_version"),
        ("release", {}, 409, "invalid_transition"),
        ("choose", {"choice": "wait"}, 409, "invalid_transition"),
    ],
)
async def test_what_cannot_be_asked_is_refused_and_leaves_nothing(
    caller: Caller, command: str, body: dict[str, Any], status: int, code: str
) -> None:
    order = await caller.placed(order_body())
    refused = await caller.post(f"/v1/orders/{order['id']}:{command}", body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert (await caller.get(f"/v1/orders/{order['id']}")).json()["version"] == order["version"]


async def test_a_hold_is_shown_with_its_owner_and_due_date_and_released_by_its_id(caller: Caller) -> None:
    order = await caller.placed(order_body())
    path = f"/v1/orders/{order['id']}"
    due_at = "2099-01-01T00:00:00Z"
    held = (await caller.post(f"{path}:hold", {"reason_code": "customer_request", "due_at": due_at})).json()
    (hold,) = held["holds"]
    assert (hold["reason_code"], hold["due_at"], held["waiting_until"]) == ("customer_request", due_at, due_at)
    wrong = await caller.post(f"{path}:release", {"hold_id": "hld_none"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "invalid_transition")
    released = await caller.post(f"{path}:release", {"hold_id": hold["id"]})
    assert (released.status_code, released.json()["holds"]) == (200, [])


async def test_operations_read_that_a_held_order_and_its_packed_consignment_wait_for_the_release(
    business: Business,
) -> None:
    order = await business.place(basket(MUG=2))
    await asked(business, order)
    await business.hold(order)
    await business.until_step(business.process(order), "order.look")
    await business.node_tells(business.consignment(order), "packed")
    await business.until_step(business.shipment(order), "shipment.hand_over")
    release = "release of the hold: customer_request"
    await business.until_board(business.process(order), release)
    await business.until_board(business.shipment(order), release)
    assert (await business.show(order)).consignments[0].waiting_on == release


async def test_an_order_that_is_planned_again_says_so(business: Business) -> None:
    order = await business.place(basket(MUG=3))
    await asked(business, order)
    business.carriers.away = {"services"}
    await business.cancel(order, lines={"1": 1})
    await business.until(order, lambda view: view.waiting_on == "a plan from stock and carriers' rates")
