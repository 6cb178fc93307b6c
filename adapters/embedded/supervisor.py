"""Keeps servers running: starts them one by one, brings back those that die, stops them in reverse order."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

from adapters.embedded import guardian, processes
from adapters.embedded.children import Child, Guarded, launch
from adapters.embedded.state import Running, StackUnavailable

SETTLED = 30.0
"""A server that has lived this many seconds is brought back at once when it dies, not after a growing pause."""


class Supervisor:
    """`record` gets what runs whenever that changes; `report` gets one line a person should read."""

    def __init__(
        self,
        logs: Path,
        environ: Mapping[str, str],
        *,
        record: Callable[[dict[str, Running]], None],
        report: Callable[[str], None],
    ) -> None:
        logs.mkdir(mode=0o700, exist_ok=True)
        self._logs = logs
        self._environ = environ
        self._record = record
        self._report = report
        self._guarded: dict[str, Guarded] = {}
        self._keepers: list[asyncio.Task[None]] = []

    async def start(self, child: Child) -> None:
        """Returns when the child is ready and kept from then on; `StackUnavailable` if it does not become so."""
        self._turn_over(self._log(child))
        await self._bring_up(child)
        self._keepers.append(asyncio.create_task(self._keep(child)))

    async def run(self, child: Child) -> None:
        """Runs a child to its end; `StackUnavailable` if that is not a good one."""
        self._turn_over(self._log(child))
        guarded = await self._launch(child)
        await asyncio.wait([guarded.ended], timeout=child.start_within)
        await guarded.cut()
        del self._guarded[child.name]
        if guarded.ended.result() != 0:
            raise StackUnavailable(self._why(child, "failed"))

    async def run_until_stopped(self) -> None:
        """Waits; what goes wrong with the keeping itself is raised here."""
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done, _ = await asyncio.wait([*self._keepers, never], return_when=asyncio.FIRST_EXCEPTION)
        for keeper in done:
            keeper.result()

    async def stop(self) -> None:
        """Newest first, each within its bound; canceled meanwhile, all at once within the guardians' bound."""
        for keeper in self._keepers:
            keeper.cancel()
        try:
            await asyncio.gather(*self._keepers, return_exceptions=True)
            for guarded in reversed(list(self._guarded.values())):
                await guarded.stop()
        finally:
            await asyncio.gather(*(guarded.cut() for guarded in self._guarded.values()))
            self._guarded.clear()
            self._record({})

    async def _keep(self, child: Child) -> None:
        loop = asyncio.get_running_loop()
        pauses = _pauses()
        while True:
            since = loop.time()
            status = await asyncio.shield(self._guarded[child.name].ended)
            if loop.time() - since > SETTLED:
                pauses = _pauses()
            self._report(f"{child.name} ended with status {status}, starting it again")
            await asyncio.sleep(next(pauses))
            try:
                await self._bring_up(child)
            except StackUnavailable as failed:
                self._report(str(failed))
            else:
                self._report(f"{child.name} is back")

    async def _bring_up(self, child: Child) -> None:
        guarded = await self._launch(child)
        if not await guarded.becomes_ready():
            await guarded.cut()
            raise StackUnavailable(self._why(child, "did not start"))

    async def _launch(self, child: Child) -> Guarded:
        if left := self._guarded.get(child.name):
            await left.cut()
        guarded = self._guarded[child.name] = await launch(child, self._log(child), self._environ)
        self._record({name: each.running() for name, each in self._guarded.items()})
        return guarded

    def _log(self, child: Child) -> Path:
        return self._logs / f"{child.name}.log"

    @staticmethod
    def _turn_over(log: Path) -> None:
        if log.exists():
            log.replace(log.with_suffix(".log.1"))

    def _why(self, child: Child, what: str) -> str:
        lines = self._log(child).read_text(errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return f"{child.name} {what}: {said[-1] if said else 'it said nothing'} (all of it in {self._log(child)})"


def _pauses() -> Iterator[float]:
    pause = 0.1
    while True:
        yield pause
        pause = min(2 * pause, 5.0)


async def end_all(left: Mapping[str, Running]) -> None:
    """Ends what a supervisor that was killed together with its guardians has left."""
    servers = [(each.server, each.stop) for each in left.values() if each.server]
    guardians = [(each.guardian, signal.SIGTERM) for each in left.values() if each.guardian]
    for group in (servers, guardians):
        await asyncio.gather(*(processes.end(process, stop, guardian.GRACE) for process, stop in group))


@contextlib.asynccontextmanager
async def until_signal() -> AsyncIterator[None]:
    """SIGINT or SIGTERM ends the block as a `break` ends a loop; a second one hurries what is being left."""
    loop, task, signals = asyncio.get_running_loop(), asyncio.current_task(), 0

    def interrupt() -> None:
        nonlocal signals
        signals += 1
        if task:
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        yield
    except asyncio.CancelledError:
        if not task or not signals:
            raise
        for _ in range(signals):
            task.uncancel()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
