"""One real order after another, through its real processes, while anything happens to it: it adds up, and it ends."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from adapters.postgres.intake import PostgresIntake
from adapters.temporal import StillOwed
from contracts.actors import Actor
from contracts.catalogue import StockRow
from contracts.order_view import ConsignmentView, OrderView
from contracts.problems import Refused
from contracts.refunds import PaidOrder, UnitState
from contracts.states import ApprovalStatus, FulfillmentStatus, OrderStatus, ShipmentStatus
from tests.order.business import Business
from tests.order.test_payment_gift_cards import issued, shared
from tests.order.test_payment_method import pay
from tests.order.test_review import risky
from tests.shop import OAKLAND, basket, usd
from tests.shop import line as a_line

OPEN = {FulfillmentStatus.OPEN, FulfillmentStatus.IN_PROGRESS}
FATES = [
    ShipmentStatus.LOST,
    ShipmentStatus.RETURNED_TO_SENDER,
    ShipmentStatus.EXCEPTION,
    *[ShipmentStatus.DELIVERED] * 12,
]
SKUS = {"MUG-01": "MUG", "LMP-01": "LMP", "TNT-01": "TNT"}


class Life:
    """What happens to one order, drawn from a seed; the world goes on until the order is closed."""

    def __init__(self, business: Business, seed: int) -> None:
        self._business = business
        self._rng = random.Random(seed)
        business.payments.declines, business.payments.good = "lost_card", {"pm_card"}

    async def lead(self) -> None:
        units = {name: self._rng.randint(1, 4) for name in self._rng.sample(["MUG", "LMP", "TNT"], k=2)}
        if self._rng.random() < 0.2:
            units["TNT"] = 12
        order = await self._business.place(await self._body(units))
        happenings: list[tuple[float, Callable[[OrderView], Awaitable[None]]]] = [
            (0.25, self._customer_cancels_some),
            (0.20, self._node_rejects_some),
            (0.10, self._node_rejects_what_has_left),
            (0.10, self._customer_claims),
            (0.10, self._customer_chooses),
            (0.08, self._hold_and_release),
            (0.10, self._customer_edits),
            (0.05, self._process_is_ended),
            (1.00, self._world_goes_on),
        ]
        troubles = self._rng.randint(0, 4)
        async with asyncio.timeout(90):
            while not await self._is_over(shown := await self._business.show(order)):
                if not shown.status.order.is_final:
                    self._check_open(shown)
                likely = [one for chance, one in happenings if self._rng.random() < chance]
                happens = self._rng.choice(likely) if troubles > 0 else self._world_goes_on
                troubles -= happens != self._world_goes_on
                with suppress(Refused):  # it came too late, and was told so
                    await happens(shown)
                await self._business.relay()
                await self._business.watch()
                await asyncio.sleep(0.05)
        await self._check_the_end(order)

    async def _body(self, units: dict[str, int]) -> dict[str, Any]:
        """Some look risky, some are paid for with a card that is declined, some in part with a gift card."""
        body = basket(**units)
        if self._rng.random() < 0.15:
            body["tenders"][0]["payment_method"] = "pm_lost"
        elif self._rng.random() < 0.2:
            body = shared(1_500, await issued(self._business.database, 2_000), **units)
        if self._rng.random() < 0.15:
            body |= {name: risky()[name] for name in ("service_level", "customer", "billing_address")}
        return body

    async def _is_over(self, order: OrderView) -> bool:
        """Closed, and nobody is asked about it; of some a parcel is claimed only then."""
        if not order.status.order.is_final or order.waiting_on:
            return False
        if self._rng.random() < 0.1:
            with suppress(Refused):
                await self._customer_claims(order)
            return not (await self._business.show(order)).waiting_on
        return True

    async def _customer_claims(self, order: OrderView) -> None:
        """Of what was delivered, rightly or not; a person decides at once."""
        parcels = [parcel for consignment in order.consignments for parcel in consignment.parcels]
        if arrived := [parcel.id for parcel in parcels if parcel.status is ShipmentStatus.DELIVERED]:
            await self._business.claim(
                order, self._rng.choice(arrived), self._rng.choice(["replacement", "refund", None])
            )

    async def _people_decide(self, order: OrderView) -> None:
        for question in await self._business.questions(ApprovalStatus.PENDING):
            if question.order_id == order.id:
                with suppress(StillOwed):
                    await self._business.decide_on(question, self._rng.choice(["approved", "approved", "rejected"]))
        if order.holds:
            await self._business.release(order)

    async def _customer_cancels_some(self, order: OrderView) -> None:
        line = self._rng.choice(order.lines)
        await self._business.cancel(order, lines={line.line_id: self._rng.randint(1, line.quantity)})

    async def _customer_edits(self, order: OrderView) -> None:
        """More or less of a line, another line or both; some of it is declined."""
        line = self._rng.choice(order.lines)
        another = a_line(line_id=uuid4().hex, sku="MUG-01", quantity=1, unit_price=usd(1000), tax_rate="0")
        wanted = {"line_id": line.line_id, "quantity": self._rng.randint(0, 5)}
        added = [another] if self._rng.random() < 0.5 else None
        card = self._rng.choice([None, "pm_lost"])
        await self._business.change(order, lines=[wanted], add=added, payment_method=card)

    async def _customer_chooses(self, order: OrderView) -> None:
        if "choose" in order.allowed_actions:
            await self._business.choose(order, self._rng.choice(["ship_available", "wait", "cancel"]))

    async def _hold_and_release(self, order: OrderView) -> None:
        await self._business.hold(order)
        await self._business.release(order)

    async def _process_is_ended(self, order: OrderView) -> None:
        await self._business.process(order).terminate(reason="a test")

    async def _node_rejects_some(self, order: OrderView) -> None:
        if asked := self._asked(order):
            chosen = self._rng.choice(asked)
            line = self._rng.choice(chosen.lines)
            reason = self._rng.choice(["damaged", "mismatch", "no_capacity", "not_in_stock", "incorrect_address"])
            quantity = {SKUS[line.sku]: self._rng.randint(1, line.quantity)}
            await self._business.node_rejects(self._business.nodes.asked[chosen.number], reason, **quantity)

    async def _node_rejects_what_has_left(self, order: OrderView) -> None:
        """Its news comes late: these units were not in the parcels."""
        left = [each for each in order.consignments if each.number in self._business.nodes.let_go]
        if left:
            chosen = self._rng.choice(left)
            line = self._rng.choice(chosen.lines)
            with suppress(StillOwed):  # its process has ended, and starts again
                asked = self._business.nodes.asked[chosen.number]
                await self._business.node_rejects(asked, "damaged", **{SKUS[line.sku]: 1})

    async def _world_goes_on(self, order: OrderView) -> None:
        """People decide, customers pay, nodes pack, carriers bring or lose each parcel by itself, stock comes."""
        await self._people_decide(order)
        if "pay" in order.allowed_actions:
            await pay(self._business, order, "pm_card")
        for consignment in self._asked(order):
            await self._business.node_tells(self._business.nodes.asked[consignment.number], "packed")
        for consignment in order.consignments:
            codes = self._business.nodes.let_go.get(consignment.number, [])
            for code in codes if consignment.status in OPEN else []:
                with suppress(StillOwed):
                    await self._business.carrier_scans([code], self._rng.choice(FATES))
        if order.waiting_on and order.waiting_on.startswith("stock") and self._rng.random() < 0.5:
            await self._stock_comes()

    async def _stock_comes(self) -> None:
        rows = [StockRow.model_validate({"node_id": OAKLAND, "sku": sku, "quantity": 20}) for sku in SKUS]
        intake = PostgresIntake(self._business.database)
        by = Actor(type="system", id="tests")
        await intake.receive(uuid4().hex, rows, actor=by, now=await self._business.now())

    def _asked(self, order: OrderView) -> list[ConsignmentView]:
        return [
            consignment
            for consignment in order.consignments
            if consignment.status in OPEN
            and consignment.number in self._business.nodes.asked
            and consignment.number not in self._business.nodes.let_go
        ]

    def _check_open(self, order: OrderView) -> None:
        assert order.waiting_on is not None or order.status.order in {OrderStatus.CONFIRMED, OrderStatus.PROCESSING}
        assert order.payment.captured.amount_minor >= order.payment.refunded.amount_minor

    async def _check_the_end(self, order: OrderView) -> None:
        closed = await self._business.show(order)
        async with self._business.database.connection() as connection:
            money = PaidOrder.model_validate(
                await connection.fetchval("select money from orders where order_id = $1", order.id)
            )
            balances = await connection.fetch("select * from stock_balances")
            received = await connection.fetchval("select sum(quantity) from stock_movements where from_bucket is null")
        ended = [entry for entry in closed.timeline if entry.type in {"order.completed", "order.canceled"}]
        facts: Any = ended[-1].facts
        delivered: Counter[str] = Counter(facts.get("delivered", {}))
        for line in money.lines:
            assert line.count(UnitState.CAPTURED) == delivered[line.line_id], closed.timeline
            assert line.count(UnitState.OPEN) == 0, closed.timeline
        assert all(line.quantity == line.canceled + delivered[line.line_id] for line in closed.lines)
        assert (closed.status.order is OrderStatus.COMPLETED) == bool(delivered)
        kept = sum(tender.held_minor for tender in money.tenders)
        assert closed.payment.captured.amount_minor - closed.payment.refunded.amount_minor == kept
        assert kept == 1_000 * delivered.total()
        total = sum(
            row[bucket] for row in balances for bucket in ("on_hand", "reserved", "sold", "quarantined", "lost")
        )
        assert total == received
        assert sum(row["reserved"] for row in balances) == 0
        assert closed.waiting_on is None


async def test_whatever_happens_to_an_order_it_adds_up_and_ends(business: Business) -> None:
    for seed in range(5):
        await Life(business, seed).lead()


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_whatever_happens_to_two_hundred_orders_they_add_up_and_end(business: Business) -> None:
    business.nodes.keeps_what_it_was_asked_for = True
    for seed in range(100, 300):
        await Life(business, seed).lead()
