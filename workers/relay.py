"""The relay: delivers to the engine what a crash or an outage left undelivered, and starts again what was ended."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import structlog
from temporalio.service import RPCError, RPCStatusCode

from adapters.temporal import StillOwed, WorkflowIdTaken
from contracts.problems import DatabaseAway
from contracts.wakeups import Wakeup

LEFT_OVER_AFTER: Final = 1.0  # seconds: younger ones are still on their way from the door itself
EVERY: Final = 0.5  # seconds between two looks
WATCH_EVERY: Final = timedelta(minutes=1)
LONGEST_KEPT: Final = timedelta(days=30)
AT_ONCE: Final = 200  # rows of one look
_AWAY: Final = {
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,
    RPCStatusCode.NOT_FOUND,  # the namespace: a workflow that is not there is no error
}

log = structlog.stdlib.get_logger("relay")


class Wakeups(Protocol):
    async def overdue(self, *, seconds: float, limit: int, after: int) -> list[Wakeup]: ...


class Watched(Protocol):
    async def start_ended_again(self, since: datetime) -> None: ...


class Engine(Protocol):
    async def deliver(self, wakeup: Wakeup) -> None: ...


async def relay(wakeups: Wakeups, engine: Engine, *, older_than: float = LEFT_OVER_AFTER) -> None:
    """Deliver for ever. Several relays at once are fine: a delivery may repeat, none is lost."""
    while True:
        try:
            await deliver_left_over(wakeups, engine, older_than=older_than)
        except DatabaseAway as away:
            log.warning("relay.database_away", error=str(away))
        await asyncio.sleep(EVERY)


async def watch(engine: Watched) -> None:
    """For ever: orders whose process was ended before they were closed go on. At first as far back as engines keep."""
    since = datetime.now(UTC) - LONGEST_KEPT
    while True:
        now = datetime.now(UTC)
        try:
            await engine.start_ended_again(since)
        except (RPCError, DatabaseAway, WorkflowIdTaken) as away:
            log.warning("watch.later", error=type(away).__name__)
        else:
            since = now - WATCH_EVERY * 5  # what the engine lists comes a little late
        await asyncio.sleep(WATCH_EVERY.total_seconds())


async def deliver_left_over(wakeups: Wakeups, engine: Engine, *, older_than: float, at_once: int = AT_ONCE) -> None:
    """One round, oldest first; it ends early when the engine is away. `older_than` in seconds.

    What cannot be delivered stays owed and holds up no other, however much of it there is.
    """
    after = 0
    while left_over := await wakeups.overdue(seconds=older_than, limit=at_once, after=after):
        for wakeup in left_over:
            if not await _deliver(engine, wakeup):
                return
        after = left_over[-1].wakeup_id


async def _deliver(engine: Engine, wakeup: Wakeup) -> bool:
    """Whether the engine is there to be told more."""
    try:
        await engine.deliver(wakeup)
    except StillOwed:
        pass  # its start is in this round or the next
    except WorkflowIdTaken as taken:
        log.error("wakeup.id_taken", wakeup_id=wakeup.wakeup_id, error=str(taken))  # noqa: TRY400 - no bug of ours
    except RPCError as error:
        log.warning("wakeup.undelivered", wakeup_id=wakeup.wakeup_id, status=error.status.name)
        return error.status not in _AWAY
    else:
        log.info("wakeup.delivered", wakeup_id=wakeup.wakeup_id, workflow_id=wakeup.workflow_id)
    return True
