"""What there is to tell, read from the rows as they are now; None once it is not so any more."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, Final, TypeAlias

import asyncpg

from adapters.postgres import goods_told
from adapters.postgres.database import Connection, require_row
from adapters.postgres.policies import policy_of
from adapters.postgres.risk_facts import risk_facts
from contracts.events import EventType
from contracts.ids import OrderId
from contracts.messages import MessageStep
from contracts.money import Money
from contracts.outreach import BackorderChoice, Canceled, CardDeclined, Case, Confirmation, Held, Occasion, Purpose
from contracts.policy import OutreachPolicy
from contracts.reasons import CancelReason
from contracts.states import OrderStatus
from contracts.waiting import CUSTOMER_TO_PAY
from decisions.calendar import business_days_later
from decisions.risk import assess

_ORDER: Final = """
select o.*, a.recipient, m.subject, m.number as message_number
from messages m join orders o using (order_id) join addresses a on a.address_ref = o.shipping_address_ref
where m.message_id = $1
"""
_REVIEW: Final = """
select due_at from approvals where order_id = $1 and kind = 'risk_review' and status in ('pending', 'changes_requested')
"""
_DECLINED: Final = """
select sum(t.amount_minor)::bigint from tenders t join authorizations a using (order_id, tender_id, round)
where t.order_id = $1 and a.status = 'declined' and t.authorization_ref is null
"""
_TOLD_OF: Final = "select type, facts, occurred_at from events where aggregate_id = $1 and sequence = $2"
_ASKED_FOR: Final = """
select reason_code from events e
where aggregate_id = $1 and sequence < $2 and type = 'order.cancel_requested'
      and not exists (select from events u where u.aggregate_id = e.aggregate_id and u.type = 'order.updated'
                                                 and u.facts ? 'canceled' and u.sequence > e.sequence
                                                 and u.sequence < $2)
order by sequence desc limit 1
"""
# What was refused, and nobody decided about, stays owed: nobody knows by when it is given back.
_MONEY: Final = """
select coalesce(sum(authorized_minor), 0)::bigint as authorized, coalesce(sum(captured_minor), 0)::bigint as captured,
       refunds.*
from tenders cross join lateral (
    select coalesce(sum(amount_minor), 0)::bigint as refund, coalesce(bool_or(status = 'refused'), false) as is_stuck
    from money_moves m where m.order_id = $1 and m.kind = 'refund'
         and (m.status <> 'refused' or m.resolution is null and m.refused_code <> 'not_captured')
) refunds
where order_id = $1 group by refunds.refund, refunds.is_stuck
"""
_CANCELED: Final = """
select coalesce(sum((facts->>'refund_minor')::bigint + (facts->>'released_minor')::bigint), 0)::bigint
from events where aggregate_id = $1 and type = 'order.updated' and facts ? 'canceled'
"""
_HISTORY: Final = """
select count(distinct e.order_id) filter (where e.status = 'completed') as delivered_before,
       count(distinct d.order_id) as disputed_before
from orders o join orders e on e.customer_ref = o.customer_ref and e.number < o.number
left join disputes d on d.order_id = e.order_id where o.order_id = $1
"""

Common: TypeAlias = dict[str, Any]
Reader: TypeAlias = Callable[[Connection, asyncpg.Record, Common, OutreachPolicy], Awaitable[Occasion | None]]


async def occasion_of(connection: Connection, step: MessageStep) -> Occasion | None:
    """As of one moment if the order is locked or in a snapshot. Raises LookupError."""
    order = require_row(await connection.fetchrow(_ORDER, step.message_id), f"message {step.number}")
    policy = (await policy_of(connection, step.policy_version)).outreach
    common = {
        "brand": policy.brand,
        "locale": order["locale"],
        "time_zone": order["time_zone"],
        "now": step.now,
        "order_number": order["number"],
        "recipient": order["recipient"],
    }
    return await _READERS[step.purpose](connection, order, common, policy)


async def _confirmation(
    connection: Connection, order: asyncpg.Record, common: Common, _: OutreachPolicy
) -> Occasion | None:
    items = await goods_told.wanted(connection, order["order_id"])
    if order["cancel_requested"] or order["status"] == OrderStatus.CANCELED or not items:
        return None
    canceled = await connection.fetchval(_CANCELED, order["order_id"])
    return Confirmation(
        **common,
        items=items,
        total=_money(order, order["total_minor"] - canceled),
        shipping=_money(order, order["shipping_minor"]),
        promise_latest=_if_to_come(order["promise_latest"], common),
    )


async def _held(connection: Connection, order: asyncpg.Record, common: Common, _: OutreachPolicy) -> Occasion | None:
    due_at = await connection.fetchval(_REVIEW, order["order_id"])
    return None if due_at is None or due_at <= common["now"] else Held(**common, decided_by=due_at)


async def _declined(
    connection: Connection, order: asyncpg.Record, common: Common, _: OutreachPolicy
) -> Occasion | None:
    amount = await connection.fetchval(_DECLINED, order["order_id"])
    if order["waiting_on"] != CUSTOMER_TO_PAY or order["waiting_until"] <= common["now"] or not amount:
        return None
    return CardDeclined(**common, amount=_money(order, amount), pay_by=order["waiting_until"])


async def _backorder(
    connection: Connection, order: asyncpg.Record, common: Common, _: OutreachPolicy
) -> Occasion | None:
    if not order["waits_for_stock"] or order["short_until"] <= common["now"] or order["cancel_requested"]:
        return None
    missing, others = await goods_told.missing(connection, order["order_id"])
    return BackorderChoice(
        **common, missing=missing, can_ship_rest=others and not order["ship_available"], choose_by=order["short_until"]
    )


async def _canceled(
    connection: Connection, order: asyncpg.Record, common: Common, policy: OutreachPolicy
) -> Occasion | None:
    sequence = int(order["message_number"].split("-")[1])
    told = require_row(await connection.fetchrow(_TOLD_OF, order["order_id"], sequence), f"event {sequence}")
    by = business_days_later(told["occurred_at"], policy.refund_business_days, order["time_zone"]).date()
    refund_by, charged = _if_to_come(by, common), False
    whole = told["type"] == EventType.ORDER_CANCELED
    if whole:
        money = require_row(await connection.fetchrow(_MONEY, order["order_id"]), "sum of tenders")
        refund, released = money["refund"], money["authorized"] - money["captured"]
        charged, refund_by = money["captured"] > 0, None if money["is_stuck"] else refund_by
        items = await goods_told.ordered(connection, order["order_id"])
    else:
        if order["status"] == OrderStatus.CANCELED or await goods_told.all_canceled(connection, order["order_id"]):
            return None  # the end of the order tells of all of it
        refund, released = told["facts"]["refund_minor"], told["facts"]["released_minor"]
        items = await goods_told.of_lines(connection, order["order_id"], told["facts"]["canceled"])
    reason = order["cancel_reason"] if whole else await _why(connection, order["order_id"], sequence)
    return Canceled(
        **common,
        items=items,
        whole=whole,
        reason=reason,
        charged=charged,
        refund=_money(order, refund) if refund else None,
        refund_by=refund_by if refund else None,
        released=_money(order, released) if released else None,
    )


async def _why(connection: Connection, order_id: OrderId, sequence: int) -> str:
    """Who asked for units to be canceled said why; what was not asked for has no reason that is told."""
    return await connection.fetchval(_ASKED_FOR, order_id, sequence) or CancelReason.OTHER


async def _case(connection: Connection, order: asyncpg.Record, common: Common, _: OutreachPolicy) -> Occasion | None:
    due_at = await connection.fetchval(_REVIEW, order["order_id"])
    if due_at is None:
        return None
    history = require_row(await connection.fetchrow(_HISTORY, order["order_id"]), "history")
    policy = await policy_of(connection, order["policy_version"])
    facts = await risk_facts(connection, order["order_id"], policy.risk.disposable_domains)
    return Case(
        **common | {"time_zone": policy.time_zone},
        items=await goods_told.ordered(connection, order["order_id"]),
        total=_money(order, order["total_minor"]),
        facts=facts,
        assessment=assess(facts, policy.risk, order["currency"]),
        decide_by=due_at,
        **dict(history),
    )


def _if_to_come(day: date | None, common: Common) -> date | None:
    """A promise is told before its day."""
    return day if day and day > goods_told.day_of(common["now"], common["time_zone"]) else None


def _money(order: asyncpg.Record, amount_minor: int) -> Money:
    return Money(amount_minor=amount_minor, currency=order["currency"])


_READERS: Final[Mapping[Purpose, Reader]] = {
    Purpose.ORDER_CONFIRMATION: _confirmation,
    Purpose.ORDER_HELD: _held,
    Purpose.SHIPPED: goods_told.shipped,
    Purpose.DELIVERED: goods_told.delivered,
    Purpose.CANCELED: _canceled,
    Purpose.CARD_DECLINED: _declined,
    Purpose.BACKORDER_CHOICE: _backorder,
    Purpose.CASE_SUMMARY: _case,
}
