"""What the staff's pages show, each page as of one moment."""

from datetime import UTC, datetime
from typing import Final, Protocol

import asyncpg

from adapters.postgres import approval_door
from adapters.postgres.database import Connection, Database, require_row
from adapters.postgres.message_views import messages_of
from adapters.postgres.order_views import view
from contracts.approvals import ApprovalView
from contracts.clock import BusinessClock
from contracts.console import Case, CaseSummary, Inbox, Names, OrderFile, Person, Price, StockRow, TenderRow
from contracts.ids import ApprovalId, OrderId
from contracts.policy import Policy

# Money at risk is what the question says it is about.
_OPEN: Final = """
select a.*, o.number, count(*) over () as open from approvals a join orders o using (order_id)
where a.status = 'pending'
order by a.due_at, coalesce((coalesce(a.facts->'total', a.facts->'value', a.facts->'amount')->>'amount_minor')::bigint,
                            0) desc, a.approval_id
limit $1
"""
INBOX_MARK: Final = """
select md5(coalesce(string_agg(approval_id || version, ' ' order by approval_id), '')) from approvals
where status = 'pending'
"""
ORDER_MARKS: Final = """
select o.order_id, o.version || ' ' || coalesce((select md5(string_agg(m.status, ' ' order by m.number))
                                                 from messages m where m.order_id = o.order_id), '') as mark
from orders o where o.order_id = any($1)
"""
_PERSON: Final = """
select a.*, o.contact_email, c.external_ref,
       (select count(*) from orders e where e.customer_ref = o.customer_ref and e.number < o.number) as earlier_orders
from orders o join addresses a on a.address_ref = o.shipping_address_ref join customers c using (customer_ref)
where o.order_id = $1
"""
_TENDERS: Final = "select * from tenders where order_id = $1 order by tender_id"
# The dot is the character after the dash: all keys between begin as the consignments of this order do.
_STOCK: Final = """
select m.*, substring(m.key from '^shipment/([0-9]+-[0-9]+):') as consignment
from stock_movements m where m.key ~>=~ $1 and m.key ~<~ $2 order by m.movement_id
"""
_HANDED_OVER: Final = """
select fulfillment_id, handed_over_at from fulfillments where order_id = $1 and handed_over_at is not null
"""
_NOTES: Final = """
select e.sequence, n.body from events e join notes n using (note_ref) where e.aggregate_id = $1
"""
_QUESTIONS: Final = """
select a.*, o.number from approvals a join orders o using (order_id) where order_id = $1
order by a.requested_at, a.approval_id
"""
_PRODUCTS: Final = """
select sku as id, name from products where sku in (select sku from order_lines where order_id = $1)
"""
_KEYS: Final = """
select key_id as id, owner as name from api_keys where key_id in (
    select actor_id from events where aggregate_id = $1 and actor_type = 'api_key'
)
"""
_PRICE: Final = "select order_discount_minor, tax_mode from orders where order_id = $1"
_NODES: Final = "select node_id as id, name from nodes"
_STAFF: Final = """
select staff_id as id, name from staff where staff_id in (
    select actor_id from events where aggregate_id = $1 and actor_type = 'user'
)
"""


class Clock(Protocol):
    async def read(self) -> BusinessClock: ...


class Policies(Protocol):
    async def newest(self) -> tuple[int, Policy]: ...


class PostgresConsoleViews:
    def __init__(self, database: Database, *, clock: Clock, policies: Policies) -> None:
        self._database = database
        self._clock = clock
        self._policies = policies

    async def now(self) -> datetime:
        """Business time."""
        return (await self._clock.read()).at(datetime.now(UTC))

    async def time_zone(self) -> str:
        """Of the merchant."""
        return (await self._policies.newest())[1].time_zone

    async def inbox(self, *, limit: int) -> Inbox:
        now = await self.now()
        async with self._database.snapshot() as connection:
            rows = await connection.fetch(_OPEN, limit)
            questions = await approval_door.views(connection, rows, now)
            mark = await connection.fetchval(INBOX_MARK)
        return Inbox(questions=questions, more=(rows[0]["open"] if rows else 0) - len(rows), mark=mark)

    async def case(self, approval_id: ApprovalId) -> Case:
        """Raises Refused."""
        now, zone = await self.now(), await self.time_zone()
        async with self._database.snapshot() as connection:
            question = await approval_door.detail(connection, approval_id, now)
            file, summary = await _file(connection, question.order_id, now, zone)
        return Case(question=question, order=file, summary=summary)

    async def order(self, order_id: OrderId) -> OrderFile | None:
        now, zone = await self.now(), await self.time_zone()
        async with self._database.snapshot() as connection:
            if not await connection.fetchval("select exists (select from orders where order_id = $1)", order_id):
                return None
            return (await _file(connection, order_id, now, zone))[0]

    async def order_of_number(self, number: int) -> OrderId | None:
        async with self._database.connection() as connection:
            order_id: OrderId | None = await connection.fetchval(
                "select order_id from orders where number = $1", number
            )
        return order_id


async def _file(
    connection: Connection, order_id: OrderId, now: datetime, time_zone: str
) -> tuple[OrderFile, CaseSummary | None]:
    order = await view(connection, order_id)
    if order is None:
        raise LookupError(f"there is no order {order_id}")
    messages, summary = await messages_of(connection, order_id)
    handed_over = await connection.fetch(_HANDED_OVER, order_id)
    notes = await connection.fetch(_NOTES, order_id)
    stock = await connection.fetch(_STOCK, f"shipment/{order.number}-", f"shipment/{order.number}.")
    mark = require_row(await connection.fetchrow(ORDER_MARKS, [order_id]), f"order {order_id}")["mark"]
    file = OrderFile(
        order=order,
        time_zone=time_zone,
        person=await _person(connection, order_id),
        price=Price.model_validate(dict(require_row(await connection.fetchrow(_PRICE, order_id), "price"))),
        tenders=[TenderRow.model_validate(dict(row)) for row in await connection.fetch(_TENDERS, order_id)],
        stock=[StockRow.model_validate(dict(row)) for row in stock],
        handed_over={row["fulfillment_id"]: row["handed_over_at"] for row in handed_over},
        notes={row["sequence"]: row["body"] for row in notes},
        questions=await _questions(connection, order_id, now),
        messages=messages,
        names=Names(
            keys=await _names(connection, _KEYS, order_id),
            products=await _names(connection, _PRODUCTS, order_id),
            nodes=await _names(connection, _NODES),
            staff=await _names(connection, _STAFF, order_id),
        ),
        mark=mark,
    )
    return file, summary


async def _questions(connection: Connection, order_id: OrderId, now: datetime) -> list[ApprovalView]:
    return await approval_door.views(connection, await connection.fetch(_QUESTIONS, order_id), now)


async def _person(connection: Connection, order_id: OrderId) -> Person:
    row = require_row(await connection.fetchrow(_PERSON, order_id), f"customer of {order_id}")
    return Person(
        recipient=row["recipient"],
        email=row["contact_email"],
        address=_address(row),
        external_ref=row["external_ref"],
        earlier_orders=row["earlier_orders"],
    )


def _address(row: asyncpg.Record) -> list[str]:
    town = " ".join(part for part in (row["postal_code"], row["city"], row["region"]) if part)
    return [part for part in (row["line1"], row["line2"], town, row["country"]) if part]


async def _names(connection: Connection, query: str, *about: str) -> dict[str, str]:
    return {row["id"]: row["name"] for row in await connection.fetch(query, *about)}
