"""Parcels that left and will not arrive, as a consignment's steps record it: lost, sent back, or given up."""

from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres import events, order_rows
from adapters.postgres.database import Connection, Database
from adapters.postgres.losing import Loss, end_if_over, lock_stock, lose, parcels_of
from contracts.actors import STEWARD
from contracts.events import Event, EventType
from contracts.policy import TransitPolicy
from contracts.shipment import LossAnswer, ShipmentStep
from contracts.states import ShipmentStatus
from decisions.tracking import has_failed

_GIVE_UP: Final = "update shipments set status = 'lost', status_at = $2 where shipment_id = $1"


class PostgresLosses:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def record_loss(self, step: ShipmentStep, policy: TransitPolicy, *, given_up: bool) -> LossAnswer:
        """Settle each parcel that will not arrive: the order sends its units again or refunds them.

        `given_up`: patience is over, so parcels that were not scanned for the policy's time are taken for lost.
        """
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.consignment.order_id)
            if given_up:
                await _give_up(connection, step, policy)
            await lock_stock(connection, step.consignment.fulfillment_id)
            for parcel in await parcels_of(connection, step.consignment.fulfillment_id):
                status = ShipmentStatus(parcel["status"])
                if has_failed(status):
                    await lose(connection, parcel, _loss(status, policy), step.now)
            outcome = await end_if_over(connection, step.consignment.fulfillment_id)
            parcels = await parcels_of(connection, step.consignment.fulfillment_id)
        waited_for = [_until(parcel, policy) for parcel in parcels if not _arrived(parcel)]
        return LossAnswer(outcome=outcome, patience_ends_at=min(waited_for, default=None))


def _loss(status: ShipmentStatus, policy: TransitPolicy) -> Loss:
    """Somebody looks at what came back before it is sold again."""
    if status is ShipmentStatus.RETURNED_TO_SENDER:
        return Loss(because="returned_to_sender", bucket="quarantined", remedy=policy.returned)
    return Loss(because="lost", bucket="lost", remedy=policy.lost)


def _arrived(parcel: asyncpg.Record) -> bool:
    return bool(parcel["status"] == ShipmentStatus.DELIVERED)


def _until(parcel: asyncpg.Record, policy: TransitPolicy) -> datetime:
    """The last sign of life, or what its carrier promised, and then the policy's time."""
    last: datetime = max(parcel["seen_at"] or parcel["expected_at"], parcel["expected_at"])
    return last + policy.lost_after


async def _give_up(connection: Connection, step: ShipmentStep, policy: TransitPolicy) -> None:
    for parcel in await parcels_of(connection, step.consignment.fulfillment_id):
        if _arrived(parcel) or has_failed(ShipmentStatus(parcel["status"])) or _until(parcel, policy) > step.now:
            continue
        await connection.execute(_GIVE_UP, parcel["shipment_id"], step.now)
        lost = Event(
            type=EventType.SHIPMENT_LOST,
            occurred_at=step.now,
            actor=STEWARD,
            subject=parcel["shipment_id"],
            facts={"number": step.consignment.number, "because": "nobody scanned it any more"},
        )
        await events.append(connection, step.consignment.order_id, lost)
