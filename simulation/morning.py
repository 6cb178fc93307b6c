"""A morning at the shop: orders come in one after the other, and some customers want theirs back."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from contracts.checkout import CancelOrder
from contracts.ids import OrderId
from contracts.order_view import OrderView
from decisions.calendar import end_of
from simulation.checkouts import order_of
from simulation.customers import Mood, Visit
from simulation.draws import draw
from simulation.shop import Shop, TurnedDown
from simulation.wall import Wall

ORDERS_A_SECOND: Final = 8
# Business hours from the order to the cancel: what leaves a node does so after one to four.
SECOND_THOUGHTS: Final = {Mood.HASTY: (0.0, 0.0), Mood.DOUBTFUL: (0.5, 4.0), Mood.TARDY: (8.0, 20.0)}

TOO_LATE: Final = 409


class Morning:
    """`tell` gets a sentence about every cancel."""

    def __init__(self, shop: Shop, wall: Wall, *, run: str, seed: int, tell: Callable[[str], None]) -> None:
        self._shop = shop
        self._wall = wall
        self._run = run
        self._seed = seed
        self._tell = tell
        self.placed: dict[OrderId, Visit] = {}
        self.late_cancels = 0

    async def place_all(self, visits: Sequence[Visit]) -> None:
        """Returns when the last order is placed and the last cancel is answered."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        async with asyncio.TaskGroup() as cancels:
            for visit in visits:
                await asyncio.sleep(begun + visit.position / ORDERS_A_SECOND - loop.time())
                placed = await self._place(visit)
                self.placed[placed.id] = visit
                if visit.mood in SECOND_THOUGHTS:
                    cancels.create_task(self._cancel(placed.id, placed.number, visit))

    async def _place(self, visit: Visit) -> OrderView:
        """With a new promise if the first one passes while nobody answers: business time is fast."""
        while True:
            order = order_of(visit, run=self._run, seed=self._seed, now=self._wall.business_now())
            try:
                return await self._shop.place(order)
            except TurnedDown:
                promise = order.promise
                if promise is None or self._wall.business_now() < end_of(promise.latest, order.time_zone):
                    raise

    async def _cancel(self, order_id: OrderId, number: int, visit: Visit) -> None:
        hours = draw(self._seed, "second thoughts", str(visit.position)).uniform(*SECOND_THOUGHTS[visit.mood])
        await self._wall.sleep(timedelta(hours=hours))
        try:
            await self._shop.cancel(order_id, CancelOrder(reason_code="customer"))
        except TurnedDown as refusal:
            if refusal.status != TOO_LATE:
                raise
            self.late_cancels += 1
            self._tell(f"too late to cancel: {refusal.detail}")
        else:
            self._tell(f"order {number} is canceled by its customer")
