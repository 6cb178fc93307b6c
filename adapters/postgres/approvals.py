"""Questions to people: asked in a step's transaction, decided at the door, settled when the process reads them."""

from datetime import datetime

import asyncpg
from pydantic import JsonValue

from adapters.postgres import events, order_rows
from adapters.postgres.database import Connection, Database, require_row
from adapters.postgres.new_id import new_id
from contracts.actors import STEWARD
from contracts.approvals import Question, Settlement
from contracts.events import Event, EventType
from contracts.ids import ApprovalId, OrderId, order_workflow_id
from contracts.order import OrderStep
from contracts.states import ApprovalStatus, OrderStatus
from contracts.waiting import NOTHING

_ASK = """
insert into approvals (approval_id, kind, order_id, workflow_id, question, evidence, facts, status, due_at, on_expiry,
                       required_role, requested_by_type, requested_by_id, requested_at)
values ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $9, $10, $11, $12, $13)
"""


async def ask(connection: Connection, step: OrderStep, question: Question, due_at: datetime) -> ApprovalId:
    """Put a question to a person, in the transaction that made it necessary."""
    approval_id = ApprovalId(new_id("apr"))
    await connection.execute(
        _ASK,
        approval_id,
        question.kind,
        step.order_id,
        order_workflow_id(step.number),
        question.question,
        question.evidence,
        question.facts,
        due_at,
        question.on_expiry,
        question.required_role,
        STEWARD.type,
        STEWARD.id,
        step.now,
    )
    asked = _event(EventType.APPROVAL_REQUESTED, approval_id, step.now)
    await events.append(connection, step.order_id, asked)
    return approval_id


async def cancel_open(connection: Connection, order_id: OrderId, now: datetime) -> None:
    """The order is canceled: nobody has to answer any more."""
    canceled = await connection.fetch(
        "update approvals set status = 'canceled', version = version + 1"
        " where order_id = $1 and status = 'pending' returning approval_id",
        order_id,
    )
    told = [_event(EventType.APPROVAL_CANCELED, row["approval_id"], now) for row in canceled]
    if told:
        await events.append(connection, order_id, *told)


async def lock(connection: Connection, approval_id: ApprovalId) -> asyncpg.Record | None:
    """The question's row, locked after its order's; None if there is no such question."""
    order_id = await connection.fetchval("select order_id from approvals where approval_id = $1", approval_id)
    if order_id is None:
        return None
    await order_rows.lock(connection, order_id)
    return await connection.fetchrow("select * from approvals where approval_id = $1 for update", approval_id)


class PostgresApprovals:
    """The steps' side: read the answer, or expire the question."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settle(self, approval_id: ApprovalId, now: datetime) -> Settlement:
        """The recorded answer; if it is due and nobody answered, its outcome on expiry, from now on recorded."""
        async with self._database.transaction() as connection:
            row = require_row(await lock(connection, approval_id), f"approval {approval_id}")
            status = ApprovalStatus(row["status"])
            if status is ApprovalStatus.PENDING and now >= row["due_at"]:
                status = await self._expire(connection, row, now)
            approved = _approved(status, row["on_expiry"])
            if approved and row["released_at"] is None:
                await self._release(connection, row, now)
        return Settlement(status=status, approved=approved)

    async def _expire(self, connection: Connection, row: asyncpg.Record, now: datetime) -> ApprovalStatus:
        await connection.execute(
            "update approvals set status = 'expired', version = version + 1, decided_at = $2 where approval_id = $1",
            row["approval_id"],
            now,
        )
        expired = _event(EventType.APPROVAL_EXPIRED, row["approval_id"], now, facts={"choice": row["on_expiry"]})
        await events.append(connection, row["order_id"], expired)
        return ApprovalStatus.EXPIRED

    async def _release(self, connection: Connection, row: asyncpg.Record, now: datetime) -> None:
        approval_id = row["approval_id"]
        await connection.execute("update approvals set released_at = $2 where approval_id = $1", approval_id, now)
        await order_rows.enter(connection, row["order_id"], OrderStatus.PENDING, NOTHING)
        released = _event(EventType.ORDER_HOLD_RELEASED, approval_id, now)
        await events.append(connection, row["order_id"], released)


def _approved(status: ApprovalStatus, on_expiry: str) -> bool | None:
    match status:
        case ApprovalStatus.PENDING:
            return None
        case ApprovalStatus.EXPIRED:
            return on_expiry == ApprovalStatus.APPROVED
        case _:
            return status is ApprovalStatus.APPROVED


def _event(type_: EventType, approval_id: str, now: datetime, *, facts: dict[str, JsonValue] | None = None) -> Event:
    return Event(type=type_, occurred_at=now, actor=STEWARD, subject=approval_id, facts=facts or {})
