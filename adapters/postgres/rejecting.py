"""A node's rejection, applied under the order's lock: units leave the consignment, and the stock says what it means."""

from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres import events
from adapters.postgres.backorders import tell_of_stock
from adapters.postgres.database import Connection
from adapters.postgres.holds import hold_by_steward
from adapters.postgres.losing import nothing_is_left
from adapters.postgres.order_rows import open_again
from adapters.postgres.stock import Moving, move
from contracts.actors import STEWARD, Actor
from contracts.events import Event, EventType
from contracts.ids import FulfillmentId, Sku
from contracts.reasons import RejectReason
from contracts.stock import Bucket
from contracts.webhooks import RejectedUnits, Rejection
from decisions.rejection import StockEffect, holds_the_order, stock_effect

_CONSIGNMENT: Final = """
select * from fulfillments where fulfillment_id = $1 and request <> 'none'
                                 and status in ('open', 'in_progress', 'closed')
"""
_LINES: Final = """
select line_id, quantity - rejected - lost as left from fulfillment_lines
where fulfillment_id = $1 and sku = $2 and quantity > rejected + lost order by line_id
"""
_ALL: Final = """
select sku, sum(quantity - rejected)::int as left from fulfillment_lines
where fulfillment_id = $1 and quantity > rejected group by sku order by sku
"""
_REJECT: Final = """
update fulfillment_lines set rejected = rejected + $3, rejected_at = $4, passed_over = passed_over or $5
where fulfillment_id = $1 and line_id = $2
"""
_IS_EMPTY: Final = """
select not exists (select from fulfillment_lines where fulfillment_id = $1 and quantity > rejected + lost)
"""
_END: Final = """
update fulfillments set status = 'canceled', request = 'rejected', waiting_on = null, waiting_until = null
where fulfillment_id = $1
"""
_COUNT: Final = """
insert into count_tasks (node_id, sku, reason, opened_at) values ($1, $2, $3, $4) on conflict do nothing
"""


async def reject_unanswered(connection: Connection, fulfillment_id: FulfillmentId, now: datetime) -> bool:
    """No answer in time is a no: all of it, for want of capacity. Whether there was none."""
    if await connection.fetchval("select accepted_at from fulfillments where fulfillment_id = $1", fulfillment_id):
        return False
    rows = await connection.fetch(_ALL, fulfillment_id)
    lines = [RejectedUnits(sku=row["sku"], quantity=row["left"], reason=RejectReason.NO_CAPACITY) for row in rows]
    if not lines:
        return False
    unanswered = Rejection(request_id=fulfillment_id, occurred_at=now, lines=lines)
    return await reject(connection, unanswered, "unanswered", now, actor=STEWARD) is not None


async def reject(
    connection: Connection, rejection: Rejection, told_by: str, now: datetime, *, actor: Actor | None = None
) -> str | None:
    """Take the units out of the consignment; its number, or None if that is about nothing it holds.

    Told after the hand-over, they were not in the parcels that left: a closed order is open again.
    `told_by` is the webhook's id, or why there is none; without an actor it is the node that rejects.
    """
    consignment = await connection.fetchrow(_CONSIGNMENT, rejection.request_id)
    if consignment is None:
        return None
    taken = [
        (units, quantity)
        for units in rejection.lines
        if (quantity := await _take(connection, rejection.request_id, units, now))
    ]
    if not taken:
        return None
    for number, (units, quantity) in enumerate(sorted(taken, key=lambda each: each[0].sku), start=1):
        key = f"shipment/{consignment['number']}:reject:{told_by}:{number}"
        await _move(connection, consignment, units, quantity, key, now)
    await open_again(connection, consignment["order_id"])
    for reason in sorted({units.reason for units, _ in taken}):
        if hold := holds_the_order(reason):
            await hold_by_steward(connection, consignment["order_id"], hold, now)
    free = [units.sku for units, _ in taken if stock_effect(units.reason).to_bucket == "on_hand"]
    await tell_of_stock(connection, free)
    if await connection.fetchval(_IS_EMPTY, rejection.request_id):
        await _end(connection, consignment, now)
    by = actor or Actor(type="system", id=consignment["node_id"])
    told = [_told(consignment, rejection, units, quantity, by) for units, quantity in taken]
    await events.append(connection, consignment["order_id"], *told)
    return str(consignment["number"])


async def _take(connection: Connection, fulfillment_id: FulfillmentId, units: RejectedUnits, now: datetime) -> int:
    """From the consignment's lines of that product, one after the other; how many they still had of it."""
    missing = units.quantity
    for line in await connection.fetch(_LINES, fulfillment_id, units.sku):
        part = min(missing, line["left"])
        missing -= part
        if part:
            passed_over = holds_the_order(units.reason) is None
            await connection.execute(_REJECT, fulfillment_id, line["line_id"], part, now, passed_over)
    return units.quantity - missing


async def _end(connection: Connection, consignment: asyncpg.Record, now: datetime) -> None:
    """Nothing is left of it: of what was handed over there is nothing to arrive."""
    if consignment["handed_over_at"] is None:
        await connection.execute(_END, consignment["fulfillment_id"])
    else:
        await nothing_is_left(connection, consignment["fulfillment_id"], now)


async def _move(
    connection: Connection, consignment: asyncpg.Record, units: RejectedUnits, quantity: int, key: str, now: datetime
) -> None:
    effect, node_id = stock_effect(units.reason), consignment["node_id"]
    was_in: Bucket = "reserved" if consignment["handed_over_at"] is None else "sold"
    rejected = Moving(key=key, from_bucket=was_in, to_bucket=effect.to_bucket, reason=units.reason)
    await move(connection, rejected, {(node_id, units.sku): quantity}, now)
    if effect.none_left:
        await _write_off_the_rest(connection, consignment, units.sku, f"{key}:rest", effect, now)
    if effect.count:
        await connection.execute(_COUNT, node_id, units.sku, units.reason, now)


async def _write_off_the_rest(
    connection: Connection, consignment: asyncpg.Record, sku: Sku, key: str, effect: StockEffect, now: datetime
) -> None:
    place = (consignment["node_id"], sku)
    on_hand = await connection.fetchval("select on_hand from stock_balances where node_id = $1 and sku = $2", *place)
    if on_hand:
        moving = Moving(key=key, from_bucket="on_hand", to_bucket=effect.to_bucket, reason="not found at its node")
        await move(connection, moving, {place: on_hand}, now)
        facts = {"node_id": place[0], "sku": sku, "quantity": on_hand, "to": effect.to_bucket}
        adjusted = Event(
            type=EventType.INVENTORY_ADJUSTED,
            occurred_at=now,
            actor=Actor(type="system", id=place[0]),
            source="webhook",
            subject=consignment["fulfillment_id"],
            facts=facts,
        )
        await events.append(connection, consignment["order_id"], adjusted)


def _told(
    consignment: asyncpg.Record, rejection: Rejection, units: RejectedUnits, quantity: int, actor: Actor
) -> Event:
    return Event(
        type=EventType.FULFILLMENT_REJECTED,
        occurred_at=rejection.occurred_at,
        actor=actor,
        source="process" if actor == STEWARD else "webhook",
        subject=consignment["fulfillment_id"],
        reason_code=units.reason,
        facts={"number": consignment["number"], "sku": units.sku, "quantity": quantity},
    )
