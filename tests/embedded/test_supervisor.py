"""The supervisor brings back what dies and ends, in order and in time, what it has started."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from adapters.embedded.children import Child, writes_its_pid
from adapters.embedded.processes import Process, identify, is_alive
from adapters.embedded.state import Running, StackUnavailable
from adapters.embedded.supervisor import Supervisor, end_all, until_signal
from tests.embedded.running import eventually

PYTHON = (sys.executable, "-I", "-S", "-c")

SERVER = """
import os, pathlib, signal, sys, time
path, stubborn = pathlib.Path(sys.argv[1]), sys.argv[2] == "stubborn"
def stop(number, frame):
    with (path.parent / "stopped").open("a") as file:
        file.write(path.name + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if stubborn else stop)
path.write_text(str(os.getpid()))
time.sleep(60)
"""


def server(name: str, place: Path, manner: str = "willing") -> Child:
    path = place / name
    return Child(name, (*PYTHON, SERVER, str(path), manner), ready=writes_its_pid(path))


class Watched:
    """A supervisor and what it records and reports."""

    def __init__(self, place: Path) -> None:
        self.running: dict[str, Running] = {}
        self.lines: list[str] = []
        self.supervisor = Supervisor(place / "logs", {}, record=self._record, report=self.lines.append)

    def _record(self, running: dict[str, Running]) -> None:
        self.running = running

    def server(self, name: str) -> Process:
        server = self.running[name].server
        assert server
        return server

    def guardian(self, name: str) -> Process:
        process = self.running[name].guardian
        assert process
        return process


@pytest.fixture
async def watched(place: Path) -> AsyncIterator[Watched]:
    watched = Watched(place)
    yield watched
    await watched.supervisor.stop()


async def comes_true(holds: Callable[[], bool]) -> bool:
    return await asyncio.to_thread(eventually, holds, within=10)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        yield process
        process.kill()


async def test_a_child_that_dies_comes_back(watched: Watched, place: Path) -> None:
    await watched.supervisor.start(server("shop", place))
    first = watched.server("shop")
    os.kill(first.pid, signal.SIGKILL)
    assert await comes_true(lambda: "shop is back" in watched.lines)
    assert watched.lines[0] == "shop ended with status 137, starting it again"
    assert is_alive(watched.server("shop"))
    assert watched.server("shop") != first


async def test_a_killed_guardian_leaves_no_second_server(watched: Watched, place: Path) -> None:
    await watched.supervisor.start(server("shop", place))
    first = watched.server("shop")
    os.kill(watched.guardian("shop").pid, signal.SIGKILL)
    assert await comes_true(lambda: "shop is back" in watched.lines)
    assert not is_alive(first)
    assert is_alive(watched.server("shop"))


async def test_children_stop_newest_first_and_nothing_is_recorded_after(watched: Watched, place: Path) -> None:
    for name in ("first", "second", "third"):
        await watched.supervisor.start(server(name, place))
    servers = [watched.server(name) for name in ("first", "second", "third")]
    await watched.supervisor.stop()
    assert (place / "stopped").read_text().split() == ["third", "second", "first"]
    assert not any(map(is_alive, servers))
    assert watched.running == {}


async def test_a_stop_that_is_hurried_ends_the_stubborn_within_five_seconds(watched: Watched, place: Path) -> None:
    for name in ("first", "second"):
        await watched.supervisor.start(server(name, place, "stubborn"))
    servers = [watched.server(name) for name in ("first", "second")]
    stopping = asyncio.create_task(watched.supervisor.stop())
    await asyncio.sleep(0)
    since = time.monotonic()
    stopping.cancel()
    await asyncio.wait([stopping])
    assert time.monotonic() - since < 5
    assert not any(map(is_alive, servers))


async def test_a_child_that_does_not_start_says_why(watched: Watched, place: Path) -> None:
    broken = Child("shop", ("sh", "-c", "echo no such table; exit 1"), ready=writes_its_pid(place / "never"))
    with pytest.raises(StackUnavailable, match=r"shop did not start: no such table \(all of it in .*shop\.log\)"):
        await watched.supervisor.start(broken)


async def test_a_command_that_does_not_exist_says_so(watched: Watched) -> None:
    with pytest.raises(StackUnavailable, match="shop did not start: FileNotFoundError"):
        await watched.supervisor.start(Child("shop", ("/nowhere/shop",)))


async def test_what_a_killed_supervisor_left_is_ended(sleeper: subprocess.Popen[bytes]) -> None:
    left = Running(guardian=None, server=identify(sleeper.pid), stop=signal.SIGINT)
    await end_all({"shop": left})
    assert sleeper.poll() == -signal.SIGINT


async def test_a_process_that_only_has_the_same_number_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    ours = Process(pid=sleeper.pid, started="another time")
    await end_all({"shop": Running(guardian=None, server=ours, stop=signal.SIGINT)})
    assert sleeper.poll() is None


async def test_a_signal_ends_the_block_and_what_follows_runs() -> None:
    reached = []
    async with until_signal():
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(10)
        reached.append("the rest of the block")
    await asyncio.sleep(0)
    reached.append("what follows")
    assert reached == ["what follows"]


async def test_a_cancellation_from_elsewhere_is_not_swallowed() -> None:
    async def waits() -> None:
        async with until_signal():
            await asyncio.sleep(10)

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
