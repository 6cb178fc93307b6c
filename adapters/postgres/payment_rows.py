"""What money moves do to an order's tenders, and the payment status that follows from its rows."""

from typing import Final

from adapters.postgres import gift_cards
from adapters.postgres.database import Connection, require_row
from contracts.ids import OrderId
from contracts.order import OrderStep
from contracts.payments import MoneyMove, PaymentFacts
from contracts.refunds import PaidOrder, UnitState
from decisions.payment import payment_status

# A capture may be taken back after something was given back of it: what was given back counts as captured all the same.
_CAPTURED: Final = """
update tenders t set captured_minor = greatest(refunded_minor, (
    select coalesce(sum(m.amount_minor), 0) from money_moves m
    where m.order_id = t.order_id and m.tender_id = t.tender_id and m.kind = 'capture' and m.status = 'done'
)) where order_id = $1 and tender_id = $2
"""
_REFUNDED: Final = """
update tenders set refunded_minor = refunded_minor + $3, captured_minor = greatest(captured_minor, refunded_minor + $3)
where order_id = $1 and tender_id = $2
"""
_VOIDED: Final = """
update tenders set voided_at = now(), released_minor = released_minor + $3 where order_id = $1 and tender_id = $2
"""
_RELEASED: Final = "update tenders set released_minor = released_minor + $3 where order_id = $1 and tender_id = $2"
_AMOUNTS: Final = {MoneyMove.REFUND: _REFUNDED, MoneyMove.VOID: _VOIDED, MoneyMove.RELEASE: _RELEASED}
_TENDERS: Final = """
select sum(captured_minor)::bigint as captured, sum(refunded_minor)::bigint as refunded from tenders where order_id = $1
"""
_MOVES: Final = """
select coalesce(sum(amount_minor) filter (where kind = 'capture' and status = 'planned'), 0)::bigint as planned,
       coalesce(sum(amount_minor) filter (where kind = 'capture' and resolution = 'given_up'), 0)::bigint as given_up,
       coalesce(bool_or(status = 'refused' and resolution is null), false) as has_failed,
       exists (select from disputes d where d.order_id = $1 and d.status = 'open') as is_disputed
from money_moves where order_id = $1
"""


async def apply(
    connection: Connection, step: OrderStep, kind: MoneyMove, tender_id: str, key: str, amount_minor: int
) -> None:
    """What was done, by its row, to the tender; and to the gift card if it is one."""
    if kind is MoneyMove.CAPTURE:
        await recount_captures(connection, step.order_id, tender_id)
    else:
        await connection.execute(_AMOUNTS[kind], step.order_id, tender_id, amount_minor)
    await gift_cards.move(connection, step, tender_id, kind, key, amount_minor)


async def recount_captures(connection: Connection, order_id: OrderId, tender_id: str) -> None:
    """What was captured is what the captures that were done come to."""
    await connection.execute(_CAPTURED, order_id, tender_id)


async def refresh_status(connection: Connection, order_id: OrderId) -> None:
    """On the order's locked row."""
    money = await connection.fetchval("select money from orders where order_id = $1", order_id)
    moves = require_row(await connection.fetchrow(_MOVES, order_id), "money moves")
    tenders = require_row(await connection.fetchrow(_TENDERS, order_id), "sum of tenders")
    paid = PaidOrder.model_validate(money)
    facts = PaymentFacts(
        **dict(tenders),
        may_be_captured=paid.authorized_minor + moves["planned"],
        for_nothing=any(line.count(UnitState.CAPTURED) for line in paid.lines),
        given_up=moves["given_up"],
        has_failed=moves["has_failed"],
        is_disputed=moves["is_disputed"],
    )
    await connection.execute(
        "update orders set payment_status = $2 where order_id = $1", order_id, payment_status(facts)
    )
