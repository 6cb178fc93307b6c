"""Money moves that were refused: a person is asked, and what they decide is planned again, given up, or by hand."""

from typing import Final

import asyncpg
from pydantic import JsonValue

from adapters.postgres import approvals, bank_refunds, events, payment_rows
from adapters.postgres.database import Connection, require_row
from adapters.postgres.policies import policy_of
from contracts.actors import STEWARD, Actor
from contracts.approvals import Question
from contracts.events import Event, EventType
from contracts.money import Money
from contracts.order import OrderStep
from contracts.payments import MoneyMove, RefusedMove
from contracts.policy import MoneyQuestion
from decisions.briefing import refused_capture_question, refused_refund_question
from decisions.calendar import business_days_later

_QUESTIONS: Final[dict[MoneyMove, MoneyQuestion]] = {
    MoneyMove.CAPTURE: "refused_capture",
    MoneyMove.REFUND: "refused_refund",
}
# With what became of the captures of the same tender (is one still to be decided about, or to be asked for again?), and
# what was given back of it.
_REFUSED: Final = """
select m.*, o.currency, captures.*,
       (select coalesce(sum(r.amount_minor), 0)::bigint from money_moves r
        where r.order_id = m.order_id and r.capture_ref = m.provider_ref and r.status = 'done') as given_back
from money_moves m join orders o using (order_id) cross join lateral (
    select coalesce(bool_or(c.status = 'planned'), false) as capture_is_planned,
           coalesce(bool_or(c.status = 'refused' and c.resolution is null), false) as capture_is_refused,
           coalesce(sum(c.amount_minor) filter (where c.status = 'done'), 0)::bigint as captured,
           coalesce(sum(c.amount_minor) filter (where c.status = 'refused'
                    and c.resolution is distinct from 'asked_again'), 0)::bigint as not_captured
    from money_moves c where c.order_id = m.order_id and c.tender_id = m.tender_id and c.kind = 'capture'
) captures
where m.move_id = $1 and m.status = 'refused' and m.resolution is null
"""
_RESOLVE: Final = "update money_moves set resolution = $2 where move_id = $1"
_BY_HAND: Final = """
update money_moves set status = 'done', resolution = 'by_hand', done_at = $2 where move_id = $1
"""
_PLAN_AGAIN: Final = """
insert into money_moves (order_id, tender_id, round, kind, key, amount_minor, reason, planned_at)
select order_id, tender_id, round, kind, $2, amount_minor, reason, $3 from money_moves where move_id = $1
"""
_NOT_CAPTURED: Final = """
select * from money_moves r
where order_id = $1 and tender_id = $2 and kind = 'refund' and status = 'refused' and refused_code = 'not_captured'
      and resolution is null
      and not exists (select from money_moves c where c.order_id = $1 and c.tender_id = $2 and c.kind = 'capture'
                      and (c.status = 'planned' or c.status = 'refused' and c.resolution is null))
order by move_id
"""


async def ask_about(connection: Connection, step: OrderStep, move_id: int) -> None:
    """A person, by policy. A refund of what may be captured yet is not asked about: it follows its capture.

    If captures are not asked about, what is refused stays so, and there is nothing to follow. Nor does anybody have to
    decide about a tender of which nothing was captured, as nothing is owed of it, or what the bank gave back already.
    """
    row = require_row(await connection.fetchrow(_REFUSED, move_id), f"refused move {move_id}")
    if await bank_refunds.give_refused(connection, step, row):
        return
    policy = await policy_of(connection, step.policy_version)
    if _is_of_what_was_not_captured(row):
        is_decided_about = row["capture_is_refused"] and "refused_capture" in policy.payment.ask_about
        if row["capture_is_planned"] or is_decided_about:
            return
        if not row["captured"]:
            await _owe_nothing(connection, step, row)
            return
    if _QUESTIONS.get(row["kind"]) not in policy.payment.ask_about:
        return
    due_at = business_days_later(step.now, policy.payment.review_business_days, policy.time_zone)
    await approvals.ask(connection, step, _question(step, row), due_at)


async def settle_capture(connection: Connection, step: OrderStep, question: asyncpg.Record, *, approved: bool) -> None:
    """Asked for again under a key of its own, or nothing is charged for it."""
    row = await connection.fetchrow(_REFUSED, int(question["subject"]))
    if row is None:
        return
    if approved:
        await _plan_again(connection, step, row)
    else:
        await connection.execute(_RESOLVE, row["move_id"], "given_up")
        for refund in await connection.fetch(_NOT_CAPTURED, step.order_id, row["tender_id"]):
            await ask_about(connection, step, refund["move_id"])
        facts = _about(row) | {"attempted": row["kind"], "code": row["refused_code"]}
        await events.append(connection, step.order_id, _event(step, EventType.PAYMENT_GIVEN_UP, question, facts))
    await payment_rows.refresh_status(connection, step.order_id)


async def settle_refund(connection: Connection, step: OrderStep, question: asyncpg.Record, *, approved: bool) -> None:
    """Asked for again, of whichever capture has room; or a person paid it back. What nobody did stays owed.

    Unless somebody says that it is of what was not captured: silence does not say so.
    """
    row = await connection.fetchrow(_REFUSED, int(question["subject"]))
    if row is None:
        return
    move = _described(step, row)
    if approved is move.is_past_asking:
        await _record_by_hand(connection, step, row, question)
    elif move.is_doubtful and question["decided_by_type"] is not None:
        await _owe_nothing(connection, step, row)
        facts = _about(row) | {"attempted": row["kind"], "code": row["refused_code"]}
        await events.append(connection, step.order_id, _event(step, EventType.PAYMENT_GIVEN_UP, question, facts))
    elif move.is_past_asking:
        await ask_about(connection, step, row["move_id"])
    else:
        await _plan_again(connection, step, row)
    await payment_rows.refresh_status(connection, step.order_id)


async def plan_refunds_again(connection: Connection, step: OrderStep, tender_id: str) -> None:
    """What was not given back as long as nobody knew what was captured, once that is known."""
    for refund in await connection.fetch(_NOT_CAPTURED, step.order_id, tender_id):
        await forget(connection, step, refund)
        await _plan_again(connection, step, refund)


async def forget(connection: Connection, step: OrderStep, move: asyncpg.Record) -> None:
    """Nobody has to decide about it any more."""
    if kind := _QUESTIONS.get(move["kind"]):
        await approvals.cancel_about(connection, step.order_id, kind, str(move["move_id"]), step.now)


async def _plan_again(connection: Connection, step: OrderStep, row: asyncpg.Record) -> None:
    number = 1 + await connection.fetchval("select count(*) from money_moves where order_id = $1", step.order_id)
    key = step.key(f"{row['kind']}:{row['tender_id']}:{number}")
    await connection.execute(_PLAN_AGAIN, row["move_id"], key, step.now)
    await connection.execute(_RESOLVE, row["move_id"], "asked_again")


async def _owe_nothing(connection: Connection, step: OrderStep, row: asyncpg.Record) -> None:
    await forget(connection, step, row)
    await connection.execute(_RESOLVE, row["move_id"], "given_up")
    await payment_rows.refresh_status(connection, step.order_id)


async def _record_by_hand(
    connection: Connection, step: OrderStep, row: asyncpg.Record, question: asyncpg.Record
) -> None:
    await connection.execute(_BY_HAND, row["move_id"], step.now)
    done = (MoneyMove(row["kind"]), row["tender_id"], row["key"], row["amount_minor"])
    await payment_rows.apply(connection, step, *done)
    facts = _about(row) | {"reason": row["reason"], "by": "hand"}
    await events.append(connection, step.order_id, _event(step, EventType.PAYMENT_REFUNDED, question, facts))


def _is_of_what_was_not_captured(row: asyncpg.Record) -> bool:
    return bool(row["kind"] == MoneyMove.REFUND and row["refused_code"] == "not_captured")


def _described(step: OrderStep, row: asyncpg.Record) -> RefusedMove:
    return RefusedMove(
        order_number=step.number,
        kind=row["kind"],
        amount=Money(amount_minor=row["amount_minor"], currency=row["currency"]),
        code=row["refused_code"],
        is_late=row["failed_at"] is not None,
        given_back=Money(amount_minor=row["given_back"], currency=row["currency"]),
        captured=Money(amount_minor=row["captured"], currency=row["currency"]),
        not_captured=Money(amount_minor=row["not_captured"], currency=row["currency"]),
    )


def _question(step: OrderStep, row: asyncpg.Record) -> Question:
    move = _described(step, row)
    question = refused_capture_question(move) if move.kind is MoneyMove.CAPTURE else refused_refund_question(move)
    return question.model_copy(update={"subject": str(row["move_id"])})


def _about(row: asyncpg.Record) -> dict[str, JsonValue]:
    amount = Money(amount_minor=row["amount_minor"], currency=row["currency"])
    return {"tender_id": row["tender_id"], "amount": amount.model_dump(mode="json")}


def _event(step: OrderStep, type_: EventType, question: asyncpg.Record, facts: dict[str, JsonValue]) -> Event:
    """By whoever decided it; if nobody did, by Steward."""
    person = question["decided_by_type"]
    actor = Actor(type=person, id=question["decided_by_id"]) if person else STEWARD
    return Event(type=type_, occurred_at=step.now, actor=actor, subject=question["approval_id"], facts=facts)
