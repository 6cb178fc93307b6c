"""The door to Postgres: one pool, JSON as values, transactions."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from contracts.problems import DatabaseAway

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"

_AWAY: Final = (
    OSError,  # nobody listens, or no answer in time
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ObjectNotInPrerequisiteStateError,  # "is not currently accepting connections"
)


def _is_away(error: Exception) -> bool:
    """An interface error is a connection that was lost, unless it is about a value that we passed."""
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)
    return isinstance(error, _AWAY) or _is_farewell(error)


def _is_farewell(error: Exception) -> bool:
    """Whether the server has said that it ends the connection, but has not closed it yet.

    Asked in this moment the driver takes itself to be busy, and says so by an error of a type that bugs have too.
    """
    return type(error) is asyncpg.InternalClientError and str(error).startswith("cannot switch to state")


def require_row(row: asyncpg.Record | None, what: str) -> asyncpg.Record:
    """The row that must be there; raises LookupError naming what is not."""
    if row is None:
        raise LookupError(f"there is no {what}")
    return row


class Database:
    """A pool of connections. Raises DatabaseAway when the server cannot be asked; asking again later is right."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        try:
            async with self._pool.acquire() as connection:
                yield connection
        except Exception as error:
            if _is_away(error):
                raise DatabaseAway(type(error).__name__) from error
            raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self.connection() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """Read only, all of it as of one moment: what several queries find fits together."""
        async with (
            self.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield connection

    async def ready(self) -> bool:
        """Whether it answers right now."""
        try:
            async with self.connection() as connection:
                return bool(await connection.fetchval("select true"))
        except DatabaseAway:
            return False


@asynccontextmanager
async def open_database(url: str, *, connections: int = 8) -> AsyncIterator[Database]:
    """Open a pool of at most that many connections; statements are bounded to 10 s."""
    logging.getLogger("asyncpg.pool").addFilter(_in_one_line)
    async with asyncpg.create_pool(
        url, min_size=1, max_size=connections, command_timeout=10, init=_prepare, timeout=10
    ) as pool:
        yield Database(pool)


def _in_one_line(record: logging.LogRecord) -> bool:
    """While the server is away the pool asks for it again and again, and logs a traceback each time."""
    if record.exc_info and record.exc_info[0]:
        record.msg, record.exc_info = f"no connection to the database: {record.exc_info[0].__name__}, retrying", None
    return True


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
