"""The one place where business time becomes a timer."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

from contracts.clock import BusinessClock


def now(clock: BusinessClock) -> datetime:
    """Business time, as replay sees it too."""
    return clock.at(workflow.now())


async def until(
    condition: Callable[[], bool], *, clock: BusinessClock, deadline: datetime | None = None, summary: str
) -> bool:
    """Wait for the condition, until the deadline in business time if there is one; False when patience is over."""
    if deadline is None:
        await workflow.wait_condition(condition)
        return True
    if condition():  # a deadline that is over would otherwise win against what was told in time
        return True
    left = clock.wall_time(max(deadline - now(clock), timedelta()))
    try:
        await workflow.wait_condition(condition, timeout=left, timeout_summary=summary)
    except TimeoutError:
        return False
    return True
