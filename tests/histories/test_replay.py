"""Every recorded process replays on today's code, so that orders under way survive a deploy."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from workers.registry import PROCESSES, sandbox

RECORDED: Final = {path.stem: path.read_text() for path in sorted(Path(__file__).parent.glob("*.json"))}
MACHINE: Final = re.compile(r'\d+@|stackTrace|File \\"')


@pytest.fixture(scope="module")
def replayers() -> Mapping[str, Replayer]:
    """One a process, in the sandbox that its worker has."""
    return {
        name: Replayer(
            workflows=process.workflows,
            workflow_runner=sandbox(process.workflows),
            data_converter=pydantic_data_converter,
        )
        for name, process in PROCESSES.items()
        if process.workflows
    }


def process_of(name: str) -> str:
    """`order.delivered` is the history of an order."""
    return name.partition(".")[0]


@pytest.mark.parametrize("name", RECORDED)
async def test_a_recorded_process_replays(replayers: Mapping[str, Replayer], name: str) -> None:
    history = WorkflowHistory.from_json(f"{process_of(name)}/1001", RECORDED[name])
    await replayers[process_of(name)].replay_workflow(history)


@pytest.mark.parametrize("name", ["order.delivered", "shipment.delivered.1"])
async def test_a_process_that_takes_another_step_does_not_replay(replayers: Mapping[str, Replayer], name: str) -> None:
    told: dict[str, Any] = json.loads(RECORDED[name])
    step = next(event for event in told["events"] if "activityTaskScheduledEventAttributes" in event)
    step["activityTaskScheduledEventAttributes"]["activityType"]["name"] = f"{process_of(name)}.other"
    history = WorkflowHistory.from_json(f"{process_of(name)}/1001", told)
    with pytest.raises(NondeterminismError):
        await replayers[process_of(name)].replay_workflow(history)


def test_histories_of_every_process_are_there_and_name_no_machine() -> None:
    assert {process_of(name) for name in RECORDED} == {name for name, process in PROCESSES.items() if process.workflows}
    assert [name for name, history in RECORDED.items() if MACHINE.search(history)] == []
