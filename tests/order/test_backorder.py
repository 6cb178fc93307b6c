"""What cannot be filled waits for stock, the longest waiting first; the customer may choose; patience has an end."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest

from adapters.postgres.intake import PostgresIntake
from adapters.temporal import StillOwed
from contracts.actors import Actor
from contracts.catalogue import StockRow
from contracts.order_state import Due
from contracts.order_view import OrderView
from contracts.policy import BackorderPolicy, Policy
from contracts.problems import Refused
from contracts.reasons import CancelReason
from contracts.states import OrderStatus
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.test_progress_steps import planned, progress_of
from tests.order.test_steps import plan
from tests.shop import OAKLAND, TENT, basket


async def arrive(business: Business, sku: str, quantity: int, node: str = OAKLAND) -> None:
    intake = PostgresIntake(business.database)
    row = StockRow.model_validate({"node_id": node, "sku": sku, "quantity": quantity})
    await intake.receive(uuid4().hex, [row], actor=Actor(type="system", id="tests"), now=await business.now())
    await business.relay()


async def short(business: Business, *, skipping: bool = False, **quantities: int) -> OrderView:
    """An order that waits for stock."""
    order = await business.place(basket(**quantities), skipping=skipping)
    return await business.until(order, lambda view: view.waiting_on == "stock to come, or the customer to choose")


@both_ways
async def test_what_comes_in_time_is_sent(business: Business) -> None:
    business.everybody_is_prompt()
    order = await short(business, TNT=11)
    assert (order.status.order, order.waiting_until is not None) == (OrderStatus.CUSTOMER_ACTION_REQUIRED, True)
    await arrive(business, TENT, 1)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    story = happened(await business.show(order))
    assert story.index("order.on_hold") < story.index("order.hold_released") < story.index("fulfillment.created")
    assert business.payments.captured_minor == order.total.amount_minor


async def test_who_waits_longest_is_served_first_and_nobody_who_came_later_is_sold_it(business: Business) -> None:
    first, second = await short(business, TNT=11), await short(business, TNT=12)
    newcomer = await short(business, TNT=1)  # ten are there, and the first one waits for them
    await arrive(business, TENT, 2)
    await business.until(first, lambda view: view.consignments != [])
    assert [(await business.show(order)).consignments for order in (second, newcomer)] == [[], []]
    await arrive(business, TENT, 11)
    await business.until(second, lambda view: view.consignments != [])
    await arrive(business, TENT, 1)
    await business.until(newcomer, lambda view: view.consignments != [])


async def test_what_does_not_come_in_time_is_canceled_and_nothing_is_taken(business: Business) -> None:
    order = await business.place(basket(TNT=11), skipping=True)
    result = await business.result(order)
    assert (result.status, result.reason) == (OrderStatus.CANCELED, CancelReason.INVENTORY)
    closed = await business.show(order)
    (held,) = [entry for entry in closed.timeline if entry.type == "order.on_hold"]
    (asked,) = [entry for entry in closed.timeline if entry.type == "order.cancel_requested"]
    assert asked.occurred_at - held.occurred_at == pytest.approx(BackorderPolicy().patience, abs=timedelta(minutes=1))
    await business.assert_nothing_is_left_open()


async def test_without_patience_it_is_canceled_at_once(business: Business) -> None:
    await business.policies.store(Policy(backorder=BackorderPolicy(patience=timedelta())))
    order = await business.place(basket(TNT=11))
    assert (await business.result(order)).reason is CancelReason.INVENTORY


@both_ways
async def test_who_takes_what_there_is_gets_it_now_and_the_rest_when_it_comes(business: Business) -> None:
    business.everybody_is_prompt()
    order = await short(business, MUG=2, TNT=11)
    await business.choose(order, "ship_available")
    half = await business.until(order, lambda view: happened(view).count("shipment.delivered") >= 2)
    assert half.status.order is OrderStatus.CUSTOMER_ACTION_REQUIRED
    assert sum(line.quantity for part in half.consignments for line in part.lines) == 12
    await arrive(business, TENT, 1)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert (await business.show(order)).timeline[-1].facts == {"delivered": {"1": 2, "2": 11}}
    assert business.payments.captured_minor == order.total.amount_minor


async def test_who_takes_what_there_is_pays_for_nothing_that_never_comes(business: Business) -> None:
    business.everybody_is_prompt()
    order = await short(business, LMP=1, TNT=11)
    await business.choose(order, "ship_available")
    await business.until(order, lambda view: bool(view.consignments) and "choose" in view.allowed_actions)
    await business.choose(order, "cancel")
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert business.payments.captured_minor == 1_000 * 11
    assert (await business.show(order)).timeline[-1].facts["canceled"] == {"2": 1}


async def test_who_chooses_to_wait_waits_longer(business: Business) -> None:
    order = await short(business, TNT=11)
    await business.choose(order, "wait")
    longer = await business.show(order)
    assert order.waiting_until is not None
    assert longer.waiting_until is not None
    assert longer.waiting_until - order.waiting_until > timedelta(days=20)
    await arrive(business, TENT, 1)
    await business.until(order, lambda view: view.consignments != [])


async def test_there_is_nothing_to_choose_for_an_order_that_does_not_wait(business: Business) -> None:
    order = await business.place()
    with pytest.raises(Refused) as refused:
        await business.choose(order, "cancel")
    assert refused.value.code == "invalid_transition"


async def test_a_cancel_of_who_waits_longest_lets_the_next_one_have_it(business: Business) -> None:
    first = await short(business, TNT=11)
    second = await short(business, TNT=10)
    await business.cancel(first)
    await business.result(first)
    await business.relay()
    await business.until(second, lambda view: view.consignments != [])


async def test_however_many_wait_they_are_never_sold_more_than_comes(business: Business) -> None:
    orders = [await short(business, TNT=11) for _ in range(4)]
    await asyncio.gather(arrive(business, TENT, 12), arrive(business, TENT, 10))
    await business.until(orders[0], lambda view: view.consignments != [])
    await business.relay()
    await business.until(orders[1], lambda view: view.consignments != [])
    on_hand = {place: units[0] for place, units in (await business.stock()).items()}
    assert on_hand[OAKLAND, TENT] == 10
    assert [(await business.show(order)).consignments for order in orders[2:]] == [[], []]


async def test_an_order_that_a_person_holds_does_not_run_out_of_patience_meanwhile(back_office: Business) -> None:
    order, step, _ = await planned(back_office, TNT=11)
    with suppress(StillOwed):  # nobody has started its process
        await back_office.hold(order)
    async with back_office.database.connection() as connection:
        await connection.execute("update orders set short_until = placed_at where order_id = $1", order.id)
    assert (await progress_of(back_office).take_answers(step)).wait.on == "release of the hold: customer_request"
    assert [line.cancel_requested for line in (await back_office.show(order)).lines] == [0]
    with suppress(StillOwed):
        await back_office.release(order)
    assert (await plan(back_office, step)).wait.on == "stock to come, or the customer to choose"
    assert (await progress_of(back_office).take_answers(step)).due is Due.CANCEL_UNITS


async def test_a_short_order_that_is_looked_at_again_may_still_choose_and_has_nothing_to_pay(
    business: Business,
) -> None:
    order = await short(business, TNT=11)
    await business.hold(order)
    await business.edit(order, line1="9 Mission Street")
    held = await business.show(order)
    assert {"choose", "release"} <= set(held.allowed_actions)
    assert "pay" not in held.allowed_actions
    await business.choose(order, "cancel")
    assert (await business.result(order)).reason is CancelReason.CUSTOMER
