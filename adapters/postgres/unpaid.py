"""A consignment whose money cannot be captured in time any more: authorized anew, or not handed over."""

from typing import Final

import asyncpg

from adapters.postgres import authorizations, order_rows, order_state
from adapters.postgres.cancel import request_cancel
from adapters.postgres.database import Connection
from adapters.postgres.holds import hold_by_steward
from contracts.actors import STEWARD
from contracts.order_state import Recall
from contracts.policy import TransitPolicy
from contracts.reasons import CancelReason, HoldReason
from contracts.shipment import HandOverAnswer, ShipmentStep
from decisions.cancellation import cancelable

_UNPAID: Final = """
select exists (select from tenders where order_id = $1 and tender_id = any($2) and expires_at < $3)
"""


async def is_unpaid(connection: Connection, step: ShipmentStep, policy: TransitPolicy) -> bool:
    """Whether an authorization has lapsed, or will before what is left of it by the plan can be captured.

    A capture that is planned, refused or taken back is a matter of its own: what has not left is not canceled for it.
    """
    order = await order_rows.lock(connection, step.consignment.order_id)
    left = list(authorizations.may_be_captured(order))
    last_moment = step.now + policy.time_to_capture
    return bool(await connection.fetchval(_UNPAID, step.consignment.order_id, left, last_moment))


async def cancel_unpaid(
    connection: Connection, step: ShipmentStep, order: asyncpg.Record, policy: TransitPolicy
) -> HandOverAnswer:
    """Nothing leaves that cannot be paid for any more, nor be authorized anew: it is canceled, as if at the door."""
    if await authorizations.renew_first(connection, order, step.now, policy.time_to_capture):
        return HandOverAnswer(outcome="not_yet")
    state = await order_state.load(connection, step.consignment.order_id)
    (own,) = [each for each in state.consignments if each.number == step.consignment.number]
    if own.recall is Recall.REFUSED:  # it cannot come back either
        await hold_by_steward(connection, step.consignment.order_id, HoldReason.AWAITING_PAYMENT, step.now)
        return HandOverAnswer(outcome="not_yet")
    await request_cancel(
        connection,
        order,
        state,
        cancelable(state),
        actor=STEWARD,
        source="process",
        reason_code=CancelReason.PAYMENT_DECLINED,
        now=step.now,
    )
    return HandOverAnswer(outcome="recalled")
