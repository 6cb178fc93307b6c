"""What of a past order went out from one node: planned, accepted, sent in one parcel, scanned, delivered."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bench.history.chronicle import Chronicle
from contracts.catalogue import NodeRow
from contracts.checkout import OrderLine
from contracts.events import EventType
from contracts.ids import consignment_number
from contracts.states import FulfillmentStatus, RequestStatus, ShipmentStatus
from contracts.waiting import carrier_to_deliver, node_to_accept, node_to_hand_over

CARRIER: Final = "Swift"
SERVICE: Final = "swift-ground"
_CARRIERS: Final = ("system", "swift")
_EVENTS: Final = {
    ShipmentStatus.IN_TRANSIT: EventType.SHIPMENT_IN_TRANSIT,
    ShipmentStatus.OUT_FOR_DELIVERY: EventType.SHIPMENT_OUT_FOR_DELIVERY,
    ShipmentStatus.DELIVERED: EventType.SHIPMENT_DELIVERED,
}


class PastConsignment:
    def __init__(
        self, chronicle: Chronicle, position: int, node: NodeRow, lines: Sequence[OrderLine], *, address_ref: str
    ) -> None:
        self.lines = lines
        self.node_id = node.node_id
        self._chronicle = chronicle
        self._node = node
        self._scans = 0
        self.fulfillment_id = chronicle.new_id("ful")
        self.shipment_id = chronicle.new_id("shp")
        self.tracking_code = f"SW{chronicle.number:09}{position}"
        self.grams = 400 * sum(line.quantity for line in lines)
        self.units = {line.line_id: line.quantity for line in lines}
        self._parcel: dict[str, object] | None = None
        self._row: dict[str, object] = {
            "fulfillment_id": self.fulfillment_id,
            "order_id": chronicle.order_id,
            "number": consignment_number(chronicle.number, position),
            "position": position,
            "node_id": node.node_id,
            "carrier": CARRIER,
            "service_id": SERVICE,
            "address_ref": address_ref,
            "packing": json.dumps([{"grams": self.grams, "units": self.units}]),
            "first_parcel": 1,
            "max_grams": 30_000,
            "status": FulfillmentStatus.OPEN,
            "request": RequestStatus.SUBMITTED,
            "waiting_on": node_to_accept(node.name),
        }

    def created(self) -> None:
        facts = {"number": str(self._row["number"]), "node_id": self._node.node_id, "service_id": SERVICE}
        self._chronicle.tell(EventType.FULFILLMENT_CREATED, subject=self.fulfillment_id, facts=facts)

    def asked(self) -> None:
        self._row["waiting_until"] = self._chronicle.now + timedelta(hours=12)
        self._chronicle.tell(EventType.FULFILLMENT_REQUESTED, subject=self.fulfillment_id)

    def accepted(self) -> None:
        self._row |= {
            "status": FulfillmentStatus.IN_PROGRESS,
            "request": RequestStatus.ACCEPTED,
            "accepted_at": self._chronicle.now,
            "waiting_on": node_to_hand_over(self._node.name),
            "waiting_until": None,
        }
        self._tell_of_node(EventType.FULFILLMENT_ACCEPTED)

    def recalled(self) -> None:
        """The node was asked to give it back, and has not answered."""
        self._row["request"] = RequestStatus.CANCEL_REQUESTED

    def labeled(self) -> None:
        now = self._chronicle.now
        self._parcel = {
            "shipment_id": self.shipment_id,
            "fulfillment_id": self.fulfillment_id,
            "position": 1,
            "grams": self.grams,
            "units": json.dumps(self.units),
            "tracking_code": self.tracking_code,
            "price_minor": 690 + self.grams // 10,
            "expected_at": now + timedelta(days=3),
            "earliest_at": now + timedelta(days=2),
            "status": ShipmentStatus.LABEL_CREATED,
        }
        facts = {"tracking_code": self.tracking_code, "carrier": CARRIER}
        self._chronicle.tell(EventType.SHIPMENT_LABEL_CREATED, subject=self.shipment_id, facts=facts)

    def handed_over(self) -> None:
        now = self._chronicle.now
        self._row |= {
            "packed_at": now,
            "handed_over_at": now,
            "waiting_on": carrier_to_deliver(CARRIER),
            "waiting_until": now + timedelta(days=5),
        }
        self._tell_of_node(EventType.FULFILLMENT_PACKED)
        self._chronicle.tell(EventType.FULFILLMENT_SHIPPED, subject=self.fulfillment_id)

    def scanned(self, status: ShipmentStatus) -> None:
        if self._parcel is None:
            raise LookupError("a parcel without a label is not scanned")
        now = self._chronicle.now
        self._scans += 1
        self._parcel |= {"status": status, "status_at": now, "seen_at": now}
        self._chronicle.rows.add(
            "scans",
            shipment_id=self.shipment_id,
            scan_id=f"s{self._scans}",
            status=status,
            occurred_at=now,
            recorded_at=now,
            applied=True,
        )
        self._chronicle.tell(_EVENTS[status], by=_CARRIERS, source="webhook", subject=self.shipment_id)
        if status is ShipmentStatus.DELIVERED:
            self._row |= {"status": FulfillmentStatus.CLOSED, "waiting_on": None, "waiting_until": None}

    def _tell_of_node(self, type_: EventType) -> None:
        by = ("system", self._node.node_id)
        self._chronicle.tell(type_, by=by, source="webhook", subject=self.fulfillment_id)

    def store(self) -> None:
        rows = self._chronicle.rows
        rows.add("fulfillments", **self._row)
        for line in self.lines:
            rows.add(
                "fulfillment_lines",
                fulfillment_id=self.fulfillment_id,
                line_id=line.line_id,
                sku=line.sku,
                quantity=line.quantity,
                rejected=0,
                passed_over=False,
                lost=0,
            )
        if self._parcel is not None:
            rows.add("shipments", **self._parcel)
