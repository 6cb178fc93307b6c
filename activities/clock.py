"""Business time as a step sees it: the stored clock, at the moment at which the engine let the attempt start."""

from datetime import datetime
from typing import Protocol

from temporalio import activity

from contracts.clock import BusinessClock


class Clock(Protocol):
    async def read(self) -> BusinessClock: ...


async def business_now(clock: Clock) -> datetime:
    """The business time of this attempt. It is the engine's time, which timers run by, too."""
    return (await clock.read()).at(activity.info().started_time)


class ClockActivities:
    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    @activity.defn(name="clock.read")
    async def read(self) -> BusinessClock:
        """The clock as it runs now: its pace may have changed since the process started."""
        return await self._clock.read()
