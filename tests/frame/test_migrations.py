"""A database is brought to this version once, however many try, and never by files that changed."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from enum import StrEnum
from typing import Final
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from adapters.postgres.migrate import MIGRATIONS, SchemaMismatch, migrate
from contracts.additions import AdditionStatus
from contracts.claims import ClaimStatus
from contracts.disputes import DisputeStatus
from contracts.outreach import MessageStatus
from contracts.payments import AuthorizationStatus, MoveStatus
from contracts.states import (
    ApprovalStatus,
    FulfillmentStatus,
    OrderStatus,
    PaymentStatus,
    RequestStatus,
    ShipmentStatus,
)
from tests.front_door import Caller
from tests.shop import order_body

STATUSES: Final[Mapping[tuple[str, str], type[StrEnum]]] = {
    ("orders", "status"): OrderStatus,
    ("orders", "payment_status"): PaymentStatus,
    ("fulfillments", "status"): FulfillmentStatus,
    ("fulfillments", "request"): RequestStatus,
    ("shipments", "status"): ShipmentStatus,
    ("scans", "status"): ShipmentStatus,
    ("approvals", "status"): ApprovalStatus,
    ("authorizations", "status"): AuthorizationStatus,
    ("additions", "status"): AdditionStatus,
    ("money_moves", "status"): MoveStatus,
    ("claims", "status"): ClaimStatus,
    ("disputes", "status"): DisputeStatus,
    ("messages", "status"): MessageStatus,
}
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


async def test_every_status_column_takes_the_values_of_its_states_and_no_other(database_url: str) -> None:
    checks = await run(
        database_url,
        "select c.relname as table, a.attname as column, pg_get_constraintdef(k.oid) as definition"
        " from pg_constraint k join pg_class c on c.oid = k.conrelid"
        " join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)"
        " where k.contype = 'c' and cardinality(k.conkey) = 1",
    )
    taken = {(row["table"], row["column"]): set(re.findall(r"'(\w+)'", row["definition"])) for row in checks}
    named = await run(
        database_url,
        "select table_name, column_name from information_schema.columns join information_schema.tables"
        " using (table_schema, table_name) where table_schema = 'public' and table_type = 'BASE TABLE'"
        " and column_name like '%status' and data_type = 'text'",
    )
    assert {(row["table_name"], row["column_name"]) for row in named} <= STATUSES.keys()
    assert {column: taken.get(column) for column in STATUSES} == {
        column: {state.value for state in states} for column, states in STATUSES.items()
    }


@pytest.mark.parametrize("table", ["events", "stock_movements"])
@pytest.mark.parametrize("change", ["update {} set recorded_at = now()", "delete from {}"])
async def test_what_happened_is_not_rewritten(caller: Caller, database_url: str, table: str, change: str) -> None:
    await caller.placed(order_body())
    before = await run(database_url, f"select * from {table}")  # noqa: S608 - one of two names
    assert before
    with pytest.raises(asyncpg.RaiseError, match=f"{table} is append-only"):
        await run(database_url, change.format(table))
    assert await run(database_url, f"select * from {table}") == before  # noqa: S608 - one of two names
