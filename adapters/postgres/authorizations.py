"""The rounds in which a tender's money is asked for: each is a row before anybody is asked."""

from datetime import datetime, timedelta
from typing import Final

import asyncpg

from adapters.postgres import order_rows
from adapters.postgres.database import Connection
from adapters.postgres.policies import policy_of
from adapters.postgres.wakeups import owe_signal
from contracts.ids import OrderId, order_workflow_id
from contracts.money import Money
from contracts.order import OrderStep
from contracts.payments import AskedAuthorization, Authorization, AuthorizationStatus, ReplacedAuthorization
from contracts.policy import PaymentPolicy
from contracts.refunds import PaidOrder
from contracts.waiting import PAYMENT_PROVIDER
from decisions.payment import reauthorized

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
_PERHAPS_MADE: Final = f"""{_ASKED}
and t.released_minor = 0 and t.captured_minor = 0  -- else its settlement has begun, and that goes on
and (a.status = 'authorized' or (a.status = 'asked' and t.kind = 'card')) order by a.tender_id, a.round
"""
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
_SET: Final = "update authorizations set status = $4 where order_id = $1 and tender_id = $2 and round = $3"
_RENEW: Final = """
insert into authorizations (order_id, tender_id, round, key, payment_method, amount_minor)
select t.order_id, t.tender_id, t.round + 1, $2 || ':' || t.tender_id || ':' || (t.round + 1), t.payment_method,
       open.amount_minor
from tenders t join unnest($3::text[], $4::bigint[]) as open (tender_id, amount_minor) using (tender_id)
join authorizations a using (order_id, tender_id, round)
where order_id = $1 and t.expires_at < $5 and t.expires_at - a.authorized_at > $6
      and t.kind = any($7)
on conflict do nothing
"""
_RENEWING: Final = f"{_ASKED} and a.round > t.round and a.status = 'asked' order by a.tender_id"
_REPLACED: Final = f"{_ASKED} and a.status = 'replaced' order by a.tender_id, a.round"
_IS_REPLACED: Final = """
update authorizations a set status = 'replaced'
where order_id = $1 and tender_id = $2 and round = $3 - 1
      and not exists (select from money_moves m where m.order_id = a.order_id and m.tender_id = a.tender_id
                                                      and m.round = a.round and m.kind = 'capture')
"""


async def ask(connection: Connection, step: OrderStep) -> list[AskedAuthorization]:
    """What has to be authorized yet; gift cards first, since they are held at once. Under the order's lock."""
    await connection.execute(_ASK, step.order_id, step.key("authorize"))
    return [_asked(row) for row in await connection.fetch(_OPEN, step.order_id)]


async def perhaps_made(connection: Connection, order_id: OrderId) -> list[AskedAuthorization]:
    """Every round that was made, or whose answer may be lost: what is held of a gift card is certain."""
    return [_asked(row) for row in await connection.fetch(_PERHAPS_MADE, order_id)]


async def record_made(
    connection: Connection,
    order_id: OrderId,
    asked: AskedAuthorization,
    *,
    authorization_ref: str,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    """It is the tender's from now on; what is held of a gift card does not lapse."""
    about = (order_id, asked.tender_id, asked.round, authorization_ref)
    await connection.execute(_AUTHORIZED, *about, now)
    await connection.execute(_CURRENT, *about, expires_at)


async def record_declined(connection: Connection, order_id: OrderId, asked: AskedAuthorization, code: str) -> None:
    await connection.execute(_DECLINED, order_id, asked.tender_id, asked.round, code)


async def set_status(
    connection: Connection, order_id: OrderId, asked: AskedAuthorization, status: AuthorizationStatus
) -> None:
    await connection.execute(_SET, order_id, asked.tender_id, asked.round, status)


def may_be_captured(order: asyncpg.Record) -> dict[str, int]:
    """Minor units by tender, of those of which there are any."""
    money = PaidOrder.model_validate(order["money"])
    return {tender.tender_id: tender.authorized_minor for tender in money.tenders if tender.authorized_minor}


async def renew(
    connection: Connection, order: asyncpg.Record, now: datetime, lead: timedelta, policy: PaymentPolicy
) -> bool:
    """Ask anew for what may still be captured of what lapses within the lead; whether anything is being asked for.

    Each is renewed once, if who holds the money can do that. One that lives no longer than the lead never is: the next
    one would be as short. Captures that are planned already stay with the round they were planned on. Under the
    order's lock.
    """
    amounts = may_be_captured(order)
    key = f"{order_workflow_id(order['number'])}:authorize"
    about = (order["order_id"], key, list(amounts), list(amounts.values()))
    await connection.execute(_RENEW, *about, now + lead, lead, reauthorized(policy))
    is_asked = bool(await renewing(connection, order["order_id"]))
    if is_asked:
        await order_rows.wait_if_for_nobody(connection, order["order_id"], PAYMENT_PROVIDER)
    return is_asked


async def renew_first(connection: Connection, order: asyncpg.Record, now: datetime, lead: timedelta) -> bool:
    """The same for a consignment that cannot leave otherwise: the order's process asks, and tells it to try again."""
    policy = await policy_of(connection, order["policy_version"])
    is_asked = await renew(connection, order, now, lead, policy.payment)
    if is_asked:
        workflow_id = order_workflow_id(order["number"])
        await owe_signal(connection, workflow_id=workflow_id, signal="handed_over", ref=order["order_id"])
    return is_asked


async def renewing(connection: Connection, order_id: OrderId) -> list[AskedAuthorization]:
    return [_asked(row) for row in await connection.fetch(_RENEWING, order_id)]


async def record_renewed(
    connection: Connection, order: asyncpg.Record, asked: AskedAuthorization, made: Authorization, now: datetime
) -> None:
    """The one before it is to be voided if nothing was captured of it; else what is left of it lapses.

    If meanwhile nothing may be captured any more, it is this one that is not needed.
    """
    order_id, ref = order["order_id"], made.authorization_ref
    if asked.tender_id in may_be_captured(order):
        await record_made(connection, order_id, asked, authorization_ref=ref, expires_at=made.expires_at, now=now)
        await connection.execute(_IS_REPLACED, order_id, asked.tender_id, asked.round)
    else:
        await connection.execute(_AUTHORIZED, order_id, asked.tender_id, asked.round, ref, now)
        await set_status(connection, order_id, asked, AuthorizationStatus.REPLACED)


async def replaced(connection: Connection, order_id: OrderId) -> list[ReplacedAuthorization]:
    rows = await connection.fetch(_REPLACED, order_id)
    return [
        ReplacedAuthorization(**_asked(row).model_dump(), authorization_ref=row["authorization_ref"]) for row in rows
    ]


def _asked(row: asyncpg.Record) -> AskedAuthorization:
    return AskedAuthorization(**dict(row), amount=Money(amount_minor=row["amount_minor"], currency=row["currency"]))
