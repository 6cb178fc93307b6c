"""A node that rejects what it was asked for: its stock is believed, and the rest is planned again without it."""

from contextlib import suppress

import pytest

from adapters.temporal import StillOwed
from contracts.order_view import OrderView
from contracts.reasons import CancelReason, RejectReason
from contracts.states import FulfillmentStatus, OrderStatus, RequestStatus, ShipmentStatus
from decisions.rejection import StockEffect, stock_effect
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.test_backorder import arrive
from tests.shop import LAMP, MUG, OAKLAND, RENO, TENT, basket


@pytest.mark.parametrize("reason", RejectReason)
def test_every_reason_declares_what_it_says_of_the_stock(reason: RejectReason) -> None:
    doubtful = {RejectReason.NOT_IN_STOCK, RejectReason.MISMATCH}
    set_aside = {RejectReason.DAMAGED, RejectReason.WORN_DISPLAY}
    assert stock_effect(reason) == StockEffect(
        to_bucket="lost" if reason in doubtful else "quarantined" if reason in set_aside else "on_hand",
        none_left=reason is RejectReason.NOT_IN_STOCK,
        count=reason in doubtful,
    )


async def buckets(business: Business, node: str, sku: str) -> tuple[int, ...]:
    """On hand, reserved, sold, quarantined, lost."""
    async with business.database.connection() as connection:
        row = await connection.fetchrow(
            "select on_hand, reserved, sold, quarantined, lost from stock_balances where node_id = $1 and sku = $2",
            node,
            sku,
        )
    assert row is not None
    return tuple(row)


async def asked(business: Business, order: OrderView, position: int = 1) -> None:
    """Until the node of that consignment was asked, and the process knows it."""
    await business.until_called(business.nodes.calls, "request", times=position)
    await business.until_step(business.shipment(order, position), "shipment.ask_node")


async def send(business: Business, order: OrderView, position: int) -> None:
    """That consignment is packed, leaves and is delivered."""
    consignment = business.consignment(order, position)
    await business.node_tells(consignment, "packed")
    await business.carrier_scans(await business.let_go(consignment), ShipmentStatus.DELIVERED)


@both_ways
async def test_what_one_node_does_not_find_comes_from_another(business: Business) -> None:
    order = await business.place(basket(MUG=2))
    await asked(business, order)
    await business.node_rejects(business.consignment(order), "not_in_stock", MUG=2)
    assert await buckets(business, RENO, MUG) == (0, 0, 0, 0, 100)
    await asked(business, order, 2)
    assert business.consignment(order, 2).node_id == OAKLAND
    await send(business, order, 2)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    first, second = (await business.show(order)).consignments
    assert (first.status, first.request) == (FulfillmentStatus.CANCELED, RequestStatus.REJECTED)
    assert second.status is FulfillmentStatus.CLOSED
    assert business.payments.captured_minor == order.total.amount_minor
    async with business.database.connection() as connection:
        assert [tuple(row) for row in await connection.fetch("select node_id, sku, reason from count_tasks")] == [
            (RENO, MUG, "not_in_stock")
        ]


async def test_what_is_left_of_a_consignment_goes_on_and_the_rest_follows_from_elsewhere(business: Business) -> None:
    order = await business.place(basket(MUG=2, LMP=1))
    await asked(business, order)
    await business.node_rejects(business.consignment(order), "damaged", MUG=1)
    assert await buckets(business, RENO, MUG) == (98, 1, 0, 1, 0)
    await asked(business, order, 2)
    assert [(line.line_id, line.quantity) for line in business.consignment(order, 2).lines] == [("1", 1)]
    await send(business, order, 1)
    await send(business, order, 2)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    completed = await business.show(order)
    assert completed.timeline[-1].facts == {"delivered": {"1": 2, "2": 1}}
    assert business.payments.captured_minor == order.total.amount_minor
    assert await buckets(business, RENO, MUG) == (98, 0, 1, 1, 0)
    assert await buckets(business, RENO, LAMP) == (49, 0, 1, 0, 0)


async def test_labels_are_bought_anew_for_what_is_left_and_the_old_ones_voided(business: Business) -> None:
    order = await business.place(basket(TNT=8))
    await asked(business, order)
    consignment = business.consignment(order)
    await business.node_tells(consignment, "accepted")
    await business.until(order, lambda view: happened(view).count("shipment.label_created") == 3)
    await business.node_rejects(consignment, "no_capacity", TNT=6)
    await business.until_step(business.shipment(order), "shipment.trim")
    (shown,) = [each for each in (await business.show(order)).consignments if each.number == consignment.number]
    assert [(parcel.grams, parcel.voided_at is None) for parcel in shown.parcels] == [
        (18_000, False),
        (18_000, False),
        (12_000, False),
        (12_000, True),
    ]
    assert [(line.quantity, line.rejected) for line in shown.lines] == [(8, 6)]


async def test_a_consignment_that_is_rejected_after_its_labels_leaves_none_unused(business: Business) -> None:
    order = await business.place(basket(MUG=2))
    await asked(business, order)
    await business.node_tells(business.consignment(order), "accepted")
    await business.until_told(order, "shipment.label_created")
    await business.node_rejects(business.consignment(order), "mismatch", MUG=2)
    assert (await business.shipment(order).result()).outcome == "recalled"
    await asked(business, order, 2)
    await send(business, order, 2)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert len(business.carriers.voided) == 1


@both_ways
async def test_what_nobody_else_has_is_canceled_and_the_rest_is_delivered(business: Business) -> None:
    await business.nobody_waits_for_stock()
    order = await business.place(basket(LMP=1, TNT=1))
    await asked(business, order, 2)
    tents = next(position for position in (1, 2) if business.consignment(order, position).node_id == OAKLAND)
    await business.node_rejects(business.consignment(order, tents), "not_in_stock", TNT=1)
    await business.until(order, lambda view: view.lines[1].canceled == 1)
    await send(business, order, 3 - tents)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    completed = await business.show(order)
    assert completed.timeline[-1].facts == {"delivered": {"1": 1}, "canceled": {"2": 1}}
    assert business.payments.captured_minor == 1_000
    assert await buckets(business, OAKLAND, TENT) == (0, 0, 0, 0, 10)


async def test_an_order_of_which_everything_is_rejected_everywhere_is_canceled(business: Business) -> None:
    await business.nobody_waits_for_stock()
    order = await business.place(basket(TNT=1))
    await asked(business, order)
    await business.node_rejects(business.consignment(order), "worn_display", TNT=1)
    result = await business.result(order)
    assert (result.status, result.reason) == (OrderStatus.CANCELED, CancelReason.INVENTORY)
    assert business.payments.still_held == set()
    assert await buckets(business, OAKLAND, TENT) == (9, 0, 0, 1, 0)


async def test_what_was_not_in_a_parcel_that_left_is_sent_after_it_and_paid_for_once(business: Business) -> None:
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place(basket(MUG=3))
    codes = await business.let_go_of(order, 1)
    await business.node_rejects(business.consignment(order), "damaged", MUG=2)
    later = await business.let_go_of(order, 2)
    assert await buckets(business, RENO, MUG) == (97, 0, 1, 2, 0)
    await business.carrier_scans(codes + later, ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    completed = await business.show(order)
    assert completed.timeline[-1].facts == {"delivered": {"1": 3}}
    assert [line.quantity - line.rejected for each in completed.consignments for line in each.lines] == [1, 2]
    assert (business.payments.captured_minor, business.payments.refunds) == (3_000, {})


async def test_a_parcel_with_nothing_in_it_is_not_waited_for(business: Business) -> None:
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place(basket(MUG=2))
    await business.let_go_of(order, 1)
    await business.node_rejects(business.consignment(order), "no_capacity", MUG=2)
    await business.carrier_scans(await business.let_go_of(order, 2), ShipmentStatus.DELIVERED)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    shown = await business.show(order)
    assert [each.status for each in shown.consignments] == [FulfillmentStatus.INCOMPLETE, FulfillmentStatus.CLOSED]


async def test_what_was_not_in_a_delivered_parcel_opens_the_order_again(business: Business) -> None:
    business.everybody_is_prompt()
    order = await business.place(basket(MUG=3))
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    with business.temporal.with_time_skipping_disabled():
        with suppress(StillOwed):  # its process had ended, and starts again
            await business.node_rejects(business.consignment(order), "mismatch", MUG=1)
        await business.relay()
    shown = await business.until(order, lambda view: happened(view).count("order.completed") == 2)
    assert shown.timeline[-1].facts == {"delivered": {"1": 3}}
    assert await buckets(business, RENO, MUG) == (97, 0, 2, 0, 1)
    assert business.payments.captured_minor == 3_000


@pytest.mark.parametrize(
    ("reason", "held_for"),
    [
        ("incorrect_address", "incorrect_address"),
        ("undeliverable_destination", "incorrect_address"),
        ("missing_customs_info", "other"),
    ],
)
async def test_what_no_node_could_send_waits_for_a_person_instead_of_another_node(
    business: Business, reason: str, held_for: str
) -> None:
    order = await business.place(basket(MUG=2))
    await asked(business, order)
    await business.node_rejects(business.consignment(order), reason, MUG=2)
    shown = await business.until(order, lambda view: view.status.order is OrderStatus.ON_HOLD)
    assert [hold.reason_code for hold in shown.holds] == [held_for]
    assert shown.waiting_on == f"release of the hold: {held_for}"
    await business.until_step(business.process(order), "order.look")
    assert len(business.nodes.asked) == 1
    await business.release(order)
    await asked(business, order, 2)
    assert business.consignment(order, 2).node_id == business.consignment(order).node_id
    await send(business, order, 2)
    assert (await business.result(order)).status is OrderStatus.COMPLETED


async def test_a_node_that_rejected_is_asked_again_once_something_arrived_there(business: Business) -> None:
    order = await business.place(basket(TNT=1))
    await asked(business, order)
    await business.node_rejects(business.consignment(order), "not_in_stock", TNT=1)
    await business.until(order, lambda view: view.waiting_on == "stock to come, or the customer to choose")
    await arrive(business, TENT, 1)
    await asked(business, order, 2)
    await send(business, order, 2)
    assert (await business.result(order)).status is OrderStatus.COMPLETED


async def test_a_node_that_does_not_answer_in_time_is_asked_no_more_and_another_sends_it(business: Business) -> None:
    order = await business.place(basket(MUG=2), skipping=True)
    await asked(business, order, 2)
    assert business.consignment(order, 2).node_id == OAKLAND
    silent, _ = (await business.show(order)).consignments
    assert (silent.node_id, silent.request) == (RENO, RequestStatus.REJECTED)
    assert business.nodes.withdrawn >= {silent.number}
    assert await buckets(business, RENO, MUG) == (100, 0, 0, 0, 0)


async def test_an_answer_at_the_last_moment_counts(business: Business) -> None:
    order = await business.place(basket(MUG=2))
    await asked(business, order)
    await business.store_node_fact(business.consignment(order), "accepted")
    step = business.shipment(order)
    assert (await business.show(order)).consignments[0].waiting_until is not None
    await business.relay()
    await business.until_step(step, "shipment.buy_labels")
    await send(business, order, 1)
    assert (await business.result(order)).status is OrderStatus.COMPLETED


async def test_a_label_that_was_bought_while_the_rest_was_rejected_is_voided(business: Business) -> None:
    order = await business.place(basket(MUG=2))
    await asked(business, order)
    consignment = business.consignment(order)
    await business.node_tells(consignment, "accepted")
    await business.until_told(order, "shipment.label_created")
    business.carriers.before_a_label = lambda: business.node_rejects(consignment, "damaged", MUG=1)
    await business.node_rejects(consignment, "damaged", MUG=1)
    assert (await business.shipment(order).result()).outcome == "recalled"
    bought = {label.tracking_code for label in business.carriers.labels.values()}
    assert (len(bought), business.carriers.voided) == (2, bought)
