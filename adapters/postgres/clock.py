"""The business clock's one row, and the wall's clock beside it."""

from datetime import UTC, datetime

from adapters.postgres.database import Database
from contracts.clock import BusinessClock


class PostgresClock:
    """Reads the row each time: another process may have changed the pace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> BusinessClock:
        async with self._database.connection() as connection:
            row = await connection.fetchrow("select wall_epoch, business_epoch, pace from business_clock")
        if row is None:
            raise LookupError("the business clock was never set: start the workers once, or call set_pace")
        return BusinessClock.model_validate(dict(row))

    async def now(self) -> datetime:
        return (await self.read()).at(datetime.now(UTC))

    async def set_pace(self, pace: int) -> BusinessClock:
        """Run at this pace from now on; the same pace changes nothing, another one never jumps back."""
        wall = datetime.now(UTC)
        async with self._database.transaction() as connection:
            await connection.execute("lock table business_clock in exclusive mode")
            row = await connection.fetchrow("select wall_epoch, business_epoch, pace from business_clock")
            clock = BusinessClock.model_validate(dict(row)) if row else None
            if clock is not None and clock.pace == pace:
                return clock
            fresh = (
                clock.repaced(pace, wall) if clock else BusinessClock(wall_epoch=wall, business_epoch=wall, pace=pace)
            )
            await connection.execute(
                "insert into business_clock (wall_epoch, business_epoch, pace) values ($1, $2, $3)"
                " on conflict (singleton) do update set wall_epoch = excluded.wall_epoch,"
                " business_epoch = excluded.business_epoch, pace = excluded.pace",
                fresh.wall_epoch,
                fresh.business_epoch,
                fresh.pace,
            )
        return fresh
