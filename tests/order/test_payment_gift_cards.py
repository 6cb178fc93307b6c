"""Gift cards are our own money: held, spent and given back to the unit, beside a card or alone."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.postgres import gift_cards
from adapters.postgres.database import Database
from adapters.postgres.policies import PostgresPolicies
from contracts.fulfillment import Consignment
from contracts.money import Money
from contracts.order import OrderStep
from contracts.order_state import Due
from contracts.order_view import OrderView
from contracts.policy import CaptureMoment, PaymentPolicy, Policy
from contracts.reasons import CancelReason
from contracts.refunds import TenderPolicy, TenderUse
from contracts.states import OrderStatus, PaymentStatus
from tests.order.business import Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.taken import taken_thrice
from tests.order.test_payment_method import GOOD, name_method, pay, refusing_cards, waits_for_a_method
from tests.order.test_progress_steps import comes_back, leaves, progress_of
from tests.order.test_steps import plan, step_of, steps_of
from tests.shop import basket, usd

TENDER_USES: list[TenderUse] = ["gift_card_first", "card_first"]
REFUND_TOS: list[TenderPolicy] = ["gift_card_last", "gift_card_first", "proportional"]


def shared(gift: int, card_ref: str, **units: int) -> dict[str, Any]:
    """A basket that is paid with a gift card up to this amount, and with a card for the rest."""
    body = basket(**units)
    total = 1_000 * sum(units.values())
    tenders: list[dict[str, Any]] = [
        {"tender_id": "t1", "kind": "card", "amount": usd(total - gift), "payment_method": "pm_card"},
        {"tender_id": "t2", "kind": "gift_card", "amount": usd(gift), "payment_method": card_ref},
    ]
    return body | {"tenders": [tender for tender in tenders if tender["amount"]["amount_minor"]]}


async def issued(database: Database, balance: int, currency: str = "USD") -> str:
    card_ref = f"gc_{uuid4().hex}"
    async with database.transaction() as connection:
        money = Money(amount_minor=balance, currency=currency)
        now = await connection.fetchval("select now()")
        for _ in range(2):
            await gift_cards.issue(connection, card_ref, money, now)
    return card_ref


async def sums(database: Database, card_ref: str) -> tuple[int, int, int]:
    """Balance, held, spent."""
    async with database.connection() as connection:
        balance = await connection.fetchval("select balance_minor from gift_cards where card_ref = $1", card_ref)
        rows = await connection.fetch("select kind, amount_minor from gift_card_entries where card_ref = $1", card_ref)
    by_kind = Counter[str]()
    for row in rows:
        by_kind[row["kind"]] += row["amount_minor"]
    held = by_kind["hold"] - by_kind["capture"] - by_kind["release"]
    return balance, held, by_kind["capture"] - by_kind["refund"]


async def accepted(office: Business, gift: int, card_ref: str, **units: int) -> tuple[OrderView, OrderStep]:
    order = await office.accept_order(shared(gift, card_ref, **units))
    return order, await step_of(office, order)


@both_ways
async def test_an_order_is_paid_with_a_gift_card_and_a_card(business: Business) -> None:
    business.everybody_is_prompt()
    card_ref = await issued(business.database, 5_000)
    order = await business.place(shared(1_500, card_ref, MUG=2))
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    paid = await business.show(order)
    assert (paid.status.payment, paid.payment.captured) == (PaymentStatus.CAPTURED, order.total)
    assert business.payments.captured_minor == 500
    assert await sums(business.database, card_ref) == (3_500, 0, 1_500)
    assert happened(paid).count("payment.authorized") == happened(paid).count("payment.captured") == 2
    await business.assert_nothing_is_left_open()


async def test_a_gift_card_alone_asks_no_provider(business: Business) -> None:
    business.everybody_is_prompt()
    card_ref = await issued(business.database, 2_000)
    order = await business.place(shared(2_000, card_ref, MUG=2))
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert not business.payments.calls
    assert await sums(business.database, card_ref) == (0, 0, 2_000)


async def test_an_order_that_cannot_be_sent_gives_back_what_was_held(business: Business) -> None:
    card_ref = await issued(business.database, 2_000)
    order = await business.place(shared(1_500, card_ref, MUG=2))
    await business.until_told(order, "fulfillment.requested")
    assert await sums(business.database, card_ref) == (500, 1_500, 0)
    await business.cancel(order)
    assert (await business.result(order)).reason is CancelReason.CUSTOMER
    assert await sums(business.database, card_ref) == (2_000, 0, 0)
    assert (await business.show(order)).status.payment is PaymentStatus.VOIDED
    await business.assert_nothing_is_left_open()


async def test_what_is_held_stays_while_another_card_is_awaited_and_is_released_on_cancel(business: Business) -> None:
    refusing_cards(business)
    card_ref = await issued(business.database, 2_000)
    order = await business.place(shared(1_500, card_ref, MUG=2))
    await waits_for_a_method(business, order)
    assert await sums(business.database, card_ref) == (500, 1_500, 0)
    await business.cancel(order)
    assert (await business.result(order)).reason is CancelReason.CUSTOMER
    assert await sums(business.database, card_ref) == (2_000, 0, 0)
    assert business.payments.calls["void"] == 0


async def test_with_another_card_the_order_goes_on_with_what_was_held(business: Business) -> None:
    business.everybody_is_prompt()
    refusing_cards(business)
    card_ref = await issued(business.database, 2_000)
    order = await business.place(shared(1_500, card_ref, MUG=2))
    await waits_for_a_method(business, order)
    await pay(business, order, GOOD)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert await sums(business.database, card_ref) == (500, 0, 1_500)
    assert happened(await business.show(order)).count("order.confirmed") == 1


@pytest.mark.parametrize(
    ("balance", "currency", "code"),
    [(1_499, "USD", "insufficient_balance"), (1_500, "EUR", "unknown_card"), (None, "USD", "unknown_card")],
)
async def test_a_gift_card_without_enough_on_it_is_declined_and_another_one_may_be_named(
    back_office: Business, balance: int | None, currency: str, code: str
) -> None:
    poor = "gc_none" if balance is None else await issued(back_office.database, balance, currency)
    order, step = await accepted(back_office, 1_500, poor, MUG=2)
    steps = steps_of(back_office)
    assert (await taken_thrice(lambda: steps.authorize_payment(step))).outcome == "declined"
    (failed,) = [entry for entry in (await back_office.show(order)).timeline if entry.type == "payment.failed"]
    assert failed.facts == {"tender_id": "t2", "attempted": "authorize", "code": code}
    assert not back_office.payments.calls  # nothing is asked of the card for an order that may not come about
    rich = await issued(back_office.database, 1_500)
    await name_method(back_office, order, rich, "t2")
    assert (await taken_thrice(lambda: steps.authorize_payment(step))).outcome == "authorized"
    assert await sums(back_office.database, rich) == (0, 1_500, 0)
    if balance is not None:
        assert await sums(back_office.database, poor) == (balance, 0, 0)


async def test_orders_at_once_never_hold_more_than_there_is(back_office: Business) -> None:
    card_ref = await issued(back_office.database, 3_500)
    steps = steps_of(back_office)
    orders = [await accepted(back_office, 1_000, card_ref, MUG=1) for _ in range(6)]
    answers = await asyncio.gather(*(steps.authorize_payment(step) for _, step in orders))
    assert Counter(answer.outcome for answer in answers) == {"authorized": 3, "declined": 3}
    assert await sums(back_office.database, card_ref) == (500, 3_000, 0)


async def test_an_undoing_releases_once_what_was_held(back_office: Business) -> None:
    card_ref = await issued(back_office.database, 2_000)
    order, step = await accepted(back_office, 1_500, card_ref, MUG=2)
    steps = steps_of(back_office)
    await steps.authorize_payment(step)
    await taken_thrice(lambda: steps.void_authorization(step))
    assert await sums(back_office.database, card_ref) == (2_000, 0, 0)
    assert happened(await back_office.show(order)).count("payment.voided") == 1
    assert back_office.payments.still_held == set()


async def test_what_a_gift_card_is_can_neither_be_rewritten_nor_overdrawn(back_office: Business) -> None:
    await issued(back_office.database, 500)
    async with back_office.database.connection() as connection:
        for change in ("update gift_card_entries set amount_minor = 1", "delete from gift_card_entries"):
            with pytest.raises(asyncpg.RaiseError, match="append-only"):
                await connection.execute(change)
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("update gift_cards set balance_minor = balance_minor - 501")


async def settled(office: Business, step: OrderStep) -> None:
    """As the process does it, each step as often as a faulty world would."""
    steps = progress_of(office)
    due = (await steps.look(step)).due
    while due in {Due.CANCEL_UNITS, Due.CAPTURE, Due.SETTLE}:
        if due is Due.CANCEL_UNITS:
            await taken_thrice(lambda: steps.cancel_units(step))
        else:
            await taken_thrice(lambda: steps.settle(step))
        due = (await steps.look(step)).due


async def ends(office: Business, order: OrderView, consignment: Consignment, line_id: str, fate: str) -> None:
    """A consignment's way: it leaves, comes back canceled, or leaves and is lost."""
    units = sum(line.quantity for line in consignment.lines)
    if fate == "recalled":
        await office.accept_cancel(order, lines={line_id: units})
        await comes_back(office, consignment)
        return
    await leaves(office, consignment)
    if fate == "lost":
        await settled(office, await newest_step(office, order))
        async with office.database.connection() as connection:
            await connection.execute(
                "update fulfillments set status = 'incomplete' where fulfillment_id = $1", consignment.fulfillment_id
            )
            await connection.execute(
                "update order_lines set cancel_requested = $3 where order_id = $1 and line_id = $2",
                order.id,
                line_id,
                units,
            )


async def newest_step(office: Business, order: OrderView) -> OrderStep:
    version, _ = await office.policies.newest()
    return (await step_of(office, order)).model_copy(update={"policy_version": version})


async def add_up(office: Business, order: OrderView, card_ref: str, issued_minor: int) -> None:
    balance, held, spent = await sums(office.database, card_ref)
    assert balance + held + spent == issued_minor
    async with office.database.connection() as connection:
        tenders = {
            row["kind"]: row for row in await connection.fetch("select * from tenders where order_id = $1", order.id)
        }
    for tender in tenders.values():
        assert 0 <= tender["refunded_minor"] <= tender["captured_minor"]
        assert tender["captured_minor"] + tender["released_minor"] <= tender["amount_minor"]
    gift, card = tenders["gift_card"], tenders["card"]
    assert held == gift["amount_minor"] - gift["captured_minor"] - gift["released_minor"]
    assert spent == gift["captured_minor"] - gift["refunded_minor"]
    prefix = f"order/{order.number}:"
    for figure, moves in (("captured_minor", office.payments.captures), ("refunded_minor", office.payments.refunds)):
        assert card[figure] == sum(move.amount.amount_minor for key, move in moves.items() if key.startswith(prefix))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    units=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    share=st.integers(1, 1_999),
    spare=st.integers(0, 500),
    tender_use=st.sampled_from(TENDER_USES),
    refund_to=st.sampled_from(REFUND_TOS),
    capture=st.sampled_from(["per_consignment", "first_hand_over"]),
    fates=st.tuples(*[st.sampled_from(["delivered", "recalled", "lost"])] * 2),
    positions=st.permutations([0, 1]),
)
async def test_whatever_becomes_of_an_order_no_money_is_made_or_lost(
    back_office: Business,
    units: tuple[int, int],
    share: int,
    spare: int,
    tender_use: TenderUse,
    refund_to: TenderPolicy,
    capture: CaptureMoment,
    fates: tuple[str, str],
    positions: list[int],
) -> None:
    async with back_office.database.connection() as connection:
        await connection.execute("update stock_balances set on_hand = 1000 where on_hand < 100")
    payment = PaymentPolicy(tender_use=tender_use, refund_to=refund_to, capture=capture)
    await PostgresPolicies(back_office.database).store(Policy(payment=payment))
    card_ref = await issued(back_office.database, share + spare)
    order, _ = await accepted(back_office, share, card_ref, LMP=units[0], TNT=units[1])
    step = await newest_step(back_office, order)
    await steps_of(back_office).authorize_payment(step)
    await add_up(back_office, order, card_ref, share + spare)
    consignments = (await plan(back_office, step)).consignments
    ways = [(each, each.lines[0].line_id, fates[int(each.lines[0].line_id) - 1]) for each in consignments]
    for consignment, line_id, fate in [ways[position] for position in positions]:
        await ends(back_office, order, consignment, line_id, fate)
        await settled(back_office, step)
        await add_up(back_office, order, card_ref, share + spare)
    left = sum(quantity for quantity, fate in zip(units, fates, strict=True) if fate == "delivered")
    paid = (await back_office.show(order)).payment
    assert paid.captured.amount_minor - paid.refunded.amount_minor == 1_000 * left
    assert (await sums(back_office.database, card_ref))[1] == 0
