"""Many at once: the last units are sold once, and killed processes lose and double nothing."""

import asyncio
import os
import signal
from collections import Counter
from typing import Any

import pytest

from adapters.postgres.intake import PostgresIntake
from contracts.catalogue import ProductRow, StockRow
from contracts.ids import Sku
from simulation.launch import SIMULATION, Running
from tests.e2e.processes import book, server_pid
from tests.e2e.shopper import Shopper
from tests.shop import RENO, basket, line, order_body, usd

pytestmark = [pytest.mark.races, pytest.mark.xdist_group("stack"), pytest.mark.timeout(180)]


async def test_a_hundred_orders_for_the_last_ten_units_sell_exactly_ten(running: Running, shopper: Shopper) -> None:
    last = Sku("LAST-01")
    intake = PostgresIntake(running.database)
    await intake.store_products([ProductRow(sku=last, name="The last ten", weight_grams=500)])
    stock = [StockRow(node_id=RENO, sku=last, quantity=10)]
    await intake.receive("last-ten", stock, actor=SIMULATION, now=running.clock.business_epoch)

    placed = await asyncio.gather(*(shopper.place(_one_of(last)) for _ in range(100)))
    short = "customer_action_required"  # until their patience is over
    decided = await asyncio.gather(
        *(shopper.until_status(order_id, "processing", "completed", short, "canceled") for order_id in placed)
    )

    outcomes = Counter(order["status"]["order"] in {short, "canceled"} for order in decided)
    assert outcomes == {True: 90, False: 10}
    assert {order["cancel_reason"] for order in decided} <= {None, "inventory"}
    async with running.database.connection() as connection:
        row = await connection.fetchrow(
            "select on_hand, reserved + sold as gone from stock_balances where sku = $1", last
        )
    assert row is not None
    assert dict(row) == {"on_hand": 0, "gone": 10}


async def test_killed_workers_lose_no_order_and_capture_and_label_nothing_twice(
    running: Running, shopper: Shopper
) -> None:
    placed = [await shopper.place(basket(LMP=1, TNT=1) if i % 4 == 0 else basket(MUG=1)) for i in range(8)]
    for victim in ("workers", "solver", "workers"):
        await asyncio.sleep(0.7)  # the moment does not matter, only that orders are under way
        os.kill(server_pid(running, victim), signal.SIGKILL)
    done = [await shopper.until_status(order_id, "completed") for order_id in placed]

    numbers = {str(order["number"]) for order in done}
    payments = [entry for entry in await book(running, "payments") if _order_of(entry["key"]) in numbers]
    labels = [entry["key"] for entry in await book(running, "carriers") if _order_of(entry["key"]) in numbers]
    captured = {_order_of(entry["key"]): entry["captured_minor"] for entry in payments}
    assert captured == {str(order["number"]): order["total"]["amount_minor"] for order in done}
    assert len(labels) == len(set(labels)) == sum(len(order["consignments"]) for order in done)


def _order_of(key: str) -> str:
    """1001 of order/1001:authorize:t1 and of shipment/1001-2:label:1."""
    return key.split("/")[1].split(":", maxsplit=1)[0].split("-", maxsplit=1)[0]


def _one_of(sku: Sku) -> dict[str, Any]:
    tender = {"tender_id": "t1", "kind": "card", "amount": usd(1000), "payment_method": "pm_card"}
    one = line(sku=sku, quantity=1, unit_price=usd(1000), tax_rate="0")
    return order_body(lines=[one], shipping=usd(0), tenders=[tender])
