"""What every table's adapter stands on: rows that must be there, and reading as of one moment."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from adapters.postgres.database import Connection, Database, open_database, require_row
from contracts.problems import DatabaseAway
from tests.frame.farewell import Between, between


async def test_a_row_that_must_be_there_is_named_when_it_is_not(database: Database) -> None:
    async with database.connection() as connection:
        assert require_row(await connection.fetchrow("select 7 as number"), "number")["number"] == 7
        with pytest.raises(LookupError, match="there is no order ord_1"):
            require_row(await connection.fetchrow("select where false"), "order ord_1")


async def test_a_snapshot_sees_one_moment_and_changes_nothing(database: Database) -> None:
    async with database.snapshot() as snapshot:
        before = await snapshot.fetchval("select count(*) from notes")
        async with database.connection() as other:
            await other.execute("insert into notes (note_ref, body) values ('nte_1', 'meanwhile')")
        assert await snapshot.fetchval("select count(*) from notes") == before
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await snapshot.execute("delete from notes")


class Told(logging.Handler):
    """The first line that is logged, as a person sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.line: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def emit(self, record: logging.LogRecord) -> None:
        if not self.line.done():
            self.line.set_result(self.format(record))


async def test_a_server_that_is_away_is_one_line_in_the_log(database_url: str) -> None:
    server, _, name = database_url.rpartition("/")
    administrator = await asyncpg.connect(f"{server}/postgres")
    told = Told()
    logging.getLogger("asyncpg.pool").addHandler(told)
    try:
        async with open_database(database_url), asyncio.timeout(20):
            await administrator.execute(f"alter database {name} allow_connections false")
            await administrator.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name
            )
            line = await told.line
        assert line == "no connection to the database: ObjectNotInPrerequisiteStateError, retrying"
    finally:
        logging.getLogger("asyncpg.pool").removeHandler(told)
        await administrator.close()


async def _until_farewell(connection: Connection, server: Between) -> None:
    """Until the driver has read that the server ends the connection."""
    read = asyncio.Event()

    def noticed(*_: object) -> None:
        read.set()

    connection.add_log_listener(noticed)
    server.say_farewell()
    async with asyncio.timeout(20):
        await read.wait()
    connection.remove_log_listener(noticed)


async def _asked_after_farewell(database: Database, server: Between) -> None:
    async with database.connection() as connection:
        await _until_farewell(connection, server)
        await connection.fetchval("select true")


async def _farewell_before_the_end(database: Database, server: Between) -> None:
    async with database.snapshot() as connection:
        await connection.fetchval("select true")
        await _until_farewell(connection, server)


async def _same_note_twice(database: Database) -> None:
    async with database.transaction() as connection:
        for body in ("first", "second"):
            await connection.execute("insert into notes (note_ref, body) values ('nte_1', $1)", body)


@pytest.mark.parametrize("ask", [_asked_after_farewell, _farewell_before_the_end])
async def test_a_server_that_has_said_farewell_is_away(
    ask: Callable[[Database, Between], Awaitable[None]], database_url: str
) -> None:
    async with between(database_url) as server, open_database(server.url, connections=1) as database:
        with pytest.raises(DatabaseAway, match="InternalClientError"):
            await ask(database, server)
        assert await database.ready()  # on another connection


async def test_a_row_that_breaks_a_rule_is_not_a_server_that_is_away(database: Database) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await _same_note_twice(database)


async def test_a_value_of_the_wrong_kind_is_not_a_server_that_is_away(database: Database) -> None:
    with pytest.raises(asyncpg.DataError):
        async with database.connection() as connection:
            await connection.fetchval("select $1::int", "seven")


async def test_another_bug_inside_the_driver_is_not_a_server_that_is_away(database: Database) -> None:
    with pytest.raises(asyncpg.InternalClientError, match="no decoder"):
        async with database.connection():
            raise asyncpg.InternalClientError("no decoder for OID 600")
