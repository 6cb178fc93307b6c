"""What every table's adapter stands on: rows that must be there, and reading as of one moment."""

import asyncio
import logging

import asyncpg
import pytest

from adapters.postgres.database import Database, open_database, require_row


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
