"""The processes of a running stack, to be killed or held, and the partners' books beside it."""

import contextlib
import os
import signal
from collections.abc import Iterator
from typing import Any

import httpx2

from simulation.launch import Running


def server_pid(running: Running, name: str) -> int:
    server = running.stack.facts.children[name].server
    assert server is not None, f"{name} does not run"
    return server.pid


def guardian_pid(running: Running, name: str) -> int:
    guardian = running.stack.facts.children[name].guardian
    assert guardian is not None, f"{name} has no guardian"
    return guardian.pid


@contextlib.contextmanager
def down(running: Running, name: str) -> Iterator[None]:
    """The server is killed, and not brought back before the block ends: its guardian is held, so nobody notices."""
    guardian = guardian_pid(running, name)
    os.kill(guardian, signal.SIGSTOP)
    try:
        os.kill(server_pid(running, name), signal.SIGKILL)
        yield
    finally:
        os.kill(guardian, signal.SIGCONT)


async def book(running: Running, partner: str) -> list[dict[str, Any]]:
    async with httpx2.AsyncClient(base_url=running.stack.facts.partners, trust_env=False) as http:
        response = await http.get(f"/{partner}/v1/books")
        response.raise_for_status()
        entries: list[dict[str, Any]] = response.json()
        return entries
