"""The order's steps by themselves: taken again they give the same answer, and there is one effect."""

from typing import Literal

import pytest

from activities.order import OrderActivities
from activities.planning import PlanningActivities
from adapters.postgres.stock import PostgresStock
from contracts.ids import AddressRef
from contracts.order import CloseCanceled, Next, OrderStep
from contracts.order_view import OrderView
from contracts.planning import OrderToPlan, StockTaken
from contracts.policy import RoutingPolicy
from contracts.reasons import CancelReason
from contracts.routing import RoutingDecision
from contracts.states import ApprovalStatus, PaymentStatus
from decisions.plan import ConsignmentToCreate
from tests.order.business import Business
from tests.order.onlooker import happened
from tests.order.taken import as_attempts, taken_thrice
from tests.order.test_review import risky
from tests.shop import MUG, RENO, basket


def steps_of(office: Business) -> OrderActivities:
    return as_attempts(
        OrderActivities(
            orders=office.world.orders, payments=office.payments, policies=office.policies, clock=office.clock
        )
    )


async def plan(office: Business, step: OrderStep, stock: PostgresStock | None = None) -> Next:
    planning = PlanningActivities(
        stock=stock or PostgresStock(office.database),
        rates=office.carriers,
        policies=office.policies,
        clock=office.clock,
    )
    return await as_attempts(planning).plan_and_reserve(step)


async def step_of(office: Business, order: OrderView) -> OrderStep:
    return OrderStep(order_id=order.id, number=order.number, policy_version=1, now=await office.now())


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
    assert list(back_office.payments.authorizations) == [f"order/{order.number}:authorize:t1:1"]
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
    (asked,) = await back_office.world.orders.start_authorizations(step)
    await back_office.payments.authorize(asked)  # and its answer got lost
    await taken_thrice(lambda: steps.void_authorization(step))
    assert back_office.payments.voids == {f"order/{order.number}:authorize:t1:1:void": f"auth:{asked.key}"}
    assert happened(await back_office.show(order)) == ["order.placed", "payment.voided"]


async def test_nothing_is_voided_where_nothing_was_authorized(back_office: Business) -> None:
    order = await back_office.accept_order()
    await steps_of(back_office).void_authorization(await step_of(back_office, order))
    assert back_office.payments.calls == {}
    assert happened(await back_office.show(order)) == ["order.placed"]


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
        self,
        step: OrderStep,
        decision: RoutingDecision,
        planned: list[ConsignmentToCreate],
        address_ref: AddressRef,
    ) -> Next:
        self.tries += 1
        raise StockTaken(f"order {step.number} is too late for {decision.plan.problem_id}: {planned} to {address_ref}")


async def test_who_loses_every_race_reserves_nothing_and_is_planned_again_later(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, stock = await step_of(back_office, order), AlwaysTaken(back_office.database)
    with pytest.raises(StockTaken, match="lost 20 races"):
        await plan(back_office, step, stock)
    assert stock.tries == RoutingPolicy().attempts
    assert (await back_office.stock())[RENO, MUG] == (100, 0, 0)


async def test_a_refusal_after_an_accepted_cancel_answers_the_reason_on_record(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    await back_office.accept_cancel(order, reason="duplicate")
    closing = CloseCanceled(order=step, reason=CancelReason.OTHER, note="nobody decided")
    assert (await taken_thrice(lambda: steps.cancel(closing))).reason is CancelReason.DUPLICATE
    closed = await back_office.show(order)
    assert (closed.cancel_reason, closed.timeline[-1].facts) == (CancelReason.DUPLICATE, {})


async def test_a_refused_order_is_closed_once_and_cannot_be_canceled_any_more(back_office: Business) -> None:
    order = await back_office.accept_order()
    closing = CloseCanceled(order=await step_of(back_office, order), reason=CancelReason.INVENTORY)
    await taken_thrice(lambda: steps_of(back_office).cancel(closing))
    closed = await back_office.show(order)
    assert happened(closed) == ["order.placed", "order.canceled"]
    assert (closed.waiting_on, closed.allowed_actions, closed.lines[0].canceled) == (None, [], 2)
