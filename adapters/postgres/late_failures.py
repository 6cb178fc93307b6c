"""Captures that the provider takes back later, as a direct debit that bounces: refused after all, and asked about."""

from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres import events, order_rows, payment_rows, refused_moves
from adapters.postgres.database import Connection
from adapters.postgres.wakeups import owe_signal
from contracts.actors import PAYMENTS
from contracts.events import Event, EventType
from contracts.ids import OrderId, order_workflow_id
from contracts.money import Money
from contracts.order import OrderStep
from contracts.wakeups import Wakeup
from contracts.webhooks import CaptureFailure, Told
from decisions.tracking import happened_at

_ORDER_OF: Final = "select order_id from money_moves where key = $1 and kind = 'capture'"
# Also one that is not on record as done yet: whoever is about to record it finds that it failed.
_TAKE_BACK: Final = """
update money_moves set status = 'refused', refused_code = $2, failed_at = $3
where key = $1 and kind = 'capture' and status <> 'refused' returning *
"""


async def take_back(connection: Connection, failure: CaptureFailure, now: datetime) -> tuple[Told, list[Wakeup]]:
    """Once; a capture that nobody knows is unmatched."""
    order_id = await connection.fetchval(_ORDER_OF, failure.key)
    if order_id is None:
        return Told(outcome="unmatched"), []
    order = await order_rows.lock(connection, order_id)
    move = await connection.fetchrow(_TAKE_BACK, failure.key, failure.code, now)
    if move is None:
        return Told(outcome="stored"), []
    await payment_rows.recount_captures(connection, order_id, move["tender_id"])
    await payment_rows.refresh_status(connection, order_id)
    amount = Money(amount_minor=move["amount_minor"], currency=order["currency"])
    failed = Event(
        type=EventType.PAYMENT_FAILED,
        occurred_at=happened_at(failure.occurred_at, now),
        actor=PAYMENTS,
        source="webhook",
        facts={
            "tender_id": move["tender_id"],
            "amount": amount.model_dump(mode="json"),
            "attempted": "capture",
            "code": failure.code,
        },
    )
    await events.append(connection, order_id, failed)
    await refused_moves.ask_about(connection, step_of(order, now), move["move_id"])
    return Told(outcome="applied"), [await look_again(connection, order)]


def step_of(order: asyncpg.Record, now: datetime) -> OrderStep:
    return OrderStep(
        order_id=OrderId(order["order_id"]), number=order["number"], policy_version=order["policy_version"], now=now
    )


async def look_again(connection: Connection, order: asyncpg.Record) -> Wakeup:
    """The order's process, also of a closed order if there is something to do again."""
    workflow_id = order_workflow_id(order["number"])
    return await owe_signal(connection, workflow_id=workflow_id, signal="commanded", ref=order["order_id"])
