"""Taking a step as often as a faulty world would."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

AnswerT = TypeVar("AnswerT")


async def taken_thrice(step: Callable[[], Awaitable[AnswerT]]) -> AnswerT:
    """Once, and again as if the worker had died after the effect, with a zombie of an earlier attempt beside it."""
    first = await step()
    assert [*await asyncio.gather(step(), step())] == [first, first]
    return first
