"""The order's steps by themselves: taken again they give the same answer, and there is one effect."""

from typing import Literal

import pytest

from activities.order import OrderActivities
from activities.planning import PlanningActivities
from adapters.postgres.stock import PostgresStock
from contracts.order import CloseCanceled, OrderStep, PlanAnswer
from contracts.order_view import OrderView
from contracts.partners import PartnerRefused
from contracts.planning import OrderToPlan, StockTaken
from contracts.policy import RoutingPolicy
from contracts.reasons import CancelReason
from contracts.routing import RoutingDecision
from contracts.states import ApprovalStatus, OrderStatus, PaymentStatus
from decisions.plan import ConsignmentToCreate
from tests.order.business import Business
from tests.order.onlooker import happened
from tests.order.taken import as_attempts, taken_thrice
from tests.order.test_review import risky
from tests.shop import MUG, RENO, TENT, basket, line, order_body


def steps_of(office: Business) -> OrderActivities:
    return as_attempts(
        OrderActivities(
            orders=office.world.orders, payments=office.payments, policies=office.policies, clock=office.clock
        )
    )


async def plan(office: Business, step: OrderStep, stock: PostgresStock | None = None) -> PlanAnswer:
    planning = PlanningActivities(
        stock=stock or PostgresStock(office.database),
        rates=office.carriers,
        policies=office.policies,
        clock=office.clock,
    )
    return await as_attempts(planning).plan_and_reserve(step)


async def step_of(office: Business, order: OrderView) -> OrderStep:
    return OrderStep(order_id=order.id, number=order.number, policy_version=1, now=await office.now())


async def handed_over(office: Business, order: OrderView) -> None:
    async with office.database.connection() as connection:
        await connection.execute("update orders set handed_over_at = now() where order_id = $1", order.id)


async def test_a_risky_order_is_held_and_asked_about_once(back_office: Business) -> None:
    order = await back_office.accept_order(risky())
    step, steps = await step_of(back_office, order), steps_of(back_office)
    verdict = await taken_thrice(lambda: steps.assess_risk(step))
    (question,) = await back_office.questions(ApprovalStatus.PENDING)
    assert verdict.approval is not None
    assert (verdict.approval.approval_id, verdict.approval.due_at) == (question.id, question.due_at)
    held = await back_office.show(order)
    assert happened(held) == ["order.placed", "decision.recorded", "order.on_hold", "approval.requested"]
    assert (held.waiting_on, held.waiting_until) == ("a person to review the order", question.due_at)


async def test_an_ordinary_order_is_not_held(back_office: Business) -> None:
    order = await back_office.accept_order()
    assert (await steps_of(back_office).assess_risk(await step_of(back_office, order))).approval is None
    assert await back_office.questions() == []


async def test_an_authorization_is_made_and_recorded_once(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    answer = await taken_thrice(lambda: steps.authorize_payment(step))
    assert answer.outcome == "authorized"
    assert list(back_office.payments.authorizations) == [f"order/{order.number}:authorize:t1"]
    confirmed = await back_office.show(order)
    assert happened(confirmed)[1:] == ["payment.authorized", "order.confirmed"]
    assert (confirmed.status.payment, confirmed.payment.authorized) == (PaymentStatus.AUTHORIZED, order.total)


@pytest.mark.parametrize("first", ["authorized", "declined"])
async def test_what_was_first_recorded_of_a_card_stays_the_answer(
    back_office: Business, first: Literal["authorized", "declined"]
) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    codes = {"authorized": None, "declined": "lost_card"}
    back_office.payments.declines = codes.pop(first)
    assert (await steps.authorize_payment(step)).outcome == first
    (back_office.payments.declines,) = codes.values()
    assert (await steps.authorize_payment(step)).outcome == first
    expected = {"authorized": PaymentStatus.AUTHORIZED, "declined": PaymentStatus.FAILED}[first]
    assert (await back_office.show(order)).status.payment is expected


async def test_a_void_finds_by_key_what_was_never_recorded_and_voids_it_once(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    request = await back_office.world.orders.authorization_request(step)
    await back_office.payments.authorize(request)  # and its answer got lost
    await taken_thrice(lambda: steps.void_authorization(step))
    assert back_office.payments.voids == {f"order/{order.number}:void": f"auth:{request.key}"}
    assert happened(await back_office.show(order)) == ["order.placed", "payment.voided"]


async def test_nothing_is_voided_where_nothing_was_authorized(back_office: Business) -> None:
    order = await back_office.accept_order()
    await steps_of(back_office).void_authorization(await step_of(back_office, order))
    assert back_office.payments.calls == {"find_authorization": 1}
    assert happened(await back_office.show(order)) == ["order.placed"]


async def test_the_whole_amount_is_captured_once(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    await steps.authorize_payment(step)
    assert (await steps.capture_payment(step)).outcome == "not_yet"
    await handed_over(back_office, order)
    assert (await taken_thrice(lambda: steps.capture_payment(step))).outcome == "captured"
    assert back_office.payments.captured_minor == order.total.amount_minor
    captured = await back_office.show(order)
    assert happened(captured).count("payment.captured") == 1
    assert (captured.status.payment, captured.payment.captured) == (PaymentStatus.CAPTURED, order.total)


@pytest.mark.parametrize("status", [402, 422])
async def test_a_refused_capture_is_recorded_once_and_stays_the_answer(back_office: Business, status: int) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    await steps.authorize_payment(step)
    await handed_over(back_office, order)
    back_office.payments.broken = {"capture": PartnerRefused("payments", status, "lost_card")}
    assert (await taken_thrice(lambda: steps.capture_payment(step))).outcome == "refused"
    back_office.payments.broken = {}
    assert (await steps.capture_payment(step)).outcome == "refused"
    refused = await back_office.show(order)
    assert happened(refused).count("payment.failed") == 1
    assert refused.timeline[-1].facts == {"attempted": "capture", "code": "lost_card"}
    assert (refused.status.payment, refused.waiting_on) == (PaymentStatus.FAILED, None)


async def test_a_capture_that_was_asked_for_wrongly_records_nothing(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    await steps.authorize_payment(step)
    await handed_over(back_office, order)
    for status in (401, 404):
        back_office.payments.broken = {"capture": PartnerRefused("payments", status, "not_found")}
        with pytest.raises(PartnerRefused):
            await steps.capture_payment(step)
    back_office.payments.broken = {}
    assert (await steps.capture_payment(step)).outcome == "captured"


async def test_a_plan_is_reserved_once_and_released_exactly_once(back_office: Business) -> None:
    body = order_body(lines=[line(line_id="1", quantity=2), line(line_id="2", quantity=3)])
    body["tenders"][0]["amount"]["amount_minor"] = 11_315  # five mugs with tax, and shipping
    order = await back_office.accept_order(body)
    step, steps = await step_of(back_office, order), steps_of(back_office)
    planned = await taken_thrice(lambda: plan(back_office, step))
    assert [consignment.number for consignment in planned.consignments] == [f"{order.number}-1"]
    assert (await back_office.stock())[RENO, MUG] == (95, 5, 0)
    await taken_thrice(lambda: steps.release_stock(step))
    assert (await back_office.stock())[RENO, MUG] == (100, 0, 0)
    story = happened(await back_office.show(order))
    assert (story.count("inventory.reserved"), story.count("inventory.released")) == (1, 1)


async def test_releasing_what_was_never_reserved_is_not_an_event(back_office: Business) -> None:
    order = await back_office.accept_order()
    await steps_of(back_office).release_stock(await step_of(back_office, order))
    assert happened(await back_office.show(order)) == ["order.placed"]


async def test_what_is_unfillable_is_answered_so_again_even_when_stock_arrives(back_office: Business) -> None:
    order = await back_office.accept_order(basket(TNT=11))
    step = await step_of(back_office, order)
    assert (await taken_thrice(lambda: plan(back_office, step))).outcome == "unfillable"
    async with back_office.database.connection() as connection:
        await connection.execute("update stock_balances set on_hand = on_hand + 90 where sku = $1", TENT)
    assert (await plan(back_office, step)).outcome == "unfillable"
    assert happened(await back_office.show(order)).count("decision.recorded") == 1


class SlowReader(PostgresStock):
    """Between its first reading and its reserving, somebody else is faster."""

    def __init__(self, office: Business, rival: OrderStep) -> None:
        super().__init__(office.database)
        self._office = office
        self._rival: OrderStep | None = rival

    async def order_to_plan(self, step: OrderStep) -> OrderToPlan:
        read = await super().order_to_plan(step)
        if self._rival is not None:
            rival, self._rival = self._rival, None
            await plan(self._office, rival)
        return read


async def test_who_loses_the_race_for_a_unit_plans_again_on_what_is_left(back_office: Business) -> None:
    order, other = await back_office.accept_order(basket(MUG=100)), await back_office.accept_order(basket(MUG=2))
    step, rival = await step_of(back_office, order), await step_of(back_office, other)
    planned = await plan(back_office, step, SlowReader(back_office, rival))
    by_node = {consignment.node_id: consignment.lines[0].quantity for consignment in planned.consignments}
    assert by_node == {"dc-reno": 98, "store-oakland": 2}  # Reno alone, had nobody been faster
    assert (await back_office.stock())[RENO, MUG] == (0, 100, 0)


class AlwaysTaken(PostgresStock):
    tries = 0

    async def reserve(
        self, step: OrderStep, decision: RoutingDecision, planned: list[ConsignmentToCreate]
    ) -> PlanAnswer:
        self.tries += 1
        raise StockTaken(f"order {step.number} is too late for {decision.plan.problem_id}: {len(planned)}")


async def test_who_loses_every_race_reserves_nothing_and_is_planned_again_later(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, stock = await step_of(back_office, order), AlwaysTaken(back_office.database)
    with pytest.raises(StockTaken, match="lost 20 races"):
        await plan(back_office, step, stock)
    assert stock.tries == RoutingPolicy().attempts
    assert (await back_office.stock())[RENO, MUG] == (100, 0, 0)


async def test_an_operators_cancel_is_asked_for_once_and_then_found_by_the_command(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    assert (await steps.read_command(step)).reason is None
    assert (await taken_thrice(lambda: steps.request_cancel(step))).reason is CancelReason.STAFF
    assert (await steps.read_command(step)).reason is CancelReason.STAFF
    asked = await back_office.show(order)
    assert happened(asked) == ["order.placed", "order.cancel_requested"]
    assert (asked.status.order, asked.waiting_on) == (
        OrderStatus.CANCEL_REQUESTED,
        "partners to undo what was done",
    )


async def test_a_requested_cancel_stays_visible_whatever_the_process_records_meanwhile(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    await steps.request_cancel(step)
    await steps.authorize_payment(step)
    await plan(back_office, step)
    meanwhile = await back_office.show(order)
    assert (meanwhile.status.order, meanwhile.waiting_on) == (
        OrderStatus.CANCEL_REQUESTED,
        "partners to undo what was done",
    )


async def test_a_refusal_after_an_accepted_cancel_answers_the_reason_on_record(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    await back_office.accept_cancel(order, reason="duplicate")
    closing = CloseCanceled(order=step, reason=CancelReason.OTHER, note="nobody decided")
    assert (await taken_thrice(lambda: steps.cancel(closing))).reason is CancelReason.DUPLICATE
    closed = await back_office.show(order)
    assert (closed.cancel_reason, closed.timeline[-1].facts) == (CancelReason.DUPLICATE, {})


@pytest.mark.parametrize("end", ["order.completed", "order.canceled"])
async def test_an_order_is_closed_once_and_cannot_be_canceled_any_more(back_office: Business, end: str) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    closing = CloseCanceled(order=step, reason=CancelReason.INVENTORY)
    await taken_thrice(lambda: steps.complete(step) if end == "order.completed" else steps.cancel(closing))
    assert (await steps.request_cancel(step)).reason is None
    closed = await back_office.show(order)
    assert happened(closed) == ["order.placed", end]
    assert (closed.waiting_on, closed.allowed_actions) == (None, [])
