"""The clerk who looks at held orders: asks the customer for the right address, and releases what was looked at."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from contracts.checkout import Address
from contracts.commands import EditOrder, ReleaseOrder
from contracts.ids import OrderId
from contracts.reasons import HoldReason
from simulation.checkouts import home_of
from simulation.customers import Visit
from simulation.shop import PlacedHold, PlacedOrder, Shop, TurnedDown
from simulation.tables import Tables
from simulation.wall import Wall

LOOK_SECONDS: Final = 0.5
TAKES: Final = timedelta(hours=3)  # to reach the customer

NOT_NOW: Final = 409


class Clerk:
    """`placed` is who ordered what."""

    def __init__(self, shop: Shop, tables: Tables, wall: Wall, placed: Mapping[OrderId, Visit], *, seed: int) -> None:
        self._shop = shop
        self._tables = tables
        self._wall = wall
        self._placed = placed
        self._seed = seed

    async def work(self) -> None:
        """Until canceled."""
        while True:
            now = self._wall.business_now()
            for order_id in await self._tables.held():
                await self._look(await self._shop.show(order_id), now)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self, order: PlacedOrder, now: datetime) -> None:
        for hold in order.holds:
            if hold.placed_at + TAKES <= now:
                try:
                    await self._settle(order, hold)
                except TurnedDown as refusal:
                    if refusal.status != NOT_NOW:
                        raise

    async def _settle(self, order: PlacedOrder, hold: PlacedHold) -> None:
        """What has left cannot be sent elsewhere any more; it comes back, or not."""
        if hold.reason_code is HoldReason.INCORRECT_ADDRESS and "edit" in order.allowed_actions:
            edit = EditOrder(shipping_address=self._corrected(self._placed[order.id]))
            await self._shop.edit(order.id, edit, because=f"address:{hold.id}")
        else:
            await self._shop.release(order.id, ReleaseOrder(hold_id=hold.id))

    def _corrected(self, visit: Visit) -> Address:
        return home_of(visit, self._seed).model_copy(update={"line2": "second floor"})
