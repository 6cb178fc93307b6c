"""A morning at the shop: orders come in one after the other, and some customers want theirs back, or otherwise."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from contracts.checkout import PayOrder
from contracts.claims import OpenClaim
from contracts.ids import OrderId
from contracts.states import ShipmentStatus
from decisions.calendar import end_of
from simulation.cancels import cancel_of
from simulation.checkouts import order_of
from simulation.customers import Mood, Visit
from simulation.draws import draw
from simulation.edits import edit_of
from simulation.shop import PlacedOrder, Shop, TurnedDown
from simulation.wall import Wall

ORDERS_A_SECOND: Final = 8
# Business hours from the order to the cancel: what leaves a node does so after one to four.
SECOND_THOUGHTS: Final = {
    Mood.HASTY: (0.0, 0.0),
    Mood.DOUBTFUL: (0.5, 4.0),
    Mood.TARDY: (8.0, 20.0),
    Mood.PICKY: (0.0, 4.0),
}
OTHER_CARD: Final = "pm_card"
LOOK_SECONDS: Final = 0.5

TOO_LATE: Final = 409


class Morning:
    """`tell` gets a sentence about every cancel, edit and claim, and every payment method that is named later."""

    def __init__(self, shop: Shop, wall: Wall, *, run: str, seed: int, tell: Callable[[str], None]) -> None:
        self._shop = shop
        self._wall = wall
        self._run = run
        self._seed = seed
        self._tell = tell
        self.placed: dict[OrderId, Visit] = {}
        self.late_cancels = 0

    async def place_all(self, visits: Sequence[Visit]) -> None:
        """Returns when the last order is placed and nobody wants anything any more."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        async with asyncio.TaskGroup() as wishes:
            for visit in visits:
                await asyncio.sleep(begun + visit.position / ORDERS_A_SECOND - loop.time())
                placed = await self._place(visit)
                self.placed[placed.id] = visit
                if visit.mood in SECOND_THOUGHTS:
                    wishes.create_task(self._cancel(placed.id, placed.number, visit))
                if visit.mood is Mood.RESOURCEFUL:
                    wishes.create_task(self._pay_otherwise(placed.id, placed.number))
                if visit.mood is Mood.UNDECIDED:
                    wishes.create_task(self._edit(placed.id, placed.number, visit))
                if visit.mood is Mood.EMPTY_HANDED:
                    wishes.create_task(self._claim(placed.id, placed.number))

    async def _place(self, visit: Visit) -> PlacedOrder:
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
        command = cancel_of(visit, self._seed)
        await self._wall.sleep(timedelta(hours=hours))
        try:
            await self._shop.cancel(order_id, command)
        except TurnedDown as refusal:
            if refusal.status != TOO_LATE:
                raise
            self.late_cancels += 1
            self._tell(f"too late to cancel: {refusal.detail}")
        else:
            what = "a part of order" if command.lines else "order"
            self._tell(f"{what} {number} is canceled by its customer")

    async def _edit(self, order_id: OrderId, number: int, visit: Visit) -> None:
        """As soon as it is paid for, unless all of it has left, or it is at its end, before."""
        command = edit_of(visit, self._seed)
        while "edit" in (await self._shop.show(order_id)).allowed_actions:
            try:
                await self._shop.edit(order_id, command)
            except TurnedDown as refusal:
                if refusal.status != TOO_LATE:
                    raise
            else:
                return self._tell(f"order {number} is edited by its customer")
            await asyncio.sleep(LOOK_SECONDS)
        return None

    async def _claim(self, order_id: OrderId, number: int) -> None:
        """Of the first parcel that is said to be delivered, unless none ever is."""
        while "claim" not in (order := await self._shop.show(order_id)).allowed_actions:
            if order.status.order.is_final:
                return
            await asyncio.sleep(LOOK_SECONDS)
        parcels = [parcel for consignment in order.consignments for parcel in consignment.parcels]
        denied = next(parcel for parcel in parcels if parcel.status is ShipmentStatus.DELIVERED)
        await self._shop.claim(order_id, OpenClaim(shipment_id=denied.id, reason_code="not_received"))
        self._tell(f"order {number}: a delivered parcel did not come, says its customer")

    async def _pay_otherwise(self, order_id: OrderId, number: int) -> None:
        """As soon as that is asked for, unless the order is at its end before."""
        command = PayOrder(tender_id="t1", payment_method=OTHER_CARD)
        while not (order := await self._shop.show(order_id)).status.order.is_final:
            if "pay" in order.allowed_actions:
                try:
                    await self._shop.pay(order_id, command)
                except TurnedDown as refusal:
                    if refusal.status != TOO_LATE:
                        raise
                else:
                    return self._tell(f"order {number} is paid with another card")
            await asyncio.sleep(LOOK_SECONDS)
        return None
