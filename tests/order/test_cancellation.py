"""Hearing a cancel between steps, by itself: the process goes on, and what it ends with comes through."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from workflows.cancellation import heard_between_steps


class Running:
    """A process of one step, in a task as the engine has it, and what was heard meanwhile."""

    def __init__(self, end: Callable[[], Awaitable[str]]) -> None:
        self.heard = 0
        self.inside: asyncio.Task[str] | None = None
        self._go_on = asyncio.Event()
        self._end = end
        self.task = asyncio.create_task(heard_between_steps(self._process(), hear=self._hear))

    async def cancel(self) -> None:
        while self.inside is None:
            await asyncio.sleep(0)
        self.task.cancel()
        await asyncio.sleep(0)

    async def ends(self) -> str:
        self._go_on.set()
        return await self.task

    async def _process(self) -> str:
        self.inside = asyncio.current_task()
        await self._go_on.wait()
        return await self._end()

    def _hear(self) -> None:
        self.heard += 1


async def fine() -> str:
    return "delivered"


async def broken() -> str:
    raise ZeroDivisionError


async def test_a_cancel_is_heard_and_the_step_is_not_broken_off() -> None:
    running = Running(fine)
    await running.cancel()
    await running.cancel()
    assert (await running.ends(), running.heard) == ("delivered", 2)


async def test_a_bug_comes_through_after_a_cancel_too() -> None:
    running = Running(broken)
    await running.cancel()
    with pytest.raises(ZeroDivisionError):
        await running.ends()


async def test_a_process_that_is_put_away_stops_for_good() -> None:
    running = Running(fine)
    await running.cancel()
    assert running.inside is not None
    running.inside.cancel()  # as the worker does with every task of a workflow
    with pytest.raises(asyncio.CancelledError):
        await running.task
