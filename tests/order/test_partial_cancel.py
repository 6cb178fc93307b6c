"""Units canceled at any moment: what is not handed over comes back if its node gives it back, the rest goes on."""

import asyncio

import pytest

from contracts.order_view import OrderView
from contracts.partners import PartnerRefused
from contracts.problems import Refused
from contracts.states import OrderStatus, PaymentStatus, ShipmentStatus
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.test_rejection import asked
from tests.shop import STOCK, basket, usd


async def labeled(business: Business, **quantities: int) -> OrderView:
    """Every consignment accepted and labelled."""
    business.nodes.habits = ["accepted"]
    order = await business.place(basket(**quantities))
    return await business.until(
        order,
        lambda view: (
            bool(view.consignments) and happened(view).count("shipment.label_created") >= len(view.consignments)
        ),
    )


async def send_all(business: Business, order: OrderView) -> None:
    """Whatever its nodes still have is packed, leaves and is delivered."""
    for consignment in (await business.show(order)).consignments:
        if consignment.status in {"open", "in_progress"}:
            asked = business.nodes.asked[consignment.number]
            await business.node_tells(asked, "packed")
            await business.carrier_scans(await business.let_go(asked), ShipmentStatus.DELIVERED)


@both_ways
async def test_one_of_three_comes_back_and_two_are_sent_and_paid_for(business: Business) -> None:
    order = await labeled(business, MUG=3)
    await business.cancel(order, lines={"1": 1})
    await business.until(order, lambda view: len(view.consignments) == 2)
    await business.until_called(business.nodes.calls, "request", times=2)
    await send_all(business, order)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    completed = await business.show(order)
    assert completed.timeline[-1].facts == {"delivered": {"1": 2}, "canceled": {"1": 1}}
    assert (completed.status.payment, business.payments.captured_minor) == (PaymentStatus.CAPTURED, 2_000)
    await business.assert_nothing_is_left_open()


async def test_of_what_left_in_part_the_rest_can_be_canceled_and_no_more(business: Business) -> None:
    order = await labeled(business, LMP=1, TNT=1)
    first = business.consignment(order, 1)
    await business.node_tells(first, "packed")
    await business.until_told(order, "payment.captured")
    gone = first.lines[0].line_id
    with pytest.raises(Refused) as refused:
        await business.cancel(order, lines={gone: 1})
    assert refused.value.code == "invalid_transition"
    await business.cancel(order)
    await business.carrier_scans(await business.let_go(first), ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    rest = "2" if gone == "1" else "1"
    assert (await business.show(order)).timeline[-1].facts == {"delivered": {gone: 1}, "canceled": {rest: 1}}
    assert business.payments.captured_minor == 1_000
    await business.assert_nothing_is_left_open()


@both_ways
async def test_a_node_that_will_not_give_it_back_is_told_and_the_order_goes_on(business: Business) -> None:
    business.nodes.broken = {"withdraw": PartnerRefused("nodes", 409, "packed")}
    order = await labeled(business, MUG=2)
    await business.cancel(order)
    goes_on = await business.until(order, lambda view: view.status.order is OrderStatus.PROCESSING)
    assert (goes_on.consignments[0].request, goes_on.lines[0].cancel_requested) == ("cancel_rejected", 0)
    await send_all(business, order)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    story = (await business.show(order)).timeline
    assert [entry.facts for entry in story if entry.type == "order.updated"] == [{"not_canceled": {"1": 2}}]
    assert business.payments.captured_minor == order.total.amount_minor


async def test_two_cancels_at_once_take_each_unit_once(business: Business) -> None:
    order = await labeled(business, MUG=3)
    answers = await asyncio.gather(*(business.cancel(order, lines={"1": 2}) for _ in range(2)), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Refused"]
    await business.until_called(business.nodes.calls, "request", times=2)
    await send_all(business, order)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert business.payments.captured_minor == 1_000


async def test_units_canceled_one_by_one_end_the_order_like_all_at_once(business: Business) -> None:
    order = await labeled(business, MUG=2)
    await business.cancel(order, lines={"1": 1})
    await business.until(order, lambda view: len(view.consignments) == 2)
    await business.cancel(order, lines={"1": 1})
    assert (await business.result(order)).status is OrderStatus.CANCELED
    assert business.payments.captures == {}
    assert await business.stock() == {(row.node_id, row.sku): (row.quantity, 0, 0) for row in STOCK}
    await business.assert_nothing_is_left_open()


async def test_a_preview_is_of_the_cancel_that_comes_after_those_under_way(business: Business) -> None:
    """Fifteen of twenty-five dollars go with the rest: its unit, and the shipping of the whole."""
    body = basket(MUG=1, LMP=1)
    body["shipping"], body["tenders"][0]["amount"] = usd(500), usd(2_500)
    order = await business.place(body)
    await asked(business, order)
    business.nodes.away = {"withdraw"}
    await business.cancel(order, lines={"1": 1})
    rest = await business.preview_cancel(order)
    assert (rest.units, rest.released.amount_minor) == ({"2": 1}, 1_500)
    await business.cancel(order)
    business.nodes.away = set()
    await business.result(order)
    updated = [entry.facts for entry in (await business.show(order)).timeline if entry.type == "order.updated"]
    assert sum(int(str(facts["released_minor"])) for facts in updated) == 2_500


async def test_a_preview_rounds_as_the_cancel_after_those_under_way(business: Business) -> None:
    """Of three units for two minor units, the first two that are canceled take all there is."""
    body = basket(MUG=3)
    body["lines"][0] |= {"unit_price": usd(1), "discount": usd(1)}
    body["tenders"][0]["amount"] = usd(2)
    order = await business.place(body)
    await asked(business, order)
    business.nodes.away = {"withdraw"}
    first = (await business.preview_cancel(order, lines={"1": 2})).released.amount_minor
    await business.cancel(order, lines={"1": 2})
    assert (first, (await business.preview_cancel(order)).released.amount_minor) == (2, 0)


async def test_an_order_that_goes_on_after_a_cancel_that_came_too_late_has_no_reason_for_one(
    business: Business,
) -> None:
    business.nodes.keeps_what_it_was_asked_for = True
    order = await business.place(basket(MUG=1))
    await asked(business, order)
    await business.cancel(order)
    await business.until_told(order, "fulfillment.request_refused")
    going_on = await business.until(order, lambda view: view.status.order is OrderStatus.PROCESSING)
    assert going_on.cancel_reason is None
    await send_all(business, order)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert (await business.show(order)).cancel_reason is None
