"""Claims as rows: opened at the door with a question to a person, and settled by the order's process."""

from datetime import datetime
from typing import Final

import asyncpg
from pydantic import JsonValue

from adapters.postgres import approvals, events
from adapters.postgres.database import Connection, require_row
from adapters.postgres.losing import Loss, end_if_over, lose, parcels_of, units_in
from adapters.postgres.new_id import new_id
from adapters.postgres.notes import store_note
from adapters.postgres.order_rows import open_again
from adapters.postgres.settlement import money_of, planned_reversal
from contracts.actors import STEWARD, Actor
from contracts.claims import ClaimFacts, ClaimStatus, OpenClaim
from contracts.events import Event, EventType
from contracts.ids import ClaimId
from contracts.money import Money
from contracts.order import OrderStep
from contracts.policy import Policy
from decisions.briefing import claim_question
from decisions.calendar import business_days_later

_INSERT: Final = """
insert into claims (claim_id, order_id, shipment_id, reason, resolution, note_ref, opened_at)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_BEFORE: Final = """
select (select count(*) from orders e where e.customer_ref = o.customer_ref and e.number < o.number) as orders,
       (select count(*) from claims c join orders e using (order_id) where e.customer_ref = o.customer_ref) as claims
from orders o where o.order_id = $1
"""
_CLAIM: Final = """
select c.*, s.fulfillment_id from claims c join shipments s using (shipment_id) where c.claim_id = $1
"""


async def open_claim(
    connection: Connection,
    order: asyncpg.Record,
    parcel: asyncpg.Record,
    command: OpenClaim,
    policy: Policy,
    *,
    by: Actor,
    now: datetime,
) -> ClaimId:
    """On the order's locked row, about a delivered parcel that nobody claimed: a person is asked about it."""
    claim_id, order_id = ClaimId(new_id("clm")), order["order_id"]
    before = require_row(await connection.fetchrow(_BEFORE, order_id), f"order {order_id}")
    resolution = command.resolution or policy.claims.resolution
    note_ref = None if command.note is None else await store_note(connection, command.note)
    about = (claim_id, order_id, parcel["shipment_id"], command.reason_code, resolution, note_ref, now)
    await connection.execute(_INSERT, *about)
    units = await units_in(connection, parcel)
    plan = planned_reversal(await money_of(connection, order_id), units, policy.payment)
    facts = ClaimFacts(
        order_number=order["number"],
        carrier=parcel["carrier"],
        tracking_code=parcel["tracking_code"],
        delivered_at=parcel["status_at"],
        value=Money(amount_minor=plan.refund_minor + plan.released_minor, currency=order["currency"]),
        resolution=resolution,
        earlier_claims=before["claims"],
        earlier_orders=before["orders"],
    )
    opened = Event(
        type=EventType.CLAIM_OPENED,
        occurred_at=now,
        actor=by,
        source="rest",
        subject=claim_id,
        reason_code=command.reason_code,
        note_ref=note_ref,
        facts={"shipment_id": parcel["shipment_id"]},
    )
    await events.append(connection, order_id, opened)
    step = OrderStep(order_id=order_id, number=order["number"], policy_version=order["policy_version"], now=now)
    question = claim_question(facts, policy.claims).model_copy(update={"subject": claim_id})
    due_at = business_days_later(now, policy.claims.review_business_days, policy.time_zone)
    await approvals.ask(connection, step, question, due_at, by=by)
    return claim_id


async def settle_claim(connection: Connection, step: OrderStep, question: asyncpg.Record, *, approved: bool) -> None:
    """Right: the parcel counts as lost, and a closed order is open again. Wrong: nothing happens to it.

    Nothing either to one that its node called empty meanwhile: its units were made up for by that.
    """
    subject, done = question["subject"], dict[str, JsonValue]()
    claim = require_row(await connection.fetchrow(_CLAIM, subject), f"claim {subject}")
    if approved:
        loss = Loss(
            because="not_received",
            bucket="lost",
            remedy="send_again" if claim["resolution"] == "replacement" else "refund",
        )
        for parcel in await parcels_of(connection, claim["fulfillment_id"]):
            if parcel["shipment_id"] == claim["shipment_id"] and await units_in(connection, parcel):
                done = {"resolution": claim["resolution"]}
                await open_again(connection, step.order_id)
                await lose(connection, parcel, loss, step.now)
                await end_if_over(connection, claim["fulfillment_id"])
    status = ClaimStatus.RESOLVED if approved else ClaimStatus.DENIED
    await connection.execute("update claims set status = $2 where claim_id = $1", subject, status)
    settled = Event(
        type=EventType.CLAIM_RESOLVED if approved else EventType.CLAIM_DENIED,
        occurred_at=step.now,
        actor=STEWARD,
        subject=subject,
        facts=done,
    )
    await events.append(connection, step.order_id, settled)
