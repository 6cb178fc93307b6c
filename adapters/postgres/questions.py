"""Questions about an order that goes on meanwhile: what people decided is carried out, each answer once."""

from collections.abc import Awaitable, Mapping
from typing import Final, Protocol

import asyncpg

from adapters.postgres import approvals, order_rows
from adapters.postgres.claims import settle_claim
from adapters.postgres.database import Connection, Database
from adapters.postgres.disputes import settle_dispute
from adapters.postgres.refused_moves import settle_capture, settle_refund
from adapters.postgres.reroutes import settle_reroute
from contracts.approvals import QuestionKind
from contracts.order import OrderStep

_OPEN: Final = """
select a.* from approvals a join open_questions q using (approval_id) where a.order_id = $1
order by a.requested_at, a.approval_id for update of a
"""


class Effect(Protocol):
    """What comes of an answer, under the order's lock; the question's `subject` is what of the order it is about."""

    def __call__(
        self, connection: Connection, step: OrderStep, question: asyncpg.Record, *, approved: bool
    ) -> Awaitable[None]: ...


_EFFECTS: Final[Mapping[QuestionKind, Effect]] = {
    "reroute": settle_reroute,
    "claim": settle_claim,
    "refused_capture": settle_capture,
    "refused_refund": settle_refund,
    "dispute": settle_dispute,
}


class PostgresQuestions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def carry_out(self, step: OrderStep) -> None:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            for row in await connection.fetch(_OPEN, step.order_id):
                await _carry_out(connection, step, row)


async def _carry_out(connection: Connection, step: OrderStep, row: asyncpg.Record) -> None:
    settlement = await approvals.settle(connection, row, step.now)
    if settlement.approved is not None:
        await _EFFECTS[row["kind"]](connection, step, row, approved=settlement.approved)
        await approvals.applied(connection, row, step.now)
