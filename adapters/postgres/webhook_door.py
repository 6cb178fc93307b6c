"""Partners' webhooks: stored raw, once each, then applied; a signal only where a process waits for the fact."""

from datetime import UTC, datetime
from typing import Final, Protocol

from adapters.postgres import events, order_rows
from adapters.postgres.database import Connection, Database, require_row
from adapters.postgres.disputes import close_dispute, open_dispute
from adapters.postgres.holds import hold_by_steward
from adapters.postgres.late_failures import take_back
from adapters.postgres.rejecting import reject
from adapters.postgres.wakeups import owe_signal
from contracts.actors import Actor
from contracts.clock import BusinessClock
from contracts.events import Event, EventType
from contracts.fulfillment import Scan
from contracts.ids import order_workflow_id, shipment_workflow_id
from contracts.reasons import HoldReason
from contracts.states import ShipmentStatus
from contracts.wakeups import Wakeup
from contracts.webhooks import (
    CaptureFailed,
    DisputeClosed,
    DisputeOpened,
    PaymentTold,
    ProviderTold,
    RequestAccepted,
    RequestPacked,
    RequestRejected,
    Told,
    TrackingScanned,
    Webhook,
    WebhookSource,
)
from decisions.tracking import happened_at, has_failed, may_be_scanned, moves

_STORE: Final = """
insert into inbound_webhooks (source, webhook_id, body, outcome) values ($1, $2, $3, 'received')
on conflict (source, webhook_id) do update set outcome = 'received' where inbound_webhooks.outcome = 'unmatched'
returning webhook_id
"""
_ORDER_OF: Final = """
select f.order_id from shipments s join fulfillments f using (fulfillment_id) where s.tracking_code = $1
"""
_PARCEL: Final = """
select s.*, f.order_id, f.number, f.carrier, f.handed_over_at
from shipments s join fulfillments f using (fulfillment_id)
where tracking_code = $1
"""
_SCAN: Final = """
insert into scans (shipment_id, scan_id, status, occurred_at, applied) values ($1, $2, $3, $4, $5)
on conflict do nothing returning scan_id
"""
_SEEN: Final = "update shipments set seen_at = greatest(seen_at, $2) where shipment_id = $1"
_PARCELS: Final = """
select status from shipments where fulfillment_id = $1 and voided_at is null and settled_at is null
"""
_ACCEPT: Final = """
update fulfillments set request = case request when 'submitted' then 'accepted' else request end,
                        status = 'in_progress', accepted_at = $2
where fulfillment_id = $1 and request <> 'none' and status = 'open' returning number, node_id
"""
_PACK: Final = """
update fulfillments set request = case request when 'submitted' then 'accepted' else request end,
                        status = 'in_progress', accepted_at = coalesce(accepted_at, $2), packed_at = $2
where fulfillment_id = $1 and request <> 'none' and status in ('open', 'in_progress') and packed_at is null
returning number, node_id
"""

_IS_AT_NODE: Final = "select handed_over_at is null from fulfillments where fulfillment_id = $1"

Outcome = tuple[Told, list[Wakeup]]
_UNMATCHED: Final = (Told(outcome="unmatched"), list[Wakeup]())
_STORED: Final = (Told(outcome="stored"), list[Wakeup]())


class Clock(Protocol):
    async def read(self) -> BusinessClock: ...


class PostgresWebhookDoor:
    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def receive(self, source: WebhookSource, webhook_id: str, raw: bytes, webhook: Webhook) -> Outcome:
        """Store and apply a verified webhook in one transaction; one that was applied before changes nothing.

        One that is about something nobody knows yet is kept and applied when it comes again.
        """
        now = (await self._clock.read()).at(datetime.now(UTC))
        async with self._database.transaction() as connection:
            if await connection.fetchval(_STORE, source, webhook_id, raw) is None:
                return Told(outcome="duplicate"), []
            told, wakeups = await _apply(connection, webhook, webhook_id, now)
            await connection.execute(
                "update inbound_webhooks set outcome = $3 where source = $1 and webhook_id = $2",
                source,
                webhook_id,
                told.outcome,
            )
        return told, wakeups


async def _apply(connection: Connection, webhook: Webhook, webhook_id: str, now: datetime) -> Outcome:
    match webhook:
        case TrackingScanned():
            return await _scanned(connection, webhook.data, now)
        case RequestAccepted() | RequestPacked():
            return await _node_told(connection, webhook)
        case RequestRejected():
            return await _node_rejected(connection, webhook, webhook_id, now)
        case CaptureFailed() | DisputeOpened() | DisputeClosed() | PaymentTold():
            return await _provider_told(connection, webhook, now)


async def _provider_told(connection: Connection, webhook: ProviderTold, now: datetime) -> Outcome:
    match webhook:
        case CaptureFailed():
            return await take_back(connection, webhook.data, now)
        case DisputeOpened():
            return await open_dispute(connection, webhook.data, now)
        case DisputeClosed():
            return await close_dispute(connection, webhook.data, now)
        case PaymentTold():
            return _STORED


async def _scanned(connection: Connection, scan: Scan, now: datetime) -> Outcome:
    order_id = await connection.fetchval(_ORDER_OF, scan.tracking_code)
    if order_id is None:
        return _UNMATCHED
    await order_rows.lock(connection, order_id)
    parcel = require_row(await connection.fetchrow(_PARCEL, scan.tracking_code), f"parcel {scan.tracking_code}")
    occurred_at = happened_at(scan.occurred_at, now)
    applied = (
        parcel["voided_at"] is None
        and may_be_scanned(scan.status, handed_over=parcel["handed_over_at"] is not None)
        and moves(
            current=ShipmentStatus(parcel["status"]),
            since=parcel["status_at"],
            scanned=scan.status,
            occurred_at=occurred_at,
        )
    )
    new = await connection.fetchval(_SCAN, parcel["shipment_id"], scan.scan_id, scan.status, scan.occurred_at, applied)
    if new is not None and parcel["handed_over_at"] is not None:
        await connection.execute(_SEEN, parcel["shipment_id"], occurred_at)
    if new is None or not applied:
        return _STORED
    await connection.execute(
        "update shipments set status = $2, status_at = greatest(status_at, $3) where shipment_id = $1",
        parcel["shipment_id"],
        scan.status,
        occurred_at,
    )
    told = Event(
        type=EventType(f"shipment.{scan.status}"),
        occurred_at=occurred_at,
        actor=Actor(type="system", id=parcel["carrier"]),
        source="webhook",
        subject=parcel["shipment_id"],
        facts={"number": parcel["number"]},
    )
    await events.append(connection, parcel["order_id"], told)
    if parcel["settled_at"] is not None:
        return Told(outcome="applied"), []  # it was made up for already
    if scan.reason is not None and scan.status is ShipmentStatus.EXCEPTION:
        await hold_by_steward(connection, parcel["order_id"], HoldReason(scan.reason), now)
    statuses = [ShipmentStatus(row["status"]) for row in await connection.fetch(_PARCELS, parcel["fulfillment_id"])]
    if all(status is ShipmentStatus.DELIVERED for status in statuses):
        return await _signal(connection, parcel["number"], "delivered", scan.scan_id)
    if has_failed(scan.status):
        return await _signal(connection, parcel["number"], "failed", scan.scan_id)
    return Told(outcome="applied"), []


async def _node_told(connection: Connection, webhook: RequestAccepted | RequestPacked) -> Outcome:
    """Whoever packs has accepted, whichever is told first; after a recall it is stored and changes nothing."""
    fulfillment_id = webhook.data.request_id
    order_id = await connection.fetchval("select order_id from fulfillments where fulfillment_id = $1", fulfillment_id)
    if order_id is None:
        return _UNMATCHED
    await order_rows.lock(connection, order_id)
    change, fact = (_ACCEPT, "accepted") if isinstance(webhook, RequestAccepted) else (_PACK, "packed")
    row = await connection.fetchrow(change, fulfillment_id, webhook.data.occurred_at)
    if row is None:
        return _STORED
    told = Event(
        type=EventType(f"fulfillment.{fact}"),
        occurred_at=webhook.data.occurred_at,
        actor=Actor(type="system", id=row["node_id"]),
        source="webhook",
        subject=fulfillment_id,
        facts={"number": row["number"]},
    )
    await events.append(connection, order_id, told)
    return await _signal(connection, row["number"], fact, fulfillment_id)


async def _node_rejected(connection: Connection, webhook: RequestRejected, webhook_id: str, now: datetime) -> Outcome:
    """The consignment goes on with what is left of it; the order looks for the rest elsewhere."""
    request_id = webhook.data.request_id
    order_id = await connection.fetchval("select order_id from fulfillments where fulfillment_id = $1", request_id)
    if order_id is None:
        return _UNMATCHED
    order = await order_rows.lock(connection, order_id)
    number = await reject(connection, webhook.data, webhook_id, now)
    if number is None:
        return _STORED
    fact = "rejected" if await connection.fetchval(_IS_AT_NODE, request_id) else "failed"
    told, wakeups = await _signal(connection, number, fact, request_id)
    look = await owe_signal(
        connection, workflow_id=order_workflow_id(order["number"]), signal="commanded", ref=request_id
    )
    return told, [*wakeups, look]


async def _signal(connection: Connection, number: str, fact: str, ref: str) -> Outcome:
    wakeup = await owe_signal(connection, workflow_id=shipment_workflow_id(number), signal=fact, ref=ref)
    return Told(outcome="applied"), [wakeup]
