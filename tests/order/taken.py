"""Taking a step as often as a faulty world would."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from temporalio.testing import ActivityEnvironment

AnswerT = TypeVar("AnswerT")
StepsT = TypeVar("StepsT")


def as_attempts(steps: StepsT) -> StepsT:
    """The same steps, each call of one as an attempt that the engine starts now."""
    return cast("StepsT", _Attempts(steps))


class _Attempts:
    def __init__(self, steps: object) -> None:
        self._steps = steps

    def __getattr__(self, name: str) -> Callable[[Any], Awaitable[Any]]:
        async def attempt(asked: Any) -> Any:
            environment = ActivityEnvironment()
            environment.info = replace(environment.info, started_time=datetime.now(UTC))
            return await environment.run(getattr(self._steps, name), asked)

        return attempt


async def taken_thrice(step: Callable[[], Awaitable[AnswerT]]) -> AnswerT:
    """Once, and again as if the worker had died after the effect, with a zombie of an earlier attempt beside it."""
    first = await step()
    assert [*await asyncio.gather(step(), step())] == [first, first]
    return first
