"""An order as its tables show it."""

from typing import Final

import asyncpg

from adapters.postgres import order_state
from adapters.postgres.database import Connection, require_row
from contracts.actors import Actor
from contracts.claims import ClaimView
from contracts.commands import HoldView
from contracts.disputes import DisputeView
from contracts.ids import OrderId
from contracts.money import Money
from contracts.order_state import Due
from contracts.order_view import (
    ConsignmentLineView,
    ConsignmentView,
    LineView,
    OrderView,
    ParcelView,
    PaymentView,
    StatusAxes,
    TimelineEntry,
)
from contracts.states import OrderStatus
from contracts.waiting import PAYMENT_PROVIDER, PLANNER, UNDOING, Wait, person_to_decide, release_of
from decisions.cancellation import allowed_actions
from decisions.due import next_due
from decisions.progress import fulfillment_axis, shipment_axis

_TENDERS: Final = """
select sum(authorized_minor) as authorized, sum(captured_minor) as captured, sum(refunded_minor) as refunded,
       min(expires_at) as expires_at from tenders where order_id = $1
"""
_HOLDS: Final = "select * from order_holds where order_id = $1 and released_at is null order by placed_at, hold_id"
_QUESTION: Final = "select kind, due_at from open_questions where order_id = $1 order by due_at, approval_id limit 1"
_BY_STEWARD: Final = {
    Due.PLAN: PLANNER,
    Due.CANCEL_UNITS: UNDOING,
    Due.CAPTURE: PAYMENT_PROVIDER,
    Due.SETTLE: PAYMENT_PROVIDER,
}
_CLAIMS: Final = "select * from claims where order_id = $1 order by opened_at, claim_id"
_DISPUTES: Final = "select * from disputes where order_id = $1 order by opened_at, dispute_ref"
_CONSIGNMENTS: Final = "select * from fulfillments where order_id = $1 order by position"
_CONSIGNMENT_LINES: Final = """
select l.* from fulfillment_lines l join fulfillments using (fulfillment_id) where order_id = $1 order by line_id
"""
_PARCELS: Final = """
select s.* from shipments s join fulfillments f using (fulfillment_id) where order_id = $1
order by f.position, s.position
"""


async def view(connection: Connection, order_id: OrderId) -> OrderView | None:
    """The whole order, None if there is none by this id. It fits together if the order is locked or in a snapshot."""
    order = await connection.fetchrow("select * from orders where order_id = $1", order_id)
    if order is None:
        return None
    consignments = await _consignments(connection, order_id)
    parcels = [parcel for consignment in consignments for parcel in consignment.parcels if parcel.voided_at is None]
    state = await order_state.load(connection, order_id)
    soonest = min((c for c in consignments if c.waiting_on), key=_due, default=None)
    holds = await _holds(connection, order_id)
    wait = Wait(on=order["waiting_on"], until=order["waiting_until"])
    status = OrderStatus(order["status"])
    if holds and not (status.is_final or order["cancel_requested"]):
        status, wait = OrderStatus.ON_HOLD, _release_of(holds)
    if wait.on is None and soonest is not None:
        wait = Wait(on=soonest.waiting_on, until=soonest.waiting_until)
    if wait.on is None and not status.is_final:
        wait = Wait(on=_BY_STEWARD.get(next_due(state)))
    if wait.on is None and (question := await connection.fetchrow(_QUESTION, order_id)):
        wait = Wait(on=person_to_decide(question["kind"]), until=question["due_at"])
    return OrderView(
        id=order_id,
        **{name: order[name] for name in _PLAIN},
        status=StatusAxes(
            order=status,
            payment=order["payment_status"],
            fulfillment=fulfillment_axis([each.status for each in consignments]),
            shipment=shipment_axis(
                [each.status for each in parcels if each.counts],
                made_up_for=[each.status for each in parcels if not each.counts],
            ),
        ),
        waiting_on=wait.on,
        waiting_until=wait.until,
        holds=holds,
        allowed_actions=allowed_actions(OrderStatus(order["status"]), state),
        total=_money(order, "total_minor"),
        tax=_money(order, "tax_minor"),
        shipping=_money(order, "shipping_minor"),
        lines=await _lines(connection, order),
        payment=await _payment(connection, order),
        consignments=consignments,
        claims=await _claims(connection, order_id),
        timeline=await _timeline(connection, order_id),
    )


_PLAIN: Final = (
    "number",
    "version",
    "external_id",
    "channel",
    "customer_ref",
    "cancel_reason",
    "placed_at",
    "service_level",
    "promise_latest",
)


async def _holds(connection: Connection, order_id: OrderId) -> list[HoldView]:
    rows = await connection.fetch(_HOLDS, order_id)
    return [HoldView(**dict(row), id=row["hold_id"], reason_code=row["reason"], owner=row["owner_id"]) for row in rows]


def _release_of(holds: list[HoldView]) -> Wait:
    until = min((hold.due_at for hold in holds if hold.due_at), default=None)
    return Wait(on=release_of([hold.reason_code for hold in holds]), until=until)


def _due(consignment: ConsignmentView) -> tuple[bool, float]:
    until = consignment.waiting_until
    return (until is None, until.timestamp() if until else 0.0)


def _money(order: asyncpg.Record, column: str) -> Money:
    return Money(amount_minor=order[column], currency=order["currency"])


def _money_of(dispute: asyncpg.Record, order: asyncpg.Record) -> Money:
    return Money(amount_minor=dispute["amount_minor"], currency=order["currency"])


async def _lines(connection: Connection, order: asyncpg.Record) -> list[LineView]:
    rows = await connection.fetch("select * from order_lines where order_id = $1 order by position", order["order_id"])
    return [
        LineView(
            line_id=row["line_id"],
            sku=row["sku"],
            quantity=row["quantity"],
            canceled=row["canceled"],
            cancel_requested=row["cancel_requested"],
            unit_price=Money(amount_minor=row["unit_price_minor"], currency=order["currency"]),
            discount=Money(amount_minor=row["discount_minor"], currency=order["currency"]),
        )
        for row in rows
    ]


async def _payment(connection: Connection, order: asyncpg.Record) -> PaymentView:
    row = require_row(await connection.fetchrow(_TENDERS, order["order_id"]), "sum of tenders")
    amounts = dict(row)
    disputes = await connection.fetch(_DISPUTES, order["order_id"])
    return PaymentView(
        status=order["payment_status"],
        authorization_expires_at=amounts.pop("expires_at"),
        disputes=[DisputeView(**dict(each), amount=_money_of(each, order)) for each in disputes],
        **{name: Money(amount_minor=int(minor), currency=order["currency"]) for name, minor in amounts.items()},
    )


async def _consignments(connection: Connection, order_id: OrderId) -> list[ConsignmentView]:
    lines = await connection.fetch(_CONSIGNMENT_LINES, order_id)
    parcels = await connection.fetch(_PARCELS, order_id)
    return [
        ConsignmentView(
            **dict(row),
            id=row["fulfillment_id"],
            lines=[
                ConsignmentLineView.model_validate(dict(line))
                for line in lines
                if line["fulfillment_id"] == row["fulfillment_id"]
            ],
            parcels=[
                ParcelView(**dict(parcel), id=parcel["shipment_id"])
                for parcel in parcels
                if parcel["fulfillment_id"] == row["fulfillment_id"]
            ],
        )
        for row in await connection.fetch(_CONSIGNMENTS, order_id)
    ]


async def _claims(connection: Connection, order_id: OrderId) -> list[ClaimView]:
    rows = await connection.fetch(_CLAIMS, order_id)
    return [ClaimView(**dict(row), id=row["claim_id"], reason_code=row["reason"]) for row in rows]


async def _timeline(connection: Connection, order_id: OrderId) -> list[TimelineEntry]:
    rows = await connection.fetch("select * from events where aggregate_id = $1 order by sequence", order_id)
    return [TimelineEntry(**dict(row), actor=Actor(type=row["actor_type"], id=row["actor_id"])) for row in rows]
