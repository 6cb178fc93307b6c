"""What an order under way has to do next, by its rows; and how it loses units and ends."""

from typing import Final

from pydantic import JsonValue

from adapters.postgres import events, order_rows, order_state
from adapters.postgres.backorders import look_again, tell_of_what_it_left, wait_no_more
from adapters.postgres.cancel import give_up, request_cancel
from adapters.postgres.database import Connection, Database
from adapters.postgres.holds import release_all
from adapters.postgres.settlement import money_of, plan_moves, planned_reversal
from contracts.actors import STEWARD, Actor
from contracts.events import Event, EventType
from contracts.fulfillment import Consignment, ConsignmentLine
from contracts.ids import OrderId
from contracts.order import CancelAnswer, Closed, Next, OrderStep
from contracts.order_state import ConsignmentStage, Due, LineUnits, OrderState
from contracts.policy import PaymentPolicy
from contracts.reasons import CancelReason
from contracts.states import OrderStatus
from contracts.waiting import NOTHING, STOCK_OR_CHOICE, Wait
from decisions.cancellation import after_canceling, cancelable, canceled_now, not_asked_for, open_units
from decisions.due import next_due

_WAITS: Final = """
select $2 as on, short_until as until from orders o where order_id = $1 and waits_for_stock
       and not exists (select from order_holds h where h.order_id = o.order_id and h.released_at is null)
union all
select 'a person to decide: ' || replace(kind, '_', ' '),
       coalesce(case when escalated_at is null then escalate_at end, due_at)
from open_questions where order_id = $1
union all
select 'release of the hold: ' || string_agg(reason, ', ' order by placed_at, hold_id), null  -- nobody is timed
from order_holds where order_id = $1 and released_at is null having count(*) > 0
order by until limit 1
"""
_UNDER_WAY: Final = """
select f.*, n.name as node_name from fulfillments f join nodes n using (node_id)
where order_id = $1 and f.status in ('open', 'in_progress') order by position
"""
_LINES: Final = """
select line_id, sku, quantity - rejected - lost as quantity from fulfillment_lines
where fulfillment_id = $1 and quantity > rejected + lost order by line_id
"""
_OPERATOR: Final = Actor(type="user", id="operator:unverified")


async def next_of(connection: Connection, order_id: OrderId) -> Next:
    """What is due, every consignment that a process has to see through, and what else is waited for the shortest."""
    state = await order_state.load(connection, order_id)
    wait = await connection.fetchrow(_WAITS, order_id, STOCK_OR_CHOICE)
    return Next(
        due=next_due(state),
        consignments=await _under_way(connection, order_id),
        wait=Wait(**dict(wait)) if wait else NOTHING,
    )


class PostgresProgress:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def next(self, step: OrderStep) -> Next:
        async with self._database.snapshot() as connection:
            return await next_of(connection, step.order_id)

    async def request_cancel(self, step: OrderStep) -> CancelAnswer:
        """As at the door, by an operator: all that has not left yet."""
        async with self._database.transaction() as connection:
            order = await order_rows.lock(connection, step.order_id)
            if order["cancel_requested"]:
                return CancelAnswer(reason=order["cancel_reason"])
            state = await order_state.load(connection, step.order_id)
            units = {} if OrderStatus(order["status"]).is_final else cancelable(state)
            if units:
                await request_cancel(
                    connection,
                    order,
                    state,
                    units,
                    actor=_OPERATOR,
                    source="process",
                    reason_code=CancelReason.STAFF,
                    now=step.now,
                )
        return CancelAnswer(reason=CancelReason.STAFF if units else None)

    async def give_up_waiting(self, step: OrderStep) -> None:
        async with self._database.transaction() as connection:
            order = await order_rows.lock(connection, step.order_id)
            state = await order_state.load(connection, step.order_id)
            if state.waits_for_stock and not state.on_hold and order["short_until"] <= step.now:
                await give_up(connection, step, order, state, not_asked_for(state))

    async def record_canceled_units(self, step: OrderStep, policy: PaymentPolicy) -> None:
        """Cancel what was asked for and is free; plan its money; say what came too late."""
        async with self._database.transaction() as connection:
            order = await order_rows.lock(connection, step.order_id)
            before = await order_state.load(connection, step.order_id)
            units, after = canceled_now(before), after_canceling(before)
            await order_state.save(connection, step.order_id, before, after)
            await look_again(connection, step.order_id)
            if units:
                await _plan_reversal(connection, step, units, policy)
                await _stop_waiting(connection, step, after)
            if too_late := _too_late(before, after, units):
                if order["cancel_requested"]:
                    await _take_up_again(connection, step)
                await events.append(connection, step.order_id, _updated(step, {"not_canceled": dict(too_late)}))

    async def record_closed(self, step: OrderStep) -> Closed:
        """Completed with what was delivered, or canceled if that is nothing; only once nothing is due any more."""
        async with self._database.transaction() as connection:
            order = await order_rows.lock(connection, step.order_id)
            state = await order_state.load(connection, step.order_id)
            if (due := next_due(state)) is not Due.CLOSE:
                return Closed(due=due)
            status = OrderStatus(order["status"])
            if status.is_final:
                return _closed(status, order["cancel_reason"])
            delivered = +state.in_stages(ConsignmentStage.DELIVERED)
            status = OrderStatus.COMPLETED if delivered else OrderStatus.CANCELED
            reason = None if delivered else order["cancel_reason"] or CancelReason.OTHER  # other: all of it was lost
            await connection.execute("update orders set cancel_reason = $2 where order_id = $1", step.order_id, reason)
            await order_rows.enter(connection, step.order_id, status, NOTHING)
            await release_all(connection, step.order_id, step.now)
            ended = Event(
                type=EventType.ORDER_COMPLETED if delivered else EventType.ORDER_CANCELED,
                occurred_at=step.now,
                actor=STEWARD,
                reason_code=reason,
                facts=_outcome(state, delivered),
            )
            await events.append(connection, step.order_id, ended)
            return _closed(status, reason)


def _outcome(state: OrderState, delivered: LineUnits) -> dict[str, JsonValue]:
    """Units by line, so that no part of an order is missing without a word."""
    canceled = {line.line_id: line.canceled for line in state.lines if line.canceled}
    return {name: dict(units) for name, units in (("delivered", delivered), ("canceled", canceled)) if units}


async def _plan_reversal(connection: Connection, step: OrderStep, units: LineUnits, policy: PaymentPolicy) -> None:
    plan = planned_reversal(await money_of(connection, step.order_id), units, policy)
    await plan_moves(connection, step, plan, "canceled")
    facts: dict[str, JsonValue] = {
        "canceled": dict(units),
        "refund_minor": plan.refund_minor,
        "released_minor": plan.released_minor,
    }
    await events.append(connection, step.order_id, _updated(step, facts))


async def _stop_waiting(connection: Connection, step: OrderStep, state: OrderState) -> None:
    """What it waited for is canceled; it may be that others wait for the same."""
    if not +open_units(state):
        await wait_no_more(connection, step)
    await tell_of_what_it_left(connection, step.order_id, state)


async def _take_up_again(connection: Connection, step: OrderStep) -> None:
    """A part of an order that was to be canceled as a whole goes on: its node would not give it back."""
    await connection.execute(
        "update orders set cancel_requested = false, cancel_reason = null where order_id = $1", step.order_id
    )
    await order_rows.enter(connection, step.order_id, OrderStatus.PROCESSING, NOTHING)


def _too_late(before: OrderState, after: OrderState, units: LineUnits) -> LineUnits:
    """Units that were asked for, and are neither canceled now nor waited for any more."""
    given_up = {
        old.line_id: old.cancel_requested - new.cancel_requested - units.get(old.line_id, 0)
        for old, new in zip(before.lines, after.lines, strict=True)
    }
    return {line_id: quantity for line_id, quantity in given_up.items() if quantity}


def _updated(step: OrderStep, facts: dict[str, JsonValue]) -> Event:
    return Event(type=EventType.ORDER_UPDATED, occurred_at=step.now, actor=STEWARD, facts=facts)


def _closed(status: OrderStatus, reason: str | None) -> Closed:
    return Closed.model_validate({"status": status, "reason": reason})


async def _under_way(connection: Connection, order_id: OrderId) -> list[Consignment]:
    return [
        Consignment(
            **dict(row),
            lines=[
                ConsignmentLine.model_validate(dict(line))
                for line in await connection.fetch(_LINES, row["fulfillment_id"])
            ],
        )
        for row in await connection.fetch(_UNDER_WAY, order_id)
    ]
