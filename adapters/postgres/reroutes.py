"""An order that is to go elsewhere than it was assessed for: held until a person said whether it may."""

from datetime import datetime

import asyncpg

from adapters.postgres import approvals, order_rows, order_state
from adapters.postgres.cancel import request_cancel
from adapters.postgres.database import Connection
from adapters.postgres.holds import hold_by_steward, release_ours
from adapters.postgres.policies import policy_of
from contracts.actors import STEWARD
from contracts.money import Money
from contracts.order import OrderStep
from contracts.reasons import CancelReason, HoldReason
from decisions.briefing import reroute_question
from decisions.calendar import business_days_later
from decisions.cancellation import cancelable


async def review_again(connection: Connection, order: asyncpg.Record, now: datetime) -> None:
    """On the order's locked row. Whoever is asked about it already is asked anew."""
    order_id = order["order_id"]
    if await approvals.tell_of_change(connection, order_id, "It goes to another region than before.", now):
        return
    await hold_by_steward(connection, order_id, HoldReason.HIGH_RISK_OF_FRAUD, now)
    policy = await policy_of(connection, order["policy_version"])
    step = OrderStep(order_id=order_id, number=order["number"], policy_version=order["policy_version"], now=now)
    total = Money(amount_minor=order["total_minor"], currency=order["currency"])
    due_at = business_days_later(now, policy.risk.review_business_days, policy.time_zone)
    await approvals.ask(connection, step, reroute_question(order["number"], total), due_at)


async def settle_reroute(
    connection: Connection,
    step: OrderStep,
    question: asyncpg.Record,  # noqa: ARG001 - there is one at a time
    *,
    approved: bool,
) -> None:
    """It goes on, or what has not left is canceled; neither is held any more."""
    state = await order_state.load(connection, step.order_id)
    await release_ours(connection, step.order_id, state, HoldReason.HIGH_RISK_OF_FRAUD, step.now)
    units = cancelable(state)
    if not approved and units:
        await request_cancel(
            connection,
            await order_rows.lock(connection, step.order_id),
            state,
            units,
            actor=STEWARD,
            source="process",
            reason_code=CancelReason.FRAUD,
            now=step.now,
        )
