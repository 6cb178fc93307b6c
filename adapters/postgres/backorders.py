"""Orders that wait for stock: the one that waits longest is served first, and nobody is sold what another waits for."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import asyncpg

from adapters.postgres import events, order_rows
from adapters.postgres.database import Connection
from adapters.postgres.wakeups import owe_signal
from contracts.actors import STEWARD
from contracts.events import Event, EventType
from contracts.ids import OrderId, Sku, order_workflow_id
from contracts.order import OrderStep
from contracts.order_state import OrderState
from contracts.planning import UnitsOnHand
from contracts.policy import BackorderPolicy
from contracts.reasons import HoldReason
from contracts.states import OrderStatus
from contracts.waiting import NOTHING, STOCK_OR_CHOICE, Wait
from contracts.wakeups import Wakeup
from decisions.due import may_be_planned

AT_ONCE: Final = 50  # orders told of one arrival; each that is filled or not leaves the rest to the next arrival

_EARLIER: Final = """
select l.sku, sum(l.quantity)::bigint as quantity from orders o join open_lines l using (order_id)
where o.waits_for_stock and o.order_id <> $1 and o.status not in ('completed', 'canceled', 'failed') and l.quantity > 0
      and l.sku = any($2) and (o.short_since, o.number) < ($3, $4)
      and not exists (select from fulfillments c join fulfillment_lines r using (fulfillment_id)
                      where c.order_id = o.order_id and r.sku = l.sku and r.passed_over)
group by l.sku
"""
_WAITING: Final = """
select o.number from orders o
where o.waits_for_stock and o.status not in ('completed', 'canceled', 'failed')
      and exists (select from open_lines l where l.order_id = o.order_id and l.quantity > 0 and l.sku = any($1))
order by o.short_since, o.number limit $2
"""
_ON_HAND: Final = "select node_id, sku, on_hand from stock_balances where sku = any($1)"
_WAIT: Final = """
update orders set waits_for_stock = true, short_since = coalesce(short_since, $2),
                  short_until = coalesce(short_until, $3)
where order_id = $1 returning short_until
"""
_NO_MORE: Final = """
update orders set waits_for_stock = false, short_since = null, short_until = null, ship_available = false
where order_id = $1
"""


async def quota(connection: Connection, order: asyncpg.Record, stock: Sequence[asyncpg.Record]) -> list[UnitsOnHand]:
    """The stock without the units that orders need which have waited since before this one waits, or was placed."""
    skus = sorted({row["sku"] for row in stock})
    since = order["short_since"] or order["placed_at"]
    rows = await connection.fetch(_EARLIER, order["order_id"], skus, since, order["number"])
    needed = Counter({row["sku"]: row["quantity"] for row in rows})
    left = []
    for row in reversed(stock):
        taken = min(needed[row["sku"]], row["quantity"])
        needed[row["sku"]] -= taken
        if row["quantity"] > taken:
            left.append(UnitsOnHand(node_id=row["node_id"], sku=row["sku"], quantity=row["quantity"] - taken))
    return left[::-1]


async def take_turns(connection: Connection, skus: Iterable[Sku]) -> None:
    """Until the end of the transaction: who finds too little and who brings more do so one after the other."""
    for sku in sorted(set(skus)):
        await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 1))", sku)


async def has_come(connection: Connection, seen: Sequence[UnitsOnHand], skus: Collection[Sku]) -> bool:
    """Whether some node has more of these products than was seen there, whatever another one has lost meanwhile.

    What comes later tells those that wait by then.
    """
    await take_turns(connection, skus)
    before = {(units.node_id, units.sku): units.quantity for units in seen}
    rows = await connection.fetch(_ON_HAND, sorted(set(skus)))
    return any(row["on_hand"] > before.get((row["node_id"], row["sku"]), 0) for row in rows)


async def wait_for_stock(connection: Connection, step: OrderStep, policy: BackorderPolicy) -> None:
    """From now on, once; the order is told apart from those that came later."""
    order = await order_rows.lock(connection, step.order_id)
    until = await connection.fetchval(_WAIT, step.order_id, step.now, step.now + policy.patience)
    wait = Wait(on=STOCK_OR_CHOICE, until=until)
    await order_rows.enter(connection, step.order_id, OrderStatus.CUSTOMER_ACTION_REQUIRED, wait)
    if order["short_since"] is None:
        held = Event(
            type=EventType.ORDER_ON_HOLD,
            occurred_at=step.now,
            actor=STEWARD,
            reason_code=HoldReason.INVENTORY_OUT_OF_STOCK,
        )
        await events.append(connection, step.order_id, held)


async def look_again(connection: Connection, order_id: OrderId) -> None:
    """What could not be planned while it was held or canceled is planned anew: stock may have come meanwhile."""
    await connection.execute("update orders set waits_for_stock = false where order_id = $1", order_id)


async def wait_no_more(connection: Connection, step: OrderStep) -> None:
    """Nothing is missing any more."""
    order = await order_rows.lock(connection, step.order_id)
    if order["short_since"] is not None:
        await connection.execute(_NO_MORE, step.order_id)
        await order_rows.enter(connection, step.order_id, OrderStatus.PROCESSING, NOTHING)
        released = Event(
            type=EventType.ORDER_HOLD_RELEASED,
            occurred_at=step.now,
            actor=STEWARD,
            reason_code=HoldReason.INVENTORY_OUT_OF_STOCK,
        )
        await events.append(connection, step.order_id, released)


async def tell_of_what_it_left(connection: Connection, order_id: OrderId, state: OrderState) -> None:
    """Those that wait are told of what an order gave back once it was planned again: it had these units first."""
    if not may_be_planned(state) or state.waits_for_stock:
        rows = await connection.fetch("select distinct sku from order_lines where order_id = $1", order_id)
        await tell_of_stock(connection, [row["sku"] for row in rows])


async def tell_of_stock(connection: Connection, skus: Iterable[Sku]) -> list[Wakeup]:
    """Those that wait for these products are to be planned again, the longest waiting first."""
    await take_turns(connection, skus)
    rows = await connection.fetch(_WAITING, sorted(set(skus)), AT_ONCE)
    return [
        await owe_signal(connection, workflow_id=order_workflow_id(row["number"]), signal="stock_came", ref="")
        for row in rows
    ]
