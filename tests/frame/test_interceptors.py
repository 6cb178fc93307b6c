"""What every step gets without asking, seen from inside one step."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from contracts.partners import PartnerRefused, PartnerUnavailable
from workers.interceptors import StepInterceptor

Step = Callable[[], Awaitable[Any]]


class Innermost(ActivityInboundInterceptor):
    """The step itself."""

    def __init__(self, step: Step) -> None:
        self._step = step

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ARG002 - the SDK's shape
        return await self._step()


class Beats:
    """Counts heartbeats, and lets a step wait for them."""

    def __init__(self) -> None:
        self.felt = 0
        self._beat = asyncio.Event()

    def __call__(self, *_: object) -> None:
        self.felt += 1
        self._beat.set()

    async def until(self, number: int) -> None:
        async with asyncio.timeout(10):
            while self.felt < number:
                self._beat.clear()
                await self._beat.wait()


async def take(step: Step, beats: Beats, *, within: timedelta | None = None) -> Any:
    """Take the step as a worker does, under the interceptor, which expects a heartbeat within that time."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(ActivityEnvironment.default_info(), heartbeat_timeout=within)
    environment.on_heartbeat = beats
    under_interceptor = StepInterceptor().intercept_activity(Innermost(step))

    async def run() -> Any:
        return await under_interceptor.execute_activity(
            ExecuteActivityInput(fn=step, args=[], executor=None, headers={})
        )

    return await environment.run(run)


def failing_with(error: Exception) -> Step:
    async def step() -> None:
        raise error

    return step


async def test_the_heart_beats_several_times_within_its_timeout_for_as_long_as_the_step_takes() -> None:
    beats, others = Beats(), asyncio.all_tasks()
    loop = asyncio.get_running_loop()
    begun = loop.time()

    async def step() -> str:
        await beats.until(4)
        return "done"

    assert await take(step, beats, within=timedelta(seconds=0.3)) == "done"
    assert loop.time() - begun >= 0.29  # three pauses of a third each
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == others


async def test_a_step_without_a_heartbeat_timeout_has_no_heartbeat() -> None:
    beats = Beats()

    async def step() -> str:
        await asyncio.sleep(0)
        return "done"

    assert await take(step, beats) == "done"
    assert beats.felt == 0


@pytest.mark.parametrize("wait", [None, timedelta(seconds=7)])
async def test_a_partner_that_is_away_names_the_wait_before_the_next_try(wait: timedelta | None) -> None:
    with pytest.raises(ApplicationError) as raised:
        await take(failing_with(PartnerUnavailable("carriers", wait)), Beats())
    away = raised.value
    assert (away.type, away.message, away.next_retry_delay) == ("PartnerUnavailable", "carriers is not available", wait)
    assert (away.category, away.non_retryable) == (ApplicationErrorCategory.BENIGN, False)


async def test_an_error_of_the_database_names_no_value() -> None:
    told = asyncpg.UniqueViolationError("Key (email)=(ada@example.org) already exists.")
    with pytest.raises(ApplicationError) as raised:
        await take(failing_with(told), Beats())
    assert (raised.value.type, raised.value.message) == ("DatabaseError", "UniqueViolationError (23505)")
    assert raised.value.__cause__ is None
    assert raised.value.non_retryable is False


@pytest.mark.parametrize("error", [PartnerRefused("carriers", 422, "too_heavy"), ZeroDivisionError()])
async def test_any_other_error_stays_what_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        await take(failing_with(error), Beats())
    assert raised.value is error
