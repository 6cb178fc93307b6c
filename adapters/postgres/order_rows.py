"""What door and steps both do to an order's row: lock it, say where it stands and what it waits for, cancel it."""

from datetime import datetime

import asyncpg

from adapters.postgres import events
from adapters.postgres.database import Connection
from contracts.actors import Actor
from contracts.events import Event, EventType, Source
from contracts.ids import OrderId
from contracts.states import OrderStatus
from contracts.waiting import UNDOING, Wait
from decisions.cancellation import may_cancel


async def lock(connection: Connection, order_id: OrderId) -> asyncpg.Record:
    """The order's row, locked until the transaction ends. Every writer takes this lock first; LookupError if absent."""
    row = await connection.fetchrow("select * from orders where order_id = $1 for update", order_id)
    if row is None:
        raise LookupError(f"there is no order {order_id}")
    return row


async def enter(connection: Connection, order_id: OrderId, status: OrderStatus, wait: Wait) -> None:
    """Set status and wait; a requested cancel stays visible, with what it waits for, until the order is closed."""
    await connection.execute(
        "update orders set status = $2, waiting_on = $3, waiting_until = $4"
        " where order_id = $1 and ($5 or not cancel_requested)",
        order_id,
        status,
        wait.on,
        wait.until,
        status.is_final,
    )


async def request_cancel(
    connection: Connection,
    order: asyncpg.Record,
    *,
    actor: Actor,
    source: Source,
    reason_code: str,
    note_ref: str | None,
    now: datetime,
) -> bool:
    """Decide on the locked row whether a cancel comes in time, and record it if so."""
    if not may_cancel(
        OrderStatus(order["status"]),
        cancel_requested=order["cancel_requested"],
        handed_over=order["handed_over_at"] is not None,
    ):
        return False
    await connection.execute(
        "update orders set cancel_requested = true, cancel_reason = $2, status = $3,"
        " waiting_on = $4, waiting_until = null where order_id = $1",
        order["order_id"],
        reason_code,
        OrderStatus.CANCEL_REQUESTED,
        UNDOING,
    )
    requested = Event(
        type=EventType.ORDER_CANCEL_REQUESTED,
        occurred_at=now,
        actor=actor,
        source=source,
        reason_code=reason_code,
        note_ref=note_ref,
    )
    await events.append(connection, order["order_id"], requested)
    return True
