"""The event table: an order's events are numbered by its version, which each of them raises."""

from typing import TypeAlias

from adapters.postgres import messages
from adapters.postgres.database import Connection
from contracts.events import Event
from contracts.ids import OrderId

Values: TypeAlias = tuple[object, ...]

_INSERT = """
insert into events (aggregate_id, sequence, type, occurred_at, actor_type, actor_id, source, subject, reason_code,
                    note_ref, facts)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def append(connection: Connection, order_id: OrderId, *events: Event) -> None:
    """Add events to an order, in this order, and owe what people are to be told of them.

    Locks the order's row until the transaction ends.
    """
    version: int = await connection.fetchval(
        "update orders set version = version + $2, updated_at = now() where order_id = $1 returning version",
        order_id,
        len(events),
    )
    first = version - len(events) + 1
    await connection.executemany(_INSERT, [_row(order_id, first + i, event) for i, event in enumerate(events)])
    for sequence, event in enumerate(events, start=first):
        await messages.owe(connection, order_id, sequence, event)


def _row(order_id: OrderId, sequence: int, event: Event) -> Values:
    return (
        order_id,
        sequence,
        event.type,
        event.occurred_at,
        event.actor.type,
        event.actor.id,
        event.source,
        event.subject,
        event.reason_code,
        event.note_ref,
        event.facts,
    )
