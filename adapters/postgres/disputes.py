"""Disputes of captures as rows: opened and closed by the provider, answered by people, booked once when lost."""

from datetime import datetime
from typing import Final

import asyncpg
from pydantic import JsonValue

from adapters.postgres import approvals, bank_refunds, events, order_rows, payment_rows, refused_moves
from adapters.postgres.database import Connection, Database, require_row
from adapters.postgres.late_failures import look_again, step_of
from adapters.postgres.policies import policy_of
from adapters.postgres.settlement import book_lost
from contracts.actors import PAYMENTS, STEWARD, Actor
from contracts.disputes import DeliveredParcel, DisputeAnswer, DisputeFacts
from contracts.events import Event, EventType, Source
from contracts.money import Money
from contracts.order import OrderStep
from contracts.wakeups import Wakeup
from contracts.webhooks import DisputeClosing, DisputeOpening, Told
from decisions.briefing import dispute_question

Outcome = tuple[Told, list[Wakeup]]
_UNMATCHED: Final = (Told(outcome="unmatched"), list[Wakeup]())
_STORED: Final = (Told(outcome="stored"), list[Wakeup]())

_CAPTURE: Final = "select * from money_moves where key = $1 and kind = 'capture'"
# One that was closed before is there already, without its order.
_OPEN: Final = """
insert into disputes (dispute_ref, order_id, move_id, amount_minor, reason, respond_by, opened_at, status)
values ($1, $2, $3, $4, $5, $6, $7, 'open')
on conflict (dispute_ref) do update
set order_id = excluded.order_id, move_id = excluded.move_id, amount_minor = excluded.amount_minor,
    reason = excluded.reason, respond_by = excluded.respond_by, opened_at = excluded.opened_at
where disputes.order_id is null returning *
"""
_CLOSED_UNKNOWN: Final = """
insert into disputes (dispute_ref, status, closed_at) values ($1, $2, $3) on conflict do nothing returning dispute_ref
"""
_CLOSE: Final = """
update disputes set status = $2, closed_at = $3 where dispute_ref = $1 and status = 'open' returning *
"""
_DECIDE: Final = """
update disputes set answer = $2 where dispute_ref = $1 and status = 'open' and answer is null
"""
_TO_ANSWER: Final = "select * from due_disputes where order_id = $1 order by opened_at, dispute_ref"
_ANSWERED: Final = """
update disputes set answered_at = $2 where dispute_ref = $1 and answered_at is null returning *
"""
_GIVEN_BACK: Final = """
select coalesce(sum(r.amount_minor), 0)::bigint from money_moves r
where r.order_id = $1 and r.capture_ref = $2 and r.status = 'done'
"""
_DELIVERED: Final = """
select f.carrier, s.tracking_code, s.status_at as delivered_at
from shipments s join fulfillments f using (fulfillment_id)
where f.order_id = $1 and s.status = 'delivered' and s.settled_at is null order by s.status_at, s.tracking_code
"""
# What was perhaps asked of the provider is not among it.
_OWED: Final = """
select * from money_moves where order_id = $1 and tender_id = $2 and kind = 'refund'
    and (status = 'planned' and capture_ref is null or status = 'refused' and resolution is null)
order by move_id
"""
_LEAVE: Final = "update disputes set unbooked_minor = $2 where dispute_ref = $1"


class PostgresDisputes:
    """The steps' side: what the provider is to be told of which dispute."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def to_answer(self, step: OrderStep) -> list[DisputeAnswer]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_TO_ANSWER, step.order_id)
        return [
            DisputeAnswer(
                key=step.key(f"dispute:{row['dispute_ref']}:{row['answer']}"),
                dispute_ref=row["dispute_ref"],
                answer=row["answer"],
            )
            for row in rows
        ]

    async def record_answer(self, step: OrderStep, given: DisputeAnswer) -> None:
        """The provider knows; what is accepted is lost."""
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            if await connection.fetchrow(_ANSWERED, given.dispute_ref, step.now) is None:
                return
            await _tell_answer(connection, step, given)
            if given.answer == "accept" and (lost := await _closed(connection, given.dispute_ref, "lost", step.now)):
                await _conclude(connection, step, lost, by=STEWARD, source="process")

    async def record_unheard(self, step: OrderStep, given: DisputeAnswer, code: str) -> None:
        """It is too late: how the dispute ends, the provider tells."""
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            if await connection.fetchrow(_ANSWERED, given.dispute_ref, step.now):
                await _tell_answer(connection, step, given, refused=code)


async def open_dispute(connection: Connection, opening: DisputeOpening, now: datetime) -> Outcome:
    """Once; whatever became of the order, a person is asked whether to contest it."""
    move = await connection.fetchrow(_CAPTURE, opening.key)
    if move is None:
        return _UNMATCHED
    order = await order_rows.lock(connection, move["order_id"])
    values = (move["order_id"], move["move_id"], opening.amount.amount_minor, opening.reason, opening.respond_by, now)
    row = await connection.fetchrow(_OPEN, opening.dispute_ref, *values)
    if row is None:
        return _STORED
    step = step_of(order, now)
    opened = _event(EventType.PAYMENT_DISPUTED, step, row, PAYMENTS, "webhook", _about(row, move, order))
    await events.append(connection, step.order_id, opened)
    if row["status"] == "open":
        await payment_rows.refresh_status(connection, step.order_id)
        await _ask(connection, step, order, move, row)
    else:
        await _conclude(connection, step, row, by=PAYMENTS, source="webhook")
    return Told(outcome="applied"), [await look_again(connection, order)]


async def close_dispute(connection: Connection, closing: DisputeClosing, now: datetime) -> Outcome:
    """Once; one that was not opened yet is kept until it is."""
    if await connection.fetchrow(_CLOSED_UNKNOWN, closing.dispute_ref, closing.outcome, now):
        return _STORED
    order_id = await connection.fetchval("select order_id from disputes where dispute_ref = $1", closing.dispute_ref)
    if order_id is None:
        return _STORED
    order = await order_rows.lock(connection, order_id)
    row = await _closed(connection, closing.dispute_ref, closing.outcome, now)
    if row is None:
        return _STORED
    await _conclude(connection, step_of(order, now), row, by=PAYMENTS, source="webhook")
    return Told(outcome="applied"), [await look_again(connection, order)]


async def settle_dispute(connection: Connection, step: OrderStep, question: asyncpg.Record, *, approved: bool) -> None:
    """The provider is to be told, unless the dispute was closed meanwhile."""
    del step
    await connection.execute(_DECIDE, question["subject"], "contest" if approved else "accept")


async def _ask(
    connection: Connection, step: OrderStep, order: asyncpg.Record, move: asyncpg.Record, dispute: asyncpg.Record
) -> None:
    policy = await policy_of(connection, step.policy_version)
    if "dispute" not in policy.payment.ask_about:
        return
    given_back = await connection.fetchval(_GIVEN_BACK, step.order_id, move["provider_ref"])
    facts = DisputeFacts(
        order_number=step.number,
        amount=_money(dispute["amount_minor"], order),
        reason=dispute["reason"],
        captured=_money(move["amount_minor"], order),
        given_back=_money(given_back, order),
        delivered=[DeliveredParcel(**dict(row)) for row in await connection.fetch(_DELIVERED, step.order_id)],
    )
    question = dispute_question(facts).model_copy(update={"subject": dispute["dispute_ref"]})
    due_at = max(step.now, dispute["respond_by"] - policy.payment.answer_disputes_before)
    await approvals.ask(connection, step, question, due_at)


async def _closed(connection: Connection, dispute_ref: str, outcome: str, now: datetime) -> asyncpg.Record | None:
    return await connection.fetchrow(_CLOSE, dispute_ref, outcome, now)


async def _conclude(
    connection: Connection, step: OrderStep, dispute: asyncpg.Record, *, by: Actor, source: Source
) -> None:
    """Nobody has to decide any more; what was lost was given back, and what was won may be given back by us."""
    await approvals.cancel_about(connection, step.order_id, "dispute", dispute["dispute_ref"], step.now)
    facts: dict[str, JsonValue] = {"outcome": dispute["status"]}
    closed = _event(EventType.PAYMENT_DISPUTE_CLOSED, step, dispute, by, source, facts)
    await events.append(connection, step.order_id, closed)
    if dispute["status"] == "lost":
        await _book_loss(connection, step, dispute)
    await payment_rows.refresh_status(connection, step.order_id)


async def _book_loss(connection: Connection, step: OrderStep, dispute: asyncpg.Record) -> None:
    """What was owed to the customer and not given back yet is settled by it first; the rest is goodwill.

    What is more than was held stays on the dispute: that was given back twice.
    """
    capture = require_row(
        await connection.fetchrow("select * from money_moves where move_id = $1", dispute["move_id"]), "the capture"
    )
    left: int = dispute["amount_minor"]
    for owed in await connection.fetch(_OWED, step.order_id, capture["tender_id"]):
        if left:
            part = min(left, owed["amount_minor"])
            await refused_moves.forget(connection, step, owed)
            await bank_refunds.give(connection, step, owed["move_id"], capture["provider_ref"], part)
            left -= part
    await connection.execute(_LEAVE, dispute["dispute_ref"], left)
    await book_lost(connection, step, capture["provider_ref"])


async def _tell_answer(connection: Connection, step: OrderStep, given: DisputeAnswer, **refused: str) -> None:
    answered = Event(
        type=EventType.PAYMENT_DISPUTE_ANSWERED,
        occurred_at=step.now,
        actor=STEWARD,
        subject=given.dispute_ref,
        facts={"answer": given.answer, **refused},
    )
    await events.append(connection, step.order_id, answered)


def _about(dispute: asyncpg.Record, move: asyncpg.Record, order: asyncpg.Record) -> dict[str, JsonValue]:
    amount = _money(dispute["amount_minor"], order).model_dump(mode="json")
    respond_by = dispute["respond_by"].isoformat()
    return {"tender_id": move["tender_id"], "amount": amount, "reason": dispute["reason"], "respond_by": respond_by}


def _money(amount_minor: int, order: asyncpg.Record) -> Money:
    return Money(amount_minor=amount_minor, currency=order["currency"])


def _event(
    type_: EventType,
    step: OrderStep,
    dispute: asyncpg.Record,
    by: Actor,
    source: Source,
    facts: dict[str, JsonValue],
) -> Event:
    return Event(type=type_, occurred_at=step.now, actor=by, source=source, subject=dispute["dispute_ref"], facts=facts)
