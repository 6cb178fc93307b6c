"""Messages that are owed: a row and a wake-up in the transaction of the event that there is to tell of."""

from typing import Final

from adapters.postgres.database import Connection, require_row
from adapters.postgres.new_id import new_id
from adapters.postgres.wakeups import owe_start
from contracts.clock import BusinessClock
from contracts.events import Event
from contracts.ids import MessageId, OrderId, message_workflow_id
from contracts.messages import MessageStart
from contracts.outreach import Purpose
from decisions.messages import kind_of, purposes_of, subject_of

_INSERT: Final = """
insert into messages (message_id, number, order_id, purpose, subject, kind, created_at)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_ORDER: Final = "select number, policy_version from orders where order_id = $1"
_CLOCK: Final = "select wall_epoch, business_epoch, pace from business_clock"


async def owe(connection: Connection, order_id: OrderId, sequence: int, event: Event) -> None:
    """What is to be told of the event, if anything: to the customer, to staff."""
    for purpose in purposes_of(event):
        await _owe(connection, order_id, sequence, event, purpose)


async def _owe(connection: Connection, order_id: OrderId, sequence: int, event: Event, purpose: Purpose) -> None:
    order = require_row(await connection.fetchrow(_ORDER, order_id), f"order {order_id}")
    clock = require_row(await connection.fetchrow(_CLOCK), "business clock")
    kind = kind_of(purpose)
    number = f"{order['number']}-{sequence}" + ("-staff" if kind == "staff" else "")
    message_id = MessageId(new_id("msg"))
    subject = subject_of(event, sequence)
    await connection.execute(_INSERT, message_id, number, order_id, purpose, subject, kind, event.occurred_at)
    start = MessageStart(
        message_id=message_id,
        number=number,
        purpose=purpose,
        order_id=order_id,
        order_number=order["number"],
        policy_version=order["policy_version"],
        clock=BusinessClock.model_validate(dict(clock)),
    )
    await owe_start(
        connection,
        workflow_id=message_workflow_id(number),
        workflow="message",
        task_queue="outreach",
        payload=start.model_dump(mode="json"),
        summary=f"{purpose.replace('_', ' ').capitalize()}, order {order['number']}",
    )
