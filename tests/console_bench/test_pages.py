"""What the bench says of a page: how long it takes, and which big tables are read from end to end for it."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from adapters.postgres.database import Database, open_database
from bench.pages import BIG, Page, measure, over_http
from tests.front_door import Caller

LOOKED_UP = "select * from large where number = 7"
SCANNED = "select count(*) from large where word = 'seven'"
SMALL_SCANNED = "select count(*) from small where word = 'seven'"


@pytest_asyncio.fixture
async def lone(database_url: str) -> AsyncIterator[Database]:
    """One connection, over a large table and a small one."""
    async with open_database(database_url, connections=1) as database:
        async with database.connection() as connection:
            for table, rows in (("large", BIG), ("small", BIG // 2)):
                await connection.execute(f"create table {table} (number integer primary key, word text)")
                numbered = [(number, "word") for number in range(1, rows + 1)]
                await connection.copy_records_to_table(table, records=numbered)
            await connection.execute("analyze large, small")
        yield database


async def ask(database: Database, query: str) -> None:
    async with database.connection() as connection:
        await connection.fetch(query)


@pytest.mark.parametrize(
    ("queries", "scanned"),
    [([LOOKED_UP], []), ([SCANNED], ["large"]), ([SMALL_SCANNED], []), ([LOOKED_UP, SCANNED], ["large"])],
)
async def test_a_big_table_that_is_read_from_end_to_end_is_named(
    lone: Database, queries: list[str], scanned: list[str]
) -> None:
    page = Page("page", [partial(ask, lone, query) for query in queries])
    found = await measure(lone, page, 4)
    assert (found.page, found.requests, found.scanned) == ("page", 4, scanned)
    assert 0 < found.p50_ms <= found.p95_ms


@pytest.mark.parametrize(("leads_to", "answer"), [(None, "401"), ("/v1/orders", "401 and led to nowhere")])
async def test_a_page_that_is_refused_is_no_figure(
    lone: Database, caller: Caller, leads_to: str | None, answer: str
) -> None:
    page = Page("page", over_http(caller.http, {}, "/v1/orders", leads_to=leads_to))
    with pytest.raises(ValueError, match=f"^/v1/orders answered {answer}$"):
        await measure(lone, page, 1)
