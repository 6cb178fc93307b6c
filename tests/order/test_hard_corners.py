"""Corners where two troubles meet: each was found by somebody who looked for it, and each has to stay mended."""

from datetime import timedelta

import pytest

from contracts.order_state import Due
from contracts.order_view import OrderView
from contracts.partners import PartnerRefused, PartnerUnavailable
from contracts.policy import BackorderPolicy, Policy, TransitPolicy
from contracts.states import FulfillmentStatus, OrderStatus, PaymentStatus, ShipmentStatus
from tests.order.business import Business
from tests.order.onlooker import happened
from tests.order.taken import taken_thrice
from tests.order.test_backorder import short
from tests.order.test_progress_steps import leaves, planned, progress_of
from tests.order.test_rejection import asked, buckets, send
from tests.order.test_starting_again import deliver_in_the_end, ended_by_hand
from tests.shop import OAKLAND, TENT, basket


async def give_up_lines(office: Business, *fulfillments: str) -> None:
    """These consignments failed, and their units are to be refunded."""
    async with office.database.connection() as connection:
        for fulfillment_id in fulfillments:
            await connection.execute(
                "update fulfillments set status = 'incomplete' where fulfillment_id = $1", fulfillment_id
            )
            await connection.execute(
                "update order_lines set cancel_requested = cancel_requested + 1 where line_id in"
                " (select line_id from fulfillment_lines where fulfillment_id = $1)",
                fulfillment_id,
            )


async def test_a_refund_that_is_planned_before_its_capture_was_done_gives_back_what_was_taken(
    back_office: Business,
) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=1)
    steps = progress_of(back_office)
    await leaves(back_office, consignment)
    back_office.payments.away = {"capture"}
    with pytest.raises(PartnerUnavailable):
        await steps.settle(step)
    back_office.payments.away = set()
    await give_up_lines(back_office, consignment.fulfillment_id)
    await steps.cancel_units(step)
    await taken_thrice(lambda: steps.settle(step))
    assert [refund.amount.amount_minor for refund in back_office.payments.refunds.values()] == [1_000]
    assert (await back_office.show(order)).status.payment is PaymentStatus.REFUNDED


async def test_two_refunds_of_one_settlement_take_each_capture_once(back_office: Business) -> None:
    _, step, (first, second) = await planned(back_office, LMP=1, TNT=1)
    steps = progress_of(back_office)
    for consignment in (first, second):
        await leaves(back_office, consignment)
        await steps.settle(step)
        await give_up_lines(back_office, consignment.fulfillment_id)
        await steps.cancel_units(step)
    await steps.settle(step)
    refunds = back_office.payments.refunds.values()
    assert sorted((refund.capture_ref[-4:], refund.amount.amount_minor) for refund in refunds) == [
        ("t1:1", 1_000),
        ("t1:3", 1_000),
    ]


async def test_what_was_never_captured_is_not_refunded_out_of_what_was(back_office: Business) -> None:
    order, step, (first, second) = await planned(back_office, LMP=1, TNT=1)
    steps = progress_of(back_office)
    await leaves(back_office, first)
    await steps.settle(step)
    back_office.payments.broken = {"capture": PartnerRefused("payments", 402, "lost_card")}
    await leaves(back_office, second)
    await steps.settle(step)
    back_office.payments.broken = {}
    await give_up_lines(back_office, second.fulfillment_id)
    await steps.cancel_units(step)
    assert (await taken_thrice(lambda: steps.settle(step))).due is Due.WAIT
    assert back_office.payments.refunds == {}
    refused = [entry.facts for entry in (await back_office.show(order)).timeline if entry.type == "payment.failed"]
    assert [(facts["attempted"], facts["code"]) for facts in refused] == [
        ("capture", "lost_card"),
        ("refund", "not_captured"),
    ]


async def test_a_cancel_of_an_order_that_starts_again_voids_what_it_had_authorized(business: Business) -> None:
    order = await short(business, TNT=11)
    await ended_by_hand(business, order)
    await deliver_in_the_end(business, await business.accept_cancel(order))
    assert (await business.result(order)).status is OrderStatus.CANCELED
    assert (await business.show(order)).status.payment is PaymentStatus.VOIDED
    assert business.payments.still_held == set()


async def test_labels_that_could_not_be_bought_after_a_rejection_are_bought_later(business: Business) -> None:
    order = await business.place(basket(TNT=8))
    await asked(business, order)
    consignment = business.consignment(order)
    await business.node_tells(consignment, "accepted")
    await business.until(order, lambda view: happened(view).count("shipment.label_created") == 3)
    business.carriers.away = {"buy_label"}
    await business.node_rejects(consignment, "no_capacity", TNT=6)
    await business.until_called(business.carriers.calls, "buy_label", times=5)
    business.carriers.away = set()
    await business.until(order, lambda view: happened(view).count("shipment.label_created") == 4)
    await business.node_tells(consignment, "packed")
    assert len(await business.let_go(consignment)) == 1


async def test_what_was_rejected_at_the_last_moment_does_not_leave(business: Business) -> None:
    business.carriers.away = {"buy_label"}
    order = await business.place(basket(MUG=2))
    await asked(business, order)
    consignment = business.consignment(order)
    await business.node_tells(consignment, "packed")
    await business.until_called(business.carriers.calls, "buy_label")
    await business.node_rejects(consignment, "damaged", MUG=2)
    business.carriers.away = set()
    await asked(business, order, 2)
    await send(business, order, 2)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert set(business.nodes.let_go) == {f"{order.number}-2"}


async def test_units_that_one_node_frees_go_to_who_waits_for_them(business: Business) -> None:
    first = await business.place(basket(TNT=10))
    await asked(business, first)
    second = await short(business, TNT=1)
    await business.node_rejects(business.consignment(first), "no_capacity", TNT=10)
    await business.relay()
    await business.until(second, lambda view: view.consignments != [])
    assert (await buckets(business, OAKLAND, TENT))[1] == 1


async def test_an_order_whose_missing_part_is_canceled_waits_for_nobody_about_it(business: Business) -> None:
    business.nodes.habits = ["accepted"]
    order = await short(business, MUG=1, TNT=11)
    await business.choose(order, "ship_available")
    await business.until(order, lambda view: bool(view.consignments) and "choose" in view.allowed_actions)
    await business.choose(order, "cancel")
    shown = await business.until(order, lambda view: view.lines[1].canceled == 1)
    assert shown.status.order is OrderStatus.PROCESSING
    assert (shown.waiting_on or "").endswith(("to pack", "to accept", "labels of Swift"))


async def in_part(business: Business) -> OrderView:
    """Three parcels, of which two arrived, and nobody has scanned the third."""
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place(basket(TNT=8))
    codes = await business.let_go_of(order, 1)
    await business.carrier_scans(codes[:2], ShipmentStatus.DELIVERED)
    return order


async def test_of_what_arrived_in_part_the_lost_rest_is_refunded_and_told(business: Business) -> None:
    transit = TransitPolicy(patience=timedelta(seconds=1), lost_after=timedelta(seconds=1), lost="refund")
    await business.policies.store(Policy(transit=transit, backorder=BackorderPolicy()))
    business.carriers.estimate = timedelta()
    order = await in_part(business)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    completed = await business.show(order)
    (told,) = [entry.facts for entry in completed.timeline if entry.type == "fulfillment.incomplete"]
    assert (told["because"], told["units"]) == ("lost", {"1": 2})
    assert completed.consignments[0].status is FulfillmentStatus.CLOSED
    assert completed.timeline[-1].facts == {"delivered": {"1": 6}, "canceled": {"1": 2}}
    assert (
        business.payments.captured_minor,
        sum(each.amount.amount_minor for each in business.payments.refunds.values()),
    ) == (8_000, 2_000)


async def test_an_order_that_cancels_one_unit_keeps_the_others_before_those_that_wait(business: Business) -> None:
    first = await business.place(basket(TNT=10))
    await asked(business, first)
    second = await short(business, TNT=3)
    await business.cancel(first, lines={"1": 1})
    await asked(business, first, 2)
    await business.relay()
    assert sum(business.consignment(first, 2).units.values()) == 9
    await business.until_step(business.process(second), "planning.plan_and_reserve", times=2)
    assert (await business.show(second)).waiting_on == "stock to come, or the customer to choose"
