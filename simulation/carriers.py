"""The carriers: sell labels at their tariffs, take parcels over, and tell of every scan."""

from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from contracts.base import Request
from contracts.fulfillment import CarrierService, Label, Scan
from contracts.ids import ServiceId
from contracts.routing import Latitude, Longitude, Zone
from contracts.states import ShipmentStatus
from simulation.answers import Answer, IdempotencyKey, Refusal, answer
from simulation.books import Books
from simulation.carrier_books import LabelEntry, Sold, TakenOver, entry_of, way_of
from simulation.draws import reference
from simulation.faults import FaultPanel
from simulation.journeys import QUICKEST, scan_of, trouble_of
from simulation.outbox import Outbox
from simulation.tariffs import SERVICES, distance_km, price_minor, service_named, zone_at


class Place(Request):
    latitude: Latitude
    longitude: Longitude


class Recipient(Place):
    """Read to print the label, not kept."""

    name: str
    line1: str
    line2: str | None
    city: str
    region: str | None
    postal_code: str
    country: str


class AskLabel(Request):
    service_id: ServiceId
    grams: Annotated[int, Field(ge=0)]
    sender: Place = Field(alias="from")
    to: Recipient


class Carriers:
    def __init__(self, books: Books, outbox: Outbox, panel: FaultPanel, seed: int) -> None:
        self._books = books
        self._outbox = outbox
        self._panel = panel
        self._seed = seed

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/carriers/v1")
        router.add_api_route("/services", self.services, methods=["GET"])
        router.add_api_route("/labels", self.sell, methods=["POST"])
        router.add_api_route("/labels/{tracking_code}/void", self.void, methods=["POST"])
        router.add_api_route("/books", self.read_books, methods=["GET"])
        return router

    async def services(self) -> list[CarrierService]:
        return SERVICES

    async def sell(self, body: AskLabel, key: IdempotencyKey) -> Response:
        return self._books.once("carriers", key, f"sell {body}", partial(self._sell, body, key)).response()

    async def void(self, tracking_code: str, key: IdempotencyKey) -> Response:
        work = partial(self._void, tracking_code, key)
        return self._books.once("carriers", key, f"void {tracking_code}", work).response()

    async def read_books(self) -> list[LabelEntry]:
        now = self._books.now()
        return [entry_of(self._seed, facts, now) for facts in self._books.all_facts("carriers").values()]

    def take_over(self, tracking_code: str, key: str) -> None:
        """The parcel is in the carrier's hands, and its way begins; within the caller's transaction."""
        entry = self._known(tracking_code)
        if entry.voided:
            raise Refusal(409, "label_voided")
        if entry.handed_over_at is not None:
            raise Refusal(409, "handed_over")
        ref = f"{tracking_code}:handed_over"
        taken = TakenOver(trouble=trouble_of(self._panel.current, self._seed, tracking_code))
        self._books.record("carriers", "handed_over", ref=ref, subject=tracking_code, key=key, body=taken)
        self._tell(tracking_code, *way_of(self._seed, self._books.facts_of("carriers", tracking_code)))

    def _sell(self, body: AskLabel, key: str) -> Answer:
        service = service_named(body.service_id)
        if service is None:
            raise Refusal(422, "unknown_service")
        if body.grams > service.max_weight_grams:
            raise Refusal(422, "too_heavy")
        sender, to = body.sender, body.to
        zone = zone_at(service, distance_km(sender.latitude, sender.longitude, to.latitude, to.longitude))
        if zone is None:
            raise Refusal(422, "too_far")
        label = self._label(zone, body.grams, key)
        sold = Sold(label=label, service_id=body.service_id, grams=body.grams, zone=zone)
        code = label.tracking_code
        self._books.record("carriers", "sold", ref=code, subject=code, key=key, body=sold)
        self._tell(code, scan_of(code, ShipmentStatus.INFO_RECEIVED, self._books.now()))
        return answer(201, label)

    def _void(self, tracking_code: str, key: str) -> Answer:
        entry = self._known(tracking_code)
        if entry.handed_over_at is not None:
            raise Refusal(409, "handed_over")
        if not entry.voided:
            ref = f"{tracking_code}:voided"
            self._books.record("carriers", "voided", ref=ref, subject=tracking_code, key=key)
        return answer(200, self._known(tracking_code))

    def _known(self, tracking_code: str) -> LabelEntry:
        facts = self._books.facts_of("carriers", tracking_code)
        if not facts:
            raise Refusal(404, "unknown_label")
        return entry_of(self._seed, facts, self._books.now())

    def _label(self, zone: Zone, grams: int, key: str) -> Label:
        """The carrier's estimate is what nine of ten parcels keep to, from now on; no parcel is earlier."""
        return Label(
            tracking_code=reference("trk", key),
            price_minor=price_minor(zone, grams),
            expected_at=self._books.now() + timedelta(minutes=zone.minutes_p90),
            earliest_at=self._books.now() + timedelta(minutes=QUICKEST * zone.minutes_p50),
        )

    def _tell(self, tracking_code: str, *scans: Scan) -> None:
        self._outbox.post("carriers", tracking_code, *(("tracking.scanned", scan) for scan in scans))
