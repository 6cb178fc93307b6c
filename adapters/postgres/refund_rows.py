"""A refund of a card is of one capture: which one is on its row before the provider is asked, and never changes."""

from typing import Final

import asyncpg

from adapters.postgres.database import Connection
from contracts.payments import CaptureRoom, MoneyMove
from decisions.refund_parts import refund_parts

# What was asked of a capture counts, whatever became of it, unless it is asked for anew: what was refused is not tried
# with another capture by itself.
_ROOMS: Final = """
select c.provider_ref as capture_ref, (c.amount_minor - coalesce(sum(r.amount_minor), 0))::bigint as room_minor
from money_moves c
left join money_moves r on (r.order_id, r.tender_id, r.capture_ref) = (c.order_id, c.tender_id, c.provider_ref)
                        and r.resolution is distinct from 'asked_again'
where c.order_id = $1 and c.tender_id = $2 and c.kind = 'capture' and c.status = 'done'
group by c.move_id order by c.move_id
"""
_ASSIGN: Final = "update money_moves set capture_ref = $2, amount_minor = $3 where move_id = $1"
_SPLIT: Final = """
insert into money_moves (order_id, tender_id, round, kind, key, amount_minor, reason, planned_at, capture_ref)
select order_id, tender_id, round, kind, key || ':' || $2::int, $4, reason, planned_at, $3
from money_moves where move_id = $1
"""


async def assign(connection: Connection, move: asyncpg.Record) -> bool:
    """The first part stays on the row, the others are rows with keys of their own; whether any capture has room.

    After a refused capture nobody knows what was taken, so nothing is assigned any more. Under the order's lock.
    """
    if move["kind"] != MoneyMove.REFUND or move["tender_kind"] != "card" or move["capture_ref"] is not None:
        return False
    if move["capture_refused"]:
        return False
    rows = await connection.fetch(_ROOMS, move["order_id"], move["tender_id"])
    first, *others = refund_parts(move["amount_minor"], [CaptureRoom(**dict(row)) for row in rows])
    if first.capture_ref is None:
        return False
    await connection.execute(_ASSIGN, move["move_id"], first.capture_ref, first.amount_minor)
    for number, part in enumerate(others, start=2):
        await connection.execute(_SPLIT, move["move_id"], number, part.capture_ref, part.amount_minor)
    return True
