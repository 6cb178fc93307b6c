"""Units and lines added to an order: a part of it once they are paid for, and until then nothing at all."""

from typing import Any
from uuid import uuid4

import pytest

from contracts.order_view import OrderView
from contracts.partners import PartnerRefused
from contracts.policy import PaymentPolicy, Policy
from contracts.states import OrderStatus, PaymentStatus
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.taken import taken_thrice
from tests.order.test_partial_cancel import labeled, send_all
from tests.order.test_payment_renewal import SOON, lapses_in, rounds
from tests.order.test_progress_steps import comes_back, leaves, planned, progress_of
from tests.order.test_steps import plan, step_of, steps_of
from tests.shop import LAMP, MUG, basket, line, order_body, usd

LAMPS = line(line_id="lamps", sku=LAMP, quantity=2, unit_price=usd(500), tax_rate="0")


def quantity(line_id: str, wanted: int) -> dict[str, Any]:
    return {"line_id": line_id, "quantity": wanted}


def facts(order: OrderView, type_: str, fact: str) -> list[Any]:
    return [entry.facts[fact] for entry in order.timeline if entry.type == type_ and fact in entry.facts]


async def send(business: Business, order: OrderView, *, units: int) -> None:
    """Once that many units are at nodes that were asked for them: packed, handed over and delivered."""

    def at_nodes(view: OrderView) -> bool:
        under_way = [each for each in view.consignments if each.status != "canceled"]
        asked = all(each.number in business.nodes.asked for each in under_way)
        return asked and sum(part.quantity for each in under_way for part in each.lines) == units

    await business.until(order, at_nodes)
    await send_all(business, order)


@both_ways
async def test_units_that_are_added_are_charged_and_delivered(business: Business) -> None:
    order = await labeled(business, MUG=1)
    await business.change(order, lines=[quantity("1", 3)], add=[LAMPS])
    await send(business, order, units=5)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    ended = await business.show(order)
    assert ended.timeline[-1].facts == {"delivered": {"1": 1, "lamps": 2, "add1:1": 2}}
    assert [(each.line_id, each.sku, each.quantity, each.unit_price.amount_minor) for each in ended.lines] == [
        ("1", MUG, 1, 1_000),
        ("lamps", LAMP, 2, 500),
        ("add1:1", MUG, 2, 1_000),
    ]
    assert (ended.total.amount_minor, business.payments.captured_minor) == (4_000, 4_000)
    assert (ended.status.payment, ended.payment.captured) == (PaymentStatus.CAPTURED, ended.total)
    made = business.payments.authorizations[f"order/{order.number}:authorize:add1"]
    assert made.amount.amount_minor == 3_000
    await business.assert_nothing_is_left_open()


@both_ways
async def test_an_addition_that_is_declined_leaves_the_order_as_it_was(business: Business) -> None:
    order = await labeled(business, MUG=2)
    business.payments.declines = "lost_card"
    await business.change(order, add=[LAMPS])
    kept = await business.until_told(order, "payment.failed")
    assert facts(kept, "payment.failed", "code") == ["lost_card"]
    assert facts(kept, "order.updated", "not_added") == [{"lamps": 2}]
    assert (kept.total, kept.status.payment, len(kept.lines)) == (order.total, PaymentStatus.AUTHORIZED, 1)
    business.payments.declines = None
    await send_all(business, order)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert (await business.show(order)).timeline[-1].facts == {"delivered": {"1": 2}}
    assert business.payments.captured_minor == 2_000
    assert business.payments.calls["authorize"] == 2
    await business.assert_nothing_is_left_open()


@both_ways
async def test_one_edit_takes_units_of_one_line_and_adds_to_another(business: Business) -> None:
    order = await labeled(business, MUG=3, LMP=1)
    await business.change(order, lines=[quantity("1", 1), quantity("2", 2)])
    await business.until(order, lambda view: view.lines[0].canceled == 2 and len(view.lines) == 3)
    await send(business, order, units=3)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    ended = await business.show(order)
    assert ended.timeline[-1].facts == {"delivered": {"1": 1, "2": 1, "add1:1": 1}, "canceled": {"1": 2}}
    assert business.payments.captured_minor == 3_000
    await business.assert_nothing_is_left_open()


async def test_what_is_added_while_stock_is_missing_waits_and_comes_with_it(business: Business) -> None:
    business.everybody_is_prompt()
    order = await business.place(basket(TNT=11))
    await business.until(order, lambda view: view.status.order is OrderStatus.CUSTOMER_ACTION_REQUIRED)
    await business.change(order, add=[LAMPS])
    await business.until(order, lambda view: len(view.lines) == 2)
    await business.until(order, lambda view: happened(view).count("decision.recorded") == 3)
    await business.choose(order, "ship_available")
    await business.until_told(order, "fulfillment.shipped")
    await business.until(order, lambda view: view.payment.captured.amount_minor == 11_000)
    await business.choose(order, "cancel")
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert (await business.show(order)).timeline[-1].facts == {"delivered": {"1": 10, "lamps": 2}, "canceled": {"1": 1}}
    await business.assert_nothing_is_left_open()


async def test_of_what_is_canceled_while_it_is_being_added_nothing_stays_set_aside(business: Business) -> None:
    order = await labeled(business, MUG=2)
    business.payments.losing = {"authorize"}
    business.payments.away_from = {"authorize": 3}  # the first was the order's; the second is done, its answer lost
    await business.change(order, add=[LAMPS])
    await business.until_called(business.payments.calls, "authorize", times=3)
    await business.cancel(order)
    business.payments.away_from = {}
    assert (await business.result(order)).status is OrderStatus.CANCELED
    key = f"order/{order.number}:authorize:add1"
    assert business.payments.voids[f"{key}:void"] == f"auth:{key}"
    ended = await business.show(order)
    assert (facts(ended, "order.updated", "not_added"), len(ended.lines)) == ([{"lamps": 2}], 1)
    await business.assert_nothing_is_left_open()


async def test_what_nobody_asked_the_provider_for_yet_is_not_asked_for_once_all_is_canceled(
    back_office: Business,
) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=2)
    await back_office.accept_edit(order, add=[LAMPS])
    await back_office.accept_cancel(order)
    await comes_back(back_office, consignment)
    steps = progress_of(back_office)
    await steps.cancel_units(step)
    await taken_thrice(lambda: steps.settle(step))
    assert list(back_office.payments.authorizations) == [f"order/{order.number}:authorize:t1:1"]
    assert (await steps.close(step)).status is OrderStatus.CANCELED
    assert back_office.payments.still_held == set()


async def test_a_cancel_of_all_that_has_not_left_takes_back_what_was_to_be_added(back_office: Business) -> None:
    order, step, (first, second) = await planned(back_office, LMP=1, TNT=1)
    steps = progress_of(back_office)
    await leaves(back_office, first)
    await back_office.accept_edit(order, add=[LAMPS])
    await back_office.accept_cancel(order)
    await comes_back(back_office, second)
    await steps.cancel_units(step)
    await taken_thrice(lambda: steps.settle(step))
    assert len((await back_office.show(order)).lines) == 2
    assert back_office.payments.captured_minor == 1_000


async def test_it_is_asked_for_once_however_often_the_step_is_taken_and_the_answer_lost(back_office: Business) -> None:
    order, step, _ = await planned(back_office, MUG=2)
    steps = progress_of(back_office)
    await back_office.accept_edit(order, add=[LAMPS])
    back_office.payments.losing = {"authorize"}
    with pytest.raises(Exception, match="payments is not available"):
        await steps.settle(step)
    await taken_thrice(lambda: steps.settle(step))
    added = await back_office.show(order)
    assert (added.total.amount_minor, len(added.lines)) == (3_000, 2)
    assert (happened(added).count("payment.authorized"), len(back_office.payments.authorizations)) == (2, 2)


async def test_a_request_that_is_wrong_is_not_taken_for_a_decline(back_office: Business) -> None:
    order, step, _ = await planned(back_office, MUG=2)
    await back_office.accept_edit(order, add=[LAMPS])
    back_office.payments.broken = {"authorize": PartnerRefused("payments", 401, "who_are_you")}
    with pytest.raises(PartnerRefused):
        await progress_of(back_office).settle(step)
    back_office.payments.broken = {"authorize": PartnerRefused("payments", 422, "unknown_method")}
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    kept = await back_office.show(order)
    assert facts(kept, "payment.failed", "code") == ["unknown_method"]
    assert len(kept.lines) == 1


async def test_the_card_that_is_named_pays_and_else_the_one_of_the_order(back_office: Business) -> None:
    order, step, _ = await planned(back_office, MUG=2)
    back_office.payments.declines, back_office.payments.good = "lost_card", {"pm_other"}
    await back_office.accept_edit(order, add=[LAMPS])
    await back_office.accept_edit(order, add=[LAMPS | {"line_id": "again"}], payment_method="pm_other")
    await progress_of(back_office).settle(step)
    assert [each.line_id for each in (await back_office.show(order)).lines] == ["1", "again"]
    assert set(rounds(back_office, order)) == {"t1:1", "add2"}


async def test_each_card_is_made_anew_in_its_time_and_captured_of_its_last_round(back_office: Business) -> None:
    order, step, (first,) = await planned(back_office, MUG=2)
    steps = progress_of(back_office)
    await back_office.accept_edit(order, add=[LAMPS])
    await steps.settle(step)
    (second,) = [each for each in (await plan(back_office, step)).consignments if each.number != first.number]
    await lapses_in(back_office, order, SOON)
    await taken_thrice(lambda: steps.settle(step))
    assert rounds(back_office, order) == {"t1:1": 2_000, "add1": 1_000, "t1:2": 2_000, "add1:2": 1_000}
    assert len(back_office.payments.voids) == 2
    for consignment in (second, first):
        await leaves(back_office, consignment)
        await steps.settle(step)
    taken = [
        (each.authorization_ref.split("authorize:")[1], each.amount.amount_minor) for each in _captures(back_office)
    ]
    assert taken == [("t1:2", 1_000), ("t1:2", 1_000), ("add1:2", 1_000)]
    assert (await back_office.show(order)).status.payment is PaymentStatus.CAPTURED


async def test_where_one_capture_is_possible_what_is_added_after_it_is_captured_when_it_leaves(
    back_office: Business,
) -> None:
    await back_office.policies.store(Policy(payment=PaymentPolicy(capture="first_hand_over")))
    order, step, (first, second) = await planned(back_office, LMP=1, TNT=1)
    steps = progress_of(back_office)
    await leaves(back_office, first)
    await steps.settle(step)
    await back_office.accept_edit(order, add=[LAMPS])
    await taken_thrice(lambda: steps.settle(step))
    assert [each.amount.amount_minor for each in _captures(back_office)] == [2_000]
    assert (await back_office.show(order)).status.payment is PaymentStatus.PARTIALLY_CAPTURED
    known = {first.number, second.number}
    (third,) = [each for each in (await plan(back_office, step)).consignments if each.number not in known]
    await leaves(back_office, third)
    await taken_thrice(lambda: steps.settle(step))
    assert [each.amount.amount_minor for each in _captures(back_office)] == [2_000, 1_000]


async def test_what_is_added_can_be_canceled_like_anything_else(back_office: Business) -> None:
    order, step, _ = await planned(back_office, MUG=2)
    steps = progress_of(back_office)
    await back_office.accept_edit(order, add=[LAMPS])
    await steps.settle(step)
    await back_office.accept_edit(order, lines=[quantity("lamps", 0)])
    await steps.cancel_units(step)
    await taken_thrice(lambda: steps.settle(step))
    less = await back_office.show(order)
    assert (less.lines[1].canceled, facts(less, "order.updated", "released_minor")) == (2, [1_000])


async def test_a_process_that_starts_again_undoes_an_addition_whose_answer_was_lost(back_office: Business) -> None:
    order = await back_office.accept_order()
    step = await step_of(back_office, order)
    steps = steps_of(back_office)
    await steps.authorize_payment(step)
    await back_office.accept_edit(order, add=[LAMPS])
    back_office.payments.losing = {"authorize"}
    with pytest.raises(Exception, match="payments is not available"):
        await progress_of(back_office).settle(step)
    await back_office.accept_cancel(order)
    await steps.void_authorization(step)
    await steps.void_authorization(step)
    assert (len(back_office.payments.voids), back_office.payments.still_held) == (2, set())


async def test_and_one_that_was_authorized(back_office: Business) -> None:
    order = await back_office.accept_order()
    step = await step_of(back_office, order)
    steps = steps_of(back_office)
    await steps.authorize_payment(step)
    await back_office.accept_edit(order, add=[LAMPS])
    await progress_of(back_office).settle(step)
    await back_office.accept_cancel(order)
    await steps.void_authorization(step)
    assert (len(back_office.payments.voids), back_office.payments.still_held) == (2, set())
    assert (await back_office.show(order)).status.payment is PaymentStatus.VOIDED


async def test_what_was_released_in_part_before_any_plan_is_not_undone_but_canceled(back_office: Business) -> None:
    """A process that starts again would find the rest of a card whose settlement has begun, and leave it set aside."""
    order = await back_office.accept_order(basket(MUG=3))
    step = await step_of(back_office, order)
    first, steps = steps_of(back_office), progress_of(back_office)
    await first.authorize_payment(step)
    await back_office.accept_edit(order, lines=[quantity("1", 2)], add=[LAMPS])
    await steps.cancel_units(step)
    await steps.settle(step)
    await back_office.accept_cancel(order)
    assert (await first.read_command(step)).planned
    await steps.cancel_units(step)
    await taken_thrice(lambda: steps.settle(step))
    assert (await steps.close(step)).status is OrderStatus.CANCELED
    assert (len(back_office.payments.voids), back_office.payments.still_held) == (2, set())


async def test_the_same_key_again_adds_nothing_a_second_time(back_office: Business) -> None:
    order, step, _ = await planned(back_office, MUG=2)
    key = uuid4().hex
    for _ in range(2):
        await back_office.accept_edit(order, key=key, add=[LAMPS])
    await progress_of(back_office).settle(step)
    await back_office.accept_edit(order, key=key, add=[LAMPS])
    await progress_of(back_office).settle(step)
    assert (await back_office.show(order)).total.amount_minor == 3_000


async def test_an_edit_that_changes_nothing_is_told_to_nobody(back_office: Business) -> None:
    order, _, _ = await planned(back_office, MUG=2)
    before = await back_office.show(order)
    assert await back_office.accept_edit(order, lines=[quantity("1", 2)]) == []
    assert await back_office.show(order) == before


async def test_all_at_once_goes_elsewhere_with_less_of_one_and_more_of_another(business: Business) -> None:
    order = await labeled(business, MUG=2)
    elsewhere = order_body()["shipping_address"] | {"line1": "9 Mission Street", "postal_code": "94110"}
    await business.change(order, shipping_address=elsewhere, lines=[quantity("1", 1)], add=[LAMPS])
    await business.until(order, lambda view: len(view.lines) == 2 and view.lines[0].canceled == 1)
    await send(business, order, units=3)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert (await business.show(order)).timeline[-1].facts == {
        "delivered": {"1": 1, "lamps": 2},
        "canceled": {"1": 1},
    }
    assert business.payments.captured_minor == 2_000
    await business.assert_nothing_is_left_open()


def _captures(office: Business) -> list[Any]:
    return list(office.payments.captures.values())
