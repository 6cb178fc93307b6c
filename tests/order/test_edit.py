"""Another address: what has not left goes there, what its node will not give back goes where it was going."""

import pytest

from contracts.partners import PartnerRefused
from contracts.problems import Refused
from contracts.states import OrderStatus, ShipmentStatus
from tests.front_door import Caller
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.shop import basket, order_body

ELSEWHERE = {"line1": "9 Mission Street", "postal_code": "94110"}


async def recipients(business: Business) -> dict[str, str]:
    """The street that each label was bought for, by consignment."""
    async with business.database.connection() as connection:
        rows = await connection.fetch("select address_ref, line1 from addresses")
    streets = {row["address_ref"]: row["line1"] for row in rows}
    return {key.split(":")[0]: streets[ref] for key, ref in business.carriers.sent_to.items()}


@both_ways
async def test_what_is_at_its_node_is_asked_back_and_goes_to_the_other_address(business: Business) -> None:
    business.nodes.habits = ["accepted"]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await business.edit(order, **ELSEWHERE)
    await business.until(order, lambda view: len(view.consignments) == 2)
    await business.until_called(business.nodes.calls, "request", times=2)
    await business.node_tells(business.consignment(order, 2), "packed")
    await business.carrier_scans(await business.let_go_of(order, 2), ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert await recipients(business) == {
        f"shipment/{order.number}-1": "1 Market Street",
        f"shipment/{order.number}-2": "9 Mission Street",
    }
    assert business.payments.captured_minor == order.total.amount_minor
    await business.assert_nothing_is_left_open()


async def test_before_it_is_planned_it_only_goes_there(business: Business) -> None:
    business.everybody_is_prompt()
    business.payments.away = {"authorize"}
    order = await business.place()
    await business.edit(order, **ELSEWHERE)
    business.payments.away = set()
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert await recipients(business) == {f"shipment/{order.number}-1": "9 Mission Street"}


async def test_what_its_node_will_not_give_back_goes_where_it_was_going(business: Business) -> None:
    business.nodes.broken = {"withdraw": PartnerRefused("nodes", 409, "packed")}
    business.nodes.habits = ["accepted"]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await business.edit(order, **ELSEWHERE)
    await business.until_told(order, "fulfillment.request_refused")
    await business.node_tells(business.consignment(order), "packed")
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert await recipients(business) == {f"shipment/{order.number}-1": "1 Market Street"}


async def test_what_has_left_cannot_be_sent_elsewhere(business: Business) -> None:
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place()
    await business.until_told(order, "fulfillment.shipped")
    with pytest.raises(Refused) as refused:
        await business.edit(order, **ELSEWHERE)
    assert refused.value.code == "invalid_transition"


async def test_an_address_nobody_knows_is_refused_and_changes_nothing(caller: Caller) -> None:
    order = await caller.placed(order_body())
    nowhere = order_body()["shipping_address"] | {"postal_code": "00000", "city": "Xanadu"}
    refused = await caller.post(f"/v1/orders/{order['id']}:edit", {"shipping_address": nowhere})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_place")
    assert (await caller.get(f"/v1/orders/{order['id']}")).json()["version"] == order["version"]


async def test_a_corrected_address_lets_what_its_node_keeps_leave(business: Business) -> None:
    business.nodes.habits = ["accepted"]
    business.nodes.keeps_what_it_was_asked_for = True
    order = await business.place(basket(MUG=2))
    await business.until_told(order, "shipment.label_created")
    await business.edit(order, **ELSEWHERE)
    await business.until_told(order, "fulfillment.request_refused")
    await business.node_rejects(business.consignment(order), "incorrect_address", MUG=1)
    await business.until(order, lambda view: happened(view).count("shipment.label_created") == 2)
    await business.node_tells(business.consignment(order), "packed")
    await business.until(order, lambda view: (view.consignments[0].waiting_on or "").startswith("release of the hold"))
    await business.edit(order, line1="9 Right Street")
    await business.let_go_of(order, 1)
