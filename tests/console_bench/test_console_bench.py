"""`python -m bench console`: the year of orders that it seeds is one that the product could have had."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest_asyncio
from typer.testing import CliRunner

from adapters.postgres import order_state, payment_rows
from adapters.postgres.clock import PostgresClock
from adapters.postgres.console_views import PostgresConsoleViews
from adapters.postgres.database import Connection, Database, open_database
from adapters.postgres.order_list import PostgresOrderList
from adapters.postgres.order_views import view
from adapters.postgres.policies import PostgresPolicies
from bench.__main__ import app
from bench.console import seed
from console import sums
from contracts.ids import OrderId
from contracts.order_list import ListOrders, OrderSummary
from contracts.order_state import Due
from contracts.order_view import OrderView
from contracts.states import OrderStatus, PaymentStatus
from decisions.due import next_due

ORDERS = 200
STOCK = ("on_hand", "reserved", "sold", "quarantined", "lost")
# No process says of an order that it failed.
STATUSES = set(OrderStatus) - {OrderStatus.FAILED}


@asynccontextmanager
async def seeded(template: str) -> AsyncIterator[Database]:
    server, name = template.rpartition("/")[0], f"past_{uuid4().hex}"
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(f"create database {name}")
        await seed(f"{server}/{name}", ORDERS)
        async with open_database(f"{server}/{name}") as database:
            yield database
        await connection.execute(f"drop database {name} with (force)")
    finally:
        await connection.close()


@pytest_asyncio.fixture(scope="module")
async def past(template: str) -> AsyncIterator[Database]:
    """Only looked at."""
    async with seeded(template) as database:
        yield database


@asynccontextmanager
async def rolled_back(connection: Connection) -> AsyncIterator[None]:
    transaction = connection.transaction()
    await transaction.start()
    yield
    await transaction.rollback()


async def listed(past: Database) -> list[OrderSummary]:
    return (await PostgresOrderList(past).page(ListOrders(limit=ORDERS))).items


async def shown(past: Database, order_id: OrderId) -> OrderView:
    async with past.snapshot() as connection:
        order = await view(connection, order_id)
    assert order is not None
    return order


async def test_orders_of_every_status_are_listed_as_they_show_themselves(past: Database) -> None:
    summaries = await listed(past)
    assert len(summaries) == ORDERS
    orders = [await shown(past, summary.id) for summary in summaries]
    assert {order.status.order for order in orders} == STATUSES
    for summary, order in zip(summaries, orders, strict=True):
        assert summary.status == order.status
        assert (summary.total, summary.version, summary.placed_at) == (order.total, order.version, order.placed_at)
        assert [entry.sequence for entry in order.timeline] == list(range(1, order.version + 1))
        assert summary.waiting_on in {order.waiting_on, None}


async def test_what_is_over_has_nothing_left_to_do_unless_a_person_is_asked(past: Database) -> None:
    due = Counter[tuple[OrderStatus, Due]]()
    async with past.connection() as connection:
        for order in await listed(past):
            due[order.status.order, next_due(await order_state.load(connection, order.id))] += 1
    assert {each for each in due if each[0].is_final} == {
        (OrderStatus.COMPLETED, Due.CLOSE),
        (OrderStatus.COMPLETED, Due.WAIT),  # a disputed one
        (OrderStatus.CANCELED, Due.CLOSE),
    }
    assert due[OrderStatus.CONFIRMED, Due.PLAN] > 0
    assert due[OrderStatus.PROCESSING, Due.WAIT] > 0


async def test_the_payment_status_is_the_one_that_follows_from_the_rows(past: Database) -> None:
    follows = {PaymentStatus.CAPTURED, PaymentStatus.DISPUTED, PaymentStatus.VOIDED}
    before = [order for order in await listed(past) if order.status.payment in follows]
    assert {order.status.payment for order in before} == follows
    async with past.connection() as connection, rolled_back(connection):
        for order in before:
            await payment_rows.refresh_status(connection, order.id)
        rows = await connection.fetch("select order_id, payment_status from orders")
    after = {row["order_id"]: row["payment_status"] for row in rows}
    assert {order.id: order.status.payment for order in before}.items() <= after.items()


async def test_money_and_stock_add_up_on_the_page_of_every_order(past: Database) -> None:
    views = PostgresConsoleViews(past, clock=PostgresClock(past), policies=PostgresPolicies(past))
    for order in await listed(past):
        file = await views.order(order.id)
        assert file is not None
        assert sums.money(file).adds_up, order
        assert all(row.adds_up for row in sums.stock(file)), order
        assert sum(part.minor for part in sums.price(file)) == order.total.amount_minor
        assert all(row.open >= 0 for row in sums.units(file)), order


async def test_every_unit_is_where_its_movements_say(past: Database) -> None:
    async with past.connection() as connection:
        balances = await connection.fetch("select * from stock_balances")
        movements = await connection.fetch("select * from stock_movements")
    moved = Counter[tuple[str, str, str]]()
    for row in movements:
        moved[row["node_id"], row["sku"], row["to_bucket"]] += row["quantity"]
        if row["from_bucket"] is not None:
            moved[row["node_id"], row["sku"], row["from_bucket"]] -= row["quantity"]
    for row in balances:
        assert {name: row[name] for name in STOCK} == {
            name: moved[row["node_id"], row["sku"], name] for name in STOCK
        }, dict(row)
    assert sum(row["sold"] for row in balances) > 0


async def test_messages_have_the_draft_that_was_sent_and_events_are_about_a_dozen(past: Database) -> None:
    async with past.connection() as connection:
        sent = await connection.fetchval(
            "select count(*) from messages m join drafts d on d.message_id = m.message_id and d.attempt = m.draft"
            " where d.violations = '[]'"
        )
        messages, events = await connection.fetchrow(
            "select (select count(*) from messages), (select count(*) from events)"
        ) or (0, 0)
    assert sent == messages
    assert 2 * ORDERS < messages < 4 * ORDERS
    assert 10 * ORDERS < events < 20 * ORDERS


def test_it_prints_each_page_with_its_times_and_writes_them_as_json(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    run = CliRunner().invoke(
        app, ["console", "--orders", str(ORDERS), "--requests", "2", "--json", str(out)], catch_exceptions=False
    )
    assert run.exit_code == 0, run.output
    figures = json.loads(out.read_text())
    assert figures["orders"] == ORDERS
    staff = {f"console: {page}" for page in ("inbox", "case", "order", "find, some", "find, one")}
    assert staff | {"an order", "orders, deep page", "find"} <= {page["page"] for page in figures["pages"]}
    for page in figures["pages"]:
        assert page["page"] in run.stdout
        assert 0 < page["p50_ms"] <= page["p95_ms"] <= figures["slowest_p95_ms"]


async def test_the_same_seed_makes_the_same_orders(past: Database, template: str) -> None:
    first = [(order.id, order.status, order.total) for order in await listed(past)]
    async with seeded(template) as again:
        assert [(order.id, order.status, order.total) for order in await listed(again)] == first
