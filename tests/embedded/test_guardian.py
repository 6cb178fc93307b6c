"""The guardian ends its server whenever its supervisor ends, and tells how the server itself ended."""

import contextlib
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.embedded import guardian
from adapters.embedded.processes import identify
from tests.embedded.running import all_gone, eventually, family

STUBBORN = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
subprocess.Popen(["sleep", "60"])
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""

Guard = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def guard() -> Iterator[Guard]:
    """Starts guardians and ends them with the test."""
    command = [sys.executable, "-I", "-S", guardian.__file__]
    with contextlib.ExitStack() as guardians:
        yield lambda *arguments: guardians.enter_context(
            subprocess.Popen(  # noqa: S603 - commands of these tests
                [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        )


def server_of(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout
    return int(process.stdout.readline())


def test_the_server_stops_with_the_pipe(guard: Guard) -> None:
    process = guard("SIGINT", "sleep", "60")
    server = identify(server_of(process))
    assert server
    assert process.stdin
    process.stdin.close()
    assert all_gone({server}, within=10)
    assert process.wait(10) == 128 + signal.SIGINT


def test_a_stubborn_server_and_what_it_started_are_killed_within_five_seconds(guard: Guard, place: Path) -> None:
    process = guard("SIGINT", sys.executable, "-I", "-S", "-c", STUBBORN, str(place / "up"))
    assert eventually((place / "up").exists, within=5)
    everybody = family(process.pid)
    assert len(everybody) == 3
    assert process.stdin
    process.stdin.close()
    assert all_gone(everybody - {identify(process.pid)}, within=5)
    assert process.wait(10) == 128 + signal.SIGKILL


def test_asked_by_sigterm_it_passes_on_the_servers_own_signal(guard: Guard) -> None:
    process = guard("SIGQUIT", "sleep", "60")
    server_of(process)
    process.send_signal(signal.SIGINT)  # the terminal's Ctrl-C is the supervisor's business
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 128 + signal.SIGQUIT


def test_the_servers_status_and_words_come_through(guard: Guard) -> None:
    process = guard("SIGINT", "sh", "-c", "echo out; echo error >&2; exit 7")
    assert process.stderr
    assert process.stderr.read() == b"out\nerror\n"
    assert process.wait(10) == 7


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_runs_its_server_as_nobody_without_roots_groups(guard: Guard) -> None:
    process = guard("--user", "nobody", "SIGINT", "sh", "-c", "id -u; id -G")
    nobody = pwd.getpwnam("nobody")
    assert process.stderr
    assert process.stderr.read().split() == [str(nobody.pw_uid).encode(), str(nobody.pw_gid).encode()]
