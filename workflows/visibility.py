"""What operations see of a process in the Temporal UI: where it stands and what it waits for, in words."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from contracts.waiting import Wait

PROCESS: Final = SearchAttributeKey.for_keyword("Process")
BUSINESS_STATUS: Final = SearchAttributeKey.for_keyword("BusinessStatus")
WAITING_ON: Final = SearchAttributeKey.for_keyword("WaitingOn")
WAITING_UNTIL: Final = SearchAttributeKey.for_datetime("WaitingUntil")


class Board:
    """Where one process stands, shown when it changes: search attributes and current details together."""

    def __init__(self, process: str) -> None:
        self._process = process
        self._shown: tuple[StrEnum, Wait] | None = None

    def enter(self, stage: StrEnum, wait: Wait) -> None:
        if (stage, wait) != self._shown:
            self._shown = (stage, wait)
            _show(self._process, stage, wait)


def _show(process: str, stage: StrEnum, wait: Wait) -> None:
    workflow.upsert_search_attributes(
        [
            PROCESS.value_set(process),
            BUSINESS_STATUS.value_set(stage),
            WAITING_ON.value_set(wait.on) if wait.on else WAITING_ON.value_unset(),
            WAITING_UNTIL.value_set(wait.until) if wait.until else WAITING_UNTIL.value_unset(),
        ]
    )
    workflow.set_current_details(_words(stage, wait))


def _words(stage: StrEnum, wait: Wait) -> str:
    if wait.on is None:
        return f"**{stage.replace('_', ' ').capitalize()}**"
    limit = f" until {_minute(wait.until)}" if wait.until else ""
    return f"Waiting for **{wait.on}**{limit}"


def _minute(instant: datetime) -> str:
    return f"{instant:%A %d %B %Y, %H:%M} {instant.tzname()}"
