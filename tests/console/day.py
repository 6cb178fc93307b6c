"""A day at the small shop, for pictures: orders on their way, parcels that did not come, and held orders."""

from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.postgres.clock import PostgresClock
from adapters.postgres.settlement import PostgresSettlement
from adapters.postgres.shipment_steps import PostgresShipments
from contracts.fulfillment import Consignment
from contracts.policy import PaymentPolicy
from tests.console.letters import LIE, sentences, write
from tests.console.orders import Held, authorize, hold, plan_all, risky_body
from tests.desk import Desk
from tests.front_door import Caller
from tests.shipment.parcels import Parcels
from tests.shop import LAMP, TENT, line, order_body, usd


class Day:
    """Business time goes on between the steps, faster than the wall's."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    async def goes_on(self, hours: float) -> None:
        async with self.caller.database.connection() as connection:
            await connection.execute(
                "update business_clock set business_epoch = business_epoch + $1::interval", timedelta(hours=hours)
            )

    async def now(self) -> datetime:
        return (await PostgresClock(self.caller.database).read()).at(datetime.now(UTC))

    async def desk(self, order: dict[str, Any]) -> Desk:
        """The desk at this moment of the day."""
        desk = Desk(self.caller.database, order)
        desk.step = desk.step.model_copy(update={"now": await self.now()})
        return desk

    async def on_its_way(self, body: dict[str, Any], *, arrives: int) -> dict[str, Any]:
        """Paid, planned and sent; so many of its consignments have arrived."""
        order = await self.caller.placed(body)
        await self.goes_on(0.1)
        await authorize(self.caller, await self.desk(order))
        consignments = await plan_all(self.caller, await self.desk(order))
        for consignment in consignments:
            await (await self.desk(order)).ask(consignment)
        await self.goes_on(1.2)
        for i, consignment in enumerate(consignments):
            await self._leaves(order, consignment, arrives=i < arrives)
        return order

    async def _leaves(self, order: dict[str, Any], consignment: Consignment, *, arrives: bool) -> None:
        accepting = Parcels(self.caller, await self.desk(order), consignment)
        await accepting.node("accepted")
        await accepting.label()
        await self.goes_on(0.7)
        leaving = Parcels(self.caller, await self.desk(order), consignment)
        leaving.codes = accepting.codes
        await leaving.leave()
        await self._charged(order)
        shipments, desk = PostgresShipments(self.caller.database), await self.desk(order)
        await shipments.wait_for_carrier(desk.of(consignment), desk.step.now + timedelta(days=2))
        await leaving.scan("in_transit", 0.1)
        await self.goes_on(9)
        if arrives:
            await leaving.scan("delivered", 8)
            await shipments.record_delivered((await self.desk(order)).of(consignment))

    async def _charged(self, order: dict[str, Any]) -> None:
        """What has left, as the provider would."""
        settlement, step = PostgresSettlement(self.caller.database), (await self.desk(order)).step
        await settlement.plan_captures(step, PaymentPolicy())
        while (move := await settlement.next_move(step)) is not None:
            await settlement.record_move(step, move, f"charge-{move.move_id}")

    async def held(self, name: str, quantity: int, *, due_in: float) -> Held:
        """The question is due that many hours from now, on the business clock."""
        body = risky_body(lines=[line(quantity=quantity, tax_rate="0")])
        total = 1999 * quantity + 495
        body["customer"]["name"] = name
        body["tenders"][0]["amount"] = usd(total)
        ahead = await self.now() - datetime.now(UTC)
        held = await hold(self.caller, body, due_in=ahead + timedelta(hours=due_in), ahead=ahead)
        await self.goes_on(0.2)
        return held


async def a_day(caller: Caller) -> tuple[Held, dict[str, Any]]:
    """Five questions, one of them about a parcel; and an order on its way in two consignments."""
    day = Day(caller)
    claimed = await day.on_its_way(_lamps("Alan Turing"), arrives=1)
    shipped = await day.on_its_way(_tent_and_lamps(), arrives=1)
    await tell_of(caller, shipped, at=await day.now())
    shown = await caller.get(f"/v1/orders/{claimed['id']}")
    parcel = shown.json()["consignments"][0]["parcels"][0]["id"]
    claim = {"shipment_id": parcel, "reason_code": "not_received", "note": "I was at home all day."}
    opened = await caller.post(f"/v1/orders/{claimed['id']}:claim", claim)
    assert opened.is_success, opened.text
    held = [
        await day.held(name, quantity, due_in=hours)
        for name, quantity, hours in (("Rosa Meyer", 24, 3.4), ("Ada Byron", 2, 21), ("Jo Park", 300, 50))
    ]
    await write(
        caller.database,
        held[0].order,
        "case_summary",
        (
            None,
            sentences(
                odd="The billing address is in another region, and the e-mail address is a disposable one.",
                good="Nothing that this customer bought was ever disputed or claimed.",
            ),
            [],
        ),
    )
    return held[0], shipped


async def tell_of(caller: Caller, order: dict[str, Any], *, at: datetime) -> None:
    lie = sentences(subject="On its way", text="Your 3 tents have left.")
    truth = sentences(
        subject="Your tent is on its way",
        greeting="Hello Grace,",
        text="your tent has left our store in Oakland. Swift brings it by Thursday, 26 November.",
        close="The lamps come in a parcel of their own.",
    )
    await write(caller.database, order, "shipped", ("some-model", lie, [LIE]), (None, truth, []), at=at)


def _lamps(name: str) -> dict[str, Any]:
    body = order_body(lines=[line(sku=LAMP, unit_price=usd(2_450), tax_rate="0")])
    body["customer"]["name"] = name
    body["tenders"][0]["amount"] = usd(2 * 2_450 + 495)
    return body


def _tent_and_lamps() -> dict[str, Any]:
    """The tent is in Oakland alone, the lamps are in Reno."""
    body = order_body(
        lines=[
            line(line_id="1", sku=TENT, quantity=1, unit_price=usd(18_900), tax_rate="0"),
            line(line_id="2", sku=LAMP, quantity=2, unit_price=usd(2_450), tax_rate="0"),
        ]
    )
    body["customer"] |= {"name": "Grace Hopper", "email": "grace@example.org"}
    body["tenders"][0]["amount"] = usd(18_900 + 2 * 2_450 + 495)
    return body
