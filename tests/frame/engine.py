"""A small engine behind the client's own calls, and a relay that pays what the tables owe it."""

from typing import Final

from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from adapters.postgres.database import Database
from adapters.postgres.wakeups import PostgresWakeups, owe_signal, owe_start
from adapters.temporal import TemporalEngine
from contracts.wakeups import Wakeup
from workers.relay import deliver_left_over

ORDER: Final = "order/1001"


class Workflows:
    """Workflows run, are signaled, are closed; or nobody answers."""

    def __init__(self) -> None:
        self.running: dict[str, list[str]] = {}
        self.closed: set[str] = set()
        self.starts = 0
        self.asked = 0
        self.away = False
        self.poison: set[str] = set()
        self.memos: dict[str, dict[str, str]] = {}

    async def start_workflow(
        self,
        name: str,
        payload: object,
        *,
        id: str,  # noqa: A002 - the SDK's
        memo: dict[str, str],
        **_: object,
    ) -> None:
        self._answer(id)
        assert payload == {"number": id}
        if id in self.running or id in self.closed:
            raise WorkflowAlreadyStartedError(id, name)
        self.starts += 1
        self.running[id] = [name]
        self.memos[id] = memo

    def end_by_hand(self, workflow_id: str) -> None:
        del self.running[workflow_id]

    def taken_by_another(self, workflow_id: str) -> None:
        self.running[workflow_id] = ["of another order"]
        self.memos[workflow_id] = {"start": "another fingerprint"}

    def get_workflow_handle(self, workflow_id: str) -> "Handle":
        return Handle(self, workflow_id)

    def signal(self, workflow_id: str, signal: str, ref: str) -> None:
        self._answer(workflow_id)
        if workflow_id not in self.running:
            raise RPCError("workflow not found", RPCStatusCode.NOT_FOUND, b"")
        self.running[workflow_id].append(f"{signal} {ref}")

    def close(self, workflow_id: str) -> None:
        self.closed.add(workflow_id)
        del self.running[workflow_id]

    def _answer(self, workflow_id: str) -> None:
        self.asked += 1
        if self.away:
            raise RPCError("nobody answers", RPCStatusCode.UNAVAILABLE, b"")
        if workflow_id in self.poison:
            raise RPCError("what is this", RPCStatusCode.INVALID_ARGUMENT, b"")


class Handle:
    def __init__(self, workflows: Workflows, workflow_id: str) -> None:
        self._workflows = workflows
        self._workflow_id = workflow_id

    async def signal(self, name: str, ref: str, **_: object) -> None:
        self._workflows.signal(self._workflow_id, name, ref)

    async def describe(self, **_: object) -> "Description":
        return Description(self._workflows.memos[self._workflow_id])


class Description:
    def __init__(self, memo: dict[str, str]) -> None:
        self._memo = memo

    async def memo_value(self, key: str, *, default: None) -> str | None:
        return self._memo.get(key, default)


class Relay:
    """A relay, the tables it reads and the engine it tells."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.wakeups = PostgresWakeups(database)
        self.workflows = Workflows()
        self.engine = TemporalEngine(self.workflows, self.wakeups)  # type: ignore[arg-type]  # the calls it makes

    async def start(self, workflow_id: str = ORDER) -> Wakeup:
        async with self._database.transaction() as connection:
            return await owe_start(
                connection,
                workflow_id=workflow_id,
                workflow="order",
                task_queue="order",
                payload={"number": workflow_id},
                summary="an order",
            )

    async def signal(self, ref: str, workflow_id: str = ORDER) -> Wakeup:
        async with self._database.transaction() as connection:
            return await owe_signal(connection, workflow_id=workflow_id, signal="commanded", ref=ref)

    async def round(self) -> None:
        await deliver_left_over(self.wakeups, self.engine, older_than=0)

    async def owed(self) -> list[int]:
        return [wakeup.wakeup_id for wakeup in await self.wakeups.overdue(seconds=0, limit=1000)]
