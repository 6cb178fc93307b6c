"""What every step gets without asking: heartbeats, a partner's own wait before the next try, errors without values."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from contracts.partners import PartnerUnavailable

BEATS_PER_TIMEOUT = 3


class StepInterceptor(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the SDK's
        return _Step(next)


class _Step(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        async with _heartbeats():
            try:
                return await self.next.execute_activity(input)
            except PartnerUnavailable as away:
                # Expected, so no stack trace a try; the workflow's waiting_on says whom it waits for.
                raise ApplicationError(
                    str(away),
                    type="PartnerUnavailable",
                    next_retry_delay=away.retry_after,
                    category=ApplicationErrorCategory.BENIGN,
                ) from None
            except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                # The database quotes rows and values in its messages, and those may be about a person.
                state = getattr(error, "sqlstate", "no sqlstate")
                raise ApplicationError(f"{type(error).__name__} ({state})", type="DatabaseError") from None


@contextlib.asynccontextmanager
async def _heartbeats() -> AsyncIterator[None]:
    timeout = activity.info().heartbeat_timeout
    if timeout is None:
        yield
        return
    beating = asyncio.create_task(_beat(timeout.total_seconds() / BEATS_PER_TIMEOUT))
    try:
        yield
    finally:
        beating.cancel()


async def _beat(every: float) -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(every)
