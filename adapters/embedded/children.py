"""One supervised server: how it is started through its guardian, when it is ready, how it ends."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from adapters.embedded import guardian, processes
from adapters.embedded.processes import Process
from adapters.embedded.state import Running

Probe = Callable[[int], Awaitable[bool]]
"""Asked again and again with the server's process id until it says that the server is ready."""


async def at_once(_pid: int) -> bool:
    return True


def answers(url: str) -> Probe:
    """Ready once GET `url` answers 200."""

    async def ready(_pid: int) -> bool:
        try:
            await asyncio.to_thread(fetch, url)
        except (OSError, HTTPException):
            return False
        return True

    return ready


def writes_its_pid(path: Path) -> Probe:
    """Ready once the server has written its own process id there, which no earlier one can have done."""

    async def ready(pid: int) -> bool:
        return await asyncio.to_thread(lambda: path.exists() and path.read_text().strip() == str(pid))

    return ready


def fetch(url: str, body: object = None) -> bytes:
    """GET on loopback, or POST of `body` as JSON; no proxy, no TLS. HTTPException unless it answers 200."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        if body is None:
            connection.request("GET", parts.path)
        else:
            connection.request("POST", parts.path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:  # noqa: PLR2004 - OK
            raise HTTPException(f"{url} answers {answer.status}")
        return answer.read()
    finally:
        connection.close()


@dataclass(frozen=True)
class Child:
    """`env` adds to the supervisor's; `user` (root only) is whom it runs as; bounds are in seconds."""

    name: str
    command: tuple[str, ...]
    ready: Probe = at_once
    stop: signal.Signals = signal.SIGTERM
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    user: str | None = None
    start_within: float = 30
    stop_within: float = 8


@dataclass(frozen=True)
class Guarded:
    """A child that was started. `server` is None if it ended before it could be looked at."""

    child: Child
    guardian: subprocess.Popen[bytes]
    server: Process | None
    ended: asyncio.Task[int]

    def running(self) -> Running:
        return Running(guardian=processes.identify(self.guardian.pid), server=self.server, stop=self.child.stop)

    async def becomes_ready(self) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.child.start_within
        while self.server and not self.ended.done() and loop.time() < deadline:
            if await self.child.ready(self.server.pid):
                return True
            await asyncio.wait([self.ended], timeout=processes.POLL)
        return False

    async def stop(self) -> None:
        """Lets the server stop in its own time, up to the child's bound."""
        self.guardian.send_signal(signal.SIGTERM)
        await asyncio.wait([self.ended], timeout=self.child.stop_within)
        await self.cut()

    async def cut(self) -> None:
        """Ends the guardian's pipe, as our own end would, and what a guardian that was killed has left."""
        _close(self.guardian.stdin)
        await asyncio.wait([self.ended], timeout=guardian.GRACE + 1)
        self.guardian.kill()
        if self.server:
            await processes.end(self.server, self.child.stop, guardian.GRACE)
        await asyncio.wait([self.ended])


async def launch(child: Child, log: Path, environ: Mapping[str, str]) -> Guarded:
    """Starts the child through a guardian, whose first word is the process id of the server."""
    process = _spawn(child, log, environ)
    reader = asyncio.StreamReader()
    try:
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), process.stdout)
        pid = await reader.readline()
    except BaseException:  # canceled in here, nobody else could end it
        _close(process.stdin)
        raise
    server = processes.identify(int(pid)) if pid else None
    return Guarded(child, process, server, asyncio.create_task(_end_of(process, reader)))


def _spawn(child: Child, log: Path, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-S", guardian.__file__]
    command += ["--user", child.user] if child.user else []
    with log.open("ab") as sink:
        return subprocess.Popen(  # noqa: S603 - starting what it is given is its purpose
            [*command, child.stop.name, *child.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            cwd=child.cwd,
            env={**environ, **child.env},
            start_new_session=True,  # Ctrl-C in a terminal reaches the supervisor alone
        )


def _close(pipe: IO[bytes] | None) -> None:
    if pipe:
        pipe.close()


async def _end_of(process: subprocess.Popen[bytes], reader: asyncio.StreamReader) -> int:
    await reader.read()  # the guardian's output ends with the guardian
    return await asyncio.to_thread(process.wait)
