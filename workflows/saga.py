"""Undo what a process already did when it cannot go on."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from temporalio import workflow
from temporalio.exceptions import FailureError

Undo = Callable[[], Awaitable[None]]


class Saga:
    """Runs its undo steps, newest first, if the block ends in a failure or a cancellation.

    A bug (any other exception) only suspends the workflow task, so nothing is undone: a fixed deploy picks the
    process up where it stopped. An undo step that fails is logged for a person; the others still run.
    """

    def __init__(self) -> None:
        self._undo: list[Undo] = []

    def undo_with(self, step: Undo) -> None:
        """Register before the step it undoes: a step may succeed and still report a failure."""
        self._undo.append(step)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, FailureError | asyncio.CancelledError):
            return
        for step in reversed(self._undo):
            try:
                await step()
            except FailureError:
                workflow.logger.exception("undo.failed", extra={"step": step.__name__})
