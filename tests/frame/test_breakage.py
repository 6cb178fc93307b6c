"""What breaks here is told as a problem, without a word of why, and the API says whether it can take requests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from structlog.testing import capture_logs

from adapters.postgres.database import Database
from tests.front_door import Caller, counted
from tests.shop import order_body


@asynccontextmanager
async def away(database_url: str) -> AsyncIterator[None]:
    """The server lets nobody into this database, and throws out who is there."""
    server, _, name = database_url.rpartition("/")
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(f"alter database {name} with allow_connections false")
        await connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1", name
        )
        yield
        await connection.execute(f"alter database {name} with allow_connections true")
    finally:
        await connection.close()


async def test_what_breaks_is_told_and_logged_without_the_row_that_the_database_quotes(
    caller: Caller, database: Database
) -> None:
    async with database.connection() as connection:
        await connection.execute("alter table addresses add constraint nobody check (recipient is null)")
    before = await counted(database)
    with capture_logs() as logged:
        response = await caller.place(order_body())
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert await counted(database) == before
    (entry,) = logged
    assert (entry["event"], entry["route"], entry["error"]) == (
        "request.failed",
        "/v1/orders",
        "CheckViolationError",
    )
    assert "placing.py" in entry["where"]
    for text in (response.text, repr(entry)):
        assert "Ada" not in text
        assert "ada@" not in text


async def test_it_is_ready_while_the_database_answers_and_alive_in_any_case(caller: Caller, database_url: str) -> None:
    assert await _health(caller) == {"/health": 200, "/ready": 200}
    async with away(database_url):
        assert await _health(caller) == {"/health": 200, "/ready": 503}
        refused = await caller.place(order_body())
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert refused.headers["Retry-After"] == "2"
    assert await _health(caller) == {"/health": 200, "/ready": 200}
    assert (await caller.place(order_body())).status_code == 201


async def _health(caller: Caller) -> dict[str, int]:
    return {path: (await caller.http.get(path)).status_code for path in ("/health", "/ready")}
