"""What changed on the pages that somebody has open: one look a second for all of them, and none while nobody looks."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from adapters.postgres.console_views import INBOX_MARK, ORDER_MARKS
from adapters.postgres.database import Database
from contracts.problems import DatabaseAway

INBOX: Final = "inbox"
LOOK_EVERY: Final = 1.0  # seconds

log = structlog.stdlib.get_logger("console")


class PostgresNews:
    """Marks of the inbox and of orders: a page shows one, and hears when there is another.

    Looking again, and not the database's own notifications: those take one lock for every event of every order.
    """

    def __init__(self, database: Database, *, look_every: float = LOOK_EVERY) -> None:
        self._database = database
        self._look_every = look_every
        self._is_over: Callable[[], bool] = lambda: False
        self._watched: Counter[str] = Counter()
        self._marks: dict[str, str] = {}
        self._looked = asyncio.Condition()
        self._looking: asyncio.Task[None] | None = None

    def end_when(self, is_over: Callable[[], bool]) -> None:
        """A server that stops waits for what it still answers: from then on nobody listens any more."""
        self._is_over = is_over

    async def marks(self, topic: str, seen: str) -> AsyncGenerator[str, None]:
        """Each mark of the inbox or of an order (by its id) that differs from the one seen before."""
        async with self._watching(topic):
            while not self._is_over():
                async with self._looked:
                    await self._looked.wait()
                mark = self._marks.get(topic, seen)
                if mark != seen:
                    seen = mark
                    yield mark

    @asynccontextmanager
    async def _watching(self, topic: str) -> AsyncIterator[None]:
        self._watched[topic] += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())
        try:
            yield
        finally:
            self._watched -= Counter([topic])
            self._marks = {known: mark for known, mark in self._marks.items() if known in self._watched}
            looking = self._looking
            if not self._watched and looking is not None:
                self._looking = None  # at once: who comes meanwhile starts another
                looking.cancel()
                with suppress(asyncio.CancelledError):
                    await looking

    async def _look_on(self) -> None:
        while True:
            try:
                self._marks = await self._read(sorted(self._watched))
            except DatabaseAway as away:
                log.warning("news.database_away", error=str(away))
            async with self._looked:
                self._looked.notify_all()
            await asyncio.sleep(self._look_every)

    async def _read(self, topics: list[str]) -> dict[str, str]:
        orders = [topic for topic in topics if topic != INBOX]
        async with self._database.connection() as connection:
            marks = {row["order_id"]: row["mark"] for row in await connection.fetch(ORDER_MARKS, orders)}
            if INBOX in topics:
                marks[INBOX] = await connection.fetchval(INBOX_MARK)
        return marks
