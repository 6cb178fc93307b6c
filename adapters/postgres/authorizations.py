"""The rounds in which a tender's money is asked for: each is a row before anybody is asked."""

from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres.database import Connection
from contracts.ids import OrderId
from contracts.money import Money
from contracts.order import OrderStep
from contracts.payments import AskedAuthorization, Authorization

_ASK: Final = """
insert into authorizations (order_id, tender_id, round, key, payment_method, amount_minor)
select order_id, tender_id, round, $2 || ':' || tender_id || ':' || round, payment_method, amount_minor
from tenders where order_id = $1 and authorization_ref is null
on conflict do nothing
"""
_ASKED: Final = """
select a.*, t.kind, o.currency from authorizations a join tenders t using (order_id, tender_id)
join orders o using (order_id) where a.order_id = $1
"""
_OPEN: Final = f"{_ASKED} and a.round = t.round and t.authorization_ref is null order by t.kind desc, a.tender_id"
_PERHAPS_MADE: Final = f"{_ASKED} and a.status in ('asked', 'authorized') order by a.tender_id, a.round"
_AUTHORIZED: Final = """
update authorizations set status = 'authorized', authorization_ref = $4, authorized_at = $5
where order_id = $1 and tender_id = $2 and round = $3
"""
_CURRENT: Final = """
update tenders set round = $3, authorization_ref = $4, expires_at = $5, authorized_minor = amount_minor
where order_id = $1 and tender_id = $2
"""
_DECLINED: Final = """
update authorizations set status = 'declined', declined_code = $4
where order_id = $1 and tender_id = $2 and round = $3
"""
_VOIDED: Final = """
update authorizations set status = 'voided' where order_id = $1 and tender_id = $2 and round = $3
"""


async def ask(connection: Connection, step: OrderStep) -> list[AskedAuthorization]:
    """What has to be authorized yet; gift cards first, since they are held at once. Under the order's lock."""
    await connection.execute(_ASK, step.order_id, step.key("authorize"))
    return [_asked(row) for row in await connection.fetch(_OPEN, step.order_id)]


async def perhaps_made(connection: Connection, order_id: OrderId) -> list[AskedAuthorization]:
    """Every round that was asked for and not declined: it is made, or its answer was lost."""
    return [_asked(row) for row in await connection.fetch(_PERHAPS_MADE, order_id)]


async def record_made(
    connection: Connection, order_id: OrderId, asked: AskedAuthorization, made: Authorization, now: datetime
) -> None:
    """It is the tender's from now on."""
    about = (order_id, asked.tender_id, asked.round, made.authorization_ref)
    await connection.execute(_AUTHORIZED, *about, now)
    await connection.execute(_CURRENT, *about, made.expires_at)


async def record_declined(connection: Connection, order_id: OrderId, asked: AskedAuthorization, code: str) -> None:
    await connection.execute(_DECLINED, order_id, asked.tender_id, asked.round, code)


async def record_voided(connection: Connection, order_id: OrderId, asked: AskedAuthorization) -> None:
    await connection.execute(_VOIDED, order_id, asked.tender_id, asked.round)


def _asked(row: asyncpg.Record) -> AskedAuthorization:
    return AskedAuthorization(**dict(row), amount=Money(amount_minor=row["amount_minor"], currency=row["currency"]))
