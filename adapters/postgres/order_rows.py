"""What door and steps both do to an order's row: lock it, say where it stands and what it waits for."""

import asyncpg

from adapters.postgres.database import Connection
from contracts.ids import OrderId
from contracts.states import OrderStatus
from contracts.waiting import Wait


async def lock(connection: Connection, order_id: OrderId) -> asyncpg.Record:
    """The order's row, locked until the transaction ends. Every writer takes this lock first; LookupError if absent."""
    row = await connection.fetchrow("select * from orders where order_id = $1 for update", order_id)
    if row is None:
        raise LookupError(f"there is no order {order_id}")
    return row


async def enter_if_waiting_for(connection: Connection, order_id: OrderId, party: str, wait: Wait) -> None:
    """Set the wait alone, unless it is another one's turn by now."""
    await connection.execute(
        "update orders set waiting_on = $3, waiting_until = $4 where order_id = $1 and waiting_on = $2",
        order_id,
        party,
        wait.on,
        wait.until,
    )


async def wait_if_for_nobody(connection: Connection, order_id: OrderId, party: str) -> None:
    """Say whom the order waits for, unless that is somebody else already."""
    await connection.execute(
        "update orders set waiting_on = $2, waiting_until = null where order_id = $1 and waiting_on is null",
        order_id,
        party,
    )


async def open_again(connection: Connection, order_id: OrderId) -> None:
    """A closed order has something to be done again."""
    await connection.execute(
        "update orders set status = 'processing' where order_id = $1 and status = 'completed'",
        order_id,
    )


async def enter(connection: Connection, order_id: OrderId, status: OrderStatus, wait: Wait) -> None:
    """Set status and wait; a requested cancel stays visible, with what it waits for, until the order is closed."""
    await connection.execute(
        "update orders set status = $2, waiting_on = $3, waiting_until = $4"
        " where order_id = $1 and ($5 or not cancel_requested)",
        order_id,
        status,
        wait.on,
        wait.until,
        status.is_final,
    )
