"""A refund is of one capture: which one is decided once, and each is done or refused by itself."""

import random

import pytest

from adapters.postgres.settlement import PostgresSettlement
from contracts.order import OrderStep
from contracts.order_view import OrderView
from contracts.partners import PartnerUnavailable
from contracts.payments import CaptureRoom, PlannedMove, RefundPart
from decisions.refund_parts import refund_parts
from tests.order.business import Business
from tests.order.onlooker import happened
from tests.order.taken import taken_thrice
from tests.order.test_hard_corners import give_up_lines
from tests.order.test_progress_steps import leaves, planned, progress_of

Row = tuple[str, int, str, str | None]


def test_a_refund_takes_the_oldest_captures_first_and_what_none_has_room_for_is_of_none() -> None:
    rooms = [CaptureRoom(capture_ref=ref, room_minor=room) for ref, room in (("a", 0), ("b", 300), ("c", 500))]
    assert refund_parts(200, rooms) == [RefundPart(capture_ref="b", amount_minor=200)]
    assert [(part.capture_ref, part.amount_minor) for part in refund_parts(900, rooms)] == [
        ("b", 300),
        ("c", 500),
        (None, 100),
    ]
    assert refund_parts(1, []) == [RefundPart(capture_ref=None, amount_minor=1)]


def test_the_parts_come_to_the_refund_and_each_fits_its_capture() -> None:
    rng = random.Random(5)
    for _ in range(2_000):
        rooms = {str(number): rng.randint(-5, 40) for number in range(rng.randint(0, 5))}
        amount = rng.randint(1, 120)
        parts = refund_parts(amount, [CaptureRoom(capture_ref=ref, room_minor=room) for ref, room in rooms.items()])
        assert sum(part.amount_minor for part in parts) == amount
        assert all(part.amount_minor > 0 for part in parts)
        given = {part.capture_ref: part.amount_minor for part in parts}
        assert len(given) == len(parts)
        assert all(given[ref] <= rooms[ref] for ref in given if ref is not None)
        if None in given:
            assert all(given.get(ref, 0) == max(0, room) for ref, room in rooms.items())


async def owed_of_both(office: Business) -> tuple[OrderView, OrderStep]:
    """Captured twice, 10.00 USD each, and one refund of 20.00 planned."""
    order, step, (first, second) = await planned(office, LMP=1, TNT=1)
    steps = progress_of(office)
    for consignment in (first, second):
        await leaves(office, consignment)
        await steps.settle(step)
    await give_up_lines(office, first.fulfillment_id, second.fulfillment_id)
    await steps.cancel_units(step)
    return order, step


async def refund_rows(office: Business, order: OrderView) -> list[Row]:
    """Of each its key without the order's, minor units, status, and the end of its capture's reference."""
    async with office.database.connection() as connection:
        rows = await connection.fetch(
            "select * from money_moves where order_id = $1 and kind = 'refund' order by move_id", order.id
        )
    return [
        (
            row["key"].removeprefix(f"order/{order.number}:"),
            row["amount_minor"],
            row["status"],
            row["capture_ref"] and row["capture_ref"][-4:],
        )
        for row in rows
    ]


async def test_a_later_part_that_is_refused_leaves_the_first_on_record_as_refunded(back_office: Business) -> None:
    order, step = await owed_of_both(back_office)
    back_office.payments.kept = {f"cap:order/{order.number}:capture:t1:2"}
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    assert await refund_rows(back_office, order) == [
        ("refund:t1:3", 1_000, "done", "t1:1"),
        ("refund:t1:3:2", 1_000, "refused", "t1:2"),
    ]
    shown = await back_office.show(order)
    assert shown.payment.refunded.amount_minor == 1_000
    assert happened(shown)[-3:] == ["payment.refunded", "payment.failed", "approval.requested"]
    assert (shown.timeline[-2].facts["attempted"], shown.timeline[-2].facts["code"]) == ("refund", "capture_disputed")
    assert shown.timeline[-2].facts["amount"] == {"amount_minor": 1_000, "currency": "USD"}


async def test_a_first_part_that_is_refused_is_not_taken_out_of_another_capture(back_office: Business) -> None:
    order, step = await owed_of_both(back_office)
    back_office.payments.kept = {f"cap:order/{order.number}:capture:t1:1"}
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    assert [(status, ref) for _, _, status, ref in await refund_rows(back_office, order)] == [
        ("refused", "t1:1"),
        ("done", "t1:2"),
    ]
    assert [refund.amount.amount_minor for refund in back_office.payments.refunds.values()] == [1_000]


async def test_a_refund_is_split_once_however_often_it_is_asked(back_office: Business) -> None:
    order, step = await owed_of_both(back_office)
    settlement = PostgresSettlement(back_office.database)
    asked = [await settlement.next_move(step) for _ in range(3)]
    assert [_brief(move) for move in asked] == [("refund:t1:3", 1_000)] * 3
    back_office.payments.losing = {"refund"}
    with pytest.raises(PartnerUnavailable):
        await progress_of(back_office).settle(step)
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    assert sorted(back_office.payments.refunds) == [
        f"order/{order.number}:refund:t1:3",
        f"order/{order.number}:refund:t1:3:2",
    ]
    assert len(await refund_rows(back_office, order)) == 2


async def test_only_what_no_capture_has_room_for_is_doubtful(back_office: Business) -> None:
    order, step = await owed_of_both(back_office)
    async with back_office.database.connection() as connection:
        await connection.execute("update money_moves set amount_minor = 900 where kind = 'capture'")
    await taken_thrice(lambda: progress_of(back_office).settle(step))
    assert await refund_rows(back_office, order) == [
        ("refund:t1:3", 900, "done", "t1:1"),
        ("refund:t1:3:2", 900, "done", "t1:2"),
        ("refund:t1:3:3", 200, "refused", None),
    ]
    assert (await back_office.show(order)).timeline[-2].facts["code"] == "not_captured"


def _brief(move: PlannedMove | None) -> tuple[str, int]:
    assert move is not None
    return move.key.partition(":")[2], move.amount.amount_minor
