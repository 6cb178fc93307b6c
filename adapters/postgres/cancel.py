"""A cancel as door and steps record it: on the order's locked row, so that it or the hand-over is first."""

from datetime import datetime

import asyncpg

from adapters.postgres import approvals, events
from adapters.postgres.database import Connection
from contracts.actors import Actor
from contracts.events import Event, EventType, Source
from contracts.ids import NoteRef
from contracts.states import OrderStatus
from contracts.waiting import UNDOING
from decisions.cancellation import may_cancel


async def request_cancel(
    connection: Connection,
    order: asyncpg.Record,
    *,
    actor: Actor,
    source: Source,
    reason_code: str,
    note_ref: NoteRef | None = None,
    now: datetime,
) -> bool:
    """Decide on the locked row whether a cancel comes in time, and record it if so; open questions go with it."""
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
    await approvals.cancel_open(connection, order["order_id"], now)
    return True
