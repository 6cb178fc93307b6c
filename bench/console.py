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
from pathlib import Path
from typing import Annotated, Final

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
from bench.console_pages import pages
from bench.front_door import front_door
from bench.history.seed import seed_orders
from bench.pages import BIG, PageTime, measure
from simulation.launch import fill
from simulation.world import first_morning

SEED: Final = 7
TARGET_MS: Final = 150
RULE: Final = (
    f"Server time of requests through API and console in this process, one after the other, target {TARGET_MS} ms."
    f" Scanned: tables of {BIG:,} rows or more that were read from end to end."
)
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
