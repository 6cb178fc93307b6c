"""The one place where business time becomes a timer."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

from activities.clock import ClockActivities
from contracts.clock import BusinessClock
from workflows import policies


class Patience:
    """Waits of one process, in business time, by the clock it was started with until a timer says to look again."""

    def __init__(self, clock: BusinessClock) -> None:
        self._clock = clock

    async def until(self, condition: Callable[[], bool], *, deadline: datetime | None = None, summary: str) -> bool:
        """Wait for the condition, until the deadline in business time if there is one; False when patience is over."""
        if deadline is None:
            await workflow.wait_condition(condition)
            return True
        while not condition():  # asked first: a deadline that is over must not win against what was told in time
            try:
                await workflow.wait_condition(condition, timeout=self._left(deadline), timeout_summary=summary)
            except TimeoutError:
                await self._look_at_the_clock()  # its pace may have changed while the timer ran
                if self._now() >= deadline:
                    return condition()
        return True

    def _left(self, deadline: datetime) -> timedelta:
        return self._clock.wall_time(max(deadline - self._now(), timedelta()))

    def _now(self) -> datetime:
        return self._clock.at(workflow.now())

    async def _look_at_the_clock(self) -> None:
        self._clock = await workflow.execute_activity_method(
            ClockActivities.read, summary="is it time?", **policies.DATABASE
        )
