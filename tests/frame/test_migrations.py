"""A database is brought to this version once, however many try, and never by files that changed."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from adapters.postgres.migrate import MIGRATIONS, SchemaMismatch, migrate

VERSIONS = sorted(path.stem for path in MIGRATIONS.glob("*.sql"))


@pytest_asyncio.fixture
async def empty_url(template: str) -> AsyncIterator[str]:
    """A database without a table."""
    server = template.rpartition("/")[0]
    name = f"empty_{uuid4().hex}"
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(f"create database {name}")
        yield f"{server}/{name}"
        await connection.execute(f"drop database {name} with (force)")
    finally:
        await connection.close()


async def run(url: str, statement: str, *values: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()


async def test_of_four_at_once_one_migrates_and_the_others_find_it_done(empty_url: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_url) for _ in range(4)))
    assert sorted(applied) == [[], [], [], VERSIONS]
    recorded = await run(empty_url, "select version from schema_migrations order by version")
    assert [row["version"] for row in recorded] == VERSIONS


async def test_once_migrated_there_is_nothing_to_do(database_url: str) -> None:
    assert await migrate(database_url) == []


async def test_a_missing_file_alone_is_applied(empty_url: str) -> None:
    await run(empty_url, "create table schema_migrations (version text primary key, checksum text not null,"
                         " applied_at timestamptz not null default now())")  # fmt: skip
    assert await migrate(empty_url) == VERSIONS


async def test_an_edited_file_is_refused_by_its_name(database_url: str) -> None:
    await run(database_url, "update schema_migrations set checksum = 'of another text' where version = $1", VERSIONS[0])
    with pytest.raises(SchemaMismatch, match=VERSIONS[0]):
        await migrate(database_url)


async def test_a_database_that_is_ahead_is_refused(database_url: str) -> None:
    await run(database_url, "insert into schema_migrations values ('9999_future', 'x')")
    with pytest.raises(SchemaMismatch, match="9999_future"):
        await migrate(database_url)


async def test_a_refusal_lets_the_next_one_in(database_url: str) -> None:
    await run(database_url, "insert into schema_migrations values ('9999_future', 'x')")
    refusals = await asyncio.gather(*(migrate(database_url) for _ in range(3)), return_exceptions=True)
    assert [type(refusal) for refusal in refusals] == [SchemaMismatch] * 3
    await run(database_url, "delete from schema_migrations where version = '9999_future'")
    assert await migrate(database_url) == []
