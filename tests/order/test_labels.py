"""Labels are bought for the address that a consignment was planned for, and none for one that is asked back."""

import pytest

from adapters.postgres.stock import PostgresStock
from contracts.fulfillment import Label, LabelRequest
from contracts.order import OrderStep
from contracts.order_view import OrderView
from contracts.partners import PartnerRefused
from contracts.planning import OrderToPlan
from contracts.states import OrderStatus
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.test_edit import ELSEWHERE, recipients
from tests.order.test_rejection import asked, send
from tests.order.test_steps import plan, step_of
from tests.shop import basket


async def accepted_without_carrier(business: Business, **units: int) -> OrderView:
    """Its node has accepted; the carrier sold one label, whose answer is lost, and is away from then on."""
    business.carriers.losing, business.carriers.away_from = {"buy_label"}, {"buy_label": 2}
    order = await business.place(basket(**units))
    await asked(business, order)
    await business.node_tells(business.consignment(order), "accepted")
    await business.until_called(business.carriers.calls, "buy_label", times=2)
    return order


@both_ways
async def test_a_cancel_while_the_carrier_is_away_ends_the_order(business: Business) -> None:
    order = await accepted_without_carrier(business, MUG=1)
    await business.cancel(order)
    assert (await business.result(order)).status is OrderStatus.CANCELED
    assert business.payments.still_held == set()
    assert [reserved for _, reserved, _ in (await business.stock()).values() if reserved] == []


async def test_an_edit_while_the_carrier_is_away_sends_it_to_the_other_address(business: Business) -> None:
    order = await accepted_without_carrier(business, MUG=1)
    await business.edit(order, **ELSEWHERE)
    await asked(business, order, 2)
    business.carriers.away_from = {}
    await send(business, order, 2)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert (await recipients(business))[f"shipment/{order.number}-2"] == "9 Mission Street"


async def test_all_labels_of_one_consignment_are_for_one_address_whatever_was_edited(business: Business) -> None:
    business.carriers.away_from = {"buy_label": 2}
    order = await business.place(basket(TNT=8))
    await asked(business, order)
    await business.node_tells(business.consignment(order), "accepted")
    await business.until_called(business.carriers.calls, "buy_label", times=2)
    business.nodes.keeps_what_it_was_asked_for = True
    await business.edit(order, **ELSEWHERE)
    await business.until_told(order, "fulfillment.request_refused")
    business.carriers.away_from = {}
    await send(business, order, 1)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert len(business.carriers.labels) == 3
    assert len(set(business.carriers.sent_to.values())) == 1


async def test_new_labels_after_a_rejection_are_for_the_address_of_the_first_ones(business: Business) -> None:
    business.nodes.habits = ["accepted"]
    business.nodes.keeps_what_it_was_asked_for = True
    order = await business.place(basket(TNT=2))
    await business.until_told(order, "shipment.label_created")
    await business.edit(order, **ELSEWHERE)
    await business.until_told(order, "fulfillment.request_refused")
    await business.node_rejects(business.consignment(order), "damaged", TNT=1)
    await business.until(order, lambda view: happened(view).count("shipment.label_created") == 2)
    assert await recipients(business) == {f"shipment/{order.number}-1": "1 Market Street"}
    assert len(set(business.carriers.sent_to.values())) == 1


class EditedMeanwhile(PostgresStock):
    """Between its first reading and its reserving, the customer names another address."""

    def __init__(self, office: Business, order: OrderView) -> None:
        super().__init__(office.database)
        self._office = office
        self._order: OrderView | None = order
        self.read: list[str] = []

    async def order_to_plan(self, step: OrderStep) -> OrderToPlan:
        read = await super().order_to_plan(step)
        self.read.append(read.address_ref)
        if self._order is not None:
            order, self._order = self._order, None
            await self._office.accept_address(order, **ELSEWHERE)
        return read


async def test_an_edit_while_it_is_planned_is_planned_anew(back_office: Business) -> None:
    order = await back_office.accept_order()
    stock = EditedMeanwhile(back_office, order)
    (consignment,) = (await plan(back_office, await step_of(back_office, order), stock)).consignments
    async with back_office.database.connection() as connection:
        pinned = await connection.fetchval(
            "select address_ref from fulfillments where fulfillment_id = $1", consignment.fulfillment_id
        )
    assert [pinned] == stock.read[1:]
    assert stock.read[0] != pinned


@pytest.mark.parametrize(("code", "hold"), [("too_far", "incorrect_address"), ("too_heavy", "other")])
async def test_what_the_carrier_will_not_take_is_asked_back_and_a_person_has_to_look(
    business: Business, code: str, hold: str
) -> None:
    order = await refused(business, code, MUG=1)
    held = await business.until_told(order, "fulfillment.canceled")
    assert [each.reason_code for each in held.holds] == [hold]
    (told,) = [entry for entry in held.timeline if entry.type == "shipment.label_refused"]
    assert told.facts == {"number": f"{order.number}-1", "carrier": held.consignments[0].carrier, "code": code}
    assert [reserved for _, reserved, _ in (await business.stock()).values() if reserved] == []


@both_ways
async def test_once_its_address_is_corrected_it_is_planned_again(business: Business) -> None:
    order = await refused(business, "too_far", MUG=1)
    await business.until_told(order, "fulfillment.canceled")
    business.carriers.broken = {}
    await business.edit(order, **ELSEWHERE)
    await asked(business, order, 2)
    await send(business, order, 2)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert await recipients(business) == {f"shipment/{order.number}-2": "9 Mission Street"}
    await business.assert_nothing_is_left_open()


async def test_an_order_whose_label_was_refused_can_be_canceled(business: Business) -> None:
    order = await refused(business, "too_far", MUG=1)
    await business.cancel(order)
    assert (await business.result(order)).status is OrderStatus.CANCELED
    assert (await business.show(order)).holds == []
    await business.assert_nothing_is_left_open()


async def test_the_labels_before_the_one_that_was_refused_are_voided(business: Business) -> None:
    real = business.carriers.buy_label

    async def buy(request: LabelRequest) -> Label:
        if request.position == 3:
            raise PartnerRefused("carriers", 422, "too_heavy")
        return await real(request)

    business.carriers.buy_label = buy  # type: ignore[method-assign]
    order = await business.place(basket(TNT=8))
    await asked(business, order)
    await business.node_tells(business.consignment(order), "accepted")
    await business.until_told(order, "shipment.label_refused")
    await business.relay()
    await business.until_told(order, "fulfillment.canceled")
    assert business.carriers.voided == {label.tracking_code for label in business.carriers.labels.values()}
    assert len(business.carriers.voided) == 2


async def test_what_its_node_keeps_is_held_and_asked_for_again_until_the_carrier_takes_it(business: Business) -> None:
    business.nodes.keeps_what_it_was_asked_for = True
    order = await refused(business, "too_far", MUG=1)
    await business.until_told(order, "fulfillment.request_refused")
    calls = business.carriers.calls["buy_label"]
    await business.until_called(business.carriers.calls, "buy_label", times=calls + 2)
    held = await business.show(order)
    assert [each.reason_code for each in held.holds] == ["incorrect_address"]
    assert happened(held).count("shipment.label_refused") == 1
    business.carriers.broken = {}
    await business.until_told(order, "shipment.label_created")
    await business.release(order)
    await send(business, order, 1)
    assert (await business.result(order)).status is OrderStatus.COMPLETED


async def test_a_no_to_how_we_ask_holds_nothing(business: Business) -> None:
    business.carriers.broken = {"buy_label": PartnerRefused("carriers", 401, "unknown_key")}
    business.everybody_is_prompt()
    order = await business.place(basket(MUG=1))
    await business.until_called(business.carriers.calls, "buy_label", times=2)
    assert (await business.show(order)).holds == []
    business.carriers.broken = {}
    assert (await business.result(order)).status is OrderStatus.COMPLETED


async def refused(business: Business, code: str, **units: int) -> OrderView:
    """Its node has accepted, its carrier says no, and the process is told of what followed."""
    business.carriers.broken = {"buy_label": PartnerRefused("carriers", 422, code)}
    order = await business.place(basket(**units))
    await asked(business, order)
    await business.node_tells(business.consignment(order), "accepted")
    await business.until_told(order, "shipment.label_refused")
    await business.relay()
    return order
