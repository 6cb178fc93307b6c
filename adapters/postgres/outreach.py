"""A message's rows as its steps read and write them, and the one gate that everything leaves by."""

from datetime import datetime
from typing import Final

import asyncpg
from pydantic import JsonValue

from adapters.postgres import approvals, drafts, events, order_rows
from adapters.postgres.database import Connection, Database, require_row
from adapters.postgres.occasions import occasion_of
from contracts.actors import STEWARD, Actor
from contracts.events import Event, EventType
from contracts.ids import message_workflow_id
from contracts.messages import Attempt, Draft, Leaving, Mail, MessageStep, Standing
from contracts.outreach import MessageStatus, Occasion, SuppressionReason
from contracts.policy import OutreachPolicy, Policy, WordsPolicy
from contracts.risk import PendingApproval
from contracts.words import Brief, WrittenBy
from contracts.writers import Rejected
from decisions.briefing import message_question
from decisions.briefs import brief_of
from decisions.calendar import business_days_later
from decisions.guard import check
from decisions.messages import facts_sha256, may_have_left, may_leave, paragraphs_of

_STANDING: Final = """
select m.*, o.customer_ref, o.contact_email, o.time_zone, a.recipient,
       coalesce((select c.given from consents c where c.customer_ref = o.customer_ref and c.kind = m.kind
                 order by c.consent_id desc limit 1), false) as consents,
       exists (select from hard_bounces b where b.email = lower(o.contact_email)) as bounced,
       exists (select from orders p where p.customer_ref = o.customer_ref and p.placed_at > m.created_at) as purchased
from messages m join orders o using (order_id) join addresses a on a.address_ref = o.shipping_address_ref
where m.message_id = $1 for update of m
"""
_TOLD: Final = """
select exists (select from messages m where m.order_id = $1 and m.purpose = $2 and m.facts_sha256 = $3
                                            and m.subject is not distinct from $4
                                            and m.message_id <> $5 and m.status in ('sending', 'sent'))
"""
_LEAVE: Final = "update messages set status = 'sending', draft = $2, facts_sha256 = $3 where message_id = $1"
_SENT: Final = """
update messages set status = 'sent', sent_at = $2 where message_id = $1 and status = 'sending' returning message_id
"""
_NOT_TAKEN: Final = "update messages set status = 'owed' where message_id = $1 and status = 'sending'"
_WRITTEN: Final = """
update messages set status = 'sent', sent_at = $2, draft = $3 where message_id = $1 and status <> 'sent'
returning message_id
"""
_OVER: Final = "update messages set status = $2, reason = $3, deferred_until = null where message_id = $1"
_ASKED: Final = """
select approval_id, due_at, applied_at from approvals where order_id = $1 and kind = 'message' and subject = $2
order by requested_at desc limit 1
"""
_BOUNCE: Final = """
insert into hard_bounces (email, code, bounced_at) values (lower($1), $2, $3) on conflict do nothing
"""
_ENDED: Final = frozenset({MessageStatus.SENT, MessageStatus.SUPPRESSED, MessageStatus.BOUNCED})


class PostgresOutreach:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def occasion(self, step: MessageStep) -> Occasion | None:
        async with self._database.snapshot() as connection:
            return await occasion_of(connection, step)

    async def recorded(self, step: MessageStep, attempt: int, policy: WordsPolicy) -> Attempt | None:
        async with self._database.connection() as connection:
            return await drafts.attempt_of(connection, step.message_id, attempt, policy)

    async def last_rejected(self, step: MessageStep) -> Rejected | None:
        async with self._database.connection() as connection:
            return drafts.rejected_of(await drafts.last(connection, step.message_id))

    async def record_draft(self, step: MessageStep, draft: Draft, policy: WordsPolicy) -> Attempt:
        """What staff read is there to be read from now on, if it passed."""
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            await drafts.insert(connection, step, draft)
            attempt = await drafts.attempt_of(connection, step.message_id, draft.attempt, policy)
            if attempt is None:
                raise LookupError(f"message {step.number} lost its attempt {draft.attempt}")
            if attempt.next == "done":
                await _end_for_staff(connection, step, attempt)
        return attempt

    async def record_nothing_to_tell(self, step: MessageStep) -> None:
        await self.record_not_told(step, SuppressionReason.SUPERSEDED)

    async def ask(self, step: MessageStep, policy: Policy) -> PendingApproval:
        """Asked once of what was written last; a process that starts again finds the answer, if there is one."""
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            row = require_row(await drafts.last(connection, step.message_id), f"draft of message {step.number}")
            asked = await connection.fetchrow(_ASKED, step.order_id, step.message_id)
            if asked is not None and (asked["applied_at"] is None or not row["violations"]):
                return PendingApproval.model_validate(dict(asked))
            due_at = business_days_later(step.now, policy.words.review_business_days, policy.time_zone)
            question = message_question(
                step.order_number, step.purpose, step.message_id, drafts.verdict_of(row).violations
            )
            await connection.execute(_OVER, step.message_id, MessageStatus.ASKED, None)
            approval_id = await approvals.ask(
                connection, step.of_order, question, due_at, workflow_id=message_workflow_id(step.number)
            )
        return PendingApproval(approval_id=approval_id, due_at=due_at)

    async def record_not_told(self, step: MessageStep, reason: SuppressionReason) -> None:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            row = await _standing(connection, step)
            if MessageStatus(row["status"]) not in _ENDED:
                await _not_told(connection, step, row, reason)

    async def leave(self, step: MessageStep, policy: OutreachPolicy) -> Leaving:
        """Under the locks of the order and of the customer: no purchase and no change comes between."""
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            row = await _standing(connection, step)
            await connection.execute("select from customers where customer_ref = $1 for update", row["customer_ref"])
            row = await _standing(connection, step)  # as it is with the customer's lock
            status = MessageStatus(row["status"])
            if status in _ENDED or may_have_left(status, row["kind"]):
                return await self._is_over(connection, step, row, status)
            return await self._decide(connection, step, row, policy)

    async def _is_over(
        self, connection: Connection, step: MessageStep, row: asyncpg.Record, status: MessageStatus
    ) -> Leaving:
        if status is MessageStatus.SUPPRESSED:
            return Leaving(outcome="suppressed", reason=row["reason"])
        if status is MessageStatus.BOUNCED:
            return Leaving(outcome="bounced")
        if status is MessageStatus.SENDING:
            await _sent(connection, step)
        return Leaving(outcome="sent")

    async def _decide(
        self, connection: Connection, step: MessageStep, row: asyncpg.Record, policy: OutreachPolicy
    ) -> Leaving:
        occasion = await occasion_of(connection, step)
        if occasion is None:
            return await _not_told(connection, step, row, SuppressionReason.SUPERSEDED)
        draft = require_row(await drafts.last(connection, step.message_id), f"draft of message {step.number}")
        brief = brief_of(occasion)
        facts = facts_sha256(brief)
        if draft["facts_sha256"] != facts or draft["violations"] or not _is_still_so(draft, brief):
            return Leaving(outcome="rewrite")
        about = (step.order_id, step.purpose, facts, row["subject"], step.message_id)
        told = await connection.fetchval(_TOLD, *about)
        gate = may_leave(Standing(**dict(row), told_already=told, now=step.now), policy)
        if gate.outcome == "suppress" and gate.reason is not None:
            return await _not_told(connection, step, row, gate.reason)
        if gate.outcome == "defer" and gate.until is not None:
            await _defer(connection, step, row, gate.until)
            return Leaving(outcome="deferred", until=gate.until)
        await connection.execute(_LEAVE, step.message_id, draft["attempt"], facts)
        return Leaving(outcome="send", mail=_mail(step, row, draft), tried=row["status"] == MessageStatus.SENDING)

    async def record_sent(self, step: MessageStep) -> None:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            await _sent(connection, step)

    async def record_not_taken(self, step: MessageStep) -> None:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            await connection.execute(_NOT_TAKEN, step.message_id)

    async def record_bounced(self, step: MessageStep, mail: Mail, code: int) -> None:
        """Nothing is sent to that address any more."""
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            row = await _standing(connection, step)
            if MessageStatus(row["status"]) not in _ENDED:
                await connection.execute(_OVER, step.message_id, MessageStatus.BOUNCED, None)
                await connection.execute(_BOUNCE, mail.to, code, step.now)
                await _tell(connection, step, EventType.MESSAGE_BOUNCED, mail.written_by, code=code)


async def _end_for_staff(connection: Connection, step: MessageStep, attempt: Attempt) -> None:
    """What passed is there to be read; what did not is not shown."""
    if attempt.verdict != "passed":
        row = await _standing(connection, step)
        if MessageStatus(row["status"]) not in _ENDED:
            await _not_told(connection, step, row, SuppressionReason.REFUSED)
    elif await connection.fetchval(_WRITTEN, step.message_id, step.now, attempt.attempt):
        await _tell(connection, step, EventType.MESSAGE_WRITTEN, attempt.written_by)


async def _standing(connection: Connection, step: MessageStep) -> asyncpg.Record:
    return require_row(await connection.fetchrow(_STANDING, step.message_id), f"message {step.number}")


def _is_still_so(draft: asyncpg.Record, brief: Brief) -> bool:
    """The same facts are other words on another day: what was to come tomorrow comes today."""
    return check(brief, drafts.copy_of(draft).sentences).passed


def _mail(step: MessageStep, row: asyncpg.Record, draft: asyncpg.Record) -> Mail:
    copy = drafts.copy_of(draft)
    return Mail(
        message_id=step.message_id,
        to=row["contact_email"],
        recipient=row["recipient"],
        subject=copy.text("subject"),
        paragraphs=paragraphs_of(copy),
        written_by=copy.written_by,
        sent_at=step.now,
    )


async def _sent(connection: Connection, step: MessageStep) -> None:
    if await connection.fetchval(_SENT, step.message_id, step.now):
        row = require_row(await drafts.last(connection, step.message_id), f"draft of message {step.number}")
        await _tell(connection, step, EventType.MESSAGE_SENT, drafts.written_by(row))


async def _not_told(
    connection: Connection, step: MessageStep, row: asyncpg.Record, reason: SuppressionReason
) -> Leaving:
    """What a mail server may have taken counts as sent: it is not on record as something that nobody was told."""
    if row["status"] == MessageStatus.SENDING:
        await _sent(connection, step)
        return Leaving(outcome="sent")
    await connection.execute(_OVER, step.message_id, MessageStatus.SUPPRESSED, reason)
    await _tell(connection, step, EventType.MESSAGE_SUPPRESSED, reason=reason)
    return Leaving(outcome="suppressed", reason=reason)


async def _defer(connection: Connection, step: MessageStep, row: asyncpg.Record, until: datetime) -> None:
    if row["status"] == MessageStatus.DEFERRED and row["deferred_until"] == until:
        return
    await connection.execute(
        "update messages set status = 'deferred', deferred_until = $2 where message_id = $1", step.message_id, until
    )
    await _tell(connection, step, EventType.MESSAGE_DEFERRED, until=until.isoformat())


async def _tell(
    connection: Connection, step: MessageStep, type_: EventType, by: WrittenBy | None = None, **facts: JsonValue
) -> None:
    """The actor is who wrote it."""
    actor = STEWARD if by is None or by.writer == "composer" else Actor(type="model", id=by.model or "unknown")
    told: dict[str, JsonValue] = {"purpose": step.purpose, **facts}
    if by is not None:
        told["written_by"] = by.model_dump(mode="json")
    reason_code = told.pop("reason", None)
    event = Event(
        type=type_,
        occurred_at=step.now,
        actor=actor,
        subject=step.message_id,
        reason_code=str(reason_code) if reason_code else None,
        facts=told,
    )
    await events.append(connection, step.order_id, event)
