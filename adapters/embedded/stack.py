"""The stack of a laptop as one thing: opened, told what else to run, closed."""

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

from adapters.embedded import postgres, temporal
from adapters.embedded.ports import LOOPBACK, Port, choose
from adapters.embedded.processes import identify
from adapters.embedded.state import Stack, StackFile, alone_on, prepare, state_directory, usable
from adapters.embedded.supervisor import Supervisor, end_all


class EmbeddedStack:
    """While it is open its servers run, and so does what is started here, in one state directory.

    async with until_signal(), EmbeddedStack.open(report=print) as stack:
        await stack.start(Child("api", (sys.executable, "-m", "api"), ready=answers(f"{stack.facts.api}/health")))
        await stack.run_until_stopped()
    """

    def __init__(self, file: StackFile, supervisor: Supervisor) -> None:
        self._file = file
        self.start = supervisor.start
        self.run_until_stopped = supervisor.run_until_stopped

    @property
    def facts(self) -> Stack:
        """Addresses, ports and secrets, as `stack.json` tells them to the other processes."""
        return self._file.stack

    @property
    def directory(self) -> Path:
        return self._file.directory

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls,
        environ: Mapping[str, str] = os.environ,
        *,
        report: Callable[[str], None],
        api_keys: Sequence[str] = ("shop", "staff"),
        postgres_settings: Mapping[str, str] | None = None,
    ) -> AsyncIterator["EmbeddedStack"]:
        """Starts the servers that `environ` does not name itself (`STEWARD_DATABASE_URL`, `TEMPORAL_*`).

        `api_keys` names the keys to have in the secrets. Raises `StackUnavailable` with one line for a person.
        """
        directory = state_directory(environ)
        prepare(directory)
        with alone_on(directory):
            file = StackFile(directory)
            with usable(directory):
                await _end_last(file)
                supervisor = Supervisor(
                    directory / "logs",
                    {**environ, "STEWARD_STATE": str(directory)},
                    record=lambda children: file.update(children=children),
                    report=report,
                )
                _announce(file, api_keys)
            try:
                with usable(directory):
                    await _start_servers(supervisor, file, environ, postgres_settings or {})
                yield cls(file, supervisor)
            finally:
                await supervisor.stop()
                file.update(supervisor=None)


async def _end_last(file: StackFile) -> None:
    """Ends what is left of a stack that was killed."""
    await end_all(file.stack.children)
    last = file.stack.children.get("postgres")
    if last and last.server:
        postgres.forget_dead_server(file.directory, last.server.pid)


def _announce(file: StackFile, api_keys: Sequence[str]) -> None:
    ports = choose(file.stack.ports)
    file.update(
        supervisor=identify(os.getpid()),
        children={},
        ports=ports,
        database_url="",
        temporal_address="",
        api=f"http://{LOOPBACK}:{ports[Port.API]}",
        partners=f"http://{LOOPBACK}:{ports[Port.PARTNERS]}",
        mail=f"smtp://{LOOPBACK}:{ports[Port.MAIL]}",
        secrets=file.stack.secrets.with_api_keys(api_keys),
    )


async def _start_servers(
    supervisor: Supervisor, file: StackFile, environ: Mapping[str, str], postgres_settings: Mapping[str, str]
) -> None:
    directory, stack = file.directory, file.stack
    url = environ.get("STEWARD_DATABASE_URL") or await postgres.start(
        supervisor, directory, stack.ports[Port.POSTGRES], stack.secrets.postgres_password, postgres_settings
    )
    address, ui = temporal.given_address(environ), None
    if address is None:
        address, ui = await temporal.start(supervisor, directory, stack.ports)
    file.update(database_url=url, temporal_address=address, temporal_ui=ui)
