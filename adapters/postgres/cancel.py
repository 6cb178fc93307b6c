"""A cancel as door and steps record it: on the order's locked row, so that it or the hand-over is first."""

from datetime import datetime

import asyncpg

from adapters.postgres import additions, approvals, events, order_state
from adapters.postgres.database import Connection
from adapters.postgres.wakeups import owe_signal
from contracts.actors import STEWARD, Actor
from contracts.events import Event, EventType, Source
from contracts.ids import NoteRef, order_workflow_id, shipment_workflow_id
from contracts.order import OrderStep
from contracts.order_state import LineUnits, OrderState
from contracts.reasons import CancelReason
from contracts.states import OrderStatus
from contracts.waiting import UNDOING
from contracts.wakeups import Wakeup
from decisions.cancellation import ends_the_order, with_cancel_requested


async def request_cancel(
    connection: Connection,
    order: asyncpg.Record,
    state: OrderState,
    units: LineUnits,
    *,
    actor: Actor,
    source: Source,
    reason_code: str,
    note_ref: NoteRef | None = None,
    now: datetime,
) -> list[Wakeup]:
    """Ask for these units, which have to be cancelable, to be canceled; their consignments are recalled.

    If nothing but them was to be delivered, the order is as good as over, and open questions go with it.
    """
    after = with_cancel_requested(state, units)
    recalled = await order_state.save(connection, order["order_id"], state, after)
    whole = ends_the_order(after)
    if whole:
        await connection.execute(
            "update orders set cancel_requested = true, cancel_reason = $2, status = $3,"
            " waiting_on = $4, waiting_until = null where order_id = $1",
            order["order_id"],
            reason_code,
            OrderStatus.CANCEL_REQUESTED,
            UNDOING,
        )
    requested = Event(
        type=EventType.ORDER_CANCEL_REQUESTED,
        occurred_at=now,
        actor=actor,
        source=source,
        reason_code=reason_code,
        note_ref=note_ref,
        facts={} if whole else {"units": dict(units)},
    )
    await events.append(connection, order["order_id"], requested)
    if whole:
        await approvals.cancel_open(connection, order["order_id"], now)
        await additions.withdraw(connection, order["order_id"], now)
    else:
        await approvals.tell_of_change(connection, order["order_id"], "Some of its units are canceled.", now)
    told = [(order_workflow_id(order["number"]), "commanded")]
    told += [(shipment_workflow_id(number), "recall") for number in recalled]
    return [
        await owe_signal(connection, workflow_id=workflow_id, signal=signal, ref=order["order_id"])
        for workflow_id, signal in told
    ]


async def give_up(
    connection: Connection, step: OrderStep, order: asyncpg.Record, state: OrderState, units: LineUnits
) -> None:
    """What cannot be sent is canceled, as if at the door."""
    await request_cancel(
        connection,
        order,
        state,
        units,
        actor=STEWARD,
        source="process",
        reason_code=CancelReason.INVENTORY,
        now=step.now,
    )
