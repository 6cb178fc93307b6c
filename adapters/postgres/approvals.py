"""Questions to people: asked in a step's transaction, decided at the door or by hand, settled by the process."""

from datetime import datetime

import asyncpg
from pydantic import JsonValue

from adapters.postgres import approval_votes, events, order_rows
from adapters.postgres.database import Connection, Database, require_row
from adapters.postgres.effects import once
from adapters.postgres.new_id import new_id
from contracts.actors import STEWARD, Actor
from contracts.approvals import ByHand, Heard, Question, QuestionKind, Settlement
from contracts.events import Event, EventType
from contracts.ids import ApprovalId, OrderId, order_workflow_id
from contracts.order import OrderStep
from contracts.policy import Policy
from contracts.problems import Refused
from contracts.states import ApprovalStatus, OrderStatus
from contracts.waiting import NOTHING
from decisions.briefing import escalates_at, required_approvals

_ASK = """
insert into approvals (approval_id, kind, subject, order_id, workflow_id, question, evidence, facts, status, due_at,
                       on_expiry, required_role, required_approvals, escalate_at, escalate_to, requested_by_type,
                       requested_by_id, requested_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10, $11, $12, $13, $14, $15, $16, $17)
"""
_CANCEL = """
update approvals set status = 'canceled', version = version + 1
where order_id = $1 and kind in ('risk_review', 'reroute') and status in ('pending', 'changes_requested')
returning approval_id
"""
_CANCEL_ABOUT = """
update approvals set status = 'canceled', version = version + 1
where order_id = $1 and kind = $2 and subject = $3 and status in ('pending', 'changes_requested') returning approval_id
"""
_APPLIED = "update approvals set applied_at = $2 where approval_id = $1"
_TELL = """
update approvals set evidence = evidence || to_jsonb($2::text), version = version + 1, plan_version = plan_version + 1
where order_id = $1 and kind in ('risk_review', 'reroute') and status = 'pending' returning approval_id, plan_version
"""
_EXPIRE = """
update approvals set status = 'expired', version = version + 1, decided_by_type = null, decided_by_id = null,
                     decided_at = $2 where approval_id = $1
"""
_ASK_ANEW = """
update approvals set status = 'pending', version = version + 1, plan_version = plan_version + 1,
                     decided_by_type = null, decided_by_id = null, decided_at = null where approval_id = $1
"""
_ESCALATE = """
update approvals set required_role = escalate_to, escalated_at = $2, version = version + 1 where approval_id = $1
"""
_OPERATOR = Actor(type="user", id="operator:unverified")


async def ask(
    connection: Connection,
    step: OrderStep,
    question: Question,
    due_at: datetime,
    *,
    by: Actor = STEWARD,
    workflow_id: str | None = None,
) -> ApprovalId:
    """Put a question to a person, in the transaction that made it necessary; `by` cannot decide it.

    The order's own process hears the answer, unless another one asks.
    """
    approval_id = ApprovalId(new_id("apr"))
    document = await connection.fetchval("select document from policies where version = $1", step.policy_version)
    policy = Policy.model_validate(document).approvals
    await connection.execute(
        _ASK,
        approval_id,
        question.kind,
        question.subject,
        step.order_id,
        workflow_id or order_workflow_id(step.number),
        question.question,
        question.evidence,
        question.facts,
        due_at,
        question.on_expiry,
        question.required_role,
        required_approvals(question.amount, policy),
        escalates_at(step.now, due_at, policy),
        policy.escalate_to,
        by.type,
        by.id,
        step.now,
    )
    asked = _event(EventType.APPROVAL_REQUESTED, approval_id, step.now)
    await events.append(connection, step.order_id, asked)
    return approval_id


async def cancel_open(connection: Connection, order_id: OrderId, now: datetime) -> None:
    """The order is canceled: nobody has to say any more whether it may go on."""
    canceled = await connection.fetch(_CANCEL, order_id)
    told = [_event(EventType.APPROVAL_CANCELED, row["approval_id"], now) for row in canceled]
    if told:
        await events.append(connection, order_id, *told)


async def tell_of_change(connection: Connection, order_id: OrderId, sentence: str, now: datetime) -> bool:
    """The order is not any more what somebody is asked about: it is asked anew. Whether anybody is asked."""
    changed = await connection.fetch(_TELL, order_id, sentence)
    for row in changed:
        anew: dict[str, JsonValue] = {"plan_version": row["plan_version"]}
        await events.append(
            connection, order_id, _event(EventType.APPROVAL_REQUESTED, row["approval_id"], now, facts=anew)
        )
    return bool(changed)


async def cancel_about(
    connection: Connection, order_id: OrderId, kind: QuestionKind, subject: str, now: datetime
) -> None:
    """What it is about was settled otherwise."""
    for row in await connection.fetch(_CANCEL_ABOUT, order_id, kind, subject):
        await events.append(connection, order_id, _event(EventType.APPROVAL_CANCELED, row["approval_id"], now))


async def lock(connection: Connection, approval_id: ApprovalId) -> asyncpg.Record | None:
    """The question's row, locked after its order's; None if there is no such question."""
    order_id = await connection.fetchval("select order_id from approvals where approval_id = $1", approval_id)
    if order_id is None:
        return None
    await order_rows.lock(connection, order_id)
    return await connection.fetchrow("select * from approvals where approval_id = $1 for update", approval_id)


async def settle(connection: Connection, row: asyncpg.Record, now: datetime) -> Settlement:
    """The answer of a locked question; if it is due and nobody answered, its outcome on expiry, now on record.

    One that changes were requested of is asked anew, until the same date.
    """
    status, escalates = ApprovalStatus(row["status"]), None
    if status in {ApprovalStatus.PENDING, ApprovalStatus.CHANGES_REQUESTED}:
        if now >= row["due_at"]:
            status = await _expire(connection, row, now)
        else:
            escalates = await _keep_open(connection, row, now)
    return Settlement(status=status, approved=_approved(status, row["on_expiry"]), escalates_at=escalates)


async def applied(connection: Connection, row: asyncpg.Record, now: datetime) -> None:
    """What was decided has been carried out."""
    await connection.execute(_APPLIED, row["approval_id"], now)


class PostgresApprovals:
    """The steps' side: read the answer, escalate or expire the question, hear what was decided by hand."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settle(self, approval_id: ApprovalId, now: datetime) -> Settlement:
        """Whether what waits for the answer may go on; an order that is held for a review is then released."""
        async with self._database.transaction() as connection:
            row = require_row(await lock(connection, approval_id), f"approval {approval_id}")
            settlement = await settle(connection, row, now)
            if settlement.approved and row["applied_at"] is None:
                await applied(connection, row, now)
                if row["kind"] == "risk_review":
                    await _release(connection, row, now)
        return settlement

    async def decide_by_hand(self, by_hand: ByHand, workflow_id: str, *, key: str, now: datetime) -> Heard:
        """Decide by the rules of the door, as somebody whom nobody knows; what they refuse is recorded, not done."""

        async def effect(connection: Connection) -> Heard:
            row = await lock(connection, by_hand.approval_id)
            if row is None or row["workflow_id"] != workflow_id:
                return Heard(outcome="unknown")
            try:
                await self._decide_by_hand(connection, row, by_hand, now)
            except Refused as refusal:
                facts: dict[str, JsonValue] = {"reason": refusal.code}
                ignored = _event(EventType.APPROVAL_DECIDE_IGNORED, row["approval_id"], now, by=_OPERATOR, facts=facts)
                await events.append(connection, row["order_id"], ignored)
                return Heard(outcome="ignored")
            return Heard(outcome="decided", approval_id=row["approval_id"])

        return await once(self._database, key, Heard, effect)

    async def _decide_by_hand(
        self, connection: Connection, row: asyncpg.Record, by_hand: ByHand, now: datetime
    ) -> None:
        """Raises Refused."""
        if by_hand.decision is None:
            raise Refused(422, "invalid_decision", "nobody can read this as a decision")
        if row["required_approvals"] > 1:
            raise Refused(403, "two_approvers_required", "whoever approves as one of two has to be known")
        approval_votes.refuse_if_not_open(row, now)
        await approval_votes.cast(connection, row, _OPERATOR, by_hand.decision, now, source="process")


async def _keep_open(connection: Connection, row: asyncpg.Record, now: datetime) -> datetime | None:
    """Ask anew, escalate, or neither; answers when it will have to be escalated."""
    if row["status"] == ApprovalStatus.CHANGES_REQUESTED:
        await connection.execute(_ASK_ANEW, row["approval_id"])
        anew: dict[str, JsonValue] = {"plan_version": row["plan_version"] + 1}
        asked = _event(EventType.APPROVAL_REQUESTED, row["approval_id"], now, facts=anew)
        await events.append(connection, row["order_id"], asked)
    escalate_at: datetime | None = row["escalate_at"]
    if escalate_at is None or row["escalated_at"] is not None:
        return None
    if now < escalate_at:
        return escalate_at
    await connection.execute(_ESCALATE, row["approval_id"], now)
    to: dict[str, JsonValue] = {"required_role": row["escalate_to"]}
    escalated = _event(EventType.APPROVAL_ESCALATED, row["approval_id"], now, facts=to)
    await events.append(connection, row["order_id"], escalated)
    return None


async def _expire(connection: Connection, row: asyncpg.Record, now: datetime) -> ApprovalStatus:
    await connection.execute(_EXPIRE, row["approval_id"], now)
    expired = _event(EventType.APPROVAL_EXPIRED, row["approval_id"], now, facts={"choice": row["on_expiry"]})
    await events.append(connection, row["order_id"], expired)
    return ApprovalStatus.EXPIRED


async def _release(connection: Connection, row: asyncpg.Record, now: datetime) -> None:
    await order_rows.enter(connection, row["order_id"], OrderStatus.PENDING, NOTHING)
    released = _event(EventType.ORDER_HOLD_RELEASED, row["approval_id"], now)
    await events.append(connection, row["order_id"], released)


def _approved(status: ApprovalStatus, on_expiry: str) -> bool | None:
    match status:
        case ApprovalStatus.PENDING | ApprovalStatus.CHANGES_REQUESTED:
            return None
        case ApprovalStatus.EXPIRED:
            return on_expiry == ApprovalStatus.APPROVED
        case _:
            return status is ApprovalStatus.APPROVED


def _event(
    type_: EventType,
    approval_id: str,
    now: datetime,
    *,
    by: Actor = STEWARD,
    facts: dict[str, JsonValue] | None = None,
) -> Event:
    return Event(type=type_, occurred_at=now, actor=by, subject=approval_id, facts=facts or {})
