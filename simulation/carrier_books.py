"""The carriers' books, read: a label, whether its parcel was handed over, and how far it has come."""

from datetime import datetime

from pydantic import AwareDatetime

from contracts.base import Contract
from contracts.fulfillment import Label, Scan
from contracts.ids import ServiceId
from contracts.routing import Zone
from simulation.books import Fact
from simulation.journeys import journey


class Sold(Contract):
    """What is kept of a label's sale: no address."""

    label: Label
    service_id: ServiceId
    grams: int
    zone: Zone


class LabelEntry(Contract):
    """One label in the books; price in minor units."""

    tracking_code: str
    key: str
    service_id: ServiceId
    grams: int
    price_minor: int
    voided: bool
    handed_over_at: AwareDatetime | None
    delivered_at: AwareDatetime | None


def way_of(seed: int, facts: list[Fact]) -> list[Scan]:
    """Every scan from the hand-over on, future ones too; none before it."""
    sold = Sold.model_validate_json(facts[0].body)
    handed_over_at = _when(facts, "handed_over")
    return [] if handed_over_at is None else journey(seed, sold.label.tracking_code, sold.zone, handed_over_at)


def entry_of(seed: int, facts: list[Fact], now: datetime) -> LabelEntry:
    """A label's facts, oldest first: the first is its sale."""
    sold = Sold.model_validate_json(facts[0].body)
    way = way_of(seed, facts)
    return LabelEntry(
        tracking_code=sold.label.tracking_code,
        key=facts[0].key,
        service_id=sold.service_id,
        grams=sold.grams,
        price_minor=sold.label.price_minor,
        voided=_when(facts, "voided") is not None,
        handed_over_at=_when(facts, "handed_over"),
        delivered_at=way[-1].occurred_at if way and way[-1].occurred_at <= now else None,
    )


def _when(facts: list[Fact], kind: str) -> datetime | None:
    return next((fact.occurred_at for fact in facts if fact.kind == kind), None)
