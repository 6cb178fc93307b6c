"""What can be seen of a business from outside: rows, histories, and whether something has happened yet."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.database import Database
from adapters.postgres.order_views import view
from contracts.ids import order_workflow_id, shipment_workflow_id
from contracts.order import OrderResult
from contracts.order_view import OrderView
from contracts.shipment import ShipmentResult
from tests.order.chronicle import steps_done
from workflows.visibility import WAITING_ON

PATIENCE = 30.0  # seconds on the wall


class Onlooker:
    """Looks again and again, for a bounded time, where something is to become true."""

    def __init__(self, temporal: WorkflowEnvironment, database: Database) -> None:
        self.temporal = temporal
        self.database = database

    async def show(self, order: OrderView) -> OrderView:
        async with self.database.snapshot() as connection:
            shown = await view(connection, order.id)
        assert shown is not None
        return shown

    async def until(self, order: OrderView, holds: Callable[[OrderView], bool]) -> OrderView:
        """The order once the condition holds; fails with the order as it is when patience is over."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not holds(shown := await self.show(order)):
            assert asyncio.get_running_loop().time() < deadline, shown
            await asyncio.sleep(0.02)
        return shown

    async def until_told(self, order: OrderView, event: str) -> OrderView:
        return await self.until(order, lambda view: event in happened(view))

    async def until_called(self, calls: Counter[str], call: str, times: int = 1) -> None:
        """For what only a partner's books show."""
        async with asyncio.timeout(PATIENCE):
            while calls[call] < times:
                await asyncio.sleep(0.02)

    async def until_step(self, process: WorkflowHandle[Any, Any], step: str, times: int = 1) -> None:
        """Until the step was done that many times."""
        async with asyncio.timeout(PATIENCE):
            while steps_done(await process.fetch_history()).count(step) < times:
                await asyncio.sleep(0.02)

    async def until_board(self, process: WorkflowHandle[Any, Any], waits_for: str) -> None:
        """Until the process tells operations that it waits for that."""
        async with asyncio.timeout(PATIENCE):
            while (await process.describe()).typed_search_attributes.get(WAITING_ON) != waits_for:
                await asyncio.sleep(0.02)

    async def result(self, order: OrderView) -> OrderResult:
        async with asyncio.timeout(PATIENCE):
            return await self.process(order).result()

    def process(self, order: OrderView) -> WorkflowHandle[Any, OrderResult]:
        return self.temporal.client.get_workflow_handle(order_workflow_id(order.number), result_type=OrderResult)

    def shipment(self, order: OrderView, position: int = 1) -> WorkflowHandle[Any, ShipmentResult]:
        return self.temporal.client.get_workflow_handle(
            shipment_workflow_id(f"{order.number}-{position}"), result_type=ShipmentResult
        )

    async def stock(self) -> dict[tuple[str, str], tuple[int, int, int]]:
        """On hand, reserved and sold by node and SKU."""
        async with self.database.connection() as connection:
            rows = await connection.fetch("select * from stock_balances")
        return {(row["node_id"], row["sku"]): (row["on_hand"], row["reserved"], row["sold"]) for row in rows}


def happened(order: OrderView) -> list[str]:
    """The order's story, as event types in order."""
    return [entry.type for entry in order.timeline]
