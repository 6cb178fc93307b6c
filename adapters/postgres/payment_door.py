"""The door for another payment method: taken once, while the order waits for it."""

from datetime import UTC, datetime
from typing import Protocol

import asyncpg

from adapters.postgres import events, order_rows
from adapters.postgres.command_rules import lock_for, not_now
from adapters.postgres.database import Connection, Database
from adapters.postgres.door import once_per_key
from adapters.postgres.order_door import shown
from adapters.postgres.wakeups import owe_signal
from contracts.checkout import PayOrder
from contracts.clock import BusinessClock
from contracts.door import Answer, Knock
from contracts.events import Event, EventType
from contracts.ids import OrderId, order_workflow_id
from contracts.reasons import HoldReason
from contracts.states import OrderStatus, PaymentStatus
from contracts.waiting import PAYMENT_PROVIDER, Wait

_NEXT_ROUND = """
update tenders t set round = t.round + 1, payment_method = $3
from authorizations a
where t.order_id = $1 and t.tender_id = $2 and t.authorization_ref is null
      and a.order_id = t.order_id and a.tender_id = t.tender_id and a.round = t.round and a.status = 'declined'
returning t.tender_id
"""


class Clock(Protocol):
    async def read(self) -> BusinessClock: ...


class PostgresPaymentDoor:
    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def pay(self, knock: Knock, order_id: OrderId, command: PayOrder) -> Answer:
        """Take the method for the tender that was declined, under the lock of the step that asks; raises Refused."""
        clock = await self._clock.read()

        async def act(connection: Connection) -> Answer:
            order, state = await lock_for(connection, order_id, command.version)
            now = clock.at(datetime.now(UTC))  # once the lock is held: whoever had it may have lost patience
            if not _is_awaited(order, now) or not await _next_round(connection, order_id, command):
                raise not_now(order, state, f"it does not wait for a payment method of {command.tender_id}")
            await _record(connection, knock, order_id, command, now)
            wakeup = await owe_signal(
                connection, workflow_id=order_workflow_id(order["number"]), signal="commanded", ref=order_id
            )
            answer = await shown(connection, order_id, status=200)
            return answer.model_copy(update={"wakeups": [wakeup]})

        return await once_per_key(self._database, knock, act)


def _is_awaited(order: asyncpg.Record, now: datetime) -> bool:
    return bool(order["status"] == OrderStatus.CUSTOMER_ACTION_REQUIRED and now < order["waiting_until"])


async def _next_round(connection: Connection, order_id: OrderId, command: PayOrder) -> bool:
    """Whether it is this tender that was declined; if so, it is asked for anew with the method."""
    moved = await connection.fetchval(_NEXT_ROUND, order_id, command.tender_id, command.payment_method)
    return moved is not None


async def _record(connection: Connection, knock: Knock, order_id: OrderId, command: PayOrder, now: datetime) -> None:
    await connection.execute(
        "update orders set payment_status = $2 where order_id = $1", order_id, PaymentStatus.PENDING
    )
    await order_rows.enter(connection, order_id, OrderStatus.PENDING, Wait(on=PAYMENT_PROVIDER))
    changed = Event(
        type=EventType.PAYMENT_METHOD_CHANGED,
        occurred_at=now,
        actor=knock.principal.actor,
        source="rest",
        facts={"tender_id": command.tender_id},
    )
    released = changed.model_copy(
        update={"type": EventType.ORDER_HOLD_RELEASED, "reason_code": HoldReason.AWAITING_PAYMENT}
    )
    await events.append(connection, order_id, changed, released)
