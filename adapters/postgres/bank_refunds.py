"""What a customer's bank gave back in a lost dispute, on record as refunds: no provider is asked for them."""

from typing import Final

import asyncpg
from pydantic import JsonValue

from adapters.postgres import events, payment_rows
from adapters.postgres.database import Connection, require_row
from contracts.actors import PAYMENTS
from contracts.events import Event, EventType
from contracts.money import Money
from contracts.order import OrderStep
from contracts.payments import MoneyMove

_REST: Final = """
insert into money_moves (order_id, tender_id, round, kind, key, amount_minor, reason, planned_at)
select order_id, tender_id, round, kind, key || ':rest', amount_minor - $2, reason, $3 from money_moves
where move_id = $1 and amount_minor > $2
"""
_GIVEN: Final = """
update money_moves set amount_minor = $2, capture_ref = $3, status = 'done', resolution = 'disputed', done_at = $4
from orders o where move_id = $1 and o.order_id = money_moves.order_id returning money_moves.*, o.currency
"""
_UNBOOKED: Final = """
select d.dispute_ref, d.unbooked_minor, c.tender_id,
       (select coalesce(sum(r.amount_minor), 0)::bigint from money_moves r
        where r.order_id = c.order_id and r.capture_ref = c.provider_ref and r.status = 'planned') as under_way
from disputes d join money_moves c using (move_id)
where c.order_id = $1 and c.provider_ref = $2 and d.status = 'lost' and d.unbooked_minor > 0
order by d.opened_at, d.dispute_ref limit 1
"""
_BOOK: Final = "update disputes set unbooked_minor = unbooked_minor - $2 where dispute_ref = $1"


async def give(connection: Connection, step: OrderStep, move_id: int, capture_ref: str, part_minor: int) -> None:
    """A refund, or so much of it as the bank gave; the rest is planned as a refund of its own."""
    await connection.execute(_REST, move_id, part_minor, step.now)
    given = await connection.fetchrow(_GIVEN, move_id, part_minor, capture_ref, step.now)
    row = require_row(given, f"refund {move_id}")
    await payment_rows.apply(connection, step, MoneyMove.REFUND, row["tender_id"], row["key"], part_minor)
    facts: dict[str, JsonValue] = {
        "tender_id": row["tender_id"],
        "amount": Money(amount_minor=part_minor, currency=row["currency"]).model_dump(mode="json"),
        "reason": "dispute_lost",
        "by": "dispute",
    }
    told = Event(type=EventType.PAYMENT_REFUNDED, occurred_at=step.now, actor=PAYMENTS, facts=facts)
    await events.append(connection, step.order_id, told)


async def unbooked(connection: Connection, step: OrderStep, capture_ref: str | None) -> asyncpg.Record | None:
    """A lost dispute of that capture of which something is not on record yet, and what is `under_way` meanwhile."""
    return await connection.fetchrow(_UNBOOKED, step.order_id, capture_ref)


async def book(connection: Connection, dispute: asyncpg.Record, part_minor: int) -> None:
    """So much less of it is to be booked yet."""
    await connection.execute(_BOOK, dispute["dispute_ref"], part_minor)


async def give_refused(connection: Connection, step: OrderStep, refused: asyncpg.Record) -> bool:
    """Whether a lost dispute of its capture has given a refused refund already, or a part of it.

    It was perhaps asked for when the dispute was lost, so what became of it was not known then. Under the order's lock.
    """
    dispute = await unbooked(connection, step, refused["capture_ref"])
    if dispute is None:
        return False
    part = min(dispute["unbooked_minor"], refused["amount_minor"])
    await book(connection, dispute, part)
    await give(connection, step, refused["move_id"], refused["capture_ref"], part)
    await payment_rows.refresh_status(connection, step.order_id)
    return True
