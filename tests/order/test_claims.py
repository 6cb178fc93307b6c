"""Delivered, its carrier says, and denied by the customer: a person decides, and a closed order goes on."""

from contextlib import suppress
from datetime import timedelta

import pytest

from adapters.temporal import StillOwed
from contracts.claims import ClaimStatus
from contracts.ids import ShipmentId
from contracts.order_view import OrderView
from contracts.policy import ClaimPolicy, Policy
from contracts.problems import Refused
from contracts.states import ApprovalStatus, FulfillmentStatus, OrderStatus, PaymentStatus, ShipmentStatus
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.test_rejection import buckets
from tests.shop import MUG, RENO, basket, usd


async def delivered(business: Business, **units: int) -> OrderView:
    """Closed, at 10.00 USD a unit."""
    business.everybody_is_prompt()
    order = await business.place(basket(**units))
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    return await business.show(order)


async def claimed(business: Business, order: OrderView, parcel: int = 0) -> OrderView:
    """A person is asked about it, and the order's process waits for the answer."""
    await business.claim(order, order.consignments[0].parcels[parcel].id)
    return await business.show(order)


@both_ways
async def test_what_was_claimed_rightly_is_sent_again_and_paid_for_once(business: Business) -> None:
    order = await claimed(business, await delivered(business, MUG=2))
    assert (order.status.order, order.waiting_on) == (OrderStatus.COMPLETED, "a person to decide: claim")
    await business.decide(order, "approved")
    shown = await business.until(order, lambda view: happened(view).count("order.completed") == 2)
    assert [each.status for each in shown.consignments] == [FulfillmentStatus.INCOMPLETE, FulfillmentStatus.CLOSED]
    assert (shown.claims[0].status, shown.timeline[-1].facts) == (ClaimStatus.RESOLVED, {"delivered": {"1": 2}})
    assert (business.payments.captured_minor, business.payments.refunds) == (2_000, {})
    assert await buckets(business, RENO, MUG) == (96, 0, 2, 0, 2)


async def test_what_was_claimed_rightly_and_is_to_be_refunded_is_refunded(business: Business) -> None:
    order = await delivered(business, MUG=2)
    await business.claim(order, order.consignments[0].parcels[0].id, "refund")
    await business.decide(order, "approved")
    shown = await business.until(order, lambda view: view.status.order is OrderStatus.CANCELED)
    assert (shown.status.payment, shown.payment.refunded) == (PaymentStatus.REFUNDED, order.total)
    assert await buckets(business, RENO, MUG) == (98, 0, 0, 0, 2)


async def test_of_several_parcels_only_the_claimed_one_is_refunded(business: Business) -> None:
    order = await delivered(business, TNT=8)
    parcel = order.consignments[0].parcels[2]
    await business.claim(order, parcel.id, "refund")
    await business.decide(order, "approved")
    shown = await business.until(order, lambda view: happened(view).count("order.completed") == 2)
    assert (parcel.units, shown.payment.refunded.amount_minor) == ({"1": 2}, 2_000)
    assert shown.timeline[-1].facts == {"delivered": {"1": 6}, "canceled": {"1": 2}}
    assert shown.consignments[0].status is FulfillmentStatus.CLOSED


async def test_a_denied_claim_changes_nothing_and_can_be_made_again(business: Business) -> None:
    order = await claimed(business, await delivered(business, MUG=2))
    assert "claim" not in order.allowed_actions
    await business.decide(order, "rejected")
    shown = await business.until(order, lambda view: view.claims[0].status is ClaimStatus.DENIED)
    assert (shown.status, shown.waiting_on) == (order.status, None)
    assert "claim" in shown.allowed_actions
    assert business.payments.refunds == {}


async def test_a_claim_that_nobody_decides_is_taken_by_the_policy(business: Business) -> None:
    await business.policies.store(Policy(claims=ClaimPolicy(resolution="refund", on_expiry="approved")))
    order = await delivered(business, MUG=1)
    await business.claim(order, order.consignments[0].parcels[0].id, skipping=True)
    shown = await business.until(order, lambda view: view.status.order is OrderStatus.CANCELED)
    (question,) = await business.questions(ApprovalStatus.EXPIRED)
    assert (question.kind, question.required_role, shown.payment.refunded) == (
        "claim",
        "lead",
        order.total,
    )  # escalated


async def test_only_what_was_delivered_lately_and_is_not_claimed_can_be(business: Business) -> None:
    await business.policies.store(Policy(claims=ClaimPolicy(within=timedelta())))
    order = await delivered(business, MUG=1)
    for shipment_id in (order.consignments[0].parcels[0].id, ShipmentId("shp_unknown")):
        with pytest.raises(Refused) as refused:
            await business.claim(order, shipment_id)
        assert (refused.value.status, refused.value.code) == (409, "invalid_transition")


async def test_what_is_claimed_twice_is_asked_about_once(business: Business) -> None:
    order = await claimed(business, await delivered(business, MUG=2))
    with pytest.raises(Refused, match="claimed already"):
        await business.claim(order, order.consignments[0].parcels[0].id)
    assert len(await business.questions(ApprovalStatus.PENDING)) == 1


async def test_a_claim_is_about_the_units_that_were_in_the_parcel(business: Business) -> None:
    await business.nobody_waits_for_stock()
    order = await delivered(business, TNT=10)
    with business.temporal.with_time_skipping_disabled(), suppress(StillOwed):  # its process starts again
        await business.node_rejects(business.consignment(order), "damaged", TNT=1)
    await business.relay()
    order = await business.until(order, lambda view: happened(view).count("order.completed") == 2)
    parcel = next(each for each in order.consignments[0].parcels if each.units == {"1": 3})
    await business.claim(order, parcel.id, "refund")
    (question,) = await business.questions(ApprovalStatus.PENDING)
    assert question.facts["value"] == usd(3_000)


async def test_a_later_scan_of_what_was_made_up_for_holds_nothing(business: Business) -> None:
    order = await claimed(business, await delivered(business, MUG=2))
    lost = business.nodes.let_go[f"{order.number}-1"]
    await business.decide(order, "approved")
    await business.until(order, lambda view: happened(view).count("order.completed") == 2)
    await business.carrier_scans(lost, ShipmentStatus.EXCEPTION, reason="incorrect_address")
    assert (await business.show(order)).holds == []
