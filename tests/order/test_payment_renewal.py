"""An authorization that is about to lapse is made anew for what is left, and the old one is not held on to."""

from datetime import timedelta

import pytest

from contracts.order_state import Due
from contracts.order_view import OrderView
from contracts.partners import PartnerRefused
from contracts.payments import CaptureRequest
from contracts.policy import PaymentPolicy, TransitPolicy
from contracts.reasons import CancelReason
from contracts.states import OrderStatus, PaymentStatus, ShipmentStatus
from tests.order.business import Business
from tests.order.onlooker import happened
from tests.order.taken import taken_thrice
from tests.order.test_progress_steps import comes_back, leaves, planned, progress_of
from tests.order.test_steps import step_of

SOON = PaymentPolicy().renew_before - timedelta(hours=1)
TOO_SOON = TransitPolicy().time_to_capture - timedelta(minutes=1)


async def lapses_in(office: Business, order: OrderView, left: timedelta) -> None:
    """As if it had been made a week before that."""
    expires_at = await office.now() + left
    async with office.database.connection() as connection:
        await connection.execute("update tenders set expires_at = $2 where order_id = $1", order.id, expires_at)
        await connection.execute(
            "update authorizations set authorized_at = $2 where order_id = $1", order.id, expires_at - timedelta(days=7)
        )


def rounds(office: Business, order: OrderView) -> dict[str, int]:
    """What each round was authorized for, in minor units."""
    prefix = f"order/{order.number}:authorize:"
    return {key.removeprefix(prefix): made.amount.amount_minor for key, made in office.payments.authorizations.items()}


async def test_what_is_left_is_authorized_anew_once_and_captured_of_the_new_one(back_office: Business) -> None:
    order, step, (first, second) = await planned(back_office, LMP=1, TNT=2)
    steps = progress_of(back_office)
    await leaves(back_office, first)
    await lapses_in(back_office, order, SOON)
    assert (await taken_thrice(lambda: steps.settle(step))).due is Due.WAIT
    assert rounds(back_office, order) == {"t1:1": 3_000, "t1:2": 2_000}
    assert back_office.payments.voids == {}  # something was captured of the old one: what is left of it lapses
    await leaves(back_office, second)
    await steps.settle(step)
    assert [(taken.authorization_ref[-4:], taken.amount.amount_minor) for taken in _captures(back_office)] == [
        ("t1:1", 1_000),
        ("t1:2", 2_000),
    ]
    assert (await back_office.show(order)).status.payment is PaymentStatus.CAPTURED
    assert happened(await back_office.show(order)).count("payment.authorized") == 2


async def test_the_old_one_is_voided_once_if_nothing_was_captured_of_it(back_office: Business) -> None:
    order, step, _ = await planned(back_office, MUG=2)
    await lapses_in(back_office, order, SOON)
    back_office.payments.losing = {"authorize", "void"}
    for _ in range(2):
        with pytest.raises(Exception, match="payments is not available"):
            await progress_of(back_office).settle(step)
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    old = f"order/{order.number}:authorize:t1:1"
    assert back_office.payments.voids == {f"{old}:void": f"auth:{old}"}
    assert rounds(back_office, order) == {"t1:1": 2_000, "t1:2": 2_000}
    renewed = await back_office.show(order)
    assert happened(renewed)[-2:] == ["payment.authorized", "payment.voided"]
    assert (renewed.status.payment, renewed.payment.authorized) == (PaymentStatus.AUTHORIZED, order.total)


async def test_an_old_one_that_cannot_be_voided_any_more_has_lapsed(back_office: Business) -> None:
    order, step, _ = await planned(back_office, MUG=2)
    await lapses_in(back_office, order, -SOON)
    back_office.payments.broken = {"void": PartnerRefused("payments", 409, "authorization_expired")}
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    assert back_office.payments.calls["void"] == 1
    assert (await back_office.show(order)).timeline[-1].facts["reason"] == "lapsed"


async def test_a_declined_renewal_keeps_the_old_one_and_is_not_tried_again(back_office: Business) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=2)
    await lapses_in(back_office, order, SOON)
    back_office.payments.declines = "lost_card"
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    back_office.payments.declines = None
    await progress_of(back_office).settle(step)
    kept = await back_office.show(order)
    assert (kept.status.payment, rounds(back_office, order)) == (PaymentStatus.AUTHORIZED, {"t1:1": 2_000})
    assert kept.timeline[-1].facts["code"] == "lost_card"
    await leaves(back_office, consignment)
    await progress_of(back_office).settle(step)
    assert back_office.payments.captured_minor == 2_000


@pytest.mark.parametrize("left", [PaymentPolicy().renew_before + timedelta(hours=1), SOON])
async def test_nothing_is_made_anew_too_early_nor_what_lives_no_longer_anyway(
    back_office: Business, left: timedelta
) -> None:
    back_office.payments.valid_for = left
    order, step, _ = await planned(back_office, MUG=2)
    await progress_of(back_office).settle(step)
    assert rounds(back_office, order) == {"t1:1": 2_000}


async def test_nothing_is_made_anew_for_what_is_captured_or_to_be_canceled(back_office: Business) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=2)
    await leaves(back_office, consignment)
    await lapses_in(back_office, order, SOON)
    await progress_of(back_office).settle(step)
    other, other_step, _ = await planned(back_office, MUG=1)
    await lapses_in(back_office, other, SOON)
    await back_office.accept_cancel(other)
    await progress_of(back_office).settle(other_step)
    assert len(back_office.payments.authorizations) == 2


async def test_what_is_canceled_after_a_renewal_is_voided_though_the_old_one_was_captured(
    back_office: Business,
) -> None:
    order, step, (first, second) = await planned(back_office, LMP=1, TNT=1)
    steps = progress_of(back_office)
    await leaves(back_office, first)
    await lapses_in(back_office, order, SOON)
    await steps.settle(step)
    await comes_back(back_office, second)
    await back_office.accept_cancel(order, lines={"2": 1})
    assert (await steps.cancel_units(step)).due is Due.SETTLE
    await taken_thrice(lambda: steps.settle(step))
    assert list(back_office.payments.voids.values()) == [f"auth:order/{order.number}:authorize:t1:2"]
    assert back_office.payments.still_held == set()
    assert (await back_office.show(order)).status.payment is PaymentStatus.CAPTURED


async def test_a_capture_that_is_planned_already_stays_with_the_old_one(back_office: Business) -> None:
    order, step, (first, _) = await planned(back_office, LMP=1, TNT=2)
    await leaves(back_office, first)
    back_office.payments.away = {"capture"}
    with pytest.raises(Exception, match="payments is not available"):
        await progress_of(back_office).settle(step)
    await lapses_in(back_office, order, SOON)
    (asked,) = await back_office.world.settlement.renewals(step, PaymentPolicy())
    await back_office.world.settlement.record_renewal(step, asked, await back_office.payments.authorize(asked))
    back_office.payments.away = set()
    await progress_of(back_office).settle(step)
    assert [taken.authorization_ref[-4:] for taken in _captures(back_office)] == ["t1:1"]
    assert (rounds(back_office, order), back_office.payments.voids) == ({"t1:1": 3_000, "t1:2": 2_000}, {})


async def test_a_renewal_whose_answer_was_lost_is_voided_too_when_the_order_is_canceled(back_office: Business) -> None:
    order, step, (consignment,) = await planned(back_office, MUG=2)
    steps = progress_of(back_office)
    await lapses_in(back_office, order, SOON)
    back_office.payments.losing = {"authorize"}
    with pytest.raises(Exception, match="payments is not available"):
        await steps.settle(step)
    await back_office.accept_cancel(order)
    await comes_back(back_office, consignment)
    assert (await steps.cancel_units(step)).due is Due.SETTLE
    assert (await taken_thrice(lambda: steps.settle(step))).due is Due.CLOSE
    assert len(back_office.payments.authorizations) == 2
    assert back_office.payments.still_held == set()
    assert (await back_office.show(order)).status.payment is PaymentStatus.VOIDED


async def packed_too_late(business: Business) -> OrderView:
    """Its node was so slow that the authorization lapses before it can be captured."""
    business.nodes.habits = ["accepted"]
    business.carriers.habits = [ShipmentStatus.DELIVERED]
    order = await business.place()
    await business.until_told(order, "shipment.label_created")
    await lapses_in(business, order, TOO_SOON)
    return order


async def test_before_anything_is_canceled_for_its_payment_it_is_authorized_anew(business: Business) -> None:
    order = await packed_too_late(business)
    await business.node_tells(business.consignment(order), "packed")
    await business.until_step(business.shipment(order), "shipment.hand_over")
    await business.relay()  # to the order
    await business.until(order, lambda view: happened(view).count("payment.authorized") == 2)
    await business.relay()  # to the consignment
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert rounds(business, order) == {"t1:1": 4_823, "t1:2": 4_823}
    assert [taken.authorization_ref[-4:] for taken in _captures(business)] == ["t1:2"]
    await business.assert_nothing_is_left_open()


async def test_if_that_is_declined_the_order_is_canceled_instead_of_handed_over(business: Business) -> None:
    order = await packed_too_late(business)
    business.payments.declines = "lost_card"
    await business.node_tells(business.consignment(order), "packed")
    await business.until_step(business.shipment(order), "shipment.hand_over")
    await business.relay()
    await business.until_told(order, "payment.failed")
    await business.relay()
    await business.until_told(order, "order.cancel_requested")
    await business.relay()
    assert (await business.result(order)).reason is CancelReason.PAYMENT_DECLINED
    assert business.nodes.let_go == {}
    await business.assert_nothing_is_left_open()


async def test_a_consignment_that_waits_for_a_renewal_asks_for_it_once(back_office: Business) -> None:
    order, _, _ = await planned(back_office, MUG=2)
    step = await step_of(back_office, order)
    await lapses_in(back_office, order, SOON)
    assert await back_office.world.settlement.renewals(step, PaymentPolicy()) == (
        await back_office.world.settlement.renewals(step, PaymentPolicy())
    )
    assert (await back_office.show(order)).waiting_on == "payment provider"


def _captures(office: Business) -> list[CaptureRequest]:
    return list(office.payments.captures.values())
