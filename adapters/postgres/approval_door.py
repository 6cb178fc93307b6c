"""The people's side of questions: listed by due date, shown, decided once."""

import base64
import re
from datetime import UTC, datetime
from typing import Final, Protocol

import asyncpg

from adapters.postgres import approvals, events
from adapters.postgres.database import Connection, Database
from adapters.postgres.door import once_per_key
from adapters.postgres.notes import store_note
from adapters.postgres.wakeups import owe_signal
from contracts.actors import Actor
from contracts.approvals import ApprovalPage, ApprovalView, DecideApproval
from contracts.clock import BusinessClock
from contracts.door import Answer, Knock
from contracts.events import Event, EventType
from contracts.ids import ApprovalId
from contracts.problems import Refused
from contracts.states import ApprovalStatus

_LIST: Final = """
select a.*, o.number from approvals a join orders o using (order_id)
where ($1::text is null or a.status = $1) and (a.due_at, a.approval_id) > ($2, $3)
order by a.due_at, a.approval_id limit $4
"""
_ONE: Final = "select a.*, o.number from approvals a join orders o using (order_id) where a.approval_id = $1"
_DECIDE: Final = """
update approvals set status = $2, version = version + 1, decided_by_type = $3, decided_by_id = $4, decided_at = $5,
                     note_ref = $6 where approval_id = $1
"""
_START: Final = (datetime.min.replace(tzinfo=UTC), "")
_ACTIONS: Final = ["approved", "rejected"]
_ID: Final = re.compile(r"apr_[0-9a-f]+")


class Clock(Protocol):
    async def read(self) -> BusinessClock: ...


class PostgresApprovalDoor:
    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(self, status: ApprovalStatus | None, *, limit: int, cursor: str | None) -> ApprovalPage:
        """Questions by due date, soonest first; `cursor` is the one the page before gave. Raises Refused."""
        due_at, approval_id = _START if cursor is None else _position(cursor)
        now = await self._now()
        async with self._database.connection() as connection:
            rows = await connection.fetch(_LIST, status, due_at, approval_id, limit + 1)
        shown = [_view(row, now) for row in rows[:limit]]
        return ApprovalPage(items=shown, next_cursor=_cursor(shown[-1]) if len(rows) > limit else None)

    async def show(self, approval_id: ApprovalId) -> ApprovalView:
        now = await self._now()
        async with self._database.connection() as connection:
            return await _shown(connection, approval_id, now)

    async def decide(self, knock: Knock, approval_id: ApprovalId, decision: DecideApproval) -> Answer:
        """Record the decision, once; the same person's same decision again gets the same answer. Raises Refused."""
        now = await self._now()

        async def act(connection: Connection) -> Answer:
            row = await approvals.lock(connection, approval_id)
            if row is None:
                raise _unknown()
            if _is_double_click(row, knock.principal.actor, decision):
                return await _answer(connection, approval_id, now)
            _refuse_if_not_open(row, knock.principal.actor, decision, now)
            await _record(connection, row, knock.principal.actor, decision, now)
            wakeup = await owe_signal(connection, workflow_id=row["workflow_id"], signal="decided", ref=approval_id)
            answer = await _answer(connection, approval_id, now)
            return answer.model_copy(update={"wakeups": [wakeup]})

        return await once_per_key(self._database, knock, act)

    async def _now(self) -> datetime:
        return (await self._clock.read()).at(datetime.now(UTC))


def _is_double_click(row: asyncpg.Record, actor: Actor, decision: DecideApproval) -> bool:
    by = (row["decided_by_type"], row["decided_by_id"])
    return row["status"] == decision.choice and by == (actor.type, actor.id) and decision.version == row["version"] - 1


def _refuse_if_not_open(row: asyncpg.Record, actor: Actor, decision: DecideApproval, now: datetime) -> None:
    status = ApprovalStatus(row["status"])
    if status is not ApprovalStatus.PENDING or now >= row["due_at"]:
        over = "expired" if status is ApprovalStatus.PENDING else status.value
        raise Refused(409, "invalid_transition", f"the question is no longer open: {over}", allowed_actions=[])
    if decision.version != row["version"]:
        raise Refused(
            409,
            "stale_version",
            f"the question is at version {row['version']} by now: read it again",
            version=row["version"],
            state=status,
            allowed_actions=_ACTIONS,
        )
    if (row["requested_by_type"], row["requested_by_id"]) == (actor.type, actor.id):
        raise Refused(403, "own_request", "who asks cannot approve")


async def _record(
    connection: Connection, row: asyncpg.Record, actor: Actor, decision: DecideApproval, now: datetime
) -> None:
    note_ref = None if decision.note is None else await store_note(connection, decision.note)
    await connection.execute(_DECIDE, row["approval_id"], decision.choice, actor.type, actor.id, now, note_ref)
    decided = Event(
        type=EventType.APPROVAL_DECIDED,
        occurred_at=now,
        actor=actor,
        source="rest",
        subject=row["approval_id"],
        note_ref=note_ref,
        facts={"choice": decision.choice},
    )
    await events.append(connection, row["order_id"], decided)


async def _answer(connection: Connection, approval_id: ApprovalId, now: datetime) -> Answer:
    shown = await _shown(connection, approval_id, now)
    return Answer(status=200, body=shown.model_dump(mode="json"), headers={})


async def _shown(connection: Connection, approval_id: ApprovalId, now: datetime) -> ApprovalView:
    row = await connection.fetchrow(_ONE, approval_id)
    if row is None:
        raise _unknown()
    return _view(row, now)


def _unknown() -> Refused:
    return Refused(404, "not_found", "there is no approval by this id")


def _view(row: asyncpg.Record, now: datetime) -> ApprovalView:
    decided_by = row["decided_by_type"] and Actor(type=row["decided_by_type"], id=row["decided_by_id"])
    is_open = row["status"] == ApprovalStatus.PENDING and now < row["due_at"]
    return ApprovalView(
        **dict(row),
        id=row["approval_id"],
        order_number=row["number"],
        requested_by=Actor(type=row["requested_by_type"], id=row["requested_by_id"]),
        decided_by=decided_by or None,
        allowed_actions=_ACTIONS if is_open else [],
    )


def _cursor(last: ApprovalView) -> str:
    return base64.urlsafe_b64encode(f"{last.due_at.isoformat()} {last.id}".encode()).decode()


def _position(cursor: str) -> tuple[datetime, str]:
    not_ours = Refused(400, "invalid_cursor", "the cursor is not one of ours: start without one")
    try:
        due_at, approval_id = base64.urlsafe_b64decode(cursor).decode().split(" ")
        moment = datetime.fromisoformat(due_at)
        if moment.tzinfo is None or not _ID.fullmatch(approval_id):
            raise not_ours
        return moment.astimezone(UTC), approval_id
    except (ValueError, OverflowError):
        raise not_ours from None
