"""What is shown of an order is one moment of it, however long the reading takes."""

import asyncio

from adapters.postgres import events
from adapters.postgres.database import Database
from contracts.actors import STEWARD
from contracts.events import Event, EventType
from tests.desk import Desk
from tests.front_door import Caller
from tests.shop import order_body

PATIENCE = 5.0  # seconds on the wall


async def test_what_happens_while_an_order_is_read_is_all_shown_or_not_at_all(
    caller: Caller, database: Database
) -> None:
    order = await caller.placed(order_body())
    meanwhile = Event(type=EventType.ORDER_CONFIRMED, occurred_at=Desk(database, order).step.now, actor=STEWARD)
    async with database.transaction() as holder:
        await holder.execute("lock table fulfillments in access exclusive mode")  # read after the order's own row
        reading = asyncio.create_task(caller.get(f"/v1/orders/{order['id']}"))
        async with asyncio.timeout(PATIENCE), database.connection() as connection:
            while not await connection.fetchval("select exists (select from pg_locks where not granted)"):
                await asyncio.sleep(0.01)
        await events.append(holder, order["id"], meanwhile)
    shown = (await reading).json()
    assert shown["version"] == shown["timeline"][-1]["sequence"] == order["version"]
