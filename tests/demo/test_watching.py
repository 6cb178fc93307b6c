"""A run is watched to its end, also over a database that is away for a while."""

import asyncio
import io
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from rich.console import Console

from contracts.clock import BusinessClock
from contracts.problems import DatabaseAway
from simulation.board import Board
from simulation.launch import Running
from simulation.run import Plan, Run


class AwayAtFirst:
    """The first that asks finds nobody."""

    def __init__(self, database):
        self._database = database
        self.asked = 0

    @asynccontextmanager
    async def connection(self):
        self.asked += 1
        if self.asked == 1:
            raise DatabaseAway("ConnectionRefusedError")
        async with self._database.connection() as connection:
            yield connection


async def test_a_database_that_is_away_is_told_and_asked_again(database):
    now = datetime.now(UTC)
    away: Any = AwayAtFirst(database)
    stack: Any = SimpleNamespace()  # nothing of it is asked
    said = io.StringIO()
    running = Running(stack=stack, database=away, clock=BusinessClock(wall_epoch=now, business_epoch=now, pace=1))
    console = Console(file=said, width=200)
    run = Run(running, Plan(orders=0, seed=1, pace=1, invoices=None), console)
    async with asyncio.timeout(10):
        with Board(console, 1) as board:
            await run._watch(board, asyncio.create_task(asyncio.sleep(0)))
    assert away.asked > 1
    assert "the database is away: ConnectionRefusedError" in said.getvalue()
