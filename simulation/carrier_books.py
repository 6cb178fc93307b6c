"""The carriers' books, read: a label, whether its parcel was handed over, and how far it has come."""

from datetime import datetime

from pydantic import AwareDatetime

from contracts.base import Contract
from contracts.fulfillment import Label, Scan
from contracts.ids import ServiceId
from contracts.routing import Zone
from contracts.states import ShipmentStatus
from simulation.books import Fact
from simulation.journeys import Trouble, journey


class Sold(Contract):
    """What is kept of a label's sale: no address."""

    label: Label
    service_id: ServiceId
    grams: int
    zone: Zone


class TakenOver(Contract):
    """What the way of a parcel is going to be, settled when it is handed over."""

    trouble: Trouble | None = None


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
    trouble: Trouble | None = None


def way_of(seed: int, facts: list[Fact]) -> list[Scan]:
    """Every scan from the hand-over on, future ones too; none before it."""
    sold = Sold.model_validate_json(facts[0].body)
    left = _first(facts, "handed_over")
    if left is None:
        return []
    return journey(seed, sold.label.tracking_code, sold.zone, left.occurred_at, _trouble(left))


def entry_of(seed: int, facts: list[Fact], now: datetime) -> LabelEntry:
    """A label's facts, oldest first: the first is its sale."""
    sold = Sold.model_validate_json(facts[0].body)
    way, left = way_of(seed, facts), _first(facts, "handed_over")
    arrives = way and way[-1].status is ShipmentStatus.DELIVERED and way[-1].occurred_at <= now
    return LabelEntry(
        tracking_code=sold.label.tracking_code,
        key=facts[0].key,
        service_id=sold.service_id,
        grams=sold.grams,
        price_minor=sold.label.price_minor,
        voided=_first(facts, "voided") is not None,
        handed_over_at=None if left is None else left.occurred_at,
        delivered_at=way[-1].occurred_at if arrives else None,
        trouble=None if left is None else _trouble(left),
    )


def _trouble(left: Fact) -> Trouble | None:
    return TakenOver.model_validate_json(left.body).trouble


def _first(facts: list[Fact], kind: str) -> Fact | None:
    return next((fact for fact in facts if fact.kind == kind), None)
