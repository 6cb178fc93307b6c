"""What of an order people are told about: ordered, on its way, delivered, missing, canceled, in products' own names."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg

from adapters.postgres.database import Connection
from contracts.ids import OrderId
from contracts.outreach import Delivered, Item, Shipped
from contracts.policy import OutreachPolicy
from contracts.states import ShipmentStatus
from decisions.tracking import has_failed

_LINES: Final = """
select l.line_id, l.quantity, l.quantity - l.canceled as wanted, p.name, p.care
from order_lines l join products p using (sku)
where l.order_id = $1 order by l.position
"""
_PARCELS: Final = """
select s.*, f.carrier, f.handed_over_at, a.city from shipments s join fulfillments f using (fulfillment_id)
join addresses a using (address_ref)
where f.order_id = $1 and f.fulfillment_id = $2 and s.voided_at is null
      and f.status in ('open', 'in_progress', 'closed')
order by s.position
"""
_PARCEL: Final = """
select s.*, f.carrier from shipments s join fulfillments f using (fulfillment_id)
where f.order_id = $1 and s.shipment_id = $2
      and not exists (select from claims c where c.shipment_id = s.shipment_id and c.status <> 'denied')
"""
# What its node said it rejected was not in it.
_LEFT: Final = "select line_id, quantity - rejected - lost as quantity from fulfillment_lines where fulfillment_id = $1"
_WANTED: Final = "select sum(quantity - canceled)::bigint from order_lines where order_id = $1"
_GONE: Final = """
select coalesce(sum(l.quantity - l.rejected - l.lost), 0)::bigint
from fulfillment_lines l join fulfillments f using (fulfillment_id)
where f.order_id = $1 and f.handed_over_at is not null and f.status <> 'canceled'
"""
_MISSING: Final = """
select l.line_id, l.sku, l.quantity,
       coalesce((select sum(on_hand) from stock_balances b where b.sku = l.sku), 0)::bigint as on_hand
from open_lines l where l.order_id = $1 and l.quantity > 0 order by l.line_id
"""


async def ordered(connection: Connection, order_id: OrderId) -> tuple[Item, ...]:
    """As it was ordered, whatever became of it."""
    rows = await connection.fetch(_LINES, order_id)
    return await of_lines(connection, order_id, {row["line_id"]: row["quantity"] for row in rows})


async def wanted(connection: Connection, order_id: OrderId) -> tuple[Item, ...]:
    """As it was ordered, but for what is canceled."""
    rows = await connection.fetch(_LINES, order_id)
    return await of_lines(connection, order_id, {row["line_id"]: row["wanted"] for row in rows})


async def of_lines(connection: Connection, order_id: OrderId, units: Mapping[str, int]) -> tuple[Item, ...]:
    """Units by line as products, in the order's own order; lines of one product count together."""
    quantities: Counter[str] = Counter()
    care: dict[str, str | None] = {}
    for row in await connection.fetch(_LINES, order_id):
        if quantity := units.get(row["line_id"], 0):
            quantities[row["name"]] += quantity
            care[row["name"]] = row["care"]
    return tuple(Item(name=name, quantity=quantity, care=care[name]) for name, quantity in quantities.items())


async def all_canceled(connection: Connection, order_id: OrderId) -> bool:
    return not await connection.fetchval(_WANTED, order_id)


async def missing(connection: Connection, order_id: OrderId) -> tuple[tuple[Item, ...], bool]:
    """What cannot be sent now, and whether there is something that can.

    What is there of each product, and only cannot be sent together, is missing as a whole.
    """
    rows = await connection.fetch(_MISSING, order_id)
    all_of_it = {row["line_id"]: row["quantity"] for row in rows}
    there, short = {row["sku"]: row["on_hand"] for row in rows}, dict[str, int]()
    for row in rows:  # several lines may want the same product
        taken = min(there[row["sku"]], row["quantity"])
        there[row["sku"]] -= taken
        if row["quantity"] > taken:
            short[row["line_id"]] = row["quantity"] - taken
    items = await of_lines(connection, order_id, short or all_of_it)
    return items, bool(short) and sum(short.values()) < sum(all_of_it.values())


async def shipped(
    connection: Connection, order: asyncpg.Record, common: dict[str, Any], _: OutreachPolicy
) -> Shipped | None:
    """None once all of it came or some of it will not, and when the window that it was expected in is over."""
    parcels = await connection.fetch(_PARCELS, order["order_id"], order["subject"])
    under_way = [parcel for parcel in parcels if parcel["status"] != "delivered"]
    if not under_way or any(parcel["settled_at"] or has_failed(ShipmentStatus(parcel["status"])) for parcel in parcels):
        return None
    earliest, latest = _window(parcels, common["time_zone"])
    units = await _left(connection, order["subject"])
    if latest < day_of(common["now"], common["time_zone"]) or not units:
        return None
    wanted = await connection.fetchval(_WANTED, order["order_id"])
    return Shipped(
        **common,
        items=await of_lines(connection, order["order_id"], units),
        whole=units.total() == wanted,
        more_follows=await connection.fetchval(_GONE, order["order_id"]) < wanted,
        carrier=parcels[0]["carrier"],
        tracking_codes=tuple(parcel["tracking_code"] for parcel in parcels),
        city=parcels[0]["city"],
        earliest=earliest,
        latest=latest,
    )


async def delivered(
    connection: Connection, order: asyncpg.Record, common: dict[str, Any], _: OutreachPolicy
) -> Delivered | None:
    """None of what its customer says did not come, of what was made up for, and of what was empty."""
    parcel = await connection.fetchrow(_PARCEL, order["order_id"], order["subject"])
    if parcel is None or parcel["status"] != "delivered" or parcel["settled_at"] is not None:
        return None
    units = await _left(connection, parcel["fulfillment_id"]) & Counter(parcel["units"])
    if not units:
        return None
    return Delivered(
        **common,
        items=await of_lines(connection, order["order_id"], units),
        carrier=parcel["carrier"],
        delivered_at=parcel["status_at"],
    )


async def _left(connection: Connection, fulfillment_id: str) -> Counter[str]:
    """Units by line that left with it, or may have."""
    rows = await connection.fetch(_LEFT, fulfillment_id)
    return +Counter({row["line_id"]: row["quantity"] for row in rows})


def _window(parcels: list[asyncpg.Record], zone: str) -> tuple[date, date]:
    """From the first day to the last on which any of them is expected, at the customer's."""
    first = min(parcel["earliest_at"] or parcel["handed_over_at"] for parcel in parcels)
    last = max(parcel["expected_at"] for parcel in parcels)
    return day_of(first, zone), day_of(last, zone)


def day_of(moment: datetime, zone: str) -> date:
    """The day that it is then, there."""
    return moment.astimezone(ZoneInfo(zone)).date()
