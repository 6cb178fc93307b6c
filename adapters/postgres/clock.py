"""The business clock's one row, and the wall's clock beside it."""

from datetime import UTC, datetime

from adapters.postgres.database import Connection, Database
from contracts.clock import BusinessClock

_READ = "select wall_epoch, business_epoch, pace from business_clock"
_WRITE = """
insert into business_clock (wall_epoch, business_epoch, pace) values ($1, $2, $3)
on conflict (singleton) do update set wall_epoch = excluded.wall_epoch, business_epoch = excluded.business_epoch,
    pace = excluded.pace
"""


class PostgresClock:
    """Reads the row each time: another process may have changed the pace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> BusinessClock:
        """Raises LookupError on a database that was never set up."""
        async with self._database.connection() as connection:
            clock = await _read(connection)
        if clock is None:
            raise LookupError("the business clock was never set: run `python -m adapters.postgres migrate`")
        return clock

    async def set_pace(self, pace: int) -> BusinessClock:
        """Run at this pace from now on; the same pace changes nothing, another one never jumps back."""
        return await self._keep_or_set(pace, keep_any=False)

    async def start(self) -> BusinessClock:
        """Run at the wall's pace if the clock was never set; a running clock is left alone."""
        return await self._keep_or_set(1, keep_any=True)

    async def _keep_or_set(self, pace: int, *, keep_any: bool) -> BusinessClock:
        async with self._database.transaction() as connection:
            await connection.execute("lock table business_clock in exclusive mode")
            wall = datetime.now(UTC)  # not before the lock: what was set while it was waited for is older
            running = await _read(connection)
            if running is not None and (keep_any or running.pace == pace):
                return running
            started = running or BusinessClock(wall_epoch=wall, business_epoch=wall, pace=pace)
            clock = started.repaced(pace, wall)
            await connection.execute(_WRITE, clock.wall_epoch, clock.business_epoch, clock.pace)
        return clock


async def _read(connection: Connection) -> BusinessClock | None:
    row = await connection.fetchrow(_READ)
    return None if row is None else BusinessClock.model_validate(dict(row))
