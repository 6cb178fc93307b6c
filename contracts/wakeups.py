"""What the door owes the engine: start this workflow, or tell it that something happened."""

from typing import Literal

from pydantic import JsonValue

from contracts.base import Contract


class Wakeup(Contract):
    """Stored in the transaction of the fact itself, delivered at least once.

    A start has the workflow's type as `name`, its task queue, its input and a summary; a signal has the signal's
    name and a reference to the stored fact.
    """

    wakeup_id: int
    workflow_id: str
    kind: Literal["start", "signal"]
    name: str
    payload: JsonValue
    task_queue: str | None = None
    summary: str | None = None
