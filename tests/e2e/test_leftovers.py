"""Killed is killed: nothing of a stack outlives its parent, and the next start is clean."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from adapters.embedded.processes import is_alive
from adapters.embedded.state import Stack
from simulation.launch import CHECKOUT

pytestmark = [pytest.mark.races, pytest.mark.xdist_group("stack"), pytest.mark.timeout(180)]


async def test_five_seconds_after_kill_9_of_the_parent_no_process_of_ours_is_left(state: Path) -> None:
    directory = state / "killed"
    for _ in range(2):  # the second start is on what the kill has left
        parent = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "simulation.up",
            "--pace",
            "1000",
            cwd=CHECKOUT,
            env=os.environ | {"STEWARD_STATE": str(directory)},
            stdout=asyncio.subprocess.PIPE,
        )
        assert parent.stdout is not None
        while b"Temporal UI" not in (line := await asyncio.wait_for(parent.stdout.readline(), 60)):
            assert line, "the stack ended before it was up"
        children = Stack.model_validate_json((directory / "stack.json").read_bytes()).children.values()
        processes = [each for child in children for each in (child.server, child.guardian) if each]
        assert len(processes) == 12

        parent.send_signal(signal.SIGKILL)
        await parent.wait()
        async with asyncio.timeout(5):
            while any(is_alive(process) for process in processes):
                await asyncio.sleep(0.05)
