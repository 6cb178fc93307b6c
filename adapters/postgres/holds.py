"""Holds as rows: placed by people at the door, and by Steward where it must not go on without one."""

from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres import events
from adapters.postgres.database import Connection
from adapters.postgres.new_id import new_id
from adapters.postgres.wakeups import owe_signal
from contracts.actors import STEWARD, Actor
from contracts.events import Event, EventType, Source
from contracts.ids import NoteRef, OrderId, shipment_workflow_id
from contracts.order_state import ConsignmentStage, OrderState
from contracts.reasons import HoldReason
from contracts.wakeups import Wakeup

_HOLD: Final = """
insert into order_holds (hold_id, order_id, reason, note_ref, owner_type, owner_id, due_at, placed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_OURS: Final = """
select exists (select from order_holds
               where order_id = $1 and reason = $2 and owner_id = $3 and released_at is null)
"""


_LET_GO: Final = """
update fulfillments f set waiting_on = n.name || ' to hand over' from nodes n
where n.node_id = f.node_id and f.fulfillment_id = $1 and f.waiting_on like 'release of the hold%'
"""
_RELEASE_OURS: Final = """
update order_holds set released_at = $2
where order_id = $1 and reason = $3 and owner_id = $4 and released_at is null returning hold_id, reason
"""
_RELEASE_ALL: Final = """
update order_holds set released_at = $2 where order_id = $1 and released_at is null returning hold_id, reason
"""


async def place_hold(
    connection: Connection,
    order_id: OrderId,
    reason: HoldReason,
    *,
    owner: Actor,
    source: Source,
    now: datetime,
    due_at: datetime | None = None,
    note_ref: NoteRef | None = None,
) -> None:
    hold_id = new_id("hld")
    await connection.execute(_HOLD, hold_id, order_id, reason, note_ref, owner.type, owner.id, due_at, now)
    held = Event(
        type=EventType.ORDER_ON_HOLD,
        occurred_at=now,
        actor=owner,
        source=source,
        subject=hold_id,
        reason_code=reason,
        note_ref=note_ref,
    )
    await events.append(connection, order_id, held)


async def hold_by_steward(connection: Connection, order_id: OrderId, reason: HoldReason, now: datetime) -> None:
    """Once, until somebody releases it."""
    if not await connection.fetchval(_OURS, order_id, reason, STEWARD.id):
        await place_hold(connection, order_id, reason, owner=STEWARD, source="process", now=now)


async def release_ours(
    connection: Connection, order_id: OrderId, state: OrderState, reason: HoldReason, now: datetime
) -> list[Wakeup]:
    """What Steward held the order for is settled; what could not leave for it looks again."""
    released = await connection.fetch(_RELEASE_OURS, order_id, now, reason, STEWARD.id)
    await _tell(connection, order_id, released, now)
    return await wake_what_is_packed(connection, state) if released else []


async def wake_what_is_packed(connection: Connection, state: OrderState) -> list[Wakeup]:
    """Consignments that could not leave while the order was held look again."""
    for consignment in state.consignments:
        await connection.execute(_LET_GO, consignment.fulfillment_id)
    return [
        await owe_signal(
            connection,
            workflow_id=shipment_workflow_id(consignment.number),
            signal="packed",
            ref=consignment.fulfillment_id,
        )
        for consignment in state.consignments
        if consignment.stage is ConsignmentStage.AT_NODE
    ]


async def release_all(connection: Connection, order_id: OrderId, now: datetime) -> None:
    """Nothing of the order is left that could be held."""
    await _tell(connection, order_id, await connection.fetch(_RELEASE_ALL, order_id, now), now)


async def _tell(connection: Connection, order_id: OrderId, rows: list[asyncpg.Record], now: datetime) -> None:
    for row in rows:
        released = Event(
            type=EventType.ORDER_HOLD_RELEASED,
            occurred_at=now,
            actor=STEWARD,
            subject=row["hold_id"],
            reason_code=row["reason"],
        )
        await events.append(connection, order_id, released)
