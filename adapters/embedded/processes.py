"""Which process is which: a process id alone may be somebody else's by now, with its start time it is not."""

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path

from pydantic import BaseModel

POLL = 0.05


class Process(BaseModel, frozen=True):
    """`started` is opaque: it only compares with what `identify` gives on the same machine."""

    pid: int
    started: str


def identify(pid: int) -> Process | None:
    """The living process with this id; None if it is gone or only waits to be reaped."""
    if Path("/proc/self/stat").exists():
        state, started = _from_proc(pid)
    else:
        state, started = _from_ps(pid)
    return None if state in {"", "Z"} else Process(pid=pid, started=started)


def is_alive(process: Process) -> bool:
    return identify(process.pid) == process


async def end(process: Process, stop: signal.Signals, within: float) -> None:
    """Asks a process that is not our child to stop and kills it after `within` seconds."""
    if not await _signal_and_wait(process, stop, within):
        await _signal_and_wait(process, signal.SIGKILL, within)


async def _signal_and_wait(process: Process, number: signal.Signals, within: float) -> bool:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    with contextlib.suppress(ProcessLookupError):
        if is_alive(process):
            os.kill(process.pid, number)
    while is_alive(process):
        if loop.time() > deadline:
            return False
        await asyncio.sleep(POLL)
    return True


def _from_proc(pid: int) -> tuple[str, str]:
    """State and start time in ticks since boot, from /proc/PID/stat (proc(5), fields 3 and 22)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "", ""
    fields = stat.rpartition(")")[2].split()
    return fields[0], fields[19]


def _from_ps(pid: int) -> tuple[str, str]:
    command = ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)]
    answer = subprocess.run(  # noqa: S603 - a fixed program and a number
        command, env={"LC_ALL": "C"}, capture_output=True, text=True, check=False
    )
    state, _, started = answer.stdout.strip().partition(" ")
    return state[:1], started.strip()
