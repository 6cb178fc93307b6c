"""A consignment's rows as its steps read and write them."""

from datetime import datetime

from pydantic import JsonValue

from adapters.postgres import order_rows, order_state, shipment_rows
from adapters.postgres.backorders import tell_of_what_it_left
from adapters.postgres.database import Connection, Database, require_row
from adapters.postgres.effects import Done, once
from adapters.postgres.new_id import new_id
from adapters.postgres.refused_labels import refuse_label
from adapters.postgres.rejecting import reject_unanswered
from adapters.postgres.stock import Moving, move
from adapters.postgres.unpaid import cancel_unpaid, is_unpaid
from contracts.events import EventType
from contracts.fulfillment import Label, LabelRequest, PackedParcel
from contracts.ids import ShipmentId
from contracts.policy import NodePolicy, TransitPolicy
from contracts.shipment import Fact, HandOverAnswer, LossAnswer, ShipmentStep, Standing, StepAnswer
from contracts.states import FulfillmentStatus, RequestStatus, ShipmentStatus
from contracts.waiting import (
    Wait,
    carrier_for_labels,
    carrier_overdue,
    carrier_to_deliver,
    node_to_accept,
    node_to_hand_over,
    node_to_pack,
    release_of,
)
from decisions.packing import UnitsToPack, packed

_ASK = """
update fulfillments set request = 'submitted' where fulfillment_id = $1 and request = 'none' and status = 'open'
returning fulfillment_id
"""
_REFUSE_RECALL = """
update fulfillments set request = 'cancel_rejected' where fulfillment_id = $1 and request = 'cancel_requested'
"""
_TO_LABEL = """
select f.accepted_at is not null and f.request not in ('cancel_requested', 'rejected') as wanted,
       f.packing, f.first_parcel, f.address_ref,
       array(select s.position from shipments s where s.fulfillment_id = f.fulfillment_id) as labeled
from fulfillments f where f.fulfillment_id = $1
"""
_INSERT_PARCEL = """
insert into shipments (shipment_id, fulfillment_id, position, grams, tracking_code, price_minor, expected_at, status,
                       units, earliest_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_TO_HAND_OVER = """
select f.handed_over_at, f.request, max(s.expected_at) as expected_at,
       f.packed_at is not null and f.status in ('open', 'in_progress')
       and count(s.*) = jsonb_array_length(f.packing) - f.first_parcel + 1 as may_leave,
       array(select h.reason from order_holds h where h.order_id = f.order_id and h.released_at is null
             order by h.placed_at, h.hold_id) as holds
from fulfillments f left join shipments s
     on s.fulfillment_id = f.fulfillment_id and s.voided_at is null and s.position >= f.first_parcel
where f.fulfillment_id = $1 group by f.fulfillment_id
"""
_TRACKING_CODES = """
select tracking_code from shipments s join fulfillments f using (fulfillment_id)
where fulfillment_id = $1 and voided_at is null and ($2 or s.position < f.first_parcel) order by s.position
"""
_IS_DELIVERED = """
select bool_and(s.status = 'delivered') from shipments s join fulfillments f using (fulfillment_id)
where fulfillment_id = $1 and s.voided_at is null and s.settled_at is null and f.status <> 'incomplete'
"""
_TRIM = """
update fulfillments set first_parcel = jsonb_array_length(packing) + 1, packing = packing || $2::jsonb
where fulfillment_id = $1
"""


class PostgresShipments:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def record_request(self, step: ShipmentStep, policy: NodePolicy) -> Standing:
        async def effect(connection: Connection) -> Done:
            await order_rows.lock(connection, step.consignment.order_id)
            if await connection.fetchval(_ASK, step.consignment.fulfillment_id) is None:
                return Done()  # it is asked back already
            waiting = Wait(on=node_to_accept(step.consignment.node_name), until=step.now + policy.accept_within)
            await shipment_rows.wait(connection, step, waiting)
            await shipment_rows.tell(connection, step, EventType.FULFILLMENT_REQUESTED)
            return Done()

        await once(self._database, step.key("request"), Done, effect)
        return await self.standing(step)

    async def record_unanswered(self, step: ShipmentStep) -> StepAnswer:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.consignment.order_id)
            standing = await shipment_rows.standing(connection, step)
            if standing.request is RequestStatus.REJECTED:
                return StepAnswer(outcome="done")
            rejected = await reject_unanswered(connection, step.consignment.fulfillment_id, step.now)
            return StepAnswer(outcome="done" if rejected else "not_yet")

    async def labels_to_buy(self, step: ShipmentStep) -> list[LabelRequest] | None:
        async with self._database.connection() as connection:
            row = require_row(
                await connection.fetchrow(_TO_LABEL, step.consignment.fulfillment_id),
                f"consignment {step.consignment.number}",
            )
            if not row["wanted"]:
                return None
            accepting = node_to_accept(step.consignment.node_name)
            await shipment_rows.wait_next(
                connection, step, accepting, Wait(on=carrier_for_labels(step.consignment.carrier))
            )
        return [
            LabelRequest(
                key=step.key(f"label:{position}"),
                shipment_id=ShipmentId(new_id("shp")),
                position=position,
                service_id=step.consignment.service_id,
                node_id=step.consignment.node_id,
                address_ref=row["address_ref"],
                **parcel,
            )
            for position, parcel in enumerate(row["packing"], start=1)
            if position >= row["first_parcel"] and position not in row["labeled"]
        ]

    async def record_label(self, step: ShipmentStep, request: LabelRequest, label: Label) -> None:
        async def effect(connection: Connection) -> Done:
            await order_rows.lock(connection, step.consignment.order_id)
            await connection.execute(
                _INSERT_PARCEL,
                request.shipment_id,
                step.consignment.fulfillment_id,
                request.position,
                request.grams,
                label.tracking_code,
                label.price_minor,
                label.expected_at,
                ShipmentStatus.LABEL_CREATED,
                request.units,
                label.earliest_at,
            )
            facts: dict[str, JsonValue] = {"carrier": step.consignment.carrier, "price_minor": label.price_minor}
            await shipment_rows.tell(connection, step, EventType.SHIPMENT_LABEL_CREATED, request.shipment_id, facts)
            return Done()

        await once(self._database, request.key, Done, effect)

    async def record_refused_label(self, step: ShipmentStep, request: LabelRequest, code: str) -> bool:
        async with self._database.transaction() as connection:
            return await refuse_label(connection, step, request.position, code)

    async def wait_for_packing(self, step: ShipmentStep) -> None:
        async with self._database.connection() as connection:
            labeling = carrier_for_labels(step.consignment.carrier)
            await shipment_rows.wait_next(connection, step, labeling, Wait(on=node_to_pack(step.consignment.node_name)))

    async def record_hand_over(self, step: ShipmentStep, policy: TransitPolicy) -> HandOverAnswer:
        async with self._database.transaction() as connection:
            order = await order_rows.lock(connection, step.consignment.order_id)
            row = await connection.fetchrow(_TO_HAND_OVER, step.consignment.fulfillment_id)
            if row is not None and row["request"] == RequestStatus.CANCEL_REQUESTED:
                return HandOverAnswer(outcome="recalled")
            standing = await shipment_rows.standing(connection, step)
            if row is None or not row["may_leave"] or Fact.REJECTED in standing.told:
                return HandOverAnswer(outcome="not_yet")
            if row["holds"]:
                held = Wait(on=release_of(row["holds"]))
                await shipment_rows.wait(connection, step, held)
                return HandOverAnswer(outcome="not_yet", waiting_on=held.on)
            if row["handed_over_at"] is None:
                if await is_unpaid(connection, step, policy):
                    return await cancel_unpaid(connection, step, order, policy)
                await self._hand_over(connection, step)
            patience_ends_at = max(row["expected_at"], step.now) + policy.patience
            return HandOverAnswer(outcome="handed_over", patience_ends_at=patience_ends_at)

    async def wait_for_carrier(self, step: ShipmentStep, until: datetime | None) -> None:
        async with self._database.connection() as connection:
            leaving = node_to_hand_over(step.consignment.node_name)
            delivering = Wait(on=carrier_to_deliver(step.consignment.carrier), until=until)
            await shipment_rows.wait_next(connection, step, leaving, delivering)

    async def _hand_over(self, connection: Connection, step: ShipmentStep) -> None:
        consignment = step.consignment
        await connection.execute(
            "update orders set handed_over_at = coalesce(handed_over_at, $2) where order_id = $1",
            consignment.order_id,
            step.now,
        )
        await connection.execute(
            "update fulfillments set handed_over_at = $2 where fulfillment_id = $1",
            consignment.fulfillment_id,
            step.now,
        )
        moving = Moving(key=step.key("sell"), from_bucket="reserved", to_bucket="sold", reason="handed over")
        await move(connection, moving, await shipment_rows.units_left(connection, step), step.now)
        await shipment_rows.wait(connection, step, Wait(on=node_to_hand_over(consignment.node_name)))
        await shipment_rows.tell(connection, step, EventType.FULFILLMENT_SHIPPED)

    async def tracking_codes(self, step: ShipmentStep) -> list[str]:
        return await self._tracking_codes(step, of_all=True)

    async def packing_list(self, step: ShipmentStep) -> list[PackedParcel]:
        async with self._database.connection() as connection:
            return await shipment_rows.packing_list(connection, step)

    async def unwanted_labels(self, step: ShipmentStep) -> list[str]:
        return await self._tracking_codes(step, of_all=False)

    async def _tracking_codes(self, step: ShipmentStep, *, of_all: bool) -> list[str]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_TRACKING_CODES, step.consignment.fulfillment_id, of_all)
        return [row["tracking_code"] for row in rows]

    async def record_trimmed(self, step: ShipmentStep) -> None:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.consignment.order_id)
            standing = await shipment_rows.standing(connection, step)
            if Fact.REJECTED in standing.told:
                left = await connection.fetch(shipment_rows.LEFT, step.consignment.fulfillment_id)
                most = await connection.fetchval(
                    "select max_grams from fulfillments where fulfillment_id = $1", step.consignment.fulfillment_id
                )
                parcels = packed([UnitsToPack.model_validate(dict(row)) for row in left], most)
                bodies = [parcel.model_dump() for parcel in parcels]
                await connection.execute(_TRIM, step.consignment.fulfillment_id, bodies)

    async def standing(self, step: ShipmentStep) -> Standing:
        async with self._database.connection() as connection:
            return await shipment_rows.standing(connection, step)

    async def record_overdue(self, step: ShipmentStep, policy: TransitPolicy) -> LossAnswer:
        async def effect(connection: Connection) -> LossAnswer:
            await order_rows.lock(connection, step.consignment.order_id)
            until = step.now + policy.lost_after
            await shipment_rows.wait(connection, step, Wait(on=carrier_overdue(step.consignment.carrier), until=until))
            await shipment_rows.tell(connection, step, EventType.SHIPMENT_OVERDUE)
            return LossAnswer(outcome="not_yet", patience_ends_at=until)

        return await once(self._database, step.key("overdue"), LossAnswer, effect)

    async def record_delivered(self, step: ShipmentStep) -> StepAnswer:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.consignment.order_id)
            delivered = await connection.fetchval(
                _IS_DELIVERED,
                step.consignment.fulfillment_id,
            )
            if not delivered:
                return StepAnswer(outcome="not_yet")
            await shipment_rows.close(connection, step, FulfillmentStatus.CLOSED)
        return StepAnswer(outcome="done")

    async def is_recalled(self, step: ShipmentStep) -> bool:
        async with self._database.connection() as connection:
            request = await connection.fetchval(
                "select request from fulfillments where fulfillment_id = $1", step.consignment.fulfillment_id
            )
        return bool(request == RequestStatus.CANCEL_REQUESTED)

    async def record_voided(self, step: ShipmentStep, tracking_code: str) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "update shipments set voided_at = $2 where tracking_code = $1 and voided_at is null",
                tracking_code,
                step.now,
            )

    async def record_recalled(self, step: ShipmentStep) -> None:
        async def effect(connection: Connection) -> Done:
            await order_rows.lock(connection, step.consignment.order_id)
            await shipment_rows.close(connection, step, FulfillmentStatus.CANCELED)
            units = await shipment_rows.units_left(connection, step)
            moving = Moving(key=step.key("release"), from_bucket="reserved", to_bucket="on_hand", reason="recalled")
            await move(connection, moving, units, step.now)
            state = await order_state.load(connection, step.consignment.order_id)
            await tell_of_what_it_left(connection, step.consignment.order_id, state)
            await shipment_rows.tell(connection, step, EventType.FULFILLMENT_CANCELED)
            await shipment_rows.tell(
                connection, step, EventType.INVENTORY_RELEASED, facts={"units": sum(units.values())}
            )
            return Done()

        await once(self._database, step.key("recall"), Done, effect)

    async def record_recall_refused(self, step: ShipmentStep, code: str) -> None:
        async def effect(connection: Connection) -> Done:
            await order_rows.lock(connection, step.consignment.order_id)
            await connection.execute(_REFUSE_RECALL, step.consignment.fulfillment_id)
            facts: dict[str, JsonValue] = {"request": RequestStatus.CANCEL_REJECTED, "code": code}
            await shipment_rows.tell(connection, step, EventType.FULFILLMENT_REQUEST_REFUSED, facts=facts)
            return Done()

        await once(self._database, step.key("recall"), Done, effect)
