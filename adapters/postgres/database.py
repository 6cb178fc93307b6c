"""The door to Postgres: one pool, JSON as values, transactions."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"


class Database:
    """A pool of connections. Errors of the connection are asyncpg's own: a step is retried on them."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self._pool.acquire() as connection, connection.transaction():
            yield connection

    async def ready(self) -> bool:
        """Whether it answers right now."""
        try:
            async with self.connection() as connection:
                return bool(await connection.fetchval("select true"))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            return False

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        async with self._pool.acquire() as connection:
            yield connection


@asynccontextmanager
async def open_database(url: str, *, connections: int = 8) -> AsyncIterator[Database]:
    """Open a pool of at most that many connections; statements are bounded to 10 s."""
    async with asyncpg.create_pool(
        url, min_size=1, max_size=connections, command_timeout=10, init=_prepare, timeout=10
    ) as pool:
        yield Database(pool)


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
