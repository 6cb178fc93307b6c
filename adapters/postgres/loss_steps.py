"""A consignment that left and will not arrive, as its steps record it: lost, sent back, or given up."""

from datetime import datetime
from typing import Final

import asyncpg
from pydantic import JsonValue

from adapters.postgres import events, order_rows, order_state, shipment_rows
from adapters.postgres.database import Connection, Database
from adapters.postgres.stock import Moving, move
from adapters.postgres.wakeups import owe_signal
from contracts.actors import STEWARD
from contracts.events import Event, EventType
from contracts.ids import shipment_workflow_id
from contracts.policy import Remedy, TransitPolicy
from contracts.reasons import CancelReason
from contracts.shipment import LossAnswer, ShipmentStep
from contracts.states import FulfillmentStatus, ShipmentStatus
from decisions.cancellation import after_failing
from decisions.tracking import has_failed

_PARCELS: Final = "select * from shipments where fulfillment_id = $1 and voided_at is null order by position"
_WHY: Final = "update orders set cancel_reason = coalesce(cancel_reason, $2) where order_id = $1"
_LOSE: Final = "update shipments set status = 'lost', status_at = $2 where shipment_id = $1"


class PostgresLosses:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def record_loss(self, step: ShipmentStep, policy: TransitPolicy, *, given_up: bool) -> LossAnswer:
        """End the consignment as failed, if by its parcels it is; the order sends it again or refunds it.

        `given_up`: patience is over, so a parcel that was not scanned for the policy's time is taken for lost.
        """
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.consignment.order_id)
            parcels = await connection.fetch(_PARCELS, step.consignment.fulfillment_id)
            if given_up and (still := _last_sign_of_life(parcels) + policy.lost_after) > step.now:
                return LossAnswer(outcome="not_yet", patience_ends_at=still)
            if given_up:
                parcels = await _give_up(connection, step, parcels)
            statuses = [ShipmentStatus(parcel["status"]) for parcel in parcels]
            if given_up and ShipmentStatus.DELIVERED in statuses:
                await _close_in_part(connection, step)
                return LossAnswer(outcome="failed")
            if not has_failed(statuses):
                return LossAnswer(outcome="not_yet")
            returned = all(status is ShipmentStatus.RETURNED_TO_SENDER for status in statuses)
            await _fail(connection, step, remedy=policy.returned if returned else policy.lost, returned=returned)
            return LossAnswer(outcome="failed")


def _last_sign_of_life(parcels: list[asyncpg.Record]) -> datetime:
    moments: list[datetime] = [
        max(parcel["status_at"] or parcel["expected_at"], parcel["expected_at"]) for parcel in parcels
    ]
    return max(moments)


async def _give_up(connection: Connection, step: ShipmentStep, parcels: list[asyncpg.Record]) -> list[asyncpg.Record]:
    for parcel in parcels:
        if parcel["status"] not in {ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED_TO_SENDER, ShipmentStatus.LOST}:
            await connection.execute(_LOSE, parcel["shipment_id"], step.now)
            lost = Event(
                type=EventType.SHIPMENT_LOST,
                occurred_at=step.now,
                actor=STEWARD,
                subject=parcel["shipment_id"],
                facts={"number": step.consignment.number, "because": "nobody scanned it any more"},
            )
            await events.append(connection, step.consignment.order_id, lost)
    return await connection.fetch(_PARCELS, step.consignment.fulfillment_id)


async def _close_in_part(connection: Connection, step: ShipmentStep) -> None:
    """A part arrived and a part never will: nobody knows which units, so a person has to settle it."""
    await shipment_rows.close(connection, step, FulfillmentStatus.CLOSED)
    facts: dict[str, JsonValue] = {"because": "lost_in_part", "remedy": "a person has to look"}
    await shipment_rows.tell(connection, step, EventType.FULFILLMENT_INCOMPLETE, facts=facts)


async def _fail(connection: Connection, step: ShipmentStep, *, remedy: Remedy, returned: bool) -> None:
    consignment = step.consignment
    row = await connection.fetchrow(
        "select status from fulfillments where fulfillment_id = $1", consignment.fulfillment_id
    )
    if row is None or row["status"] == FulfillmentStatus.INCOMPLETE:
        return
    before = await order_state.load(connection, consignment.order_id)
    after = after_failing(before, consignment.number, again=remedy == "send_again")
    for number in await order_state.save(connection, consignment.order_id, before, after):
        workflow_id = shipment_workflow_id(number)
        await owe_signal(connection, workflow_id=workflow_id, signal="recall", ref=consignment.order_id)
    await shipment_rows.close(connection, step, FulfillmentStatus.INCOMPLETE)
    if remedy == "refund":
        await connection.execute(_WHY, consignment.order_id, CancelReason.OTHER)
    moving = Moving(
        key=step.key("fail"),
        from_bucket="sold",
        to_bucket="quarantined" if returned else "lost",  # somebody looks at what came back before it is sold again
        reason="returned to sender" if returned else "lost on the way",
    )
    await move(connection, moving, await shipment_rows.units_left(connection, step), step.now)
    because = "returned_to_sender" if returned else "lost"
    await shipment_rows.tell(
        connection, step, EventType.FULFILLMENT_INCOMPLETE, facts={"because": because, "remedy": remedy}
    )
