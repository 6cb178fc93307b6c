"""What a payment provider can do is policy: where it captures once, does not renew, or gives back only for a while."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from contracts.money import Money
from contracts.order_state import Due
from contracts.payments import MoneyMove, PlannedMove
from contracts.policy import OUR_OWN, Capabilities, PaymentPolicy, Policy
from contracts.reasons import CancelReason
from contracts.refunds import TenderKind
from contracts.states import OrderStatus, PaymentStatus
from decisions.payment import is_captured_once, not_to_ask_for
from tests.order.business import Business
from tests.order.onlooker import happened
from tests.order.taken import taken_thrice
from tests.order.test_hard_corners import give_up_lines
from tests.order.test_payment_gift_cards import issued, newest_step, shared
from tests.order.test_payment_renewal import SOON, lapses_in, packed_too_late, rounds
from tests.order.test_progress_steps import leaves, planned, progress_of
from tests.order.test_steps import plan, steps_of

ONCE = Capabilities(several_captures=False)
NO_RENEWAL = Capabilities(reauthorizes=False)
PLANNED_AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
WINDOW = timedelta(days=180)


def where_cards(can: Capabilities) -> PaymentPolicy:
    return PaymentPolicy(capabilities={"card": can, "gift_card": OUR_OWN})


async def business_where_cards(office: Business, can: Capabilities) -> None:
    await office.policies.store(Policy(payment=where_cards(can)))


@pytest.mark.parametrize(
    ("policy", "kinds", "once"),
    [
        (PaymentPolicy(), {"card", "gift_card"}, False),
        (PaymentPolicy(capture="first_hand_over"), {"gift_card"}, True),
        (where_cards(ONCE), {"card"}, True),
        (where_cards(ONCE), {"card", "gift_card"}, True),
        (where_cards(ONCE), {"gift_card"}, False),
        (PaymentPolicy(capabilities={"card": Capabilities(), "gift_card": ONCE}), {"card"}, False),
    ],
)
def test_an_order_is_captured_once_by_policy_or_where_a_tender_that_pays_allows_no_more(
    policy: PaymentPolicy, kinds: set[TenderKind], *, once: bool
) -> None:
    assert is_captured_once(policy, kinds) is once


def test_capabilities_are_stated_for_every_kind_of_tender() -> None:
    with pytest.raises(ValidationError, match="not stated for gift_card"):
        PaymentPolicy(capabilities={"card": Capabilities()})
    policy = where_cards(Capabilities(refund_within=None))
    assert PaymentPolicy.model_validate(policy.model_dump(mode="json")) == policy


def refund(
    captured_after: timedelta | None, capture_ref: str | None = "cap", tender_kind: TenderKind = "card"
) -> PlannedMove:
    """Planned that long after its capture."""
    return PlannedMove(
        move_id=1,
        kind=MoneyMove.REFUND,
        tender_id="t1",
        tender_kind=tender_kind,
        key="order/1:refund:t1:2",
        amount=Money(amount_minor=100, currency="USD"),
        authorization_ref="auth",
        planned_at=PLANNED_AT,
        capture_ref=capture_ref,
        captured_at=None if captured_after is None else PLANNED_AT - captured_after,
    )


def test_a_refund_is_asked_for_within_the_window_and_never_without_a_capture() -> None:
    usual = Capabilities()
    assert not_to_ask_for(refund(WINDOW), usual) is None
    assert not_to_ask_for(refund(WINDOW + timedelta(seconds=1)), usual) == "refund_window_over"
    assert not_to_ask_for(refund(WINDOW * 9), Capabilities(refund_within=None)) is None
    assert not_to_ask_for(refund(-timedelta(hours=1)), usual) is None  # planned before its capture was done
    assert not_to_ask_for(refund(None, capture_ref=None), usual) == "not_captured"
    assert not_to_ask_for(refund(None, capture_ref=None, tender_kind="gift_card"), OUR_OWN) is None
    capture = refund(None, capture_ref=None).model_copy(update={"kind": MoneyMove.CAPTURE})
    assert not_to_ask_for(capture, usual) is None


async def test_where_a_card_is_captured_once_that_is_at_the_first_hand_over_for_all_of_it(
    back_office: Business,
) -> None:
    await business_where_cards(back_office, ONCE)
    order, _, (first, second) = await planned(back_office, LMP=1, TNT=1)
    step, steps = await newest_step(back_office, order), progress_of(back_office)
    assert (await steps.settle(step)).due is Due.WAIT
    assert back_office.payments.captures == {}
    for consignment in (first, second):
        await leaves(back_office, consignment)
        await taken_thrice(lambda: steps.settle(step))
        assert [each.amount.amount_minor for each in back_office.payments.captures.values()] == [2_000]
    assert (await back_office.show(order)).status.payment is PaymentStatus.CAPTURED


async def test_an_order_that_a_gift_card_pays_is_captured_as_it_leaves_whatever_cards_can(
    back_office: Business,
) -> None:
    await business_where_cards(back_office, ONCE)
    card_ref = await issued(back_office.database, 2_000)
    order = await back_office.accept_order(shared(2_000, card_ref, LMP=1, TNT=1))
    step = await newest_step(back_office, order)
    await steps_of(back_office).authorize_payment(step)
    first, _ = (await plan(back_office, step)).consignments
    await leaves(back_office, first)
    await progress_of(back_office).settle(step)
    assert (await back_office.show(order)).payment.captured.amount_minor == 1_000


async def test_what_a_provider_does_not_authorize_anew_is_not_asked_for(back_office: Business) -> None:
    await business_where_cards(back_office, NO_RENEWAL)
    order, _, (consignment,) = await planned(back_office, MUG=2)
    step = await newest_step(back_office, order)
    await lapses_in(back_office, order, SOON)
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    assert rounds(back_office, order) == {"t1:1": 2_000}
    await leaves(back_office, consignment)
    await progress_of(back_office).settle(step)
    assert back_office.payments.captured_minor == 2_000


async def test_what_cannot_be_authorized_anew_is_canceled_instead_of_handed_over(business: Business) -> None:
    await business_where_cards(business, NO_RENEWAL)
    order = await packed_too_late(business)
    await business.node_tells(business.consignment(order), "packed")
    await business.until_told(order, "order.cancel_requested")
    await business.relay()
    assert (await business.result(order)).reason is CancelReason.PAYMENT_DECLINED
    assert (business.nodes.let_go, rounds(business, order)) == ({}, {"t1:1": 4_823})
    assert (await business.show(order)).status.order is OrderStatus.CANCELED
    await business.assert_nothing_is_left_open()


@pytest.mark.parametrize(("age", "given"), [(WINDOW - timedelta(hours=1), [1_000]), (WINDOW + timedelta(hours=1), [])])
async def test_a_refund_of_a_capture_that_is_too_old_is_not_asked_for(
    back_office: Business, age: timedelta, given: list[int]
) -> None:
    order, step, (first, second) = await planned(back_office, LMP=1, TNT=1)
    steps = progress_of(back_office)
    for consignment in (first, second):
        await leaves(back_office, consignment)
        await steps.settle(step)
    async with back_office.database.connection() as connection:
        await connection.execute("update money_moves set done_at = $1 where kind = 'capture'", step.now - age)
    await give_up_lines(back_office, second.fulfillment_id)
    await steps.cancel_units(step)
    assert (await taken_thrice(lambda: steps.settle(step))).due is Due.WAIT
    assert [refund.amount.amount_minor for refund in back_office.payments.refunds.values()] == given
    shown = await back_office.show(order)
    failed = [entry.facts for entry in shown.timeline if entry.type == "payment.failed"]
    codes = [(facts["attempted"], facts["code"]) for facts in failed]
    assert codes == ([] if given else [("refund", "refund_window_over")])
    assert happened(shown).count("payment.refunded") == len(given)
