"""Votes on a question: one a person and version of the plan; as many yeses as it needs, or one no, decide it.

Where a no costs money as well, it needs as many.
"""

from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres import events
from adapters.postgres.database import Connection
from adapters.postgres.notes import store_note
from contracts.actors import Actor
from contracts.approvals import CHOICES, COSTS_EITHER_WAY, Choice, Decision
from contracts.events import Event, EventType, Source
from contracts.problems import Refused
from contracts.states import ApprovalStatus

_VOTE: Final = """
insert into approval_votes (approval_id, plan_version, actor_type, actor_id, version, choice, note_ref, decided_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (approval_id, plan_version, actor_type, actor_id) do update
set version = excluded.version, choice = excluded.choice, note_ref = excluded.note_ref, decided_at = excluded.decided_at
"""
_WAS_CAST: Final = """
select exists (select from approval_votes where approval_id = $1 and actor_type = $2 and actor_id = $3
               and choice = $4 and version = $5)
"""
_SAME: Final = """
select actor_type, actor_id from approval_votes
where approval_id = $1 and plan_version = $2 and choice = $3
"""
_DECIDE: Final = """
update approvals set status = $2, version = version + 1, decided_by_type = $3, decided_by_id = $4, decided_at = $5
where approval_id = $1
"""
_WAIT_FOR_MORE: Final = "update approvals set version = version + 1 where approval_id = $1"


async def was_cast(connection: Connection, row: asyncpg.Record, actor: Actor, choice: Choice, version: int) -> bool:
    """Whether this very vote is there: somebody clicked twice."""
    cast: bool = await connection.fetchval(_WAS_CAST, row["approval_id"], actor.type, actor.id, choice, version)
    return cast


def refuse_if_not_open(row: asyncpg.Record, now: datetime) -> None:
    """Raises Refused."""
    status = ApprovalStatus(row["status"])
    if status is not ApprovalStatus.PENDING or now >= row["due_at"]:
        over = "expired" if status is ApprovalStatus.PENDING else status.value
        raise Refused(409, "invalid_transition", f"the question is not open: {over}", allowed_actions=[])


def _needed(row: asyncpg.Record, choice: Choice) -> int:
    """How many people have to say it."""
    is_shared = choice == "approved" or (choice == "rejected" and row["kind"] in COSTS_EITHER_WAY)
    return int(row["required_approvals"]) if is_shared else 1


async def cast(
    connection: Connection, row: asyncpg.Record, actor: Actor, decision: Decision, now: datetime, *, source: Source
) -> bool:
    """Record a vote on an open question, whose row is locked; answers whether it decides it. Raises Refused."""
    decides = True
    if (needed := _needed(row, decision.choice)) > 1:
        about = (row["approval_id"], row["plan_version"], decision.choice)
        same = {tuple(vote) for vote in await connection.fetch(_SAME, *about)}
        if (actor.type, actor.id) in same:
            raise Refused(
                409,
                f"already_{decision.choice}",
                f"you have {decision.choice} it: the second vote has to be somebody else's",
                allowed_actions=[choice for choice in CHOICES if choice != decision.choice],
            )
        decides = len(same) + 1 >= needed
    note_ref = None if decision.note is None else await store_note(connection, decision.note)
    await connection.execute(
        _VOTE,
        row["approval_id"],
        row["plan_version"],
        actor.type,
        actor.id,
        row["version"],
        decision.choice,
        note_ref,
        now,
    )
    if decides:
        await connection.execute(_DECIDE, row["approval_id"], decision.choice, actor.type, actor.id, now)
    else:
        await connection.execute(_WAIT_FOR_MORE, row["approval_id"])
    voted = Event(
        type=EventType.APPROVAL_DECIDED if decides else EventType.APPROVAL_VOTED,
        occurred_at=now,
        actor=actor,
        source=source,
        subject=row["approval_id"],
        note_ref=note_ref,
        facts={"choice": decision.choice},
    )
    await events.append(connection, row["order_id"], voted)
    return decides
