"""The wall's clock and the business clock it drives, for those who live in the simulated world."""

import asyncio
from datetime import UTC, datetime, timedelta

from contracts.clock import BusinessClock


class Wall:
    def __init__(self, clock: BusinessClock) -> None:
        self._clock = clock

    def business_now(self) -> datetime:
        return self._clock.at(datetime.now(UTC))

    async def sleep(self, business: timedelta) -> None:
        """So long in business time."""
        await asyncio.sleep(self._clock.wall_time(business).total_seconds())
