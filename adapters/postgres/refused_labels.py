"""A label that its carrier will not sell, applied under the order's lock: asked back, and a person has to look."""

from typing import Final

from pydantic import JsonValue

from adapters.postgres import order_rows, shipment_rows
from adapters.postgres.database import Connection
from adapters.postgres.holds import hold_by_steward
from adapters.postgres.wakeups import owe_signal
from contracts.events import EventType
from contracts.ids import shipment_workflow_id
from contracts.shipment import ShipmentStep
from contracts.states import RequestStatus
from decisions.refused_labels import holds_the_order

_REQUEST: Final = """
select request from fulfillments f
where fulfillment_id = $1 and handed_over_at is null and status in ('open', 'in_progress')
      and not exists (select from shipments s where s.fulfillment_id = f.fulfillment_id and s.position = $2)
"""
_ASK_BACK: Final = "update fulfillments set request = 'cancel_requested' where fulfillment_id = $1"


async def refuse_label(connection: Connection, step: ShipmentStep, position: int, code: str) -> bool:
    """Whether it comes back, or has the label by now; its order is held until somebody has looked at it.

    One that its node keeps stays where it is: then only the carrier can change its mind.
    """
    consignment = step.consignment
    await order_rows.lock(connection, consignment.order_id)
    request = await connection.fetchval(_REQUEST, consignment.fulfillment_id, position)
    if request is None or request == RequestStatus.CANCEL_REQUESTED:
        return True
    await hold_by_steward(connection, consignment.order_id, holds_the_order(code), step.now)
    if request == RequestStatus.CANCEL_REJECTED:
        return False
    await connection.execute(_ASK_BACK, consignment.fulfillment_id)
    facts: dict[str, JsonValue] = {"carrier": consignment.carrier, "code": code}
    await shipment_rows.tell(connection, step, EventType.SHIPMENT_LABEL_REFUSED, facts=facts)
    workflow_id = shipment_workflow_id(consignment.number)
    await owe_signal(connection, workflow_id=workflow_id, signal="recall", ref=consignment.fulfillment_id)
    return True
