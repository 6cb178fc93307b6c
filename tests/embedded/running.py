"""The bare stack as a process of its own, and who belongs to it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from adapters.embedded.processes import Process, identify, is_alive
from adapters.embedded.state import Stack, StackUnavailable, find_stack

ROOT = Path(__file__).parents[2]


def eventually(holds: Callable[[], bool], within: float) -> bool:
    """Whether it comes to hold within so many seconds."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def family(pid: int) -> set[Process]:
    """The process and everything that descends from it now."""
    parents = dict(_children_and_parents())
    members = {pid}
    while more := {child for child, parent in parents.items() if parent in members} - members:
        members |= more
    return {process for process in map(identify, members) if process}


def _children_and_parents() -> Iterator[tuple[int, int]]:
    stats = list(Path("/proc").glob("[0-9]*/stat"))
    for stat in stats:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            yield int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])
    if not stats:
        listing = subprocess.run(["/bin/ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
        yield from ((int(pid), int(parent)) for pid, parent in map(str.split, listing.stdout.splitlines()))


def all_gone(processes: set[Process], within: float) -> bool:
    return eventually(lambda: not any(map(is_alive, processes)), within)


class Runner:
    """`python -m adapters.embedded` on a state directory."""

    def __init__(self, state: Path, user: str | None = None) -> None:
        self.state = state
        self._output = state.parent / f"output-{time.monotonic_ns()}"
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "adapters.embedded"],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "STEWARD_STATE": str(state)},
                stdout=output,
                stderr=subprocess.STDOUT,
                user=user,
                start_new_session=True,
            )

    def ready(self) -> Stack:
        assert eventually(lambda: self._stack() is not None or self.process.poll() is not None, within=60)
        stack = self._stack()
        assert stack, self.said()
        return stack

    def _stack(self) -> Stack | None:
        try:
            stack = find_stack({"STEWARD_STATE": str(self.state)})
        except StackUnavailable:
            return None
        return stack if stack.supervisor and stack.supervisor.pid == self.process.pid else None

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)

    def said(self) -> list[str]:
        return self._output.read_text().splitlines()
