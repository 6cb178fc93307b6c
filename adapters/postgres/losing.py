"""A parcel that will not arrive, or did not: its units leave the consignment, and are sent again or given back."""

from collections import Counter
from datetime import datetime
from typing import Final, Literal

import asyncpg

from adapters.postgres import events, order_state
from adapters.postgres.database import Connection
from adapters.postgres.stock import Moving, move
from adapters.postgres.wakeups import owe_signal
from contracts.actors import STEWARD
from contracts.base import Contract
from contracts.events import Event, EventType
from contracts.ids import NodeId, OrderId, Sku, order_workflow_id, shipment_workflow_id
from contracts.order_state import LineUnits
from contracts.policy import Remedy
from contracts.states import FulfillmentStatus, ShipmentStatus
from contracts.stock import Bucket
from contracts.wakeups import Wakeup
from decisions.cancellation import after_losing

_PARCELS: Final = """
select s.*, f.order_id, f.number, f.node_id, o.number as order_number
from shipments s join fulfillments f using (fulfillment_id) join orders o using (order_id)
where s.fulfillment_id = $1 and s.voided_at is null and s.settled_at is null order by s.position
"""
_LEFT: Final = """
select line_id, sku, quantity - rejected - lost as left from fulfillment_lines
where fulfillment_id = $1 order by line_id
"""
_LOCK: Final = """
select b.sku from stock_balances b join fulfillments f using (node_id)
where f.fulfillment_id = $1 and b.sku in (select sku from fulfillment_lines where fulfillment_id = $1)
order by b.sku for update of b
"""
_LOSE: Final = "update fulfillment_lines set lost = lost + $3 where fulfillment_id = $1 and line_id = $2"
_SETTLED: Final = "update shipments set settled_at = $2 where shipment_id = $1"
_END: Final = "update fulfillments set status = $2, waiting_on = null, waiting_until = null where fulfillment_id = $1"


class Loss(Contract):
    """Why a parcel is missing, where its units are now, and what is done about it."""

    because: Literal["lost", "returned_to_sender", "not_received"]
    bucket: Bucket
    remedy: Remedy


async def parcels_of(connection: Connection, fulfillment_id: str) -> list[asyncpg.Record]:
    """Those that count: neither voided nor settled as lost."""
    return await connection.fetch(_PARCELS, fulfillment_id)


async def units_in(connection: Connection, parcel: asyncpg.Record) -> LineUnits:
    """Those that count: what its node said it rejected was not in it."""
    units = _units(parcel, await connection.fetch(_LEFT, parcel["fulfillment_id"]))
    return {line_id: quantity for line_id, quantity in units.items() if quantity}


async def lock_stock(connection: Connection, fulfillment_id: str) -> None:
    """Of all that it has, in the one order, before several parcels are settled in turn."""
    await connection.execute(_LOCK, fulfillment_id)


async def lose(connection: Connection, parcel: asyncpg.Record, loss: Loss, now: datetime) -> list[Wakeup]:
    """Once, under the order's lock, a row of `parcels_of`; the order's process is owed a look."""
    order_id, number = parcel["order_id"], parcel["number"]
    rows = await connection.fetch(_LEFT, parcel["fulfillment_id"])
    units = _units(parcel, rows)
    wakeups = await _decide(connection, order_id, number, units, loss)
    await connection.execute(_SETTLED, parcel["shipment_id"], now)
    for line_id, quantity in units.items():
        await connection.execute(_LOSE, parcel["fulfillment_id"], line_id, quantity)
    places: Counter[tuple[NodeId, Sku]] = Counter()
    for row in rows:
        places[parcel["node_id"], row["sku"]] += units[row["line_id"]]
    key = f"shipment/{number}:lose:{parcel['position']}"
    moving = Moving(key=key, from_bucket="sold", to_bucket=loss.bucket, reason=loss.because)
    await move(connection, moving, +places, now)
    told = Event(
        type=EventType.FULFILLMENT_INCOMPLETE,
        occurred_at=now,
        actor=STEWARD,
        subject=parcel["fulfillment_id"],
        facts={
            "number": number,
            "shipment_id": parcel["shipment_id"],
            "units": {line_id: quantity for line_id, quantity in units.items() if quantity},
            "because": loss.because,
            "remedy": loss.remedy,
        },
    )
    await events.append(connection, order_id, told)
    look = await owe_signal(
        connection, workflow_id=order_workflow_id(parcel["order_number"]), signal="commanded", ref=order_id
    )
    return [look, *wakeups]


async def nothing_is_left(connection: Connection, fulfillment_id: str, now: datetime) -> None:
    """None of its parcels counts any more: its node says that there was nothing in them."""
    for parcel in await parcels_of(connection, fulfillment_id):
        await connection.execute(_SETTLED, parcel["shipment_id"], now)
    await end_if_over(connection, fulfillment_id)


async def end_if_over(connection: Connection, fulfillment_id: str) -> Literal["failed", "delivered", "not_yet"]:
    """End a consignment of which nothing more will come: incomplete, or closed with those parcels that arrived."""
    statuses = [ShipmentStatus(parcel["status"]) for parcel in await parcels_of(connection, fulfillment_id)]
    if any(status is not ShipmentStatus.DELIVERED for status in statuses):
        return "not_yet"
    await connection.execute(
        _END, fulfillment_id, FulfillmentStatus.CLOSED if statuses else FulfillmentStatus.INCOMPLETE
    )
    return "delivered" if statuses else "failed"


def _units(parcel: asyncpg.Record, lines: list[asyncpg.Record]) -> dict[str, int]:
    return {line["line_id"]: min(parcel["units"].get(line["line_id"], 0), line["left"]) for line in lines}


async def _decide(connection: Connection, order_id: OrderId, number: str, units: LineUnits, loss: Loss) -> list[Wakeup]:
    before = await order_state.load(connection, order_id)
    after = after_losing(before, number, units, again=loss.remedy == "send_again")
    return [
        await owe_signal(connection, workflow_id=shipment_workflow_id(recalled), signal="recall", ref=order_id)
        for recalled in await order_state.save(connection, order_id, before, after)
    ]
