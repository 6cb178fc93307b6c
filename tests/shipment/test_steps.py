"""A consignment's steps by themselves: taken again they give the same answer, and there is one effect."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from activities.planning import PlanningActivities
from activities.shipment import ShipmentActivities
from contracts.order import OrderStep
from contracts.order_view import OrderView
from contracts.partners import PartnerUnavailable
from contracts.reasons import CancelReason
from contracts.shipment import ShipmentStep
from contracts.states import FulfillmentStatus, RequestStatus, ShipmentStatus
from tests.order.business import Business
from tests.order.onlooker import happened
from tests.order.taken import as_attempts, taken_thrice
from tests.shop import OAKLAND, TENT, basket


@dataclass(frozen=True)
class Planned:
    """Eight tents in three parcels from Oakland: reserved, the node not asked yet."""

    office: Business
    order: OrderView
    step: ShipmentStep
    steps: ShipmentActivities

    async def view(self) -> OrderView:
        return await self.office.show(self.order)

    async def node_tells(self, fact: str) -> None:
        await self.office.store_node_fact(self.step.consignment, fact)

    async def authorized(self, *, until: datetime) -> None:
        async with self.office.database.connection() as connection:
            await connection.execute("update tenders set expires_at = $2 where order_id = $1", self.order.id, until)

    async def labeled(self) -> None:
        await self.steps.ask_node(self.step)
        await self.node_tells("packed")
        await self.steps.buy_labels(self.step)


@pytest.fixture
async def planned(back_office: Business) -> Planned:
    world = back_office.world
    order = await back_office.accept_order(basket(TNT=8))
    step = OrderStep(order_id=order.id, number=order.number, policy_version=1, now=await back_office.now())
    planning = PlanningActivities(stock=world.stock, rates=world.rates, policies=world.policies, clock=world.clock)
    answer = await as_attempts(planning).plan_and_reserve(step)
    (consignment,) = answer.consignments
    return Planned(
        office=back_office,
        order=order,
        step=ShipmentStep(consignment=consignment, order_number=order.number, policy_version=1, now=step.now),
        steps=as_attempts(
            ShipmentActivities(
                shipments=world.shipments,
                losses=world.losses,
                nodes=world.nodes,
                carriers=world.carriers,
                policies=world.policies,
                clock=world.clock,
            )
        ),
    )


async def test_a_node_is_asked_and_it_is_told_once(planned: Planned) -> None:
    await taken_thrice(lambda: planned.steps.ask_node(planned.step))
    view = await planned.view()
    assert happened(view).count("fulfillment.requested") == 1
    (consignment,) = view.consignments
    assert (consignment.request, consignment.waiting_on) == (RequestStatus.SUBMITTED, "Store Oakland to accept")


async def test_labels_are_bought_once_each_and_only_for_a_node_that_accepted(planned: Planned) -> None:
    await planned.steps.ask_node(planned.step)
    assert (await planned.steps.buy_labels(planned.step)).outcome == "not_yet"
    await planned.node_tells("accepted")
    assert (await taken_thrice(lambda: planned.steps.buy_labels(planned.step))).outcome == "done"
    number = planned.step.consignment.number
    assert list(planned.office.carriers.labels) == [f"shipment/{number}:label:{parcel}" for parcel in (1, 2, 3)]
    (consignment,) = (await planned.view()).consignments
    assert [parcel.grams for parcel in consignment.parcels] == [18_000, 18_000, 12_000]
    assert consignment.waiting_on == "Store Oakland to pack"


async def test_a_label_whose_answer_was_lost_is_not_bought_a_second_time(planned: Planned) -> None:
    await planned.steps.ask_node(planned.step)
    await planned.node_tells("accepted")
    for _ in range(2):
        planned.office.carriers.losing = {"buy_label"}
        with pytest.raises(Exception, match="carriers is not available"):
            await planned.steps.buy_labels(planned.step)
    await planned.steps.buy_labels(planned.step)
    assert happened(await planned.view()).count("shipment.label_created") == len(planned.office.carriers.labels) == 3


async def test_a_carrier_that_fails_between_two_labels_is_asked_only_for_the_missing_ones(planned: Planned) -> None:
    await planned.steps.ask_node(planned.step)
    await planned.node_tells("accepted")
    carriers = planned.office.carriers
    carriers.away_from = {"buy_label": 2}
    with pytest.raises(PartnerUnavailable):
        await planned.steps.buy_labels(planned.step)
    (half,) = (await planned.view()).consignments
    assert ([parcel.grams for parcel in half.parcels], half.waiting_on) == ([18_000], "labels of Swift")
    carriers.away_from = {}
    assert (await planned.steps.buy_labels(planned.step)).outcome == "done"
    (whole,) = (await planned.view()).consignments
    assert whole.parcels[0] == half.parcels[0]
    assert [parcel.grams for parcel in whole.parcels] == [18_000, 18_000, 12_000]
    assert (carriers.calls["buy_label"], len(carriers.labels)) == (4, 3)


async def test_nothing_is_handed_over_before_it_is_packed(planned: Planned) -> None:
    await planned.steps.ask_node(planned.step)
    await planned.node_tells("accepted")
    await planned.steps.buy_labels(planned.step)
    assert (await planned.steps.hand_over(planned.step)).outcome == "not_yet"
    assert (await planned.office.stock())[OAKLAND, TENT] == (2, 8, 0)


async def test_a_hand_over_sells_the_units_once(planned: Planned) -> None:
    await planned.labeled()
    answer = await taken_thrice(lambda: planned.steps.hand_over(planned.step))
    (consignment,) = (await planned.view()).consignments
    estimate = max(parcel.expected_at for parcel in consignment.parcels)
    assert (answer.outcome, answer.patience_ends_at) == ("handed_over", estimate + timedelta(days=2))
    assert (consignment.waiting_on, consignment.waiting_until) == ("Swift to deliver", answer.patience_ends_at)
    assert (await planned.office.stock())[OAKLAND, TENT] == (2, 0, 8)
    assert happened(await planned.view()).count("fulfillment.shipped") == 1


@pytest.mark.parametrize(
    ("left", "outcome"), [(timedelta(hours=4, minutes=1), "handed_over"), (timedelta(hours=4), "recalled")]
)
async def test_what_cannot_be_captured_in_time_does_not_leave_and_cancels_its_order_once(
    planned: Planned, left: timedelta, outcome: str
) -> None:
    await planned.labeled()
    await planned.authorized(until=planned.step.now + left)
    assert (await taken_thrice(lambda: planned.steps.hand_over(planned.step))).outcome == outcome
    unpaid = outcome == "recalled"
    view = await planned.view()
    assert view.cancel_reason == (CancelReason.PAYMENT_DECLINED if unpaid else None)
    assert happened(view).count("order.cancel_requested") == unpaid
    assert (planned.office.nodes.let_go == {}) is unpaid


async def test_no_step_that_comes_too_late_turns_back_what_is_waited_for(planned: Planned) -> None:
    await planned.labeled()
    await planned.steps.hand_over(planned.step)
    await planned.steps.buy_labels(planned.step)
    assert (await planned.view()).consignments[0].waiting_on == "Swift to deliver"
    await planned.office.store_scans(planned.office.nodes.collected, ShipmentStatus.DELIVERED)
    await planned.steps.close(planned.step)
    await planned.steps.hand_over(planned.step)
    await planned.steps.buy_labels(planned.step)
    assert (await planned.view()).consignments[0].waiting_on is None


async def test_a_canceled_order_is_not_handed_over(planned: Planned) -> None:
    await planned.labeled()
    await planned.office.accept_cancel(planned.order)
    assert (await taken_thrice(lambda: planned.steps.hand_over(planned.step))).outcome == "recalled"
    assert planned.office.nodes.let_go == {}
    assert (await planned.office.stock())[OAKLAND, TENT] == (2, 8, 0)


async def test_a_recall_voids_the_labels_and_withdraws_the_request_once(planned: Planned) -> None:
    await planned.labeled()
    assert (await planned.steps.recall(planned.step)).outcome == "not_yet"
    assert planned.office.nodes.withdrawn == set()
    await planned.office.accept_cancel(planned.order)
    assert (await taken_thrice(lambda: planned.steps.recall(planned.step))).outcome == "done"
    view = await planned.view()
    (consignment,) = view.consignments
    assert (consignment.status, consignment.waiting_on) == (FulfillmentStatus.CANCELED, None)
    assert {parcel.tracking_code for parcel in consignment.parcels} == planned.office.carriers.voided
    assert consignment.request is RequestStatus.CANCEL_REQUESTED
    assert happened(view).count("fulfillment.canceled") == 1


async def test_of_a_recalled_consignment_scans_are_stored_only(planned: Planned) -> None:
    await planned.labeled()
    await planned.office.accept_cancel(planned.order)
    await planned.steps.recall(planned.step)
    recalled = await planned.view()
    codes = [parcel.tracking_code for parcel in recalled.consignments[0].parcels]
    assert await planned.office.store_scans(codes, ShipmentStatus.DELIVERED) == []
    assert await planned.view() == recalled
    async with planned.office.database.connection() as connection:
        assert await connection.fetchval("select count(*) from scans where not applied") == len(codes)


async def test_overdue_is_told_once(planned: Planned) -> None:
    await planned.labeled()
    await planned.steps.hand_over(planned.step)
    await taken_thrice(lambda: planned.steps.mark_overdue(planned.step))
    view = await planned.view()
    assert happened(view).count("shipment.overdue") == 1
    assert view.consignments[0].waiting_on == "Swift to deliver, overdue"


async def test_a_consignment_is_closed_with_its_last_parcel(planned: Planned) -> None:
    await planned.labeled()
    await planned.steps.hand_over(planned.step)
    first, *others = planned.office.nodes.collected
    await planned.office.store_scans(others, ShipmentStatus.DELIVERED)
    assert (await planned.steps.close(planned.step)).outcome == "not_yet"
    await planned.office.store_scans([first], ShipmentStatus.DELIVERED)
    assert (await taken_thrice(lambda: planned.steps.close(planned.step))).outcome == "done"
    (consignment,) = (await planned.view()).consignments
    assert (consignment.status, consignment.waiting_on) == (FulfillmentStatus.CLOSED, None)
