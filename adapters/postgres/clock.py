"""The business clock's one row, and the wall's clock beside it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from adapters.postgres.database import Connection, Database
from contracts.clock import BusinessClock

LONGEST_STOP: Final = timedelta(days=30)  # business time

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
        """Run at this pace from now on; business time never falls behind what is on record.

        The same pace goes on as it ran, with one exception: what stood still for long at a fast pace (a demo's state,
        started again days later) would have let decades pass. Then business time goes on `LONGEST_STOP` after the
        newest event.
        """
        async with self._database.transaction() as connection:
            wall, running = await _locked(connection)
            started = running or BusinessClock(wall_epoch=wall, business_epoch=wall, pace=pace)
            resumed = await _resumed(connection, started, wall)
            if running == resumed and running.pace == pace:
                return running
            return await _write(connection, resumed.repaced(pace, wall))

    async def start(self) -> BusinessClock:
        """Run at the wall's pace if the clock was never set; a running clock is left alone."""
        async with self._database.transaction() as connection:
            wall, running = await _locked(connection)
            return running or await _write(connection, BusinessClock(wall_epoch=wall, business_epoch=wall, pace=1))


async def _locked(connection: Connection) -> tuple[datetime, BusinessClock | None]:
    """The wall's time, not before the lock: what was set while it was waited for is older."""
    await connection.execute("lock table business_clock in exclusive mode")
    return datetime.now(UTC), await _read(connection)


async def _resumed(connection: Connection, clock: BusinessClock, wall: datetime) -> BusinessClock:
    if clock.pace == 1:
        return clock
    now = clock.at(wall)
    newest = await connection.fetchval("select max(occurred_at) from events where occurred_at <= $1", now)
    latest = max(newest or clock.business_epoch, clock.business_epoch) + LONGEST_STOP
    if now <= latest:
        return clock
    return BusinessClock(wall_epoch=wall, business_epoch=latest, pace=clock.pace)


async def _write(connection: Connection, clock: BusinessClock) -> BusinessClock:
    await connection.execute(_WRITE, clock.wall_epoch, clock.business_epoch, clock.pace)
    return clock


async def _read(connection: Connection) -> BusinessClock | None:
    row = await connection.fetchrow(_READ)
    return None if row is None else BusinessClock.model_validate(dict(row))
