"""Orders by the page, the newest first, and orders found by what people have of them."""

import base64
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import asyncpg

from adapters.postgres.database import Connection, Database
from contracts.door import fingerprint
from contracts.ids import OrderId
from contracts.money import Money
from contracts.order_list import ListOrders, OrderPage, OrderSummary
from contracts.order_view import StatusAxes
from contracts.problems import Refused
from contracts.states import FulfillmentStatus, OrderStatus, ShipmentStatus
from contracts.waiting import Wait, person_to_decide, release_of
from decisions.progress import fulfillment_axis, shipment_axis

MOST_FOUND: Final = 50

_SUMMARIES: Final = """
select o.*, held.reasons as held_for, held.until as held_until, consignment.on_whom, consignment.until,
       question.kind as question, question.due_at,
       array(select f.status from fulfillments f where f.order_id = o.order_id) as consignments,
       array(select s.status from fulfillments f join shipments s using (fulfillment_id)
             where f.order_id = o.order_id and s.voided_at is null and s.settled_at is null) as parcels,
       array(select s.status from fulfillments f join shipments s using (fulfillment_id)
             where f.order_id = o.order_id and s.voided_at is null and s.settled_at is not null) as made_up_for
from unnest($1::text[]) with ordinality as wanted (order_id, place) join orders o using (order_id)
cross join lateral (select array_agg(h.reason order by h.placed_at, h.hold_id) as reasons, min(h.due_at) as until
                    from order_holds h where h.order_id = o.order_id and h.released_at is null) held
left join lateral (select f.waiting_on as on_whom, f.waiting_until as until from fulfillments f
                   where f.order_id = o.order_id and f.waiting_on is not null
                   order by f.waiting_until, f.position limit 1) consignment on true
left join lateral (select q.kind, q.due_at from open_questions q where q.order_id = o.order_id
                   order by q.due_at, q.approval_id limit 1) question on true
order by wanted.place
"""
_FIND: Final = """
select order_id from orders o where order_id in (
    select order_id from orders where order_id = $1 or external_id = $1 or customer_ref = $1 or number = $2
    union all
    select order_id from orders join customers using (customer_ref) where external_ref = $1
    union all
    select order_id from fulfillments join shipments using (fulfillment_id) where tracking_code = $1
)
order by (number = $2) desc nulls last, placed_at desc, order_id desc limit $3
"""
_SHOWS: Final = {
    "payment_status": "o.payment_status = {}",
    "channel": "o.channel = {}",
    "customer_ref": "o.customer_ref = {}",
    "external_id": "o.external_id = {}",
    "number": "o.number = {}",
    "tracking_code": "o.order_id = (select f.order_id from shipments s join fulfillments f using (fulfillment_id)"
    " where s.tracking_code = {})",
    "placed_from": "o.placed_at >= {}",
    "placed_before": "o.placed_at < {}",
    "updated_from": "o.updated_at >= {}",
    "updated_before": "o.updated_at < {}",
}
_IS_ON_HOLD: Final = """
o.order_id in (select order_id from orders where status = {} union all
               select order_id from order_holds join orders h using (order_id) where released_at is null
                      and h.status not in ('completed', 'canceled', 'failed') and not h.cancel_requested)
"""
_IS_NOT_HELD: Final = """
o.status = {} and (o.cancel_requested or not exists (select from order_holds h where h.order_id = o.order_id
                                                     and h.released_at is null))
"""
_NUMBER: Final = re.compile(r"(?:order )?#?([0-9]{1,18})(?:-[0-9]{1,9})?", re.IGNORECASE)
_CURSOR: Final = re.compile(r"([0-9a-f]{16}) (\S+) (ord_[0-9a-f]+)")
_LONGEST: Final = 254


class PostgresOrderList:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, asked: ListOrders) -> OrderPage:
        """Orders that are as asked, the newest first. Raises Refused for a cursor of another list."""
        column = f"{asked.sort}_at"
        conditions, values = _conditions(asked)
        if asked.cursor is not None:
            values += _position(asked, asked.cursor)
            conditions.append(f"(o.{column}, o.order_id) < (${len(values) - 1}, ${len(values)})")
        listed = (
            f"select o.order_id from orders o where {' and '.join(conditions) or 'true'}"  # noqa: S608 - texts of ours
            f" order by o.{column} desc, o.order_id desc limit ${len(values) + 1}"
        )
        async with self._database.snapshot() as connection:
            rows = await connection.fetch(listed, *values, asked.limit + 1)
            shown = await _summaries(connection, [row["order_id"] for row in rows[: asked.limit]])
        return OrderPage(items=shown, next_cursor=_cursor(asked, shown[-1]) if len(rows) > asked.limit else None)

    async def find(self, text: str) -> list[OrderSummary]:
        """Whose number (also #1001, order 1001, 1001-2), id, external id, tracking code or customer it is; 50 at most.

        The order of that number is the first, then the newest. A text that nothing can be called finds nothing.
        """
        sought = text.strip()
        if not sought.isprintable() or not 0 < len(sought) <= _LONGEST:
            return []
        number = _NUMBER.fullmatch(sought)
        async with self._database.snapshot() as connection:
            rows = await connection.fetch(_FIND, sought, int(number[1]) if number else None, MOST_FOUND)
            return await _summaries(connection, [row["order_id"] for row in rows])


def _conditions(asked: ListOrders) -> tuple[list[str], list[object]]:
    """What an order has to be, with a placeholder for each value, and the values."""
    values: list[object] = []
    conditions = []
    if asked.status is not None:
        values.append(asked.status)
        conditions.append((_IS_ON_HOLD if asked.status is OrderStatus.ON_HOLD else _shows(asked.status)).format("$1"))
    for name, condition in _SHOWS.items():
        if (value := getattr(asked, name)) is not None:
            values.append(value)
            conditions.append(condition.format(f"${len(values)}"))
    return conditions, values


def _shows(status: OrderStatus) -> str:
    return "o.status = {}" if status.is_final else _IS_NOT_HELD


async def _summaries(connection: Connection, order_ids: Sequence[OrderId]) -> list[OrderSummary]:
    """In this order."""
    return [_summary(row) for row in await connection.fetch(_SUMMARIES, order_ids)]


def _summary(row: asyncpg.Record) -> OrderSummary:
    status, wait = OrderStatus(row["status"]), _wait(row)
    if row["held_for"] and not (status.is_final or row["cancel_requested"]):
        status, wait = OrderStatus.ON_HOLD, Wait(on=release_of(row["held_for"]), until=row["held_until"])
    return OrderSummary(
        id=row["order_id"],
        number=row["number"],
        version=row["version"],
        external_id=row["external_id"],
        channel=row["channel"],
        customer_ref=row["customer_ref"],
        status=StatusAxes(
            order=status,
            payment=row["payment_status"],
            fulfillment=fulfillment_axis([FulfillmentStatus(each) for each in row["consignments"]]),
            shipment=shipment_axis(
                [ShipmentStatus(each) for each in row["parcels"]],
                made_up_for=[ShipmentStatus(each) for each in row["made_up_for"]],
            ),
        ),
        waiting_on=wait.on,
        waiting_until=wait.until,
        total=Money(amount_minor=row["total_minor"], currency=row["currency"]),
        placed_at=row["placed_at"],
        updated_at=row["updated_at"],
    )


def _wait(row: asyncpg.Record) -> Wait:
    """For whom the order itself waits, or its consignment that is due first, or else for a person's answer."""
    if row["waiting_on"] is not None:
        return Wait(on=row["waiting_on"], until=row["waiting_until"])
    if row["on_whom"] is not None:
        return Wait(on=row["on_whom"], until=row["until"])
    return Wait(on=row["question"] and person_to_decide(row["question"]), until=row["due_at"])


def _list_mark(asked: ListOrders) -> str:
    """The same for every page of one list, and another one for every other list."""
    return fingerprint(asked.model_copy(update={"limit": 1, "cursor": None})).hex()[:16]


def _cursor(asked: ListOrders, last: OrderSummary) -> str:
    moment = last.placed_at if asked.sort == "placed" else last.updated_at
    return base64.urlsafe_b64encode(f"{_list_mark(asked)} {moment.isoformat()} {last.id}".encode()).decode()


def _position(asked: ListOrders, cursor: str) -> tuple[datetime, str]:
    not_ours = Refused(400, "invalid_cursor", "the cursor is not one of ours: start without one")
    try:
        parts = _CURSOR.fullmatch(base64.urlsafe_b64decode(cursor).decode())
        moment = parts and datetime.fromisoformat(parts[2])
        if parts is None or moment is None or moment.tzinfo is None:
            raise not_ours
        if parts[1] != _list_mark(asked):
            raise Refused(400, "invalid_cursor", "the cursor is one of a list with other filters: start without one")
        return moment.astimezone(UTC), parts[3]
    except (ValueError, OverflowError):
        raise not_ours from None
