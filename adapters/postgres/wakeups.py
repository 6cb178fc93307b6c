"""Wake-ups: what the door owes the engine, written with the fact and paid at least once."""

from typing import Final

import asyncpg
from pydantic import JsonValue

from adapters.postgres.database import Connection, Database, require_row
from contracts.ids import order_number_of, order_workflow_id
from contracts.wakeups import Wakeup

_OWE: Final = """
insert into wakeups (workflow_id, kind, name, payload, task_queue, summary) values ($1, $2, $3, $4, $5, $6) returning *
"""
_START_OF_OPEN: Final = """
select w.* from orders o join wakeups w on w.workflow_id = $2 and w.kind = 'start'
where o.number = $1 and (o.status not in ('completed', 'canceled', 'failed')
                         or exists (select from open_questions q where q.order_id = o.order_id)
                         or exists (select from due_moves m where m.order_id = o.order_id)
                         or exists (select from due_disputes d where d.order_id = o.order_id))
"""
_START_OF_UNTOLD: Final = """
select w.* from messages m join wakeups w on w.workflow_id = 'message/' || m.number and w.kind = 'start'
where w.workflow_id = $1 and m.status in ('owed', 'asked', 'deferred', 'sending')
"""
_OVERDUE: Final = """
select * from wakeups where done_at is null and wakeup_id > $3 and created_at < now() - make_interval(secs => $1)
order by wakeup_id limit $2
"""


async def owe_start(
    connection: Connection, *, workflow_id: str, workflow: str, task_queue: str, payload: JsonValue, summary: str
) -> Wakeup:
    """The engine is to start this workflow."""
    return _wakeup(await connection.fetchrow(_OWE, workflow_id, "start", workflow, payload, task_queue, summary))


async def owe_signal(connection: Connection, *, workflow_id: str, signal: str, ref: str) -> Wakeup:
    """The engine is to tell this workflow that something happened, and where it is written."""
    return _wakeup(await connection.fetchrow(_OWE, workflow_id, "signal", signal, ref, None, None))


class PostgresWakeups:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def overdue(self, *, seconds: float, limit: int, after: int = 0) -> list[Wakeup]:
        """What is owed for that long, oldest first, from the one after wake-up `after` on."""
        async with self._database.connection() as connection:
            return [_wakeup(row) for row in await connection.fetch(_OVERDUE, seconds, limit, after)]

    async def start_is_owed(self, workflow_id: str) -> bool:
        async with self._database.connection() as connection:
            owed: bool = await connection.fetchval(
                "select exists (select from wakeups where workflow_id = $1 and kind = 'start' and done_at is null)",
                workflow_id,
            )
        return owed

    async def start_of_open(self, workflow_id: str) -> Wakeup | None:
        """The start of the order that this workflow is or is a part of, or of the message that it is.

        None if that is over and nothing is due.
        """
        number = order_number_of(workflow_id)
        async with self._database.connection() as connection:
            if number is None:
                row = await connection.fetchrow(_START_OF_UNTOLD, workflow_id)
            else:
                row = await connection.fetchrow(_START_OF_OPEN, number, order_workflow_id(number))
        return None if row is None else _wakeup(row)

    async def done(self, wakeup_id: int) -> None:
        async with self._database.connection() as connection:
            await connection.execute("update wakeups set done_at = now() where wakeup_id = $1", wakeup_id)


def _wakeup(row: asyncpg.Record | None) -> Wakeup:
    return Wakeup.model_validate(dict(require_row(row, "wake-up")))
