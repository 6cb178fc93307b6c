"""What every table's adapter stands on: rows that must be there, and reading as of one moment."""

import asyncpg
import pytest

from adapters.postgres.database import Database, require_row


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
