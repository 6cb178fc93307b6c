"""Fills an empty, migrated database with a year of orders: copied by the thousand, not placed one by one."""

from datetime import datetime, timedelta
from random import Random
from typing import Final

import asyncpg

from bench.history.chronicle import Chronicle
from bench.history.fates import Fate, fates, live
from bench.history.orders import PastOrder
from bench.history.rows import Rows
from bench.history.sales import sales
from contracts.catalogue import World
from contracts.ids import CustomerRef

FIRST_NUMBER: Final = 1001
A_YEAR: Final = timedelta(days=365)
THESE_DAYS: Final = timedelta(days=2)
YOUNG: Final = 0.04  # share of the orders that came in these days
ORDERS_OF_A_CUSTOMER: Final = 3  # on average
CHANNELS: Final = ("web", "web", "web", "app", "marketplace")
_AT_ONCE: Final = 2_000

# What the engine was told, what was done under which key, and where the units went, as the rows before say.
_AFTERWARDS: Final = (
    """
insert into wakeups (workflow_id, kind, name, payload, task_queue, summary, created_at, done_at)
select 'order/' || number, 'start', 'order', jsonb_build_object('order_id', order_id, 'number', number), 'order',
       'Order ' || number, placed_at, placed_at from orders order by number
""",
    """
insert into wakeups (workflow_id, kind, name, payload, created_at, done_at)
select 'shipment/' || f.number, 'signal', e.type, to_jsonb(f.fulfillment_id), e.recorded_at, e.recorded_at
from events e join fulfillments f on f.fulfillment_id = e.subject where e.source = 'webhook'
""",
    """
insert into effects (key, result, created_at)
select 'order/' || number || ':' || step, '{}'::jsonb, placed_at
from orders, unnest(array['assess', 'plan', 'close']) step
union all
select 'shipment/' || f.number || ':' || step, '{}'::jsonb, o.placed_at
from fulfillments f join orders o using (order_id), unnest(array['request', 'label:1', 'sell']) step
""",
    """
insert into stock_balances (node_id, sku, reserved, sold)
select node_id, sku, coalesce(sum(quantity) filter (where handed_over_at is null), 0),
       coalesce(sum(quantity) filter (where handed_over_at is not null), 0)
from fulfillments join fulfillment_lines using (fulfillment_id) group by node_id, sku
on conflict (node_id, sku) do update set reserved = excluded.reserved, sold = excluded.sold
""",
    """
insert into stock_movements (key, node_id, sku, from_bucket, to_bucket, quantity, actor_type, actor_id, reason,
                             occurred_at, recorded_at)
select 'past', node_id, sku, null, 'on_hand', reserved + sold, 'system', 'simulation', 'receipt',
       (select min(placed_at) from orders), (select min(placed_at) from orders)
from stock_balances where reserved + sold > 0
union all
select 'shipment/' || f.number || ':reserve', f.node_id, l.sku, 'on_hand', 'reserved', sum(l.quantity), 'system',
       'steward', 'order planned', o.placed_at, o.placed_at
from fulfillments f join fulfillment_lines l using (fulfillment_id) join orders o using (order_id)
group by f.number, f.node_id, l.sku, o.placed_at
union all
select 'shipment/' || f.number || ':sell', f.node_id, l.sku, 'reserved', 'sold', sum(l.quantity), 'system', 'steward',
       'handed over', f.handed_over_at, f.handed_over_at
from fulfillments f join fulfillment_lines l using (fulfillment_id) where f.handed_over_at is not null
group by f.number, f.node_id, l.sku, f.handed_over_at
""",
    "select setval('order_numbers', (select max(number) from orders))",
    "select setval(pg_get_serial_sequence('money_moves', 'move_id'), (select max(move_id) from money_moves))",
    "analyze",
)


async def seed_orders(url: str, world: World, count: int, *, seed: int, now: datetime) -> None:
    """That many orders up to `now`, the same for the same seed; the world's products, nodes and policy are there."""
    chance = Random(seed)
    young = max(len(Fate), round(YOUNG * count))
    each_fate = fates(count, young, chance)
    sold = sales(world, seed, now)
    rows = Rows()
    connection = await asyncpg.connect(url, command_timeout=600)
    try:
        customers = await _customers(connection, max(1, count // ORDERS_OF_A_CUSTOMER), chance)
        for position, fate in enumerate(each_fate):
            sale = chance.choice(sold)
            chronicle = Chronicle(
                rows,
                chance,
                number=FIRST_NUMBER + position,
                recipient=sale.order.customer.name,
                placed_at=_placed_at(position, count, young, now),
                until=now,
            )
            customer_ref, channel = chance.choice(customers)
            live(PastOrder(chronicle, sale, world.nodes, customer_ref=customer_ref, channel=channel), fate)
            if (position + 1) % _AT_ONCE == 0 or position + 1 == count:
                await rows.copy_into(connection)
        for statement in _AFTERWARDS:
            await connection.execute(statement)
    finally:
        await connection.close()


def _placed_at(position: int, count: int, young: int, now: datetime) -> datetime:
    """Evenly over the year, and those of these days evenly over these days."""
    old = count - young
    if position < old:
        return now - THESE_DAYS - A_YEAR * (old - position) / old
    return now - THESE_DAYS * (count - position) / young


async def _customers(
    connection: "asyncpg.Connection[asyncpg.Record]", count: int, chance: Random
) -> list[tuple[CustomerRef, str]]:
    """Each with its channel."""
    made = [(CustomerRef(f"cus_{chance.getrandbits(128):032x}"), chance.choice(CHANNELS)) for _ in range(count)]
    rows = [(ref, channel, f"c-{number}") for number, (ref, channel) in enumerate(made, start=1)]
    columns = ("customer_ref", "channel", "external_ref")
    await connection.copy_records_to_table("customers", records=rows, columns=columns)
    return made
