"""How fast staff and backend systems see their orders once there are very many: server time, page by page."""

import asyncio
import json
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote

import httpx2
import typer
from rich.console import Console
from rich.table import Table

from adapters.embedded import postgres
from adapters.embedded.ports import Port, choose
from adapters.embedded.state import StackUnavailable
from adapters.embedded.supervisor import Supervisor
from adapters.postgres.clock import PostgresClock
from adapters.postgres.database import Database, open_database
from adapters.postgres.migrate import migrate
from adapters.postgres.order_list import PostgresOrderList
from adapters.postgres.wakeups import PostgresWakeups
from bench.front_door import front_door, reader_of
from bench.history.seed import seed_orders
from bench.pages import BIG, Page, PageTime, measure, over_http
from contracts.states import OrderStatus, PaymentStatus
from simulation.launch import fill
from simulation.world import first_morning

SEED: Final = 7
TARGET_MS: Final = 150
SAMPLE: Final = 50  # orders that are looked at, some of every status
PAGE: Final = 50
DEEP: Final = 0.7  # where in the whole list the deep page is
RULE: Final = (
    f"Server time of requests through the API in this process, one after the other, target {TARGET_MS} ms."
    f" Scanned: tables of {BIG:,} rows or more that were read from end to end."
)
_SAMPLE: Final = """
select order_id, '#' || number as called, external_id, external_ref, customer_ref,
       coalesce(tracking_code, number::text) as tracking_code from (
    select *, row_number() over (partition by status order by md5(order_id)) as place from orders
) o join customers using (customer_ref) left join lateral (
    select tracking_code from shipments join fulfillments f using (fulfillment_id) where f.order_id = o.order_id limit 1
) parcel on true order by place, order_id limit $1
"""
_FOUND_BY: Final = ("called", "order_id", "external_id", "external_ref", "customer_ref", "tracking_code")
_DEEP: Final = """
select placed_at from orders order by placed_at desc offset (select count(*) * $1::float from orders) limit 1
"""
_COUNTS: Final = """
select relname, reltuples::bigint from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
and reltuples >= $1 order by reltuples desc
"""


def run(
    orders: Annotated[int, typer.Option(min=200, help="How many orders there are.")] = 100_000,
    requests: Annotated[int, typer.Option(min=1, help="How often each page is asked for.")] = 100,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures as JSON.")] = None,
) -> None:
    """Fill a database of its own with a year of orders and measure the pages over them."""
    try:
        times, rows = asyncio.run(_bench(orders, requests))
    except StackUnavailable as unavailable:
        sys.exit(str(unavailable))
    _print(times, rows)
    if json_file is not None:
        slowest = max(each.p95_ms for each in times)
        pages = [each.model_dump() for each in times]
        figures = {"orders": orders, "rows": rows, "pages": pages, "slowest_p95_ms": slowest, "rule": RULE}
        json_file.write_text(json.dumps(figures, indent=2) + "\n")


async def _bench(orders: int, requests: int) -> tuple[list[PageTime], dict[str, int]]:
    """The pages' times, and how many rows the big tables have."""
    with _directory() as directory:
        async with _server(directory) as url:
            start = time.perf_counter()
            await seed(url, orders)
            typer.echo(f"{orders:,} orders seeded in {time.perf_counter() - start:.0f} s")
            async with open_database(url, connections=1) as database:
                async with database.connection() as connection:
                    rows = {row["relname"]: row["reltuples"] for row in await connection.fetch(_COUNTS, BIG)}
                return await measured(database, requests), rows


async def seed(url: str, orders: int) -> None:
    """An empty database becomes a shop with that many orders up to now."""
    await migrate(url)
    world, now = first_morning(SEED), datetime.now(UTC)
    async with open_database(url, connections=2) as database:
        await fill(database, world, await PostgresClock(database).set_pace(1))
    await seed_orders(url, world, orders, seed=SEED, now=now)


async def measured(database: Database, requests: int) -> list[PageTime]:
    async with front_door(database) as http:
        return [await measure(database, page, requests) for page in await pages(http, database)]


async def pages(http: httpx2.AsyncClient, database: Database) -> list[Page]:
    """What is measured, over a sample of orders of every status."""
    key, orders = await reader_of(database), PostgresOrderList(database)
    async with database.connection() as connection:
        sample = await connection.fetch(_SAMPLE, SAMPLE)
        deep = quote((await connection.fetchval(_DEEP, DEEP)).isoformat())
    lists = f"/v1/orders?limit={PAGE}"
    second, deeper = [
        (await http.get(path, headers=key)).json()["next_cursor"] for path in (lists, f"{lists}&placed_before={deep}")
    ]
    return [
        Page("an order", over_http(http, key, *(f"/v1/orders/{row['order_id']}" for row in sample))),
        Page("orders, first page", over_http(http, key, lists)),
        Page("orders, second page", over_http(http, key, f"{lists}&cursor={second}")),
        Page("orders, deep page", over_http(http, key, f"{lists}&placed_before={deep}&cursor={deeper}")),
        Page("orders by status", over_http(http, key, *(f"{lists}&status={status}" for status in OrderStatus))),
        Page("orders by payment status", over_http(http, key, *(f"{lists}&payment_status={s}" for s in PaymentStatus))),
        Page(
            "orders by last change",
            over_http(http, key, f"{lists}&sort=updated", f"{lists}&sort=updated&status=completed"),
        ),
        Page(
            "orders of a customer",
            over_http(http, key, *(f"{lists}&customer_ref={row['customer_ref']}" for row in sample)),
        ),
        Page("orders of a channel", over_http(http, key, f"{lists}&channel=marketplace", f"{lists}&channel=none")),
        Page(
            "order by tracking code",
            over_http(http, key, *(f"{lists}&tracking_code={row['tracking_code']}" for row in sample)),
        ),
        Page("find", [partial(orders.find, row[name]) for row in sample for name in _FOUND_BY]),
        Page("open questions", over_http(http, key, "/v1/approvals?status=pending")),
        Page("questions of any status", over_http(http, key, "/v1/approvals")),
        Page("wake-ups that are overdue", [partial(PostgresWakeups(database).overdue, seconds=5, limit=100)]),
    ]


@contextmanager
def _directory() -> Iterator[Path]:
    """For this run alone; `nobody`, who runs Postgres for root, can pass through it."""
    directory = Path(tempfile.mkdtemp(prefix="steward-bench-"))
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


@asynccontextmanager
async def _server(directory: Path) -> AsyncIterator[str]:
    """The URL of an empty database."""
    supervisor = Supervisor(directory / "logs", {}, record=lambda _: None, report=lambda _: None)
    try:
        port = choose({})[Port.POSTGRES]
        yield await postgres.start(supervisor, directory, port, secrets.token_hex(16), postgres.FORGETFUL)
    finally:
        await supervisor.stop()


def _print(times: list[PageTime], counts: dict[str, int]) -> None:
    table = Table("", "p50 ms", "p95 ms", "scanned", title="Pages over very many orders")
    for each in times:
        table.add_row(each.page, f"{each.p50_ms:.1f}", f"{each.p95_ms:.1f}", ", ".join(each.scanned) or "none")
    console = Console()
    console.print(table)
    console.print("Rows: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))
    console.print(RULE)
