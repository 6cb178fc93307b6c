"""What the bench of the console asks for: staff's pages, backend systems' lists, and what the relay looks for."""

from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import quote

import httpx2

from adapters.postgres.database import Database
from adapters.postgres.order_list import PostgresOrderList
from adapters.postgres.wakeups import PostgresWakeups
from bench.front_door import reader_of, staff_of
from bench.pages import Page, over_http
from contracts.states import OrderStatus, PaymentStatus

SAMPLE: Final = 50  # orders that are looked at, some of every status
PAGE: Final = 50
DEEP: Final = 0.7  # where in the whole list the deep page is
_LISTS: Final = f"/v1/orders?limit={PAGE}"

_SAMPLE: Final = """
select order_id, '#' || number as called, external_id, external_ref, customer_ref,
       coalesce(tracking_code, number::text) as tracking_code from (
    select *, row_number() over (partition by status order by md5(order_id)) as place from orders
) o join customers using (customer_ref) left join lateral (
    select tracking_code from shipments join fulfillments f using (fulfillment_id) where f.order_id = o.order_id limit 1
) parcel on true order by place, order_id limit $1
"""
_FOUND_BY: Final = ("called", "order_id", "external_id", "external_ref", "customer_ref", "tracking_code")
_DEEP: Final = """
select placed_at from orders order by placed_at desc offset (select count(*) * $1::float from orders) limit 1
"""
_REGULARS: Final = """
select external_ref from customers join orders using (customer_ref) group by customer_ref having count(*) > 1
order by md5(customer_ref) limit $1
"""
_QUESTIONS: Final = "select approval_id from approvals where status = 'pending' order by md5(approval_id) limit $1"


async def pages(http: httpx2.AsyncClient, database: Database) -> list[Page]:
    """All that is measured, over a sample of orders of every status."""
    return [*await _of_staff(http, database), *await _of_systems(http, database), *_of_relay(database)]


async def _of_staff(http: httpx2.AsyncClient, database: Database) -> list[Page]:
    browser = await staff_of(database)
    async with database.connection() as connection:
        questions = await connection.fetch(_QUESTIONS, SAMPLE)
        sample = await connection.fetch(_SAMPLE, SAMPLE)
        regulars = await connection.fetch(_REGULARS, SAMPLE)
    return [
        Page("console: inbox", over_http(http, browser, "/console")),
        Page("console: case", over_http(http, browser, *(f"/console/cases/{row['approval_id']}" for row in questions))),
        Page("console: order", over_http(http, browser, *(f"/console/orders/{row['order_id']}" for row in sample))),
        Page("console: find, some", over_http(http, browser, *(_find(row["external_ref"]) for row in regulars))),
        Page(
            "console: find, one",
            over_http(http, browser, *(_find(row["called"]) for row in sample), leads_to="/console/orders/ord_"),
        ),
    ]


def _find(text: str) -> str:
    return f"/console/find?q={quote(text)}"


async def _of_systems(http: httpx2.AsyncClient, database: Database) -> list[Page]:
    key, orders = await reader_of(database), PostgresOrderList(database)
    async with database.connection() as connection:
        sample = await connection.fetch(_SAMPLE, SAMPLE)
        deep = quote((await connection.fetchval(_DEEP, DEEP)).isoformat())
    second, deeper = [
        (await http.get(path, headers=key)).json()["next_cursor"] for path in (_LISTS, f"{_LISTS}&placed_before={deep}")
    ]
    lists = partial(_lists, http, key)
    return [
        Page("an order", over_http(http, key, *(f"/v1/orders/{row['order_id']}" for row in sample))),
        lists("orders, first page", ""),
        lists("orders, second page", f"cursor={second}"),
        lists("orders, deep page", f"placed_before={deep}&cursor={deeper}"),
        lists("orders by status", *(f"status={status}" for status in OrderStatus)),
        lists("orders by payment status", *(f"payment_status={status}" for status in PaymentStatus)),
        lists("orders by last change", "sort=updated", "sort=updated&status=completed"),
        lists("orders of a customer", *(f"customer_ref={row['customer_ref']}" for row in sample)),
        lists("orders of a channel", "channel=marketplace", "channel=none"),
        lists("order by tracking code", *(f"tracking_code={row['tracking_code']}" for row in sample)),
        Page("find", [partial(orders.find, row[name]) for row in sample for name in _FOUND_BY]),
        Page("open questions", over_http(http, key, "/v1/approvals?status=pending")),
        Page("questions of any status", over_http(http, key, "/v1/approvals")),
    ]


def _of_relay(database: Database) -> list[Page]:
    return [Page("wake-ups that are overdue", [partial(PostgresWakeups(database).overdue, seconds=5, limit=100)])]


def _lists(http: httpx2.AsyncClient, key: Mapping[str, str], name: str, *filters: str) -> Page:
    return Page(name, over_http(http, key, *(f"{_LISTS}&{each}" for each in filters)))
