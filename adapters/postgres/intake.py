"""Products, nodes, places and stock coming in; the same again changes nothing."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.backorders import tell_of_stock
from adapters.postgres.database import Database
from contracts.actors import Actor
from contracts.catalogue import NodeRow, PlaceRow, ProductRow, StockRow

_PRODUCT = """
insert into products (sku, name, weight_grams, care) values ($1, $2, $3, $4)
on conflict (sku) do update set name = excluded.name, weight_grams = excluded.weight_grams, care = excluded.care
"""
_NODE = """
insert into nodes (node_id, kind, name, latitude, longitude, time_zone, ready_in_minutes, handling_minor, pick_minor)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (node_id) do update set name = excluded.name, ready_in_minutes = excluded.ready_in_minutes,
    handling_minor = excluded.handling_minor, pick_minor = excluded.pick_minor
"""
_PLACE = """
insert into places (country, region, city, postal_prefix, latitude, longitude) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing
"""
_BALANCE = "insert into stock_balances (node_id, sku) values ($1, $2) on conflict do nothing"
_RECEIPT = """
with received as (
    insert into stock_movements (key, node_id, sku, to_bucket, quantity, actor_type, actor_id, reason, occurred_at)
    values ($1, $2, $3, 'on_hand', $4, $5, $6, 'receipt', $7) on conflict do nothing returning node_id, sku, quantity
)
update stock_balances b set on_hand = on_hand + r.quantity from received r where (b.node_id, b.sku) = (r.node_id, r.sku)
"""


class PostgresIntake:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def store_products(self, products: Sequence[ProductRow]) -> None:
        await self._run(_PRODUCT, [(row.sku, row.name, row.weight_grams, row.care) for row in products])

    async def store_nodes(self, nodes: Sequence[NodeRow]) -> None:
        await self._run(_NODE, [tuple(row.model_dump().values()) for row in nodes])

    async def store_places(self, places: Sequence[PlaceRow]) -> None:
        await self._run(_PLACE, [tuple(row.model_dump().values()) for row in places])

    async def receive(self, key: str, stock: Sequence[StockRow], *, actor: Actor, now: datetime) -> None:
        """Units that arrive at nodes, for those that wait first; the same key again brings none a second time."""
        async with self._database.transaction() as connection:
            rows = sorted(stock, key=lambda row: (row.node_id, row.sku))
            await connection.executemany(_BALANCE, [(row.node_id, row.sku) for row in rows])
            await connection.executemany(
                _RECEIPT, [(key, row.node_id, row.sku, row.quantity, actor.type, actor.id, now) for row in rows]
            )
            await tell_of_stock(connection, [row.sku for row in rows])

    async def _run(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        async with self._database.transaction() as connection:
            await connection.executemany(statement, rows)
