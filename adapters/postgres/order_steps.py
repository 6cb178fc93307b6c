"""An order until it is planned: its rows as its first steps read and write them, each record once under its key."""

from datetime import datetime, timedelta

import asyncpg
from pydantic import JsonValue

from adapters.postgres import additions, approvals, authorizations, events, gift_cards, order_rows
from adapters.postgres.database import Connection, Database, require_row
from adapters.postgres.effects import once
from adapters.postgres.risk_facts import risk_facts as facts_of_risk
from contracts.actors import STEWARD
from contracts.events import Event, EventType
from contracts.money import Money
from contracts.order import AuthorizationAnswer, CancelAnswer, OrderStep
from contracts.payments import AskedAuthorization, Authorization, AuthorizationStatus
from contracts.reasons import CancelReason, HoldReason
from contracts.refunds import Cancel, PaidOrder, ReversalPlan
from contracts.risk import PendingApproval, RiskAssessment, RiskFacts, RiskVerdict
from contracts.states import OrderStatus, PaymentStatus
from contracts.waiting import CUSTOMER_TO_PAY, NOTHING, PAYMENT_PROVIDER, PLANNER, REVIEWER, Wait
from decisions.briefing import risk_question
from decisions.refunds import plan_reversal

_REQUESTED_CANCEL = """
select cancel_reason as reason,
       exists (select from fulfillments f where f.order_id = o.order_id)
       or exists (select from money_moves m where m.order_id = o.order_id) as planned
from orders o where order_id = $1 and cancel_requested
"""
_WAIT_FOR_PROVIDER = """
update orders set waiting_on = $3, waiting_until = null
where order_id = $1 and payment_status = $2 and not cancel_requested
"""
_VOID = """
update tenders set voided_at = $2, released_minor = amount_minor
where order_id = $1 and tender_id = any($3) and voided_at is null returning tender_id
"""
_CANCEL_ALL = "update order_lines set canceled = quantity, cancel_requested = 0 where order_id = $1"


class PostgresOrders:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def risk_facts(self, step: OrderStep, disposable_domains: tuple[str, ...]) -> RiskFacts:
        async with self._database.connection() as connection:
            return await facts_of_risk(connection, step.order_id, disposable_domains)

    async def record_assessment(self, step: OrderStep, assessment: RiskAssessment, due_at: datetime) -> RiskVerdict:
        async def effect(connection: Connection) -> RiskVerdict:
            order = await order_rows.lock(connection, step.order_id)
            receipt: dict[str, JsonValue] = {"decision": "risk", **assessment.model_dump(mode="json")}
            await events.append(connection, step.order_id, _event(EventType.DECISION_RECORDED, step, facts=receipt))
            if not assessment.hold:
                return RiskVerdict(points=assessment.points, approval=None)
            await order_rows.enter(connection, step.order_id, OrderStatus.ON_HOLD, Wait(on=REVIEWER, until=due_at))
            held = _event(EventType.ORDER_ON_HOLD, step, reason_code=HoldReason.HIGH_RISK_OF_FRAUD)
            await events.append(connection, step.order_id, held)
            total = Money(amount_minor=order["total_minor"], currency=order["currency"])
            question = risk_question(step.number, total, assessment)
            approval_id = await approvals.ask(connection, step, question, due_at)
            approval = PendingApproval(approval_id=approval_id, due_at=due_at)
            return RiskVerdict(points=assessment.points, approval=approval)

        return await once(self._database, step.key("assess"), RiskVerdict, effect)

    async def start_authorizations(self, step: OrderStep) -> list[AskedAuthorization]:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            await connection.execute(_WAIT_FOR_PROVIDER, step.order_id, PaymentStatus.PENDING, PAYMENT_PROVIDER)
            return await authorizations.ask(connection, step)

    async def record_authorization(
        self, step: OrderStep, asked: AskedAuthorization, made: Authorization
    ) -> AuthorizationAnswer:
        async def effect(connection: Connection) -> AuthorizationAnswer:
            await order_rows.lock(connection, step.order_id)
            return await _authorized(connection, step, asked, made.authorization_ref, made.expires_at)

        return await once(self._database, asked.key, AuthorizationAnswer, effect)

    async def record_decline(
        self, step: OrderStep, asked: AskedAuthorization, code: str, patience: timedelta
    ) -> AuthorizationAnswer:
        async def effect(connection: Connection) -> AuthorizationAnswer:
            order = await order_rows.lock(connection, step.order_id)
            return await _declined(connection, step, order, asked, code, patience)

        return await once(self._database, asked.key, AuthorizationAnswer, effect)

    async def record_hold(self, step: OrderStep, asked: AskedAuthorization, patience: timedelta) -> AuthorizationAnswer:
        async def effect(connection: Connection) -> AuthorizationAnswer:
            order = await order_rows.lock(connection, step.order_id)
            code = await gift_cards.hold(connection, step, asked)
            if code is not None:
                return await _declined(connection, step, order, asked, code, patience)
            return await _authorized(connection, step, asked, asked.key, None)

        return await once(self._database, asked.key, AuthorizationAnswer, effect)

    async def record_nothing_to_hold(self, step: OrderStep, asked: AskedAuthorization) -> AuthorizationAnswer:
        async def effect(connection: Connection) -> AuthorizationAnswer:
            await order_rows.lock(connection, step.order_id)
            return await _authorized(connection, step, asked, asked.key, None)

        return await once(self._database, asked.key, AuthorizationAnswer, effect)

    async def perhaps_authorized(self, step: OrderStep) -> list[AskedAuthorization]:
        async with self._database.connection() as connection:
            made = await authorizations.perhaps_made(connection, step.order_id)
            return made + await additions.perhaps_made(connection, step.order_id)

    async def record_void(self, step: OrderStep, ended: list[tuple[AskedAuthorization, AuthorizationStatus]]) -> None:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            for asked, status in ended:
                if asked.kind == "gift_card":
                    await gift_cards.release(connection, step, asked)
                await authorizations.set_status(connection, step.order_id, asked, status)
            await additions.set_voided(connection, step.order_id, [asked.key for asked, _ in ended], step.now)
            tenders = [asked.tender_id for asked, _ in ended]
            if await connection.fetch(_VOID, step.order_id, step.now, tenders):
                await _cancel_everything(connection, step)
                await _pay(connection, step, PaymentStatus.VOIDED)
                await events.append(connection, step.order_id, _event(EventType.PAYMENT_VOIDED, step))

    async def requested_cancel(self, step: OrderStep) -> CancelAnswer:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_REQUESTED_CANCEL, step.order_id)
        return CancelAnswer(reason=None) if row is None else CancelAnswer.model_validate(dict(row))

    async def record_canceled(self, step: OrderStep, reason: CancelReason, note: str | None) -> CancelAnswer:
        async def effect(connection: Connection) -> CancelAnswer:
            order = await order_rows.lock(connection, step.order_id)
            why, facts = (CancelReason(order["cancel_reason"]), {}) if order["cancel_requested"] else (reason, said)
            await approvals.cancel_open(connection, step.order_id, step.now)
            await additions.withdraw(connection, step.order_id, step.now)
            await connection.execute("update orders set cancel_reason = $2 where order_id = $1", step.order_id, why)
            await _cancel_everything(connection, step)
            await order_rows.enter(connection, step.order_id, OrderStatus.CANCELED, NOTHING)
            canceled = _event(EventType.ORDER_CANCELED, step, reason_code=why, facts=facts)
            await events.append(connection, step.order_id, canceled)
            return CancelAnswer(reason=why)

        said: dict[str, JsonValue] = {} if note is None else {"note": note}
        return await once(self._database, step.key("close"), CancelAnswer, effect)


async def _authorized(
    connection: Connection, step: OrderStep, asked: AskedAuthorization, ref: str, expires_at: datetime | None
) -> AuthorizationAnswer:
    """With the last tender the order is confirmed."""
    await authorizations.record_made(
        connection, step.order_id, asked, authorization_ref=ref, expires_at=expires_at, now=step.now
    )
    facts = _about(asked, amount=asked.amount.model_dump(mode="json"))
    await events.append(connection, step.order_id, _event(EventType.PAYMENT_AUTHORIZED, step, facts=facts))
    if not await authorizations.ask(connection, step):
        await _pay(connection, step, PaymentStatus.AUTHORIZED)
        await order_rows.enter(connection, step.order_id, OrderStatus.CONFIRMED, Wait(on=PLANNER))
        await events.append(connection, step.order_id, _event(EventType.ORDER_CONFIRMED, step))
    return AuthorizationAnswer(outcome="authorized")


async def _declined(
    connection: Connection,
    step: OrderStep,
    order: asyncpg.Record,
    asked: AskedAuthorization,
    code: str,
    patience: timedelta,
) -> AuthorizationAnswer:
    """The order is held for another payment method, if there is patience and nobody wants it canceled."""
    await authorizations.record_declined(connection, step.order_id, asked, code)
    await _pay(connection, step, PaymentStatus.FAILED)
    facts = _about(asked, attempted="authorize", code=code)
    await events.append(connection, step.order_id, _event(EventType.PAYMENT_FAILED, step, facts=facts))
    if not patience or order["cancel_requested"]:
        return AuthorizationAnswer(outcome="declined")
    wait = Wait(on=CUSTOMER_TO_PAY, until=step.now + patience)
    await order_rows.enter(connection, step.order_id, OrderStatus.CUSTOMER_ACTION_REQUIRED, wait)
    held = _event(EventType.ORDER_ON_HOLD, step, reason_code=HoldReason.AWAITING_PAYMENT)
    await events.append(connection, step.order_id, held)
    return AuthorizationAnswer(outcome="declined", patience_ends_at=wait.until)


async def _cancel_everything(connection: Connection, step: OrderStep) -> None:
    """Its units and its money, so that a process that starts again finds nothing to undo and nothing to plan."""
    await connection.execute(_CANCEL_ALL, step.order_id)
    row = require_row(
        await connection.fetchrow("select money from orders where order_id = $1", step.order_id),
        f"order {step.order_id}",
    )
    plan = plan_reversal(PaidOrder.model_validate(row["money"]), Cancel(), "gift_card_last")
    if isinstance(plan, ReversalPlan):
        after = plan.after.model_dump(mode="json")
        await connection.execute("update orders set money = $2 where order_id = $1", step.order_id, after)


async def _pay(connection: Connection, step: OrderStep, status: PaymentStatus) -> None:
    await connection.execute("update orders set payment_status = $2 where order_id = $1", step.order_id, status)


def _event(
    type_: EventType, step: OrderStep, *, reason_code: str | None = None, facts: dict[str, JsonValue] | None = None
) -> Event:
    return Event(type=type_, occurred_at=step.now, actor=STEWARD, reason_code=reason_code, facts=facts or {})


def _about(asked: AskedAuthorization, **facts: JsonValue) -> dict[str, JsonValue]:
    return {"tender_id": asked.tender_id, **facts}
