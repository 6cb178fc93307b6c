"""The engine's own cancel, as an operator may ask for it: heard at any moment, acted on only between two steps."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")


async def heard_between_steps(process: Coroutine[Any, Any, ResultT], *, hear: Callable[[], None]) -> ResultT:
    """Run the process to its end. A cancel breaks off no step of it: `hear` records it for the process to read."""
    running = asyncio.ensure_future(process)
    while True:
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if running.cancelled():  # not by an operator: the worker puts the workflow away until it is needed again
                raise
            hear()
