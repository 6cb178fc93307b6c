"""The people's side of questions: listed by due date, shown, decided once."""

import base64
import re
from datetime import UTC, datetime
from typing import Final, Protocol

import asyncpg

from adapters.postgres import approval_votes, approvals
from adapters.postgres.database import Connection, Database
from adapters.postgres.door import once_per_key
from adapters.postgres.wakeups import owe_signal
from contracts.actors import Actor
from contracts.approvals import CHOICES, ApprovalDetail, ApprovalPage, ApprovalView, DecideApproval, Vote
from contracts.clock import BusinessClock
from contracts.door import Answer, Knock, Principal
from contracts.ids import ApprovalId
from contracts.problems import Refused
from contracts.states import ApprovalStatus

_LIST: Final = """
select a.*, o.number from approvals a join orders o using (order_id)
where ($1::text is null or a.status = $1) and (a.due_at, a.approval_id) > ($2, $3)
order by a.due_at, a.approval_id limit $4
"""
_ONE: Final = "select a.*, o.number from approvals a join orders o using (order_id) where a.approval_id = $1"
_VOTES: Final = "select * from approval_votes where approval_id = any($1) order by approval_id, version"
_NOTE: Final = """
select n.body from approval_votes v left join notes n using (note_ref) where v.approval_id = $1
order by v.version desc limit 1
"""
_START: Final = (datetime.min.replace(tzinfo=UTC), "")
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
        async with self._database.snapshot() as connection:
            rows = await connection.fetch(_LIST, status, due_at, approval_id, limit + 1)
            shown = await views(connection, rows[:limit], now)
        return ApprovalPage(items=shown, next_cursor=_cursor(shown[-1]) if len(rows) > limit else None)

    async def show(self, approval_id: ApprovalId) -> ApprovalDetail:
        """With the note, which lists and kept answers leave out. Raises Refused."""
        now = await self._now()
        async with self._database.snapshot() as connection:
            return await detail(connection, approval_id, now)

    async def decide(self, knock: Knock, approval_id: ApprovalId, decision: DecideApproval) -> Answer:
        """Record the decision, once; the same person's same decision again gets the same answer. Raises Refused."""
        now = await self._now()
        actor = knock.principal.actor

        async def act(connection: Connection) -> Answer:
            row = await approvals.lock(connection, approval_id)
            if row is None:
                raise _unknown()
            if await approval_votes.was_cast(connection, row, actor, decision.choice, decision.version):
                return await _answer(connection, approval_id, now)
            _refuse_if_not_theirs(row, knock.principal)
            approval_votes.refuse_if_not_open(row, now)
            _refuse_if_stale(row, decision)
            decided = await approval_votes.cast(connection, row, actor, decision, now, source=knock.principal.source)
            answer = await _answer(connection, approval_id, now)
            if not decided:
                return answer
            wakeup = await owe_signal(connection, workflow_id=row["workflow_id"], signal="decided", ref=approval_id)
            return answer.model_copy(update={"wakeups": [wakeup]})

        return await once_per_key(self._database, knock, act)

    async def _now(self) -> datetime:
        return (await self._clock.read()).at(datetime.now(UTC))


def _refuse_if_not_theirs(row: asyncpg.Record, holder: Principal) -> None:
    role = row["required_role"]
    if not holder.decides(role):
        raise Refused(403, "wrong_role", f"this is for somebody with the role {role} to decide", required_role=role)
    if (row["requested_by_type"], row["requested_by_id"]) == (holder.actor.type, holder.actor.id):
        raise Refused(403, "own_request", "who asks cannot approve")


def _refuse_if_stale(row: asyncpg.Record, decision: DecideApproval) -> None:
    if decision.version != row["version"]:
        raise Refused(
            409,
            "stale_version",
            f"the question is at version {row['version']} by now: read it again",
            version=row["version"],
            state=row["status"],
            allowed_actions=list(CHOICES),
        )


async def _answer(connection: Connection, approval_id: ApprovalId, now: datetime) -> Answer:
    shown = await _shown(connection, approval_id, now)
    return Answer(status=200, body=shown.model_dump(mode="json"), headers={})


async def _shown(connection: Connection, approval_id: ApprovalId, now: datetime) -> ApprovalView:
    row = await connection.fetchrow(_ONE, approval_id)
    if row is None:
        raise _unknown()
    (shown,) = await views(connection, [row], now)
    return shown


async def detail(connection: Connection, approval_id: ApprovalId, now: datetime) -> ApprovalDetail:
    """With the newest note. Raises Refused."""
    shown = await _shown(connection, approval_id, now)
    note = await connection.fetchval(_NOTE, approval_id)
    return ApprovalDetail(**dict(shown), note=note)


def _unknown() -> Refused:
    return Refused(404, "not_found", "there is no approval by this id")


async def views(connection: Connection, rows: list[asyncpg.Record], now: datetime) -> list[ApprovalView]:
    """Of rows of `approvals` with their order's number."""
    votes = await connection.fetch(_VOTES, [row["approval_id"] for row in rows])
    return [_view(row, [vote for vote in votes if vote["approval_id"] == row["approval_id"]], now) for row in rows]


def _view(row: asyncpg.Record, votes: list[asyncpg.Record], now: datetime) -> ApprovalView:
    decided_by = row["decided_by_type"] and Actor(type=row["decided_by_type"], id=row["decided_by_id"])
    is_open = row["status"] == ApprovalStatus.PENDING and now < row["due_at"]
    return ApprovalView(
        **dict(row),
        id=row["approval_id"],
        order_number=row["number"],
        votes=[Vote(**dict(vote), actor=Actor(type=vote["actor_type"], id=vote["actor_id"])) for vote in votes],
        requested_by=Actor(type=row["requested_by_type"], id=row["requested_by_id"]),
        decided_by=decided_by or None,
        allowed_actions=list(CHOICES) if is_open else [],
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
