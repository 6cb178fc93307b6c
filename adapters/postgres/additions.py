"""What is added to an order: on its rows as asked for, and as its own lines, tender and money once it is authorized."""

from datetime import datetime
from typing import Final

import asyncpg
from pydantic import JsonValue

from adapters.postgres import events, order_rows, order_state, payment_rows
from adapters.postgres.backorders import look_again
from adapters.postgres.database import Connection, Database
from contracts.actors import STEWARD
from contracts.additions import Addition, AdditionStatus
from contracts.events import Event, EventType
from contracts.ids import OrderId, order_workflow_id
from contracts.money import Money
from contracts.order import OrderStep
from contracts.payments import AskedAuthorization, Authorization, ReplacedAuthorization
from contracts.refunds import PaidOrder
from contracts.states import OrderStatus
from contracts.waiting import NOTHING, PAYMENT_PROVIDER
from decisions.addition import with_addition
from decisions.cancellation import ends_the_order

_RECORD: Final = """
insert into additions (order_id, number, key, lines, amount_minor, payment_method, asked_at)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_WITHDRAW: Final = """
update additions set status = 'withdrawn' where order_id = $1 and status = 'asked' returning *
"""
_SENT: Final = "update additions set sent_at = $2 where order_id = $1 and status = 'asked' and sent_at is null"
_TO_SETTLE: Final = """
select s.*, o.currency from additions_to_settle s join orders o using (order_id)
where s.order_id = $1 and (s.authorization_ref is not null) = $2 order by s.number
"""
_PERHAPS_MADE: Final = """
select s.*, o.currency from additions_to_settle s join orders o using (order_id)
where s.order_id = $1 and s.sent_at is not null order by s.number
"""
_VOIDED: Final = """
update additions set status = 'withdrawn', voided_at = $3
where order_id = $1 and key = any($2) and status <> 'authorized'
"""
_SET: Final = """
update additions set status = $3, authorization_ref = $4, declined_code = $5 where order_id = $1 and number = $2
"""
_LINE: Final = """
insert into order_lines (order_id, line_id, position, sku, quantity, unit_price_minor, discount_minor, tax_rate)
select $1, $2, 1 + max(position), $3, $4, $5, $6, $7 from order_lines where order_id = $1
"""
_TENDER: Final = """
insert into tenders (order_id, tender_id, kind, amount_minor, payment_method, authorization_ref, authorized_minor,
                     expires_at)
values ($1, $2, 'card', $3, $4, $5, $3, $6)
"""
_AUTHORIZATION: Final = """
insert into authorizations (order_id, tender_id, round, key, payment_method, amount_minor, status, authorization_ref,
                            authorized_at)
values ($1, $2, 1, $3, $4, $5, 'authorized', $6, $7)
"""
_ORDER: Final = """
update orders set money = $2, total_minor = total_minor + $3, tax_minor = tax_minor + $4 where order_id = $1
"""


async def record(
    connection: Connection, order: asyncpg.Record, addition: Addition, payment_method: str, now: datetime
) -> None:
    """On the order's locked row; from now on it is the order's process that asks for the money."""
    lines = [line.model_dump(mode="json") for line in addition.lines]
    key = f"{order_workflow_id(order['number'])}:authorize:{addition.tender_id}"
    about = (order["order_id"], addition.number, key, lines)
    await connection.execute(_RECORD, *about, addition.amount_minor, payment_method, now)


async def all_of(connection: Connection, order_id: OrderId) -> list[tuple[Addition, AdditionStatus]]:
    rows = await connection.fetch("select * from additions where order_id = $1 order by number", order_id)
    return [(Addition.model_validate(dict(row)), AdditionStatus(row["status"])) for row in rows]


async def withdraw(connection: Connection, order_id: OrderId, now: datetime) -> None:
    """Nobody wants any more what was asked for; what may have been set aside for it is voided when money is settled."""
    for row in await connection.fetch(_WITHDRAW, order_id):
        await events.append(connection, order_id, _not_added(row, now))


async def perhaps_made(connection: Connection, order_id: OrderId) -> list[AskedAuthorization]:
    """Those for which money may be set aside, though they are no part of the order."""
    return [_asked(row) for row in await connection.fetch(_PERHAPS_MADE, order_id)]


async def set_voided(connection: Connection, order_id: OrderId, keys: list[str], now: datetime) -> None:
    await connection.execute(_VOIDED, order_id, keys, now)


class PostgresAdditions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def to_ask(self, step: OrderStep) -> list[AskedAuthorization]:
        async with self._database.transaction() as connection:
            order = await order_rows.lock(connection, step.order_id)
            if await _is_over(connection, order):
                await withdraw(connection, step.order_id, step.now)
            await connection.execute(_SENT, step.order_id, step.now)
            asked = [_asked(row) for row in await connection.fetch(_TO_SETTLE, step.order_id, False)]
            if asked:
                await order_rows.wait_if_for_nobody(connection, step.order_id, PAYMENT_PROVIDER)
            return asked

    async def record_authorized(self, step: OrderStep, asked: AskedAuthorization, made: Authorization) -> None:
        async with self._database.transaction() as connection:
            order = await order_rows.lock(connection, step.order_id)
            if await _is_over(connection, order):
                await withdraw(connection, step.order_id, step.now)
            row = await _unanswered(connection, step, asked)
            if row is None:
                return
            await order_rows.enter_if_waiting_for(connection, step.order_id, PAYMENT_PROVIDER, NOTHING)
            about = (step.order_id, row["number"])
            if row["status"] == AdditionStatus.WITHDRAWN:
                await connection.execute(_SET, *about, AdditionStatus.WITHDRAWN, made.authorization_ref, None)
            else:
                await connection.execute(_SET, *about, AdditionStatus.AUTHORIZED, made.authorization_ref, None)
                await _take_in(connection, step, order, Addition.model_validate(dict(row)), asked, made)

    async def record_declined(self, step: OrderStep, asked: AskedAuthorization, code: str) -> None:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            row = await _unanswered(connection, step, asked)
            if row is None:
                return
            await order_rows.enter_if_waiting_for(connection, step.order_id, PAYMENT_PROVIDER, NOTHING)
            if row["status"] == AdditionStatus.WITHDRAWN:
                await set_voided(connection, step.order_id, [asked.key], step.now)
            else:
                await connection.execute(_SET, step.order_id, row["number"], AdditionStatus.DECLINED, None, code)
                failed = _paid(step, EventType.PAYMENT_FAILED, asked, attempted="authorize", code=code)
                await events.append(connection, step.order_id, failed, _not_added(row, step.now))

    async def to_void(self, step: OrderStep) -> list[ReplacedAuthorization]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_TO_SETTLE, step.order_id, True)
        return [
            ReplacedAuthorization(**_asked(row).model_dump(), authorization_ref=row["authorization_ref"])
            for row in rows
        ]

    async def record_voided(self, step: OrderStep, old: ReplacedAuthorization) -> None:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            if any(row["key"] == old.key for row in await connection.fetch(_TO_SETTLE, step.order_id, True)):
                await set_voided(connection, step.order_id, [old.key], step.now)
                await events.append(connection, step.order_id, _paid(step, EventType.PAYMENT_VOIDED, old))


async def _is_over(connection: Connection, order: asyncpg.Record) -> bool:
    """Whether there is nothing left that something could be added to."""
    if order["cancel_requested"] or OrderStatus(order["status"]).is_final:
        return True
    return ends_the_order(await order_state.load(connection, order["order_id"]))


async def _unanswered(connection: Connection, step: OrderStep, asked: AskedAuthorization) -> asyncpg.Record | None:
    rows = await connection.fetch(_TO_SETTLE, step.order_id, False)
    return next((row for row in rows if row["key"] == asked.key), None)


async def _take_in(
    connection: Connection,
    step: OrderStep,
    order: asyncpg.Record,
    addition: Addition,
    asked: AskedAuthorization,
    made: Authorization,
) -> None:
    """Its lines are open from now on, and planned like any other."""
    for line in addition.lines:
        priced = (line.unit_price_minor, line.discount_minor, line.tax_rate)
        await connection.execute(_LINE, step.order_id, line.line_id, line.sku, line.quantity, *priced)
    amount, method, ref = addition.amount_minor, asked.payment_method, made.authorization_ref
    await connection.execute(_TENDER, step.order_id, addition.tender_id, amount, method, ref, made.expires_at)
    about = (step.order_id, addition.tender_id, asked.key, method, amount, ref, step.now)
    await connection.execute(_AUTHORIZATION, *about)
    money = with_addition(PaidOrder.model_validate(order["money"]), addition)
    tax = sum(line.tax_minor for line in addition.lines)
    await connection.execute(_ORDER, step.order_id, money.model_dump(mode="json"), amount, tax)
    await payment_rows.refresh_status(connection, step.order_id)
    await look_again(connection, step.order_id)
    added = _updated(step.now, {"added": dict(addition.units)})
    await events.append(connection, step.order_id, _paid(step, EventType.PAYMENT_AUTHORIZED, asked), added)


def _asked(row: asyncpg.Record) -> AskedAuthorization:
    return AskedAuthorization(
        key=row["key"],
        amount=Money(amount_minor=row["amount_minor"], currency=row["currency"]),
        payment_method=row["payment_method"],
        tender_id=Addition.model_validate(dict(row)).tender_id,
        kind="card",
        round=1,
    )


def _not_added(row: asyncpg.Record, now: datetime) -> Event:
    return _updated(now, {"not_added": dict(Addition.model_validate(dict(row)).units)})


def _updated(now: datetime, facts: dict[str, JsonValue]) -> Event:
    return Event(type=EventType.ORDER_UPDATED, occurred_at=now, actor=STEWARD, facts=facts)


def _paid(step: OrderStep, type_: EventType, about: AskedAuthorization, **facts: str) -> Event:
    told = {"tender_id": about.tender_id, "amount": about.amount.model_dump(mode="json"), **facts}
    return Event(type=type_, occurred_at=step.now, actor=STEWARD, facts=told)
