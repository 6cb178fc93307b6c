"""What a consignment's steps do to its rows: say what it waits for, what happened to it, and what is left of it."""

from collections import Counter

from pydantic import JsonValue

from adapters.postgres import events
from adapters.postgres.database import Connection, require_row
from contracts.actors import STEWARD
from contracts.events import Event, EventType
from contracts.fulfillment import PackedParcel
from contracts.ids import NodeId, Sku
from contracts.shipment import Fact, ShipmentStep, Standing
from contracts.states import FulfillmentStatus, RequestStatus
from contracts.stock import Units
from contracts.waiting import NOTHING, Wait

_STANDING = """
select f.request, f.waiting_until, f.accepted_at is not null as accepted, f.packed_at is not null as packed,
       coalesce((select bool_and(status = 'delivered') from shipments s
                 where s.fulfillment_id = f.fulfillment_id and s.voided_at is null and s.settled_at is null),
                false) as delivered,
       exists (select from shipments s where s.fulfillment_id = f.fulfillment_id and s.voided_at is null
                                             and s.settled_at is null and f.status in ('open', 'in_progress')
                                             and s.status in ('lost', 'returned_to_sender', 'expired')) as failed,
       f.request = 'cancel_requested' as recalled,
       f.handed_over_at is null
       and ((select sum(l.quantity - l.rejected) from fulfillment_lines l where l.fulfillment_id = f.fulfillment_id)
            is distinct from (select sum(units.value::int)
                              from jsonb_array_elements(f.packing) with ordinality as parcel (body, position),
                                   jsonb_each_text(parcel.body -> 'units') units
                              where parcel.position >= f.first_parcel)
            or exists (select from shipments s where s.fulfillment_id = f.fulfillment_id and s.voided_at is null
                                                     and s.position < f.first_parcel)) as rejected
from fulfillments f where f.fulfillment_id = $1
"""
LEFT = """
select l.line_id, l.sku, l.quantity - l.rejected - l.lost as quantity, p.weight_grams as grams
from fulfillment_lines l join products p using (sku) where fulfillment_id = $1 and quantity > rejected + lost
order by l.line_id
"""
_PACKING_LIST = """
select s.tracking_code, jsonb_object_agg(units.sku, units.quantity) as units
from shipments s cross join lateral (
    select l.sku, sum(u.value::int) as quantity from jsonb_each_text(s.units) u
    join fulfillment_lines l on l.fulfillment_id = s.fulfillment_id and l.line_id = u.key group by l.sku
) units
where s.fulfillment_id = $1 and s.voided_at is null group by s.shipment_id order by s.position
"""


async def standing(connection: Connection, step: ShipmentStep) -> Standing:
    row = require_row(
        await connection.fetchrow(_STANDING, step.consignment.fulfillment_id), f"consignment {step.consignment.number}"
    )
    answer_by = row["waiting_until"] if row["request"] == RequestStatus.SUBMITTED else None
    return Standing(request=row["request"], told=[fact for fact in Fact if row[fact]], answer_by=answer_by)


async def units_left(connection: Connection, step: ShipmentStep) -> Units:
    """What it still has: its node may have rejected some."""
    units: Counter[tuple[NodeId, Sku]] = Counter()
    for row in await connection.fetch(LEFT, step.consignment.fulfillment_id):
        units[step.consignment.node_id, row["sku"]] += row["quantity"]
    return units


async def packing_list(connection: Connection, step: ShipmentStep) -> list[PackedParcel]:
    rows = await connection.fetch(_PACKING_LIST, step.consignment.fulfillment_id)
    return [PackedParcel.model_validate(dict(row)) for row in rows]


async def close(connection: Connection, step: ShipmentStep, status: FulfillmentStatus) -> None:
    await connection.execute(
        "update fulfillments set status = $2 where fulfillment_id = $1", step.consignment.fulfillment_id, status
    )
    await wait(connection, step, NOTHING)


async def wait(connection: Connection, step: ShipmentStep, wait: Wait) -> None:
    await connection.execute(
        "update fulfillments set waiting_on = $2, waiting_until = $3 where fulfillment_id = $1",
        step.consignment.fulfillment_id,
        wait.on,
        wait.until,
    )


async def wait_next(connection: Connection, step: ShipmentStep, after: str, wait: Wait) -> None:
    """Outside the order's lock: an attempt that was given up and comes too late must not turn it back."""
    await connection.execute(
        "update fulfillments set waiting_on = $3, waiting_until = $4 where fulfillment_id = $1 and waiting_on = $2",
        step.consignment.fulfillment_id,
        after,
        wait.on,
        wait.until,
    )


async def tell(
    connection: Connection,
    step: ShipmentStep,
    type_: EventType,
    subject: str | None = None,
    facts: dict[str, JsonValue] | None = None,
) -> None:
    event = Event(
        type=type_,
        occurred_at=step.now,
        actor=STEWARD,
        subject=subject or step.consignment.fulfillment_id,
        facts={"number": step.consignment.number, **(facts or {})},
    )
    await events.append(connection, step.consignment.order_id, event)
