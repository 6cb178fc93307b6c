"""When something is wrong behind the pages they say so, as pages, and the log has no word about a person."""

from collections.abc import AsyncIterator

import httpx2
import pytest_asyncio
from structlog.testing import capture_logs

from console.sessions import SESSION
from tests.console.office import open_office
from tests.frame.test_breakage import away
from tests.front_door import Caller
from tests.shop import order_body


@pytest_asyncio.fixture
async def ana(caller: Caller) -> AsyncIterator[httpx2.AsyncClient]:
    async with open_office(caller) as office:
        token = (await office.session_of("ana")).token
        async with httpx2.AsyncClient(base_url=office.url, cookies={SESSION: token}) as http:
            yield http


async def test_what_breaks_is_a_page_and_is_logged_without_its_words(caller: Caller, ana: httpx2.AsyncClient) -> None:
    order = await caller.placed(order_body())
    async with caller.database.connection() as connection:
        await connection.execute("alter table products rename to goods")
    with capture_logs() as logged:
        answer = await ana.get(f"/console/orders/{order['id']}")
    assert answer.status_code == 500
    assert "Something broke here." in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    (entry,) = logged
    assert (entry["event"], entry["route"], entry["error"]) == (
        "request.failed",
        "/console/orders/{order_id}",
        "UndefinedTableError",
    )
    assert order["id"] not in repr(entry)


async def test_a_database_that_is_away_is_a_page_and_comes_back(ana: httpx2.AsyncClient, database_url: str) -> None:
    async with away(database_url):
        answer = await ana.get("/console")
        assert answer.status_code == 503
        assert "The database is away." in answer.text
    assert (await ana.get("/console")).status_code == 200
