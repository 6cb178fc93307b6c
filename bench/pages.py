"""Pages asked for again and again: how long each takes, and which big tables it reads from end to end."""

import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

import httpx2

from adapters.postgres.database import Database
from contracts.base import Contract

BIG: Final = 10_000  # rows from which on a table is not to be read from end to end
_WARM_UP: Final = 5
# Asked on the connection that did the work: the server counts what a connection has read only now and then.
_SCANS: Final = """
select s.relname, s.seq_scan from pg_stat_user_tables s join pg_class c on c.oid = s.relid where c.reltuples >= $1
"""


Ask: TypeAlias = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Page:
    """One kind of page, or of question to the database: asked for in these ways in turn."""

    name: str
    asks: Sequence[Ask]


class PageTime(Contract):
    """Server time in milliseconds; `scanned` are the big tables that were read from end to end."""

    page: str
    requests: int
    p50_ms: float
    p95_ms: float
    scanned: list[str]


def over_http(
    http: httpx2.AsyncClient, headers: Mapping[str, str], *paths: str, leads_to: str | None = None
) -> list[Ask]:
    """Pages by their paths; with `leads_to` each of them sends its reader on to a path that begins so."""
    return [partial(_get, http, headers, path, leads_to) for path in paths]


async def measure(database: Database, page: Page, requests: int) -> PageTime:
    """One after the other, warmed up. `database` has one connection, which the page is read over too."""
    for ask in page.asks[:_WARM_UP]:
        await ask()
    before = await _scans(database)
    times = sorted([await _time(page.asks[position % len(page.asks)]) for position in range(requests)])
    after = await _scans(database)
    return PageTime(
        page=page.name,
        requests=requests,
        p50_ms=_percentile(times, 50),
        p95_ms=_percentile(times, 95),
        scanned=sorted(table for table, scans in after.items() if scans > before.get(table, 0)),
    )


async def _time(ask: Ask) -> float:
    """In milliseconds."""
    start = time.perf_counter()
    await ask()
    return (time.perf_counter() - start) * 1_000


async def _get(http: httpx2.AsyncClient, headers: Mapping[str, str], path: str, leads_to: str | None) -> None:
    """Raises ValueError for another answer: what is refused, or sent to sign in, is no figure."""
    response = await http.get(path, headers=dict(headers))
    there = response.headers.get("Location", "")
    if leads_to is None and response.status_code != httpx2.codes.OK:
        raise ValueError(f"{path} answered {response.status_code}")
    if leads_to is not None and not there.startswith(leads_to):
        raise ValueError(f"{path} answered {response.status_code} and led to {there or 'nowhere'}")


async def _scans(database: Database) -> dict[str, int]:
    async with database.connection() as connection:
        await connection.execute("select pg_stat_force_next_flush()")
        return {row["relname"]: row["seq_scan"] for row in await connection.fetch(_SCANS, BIG)}


def _percentile(times: Sequence[float], percent: int) -> float:
    """By nearest rank, of sorted times."""
    return round(times[math.ceil(len(times) * percent / 100) - 1], 1)
