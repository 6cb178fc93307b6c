"""The nodes' books, read: a request, what the staff made of it, and which units left the house."""

from collections import Counter
from datetime import datetime

from pydantic import AwareDatetime

from contracts.base import Contract
from contracts.ids import FulfillmentId, NodeId, Sku
from contracts.routing import Positive
from contracts.webhooks import RejectedUnits
from simulation.books import Fact


class Units(Contract):
    sku: Sku
    quantity: Positive


class Asked(Contract):
    """What a node was asked for, what its staff will reject of it, and when they get to it.

    Never, at a node that does not answer; and what is rejected as a whole is neither accepted nor packed.
    """

    request_id: FulfillmentId
    node_id: NodeId
    number: str
    lines: list[Units]
    rejected: tuple[RejectedUnits, ...] = ()
    rejects_at: AwareDatetime | None = None
    accepts_at: AwareDatetime | None
    packs_at: AwareDatetime | None


class Left(Contract):
    tracking_codes: list[str]


class RequestEntry(Contract):
    """One request in the books; `units_handed_over` per SKU, empty until the carrier took them."""

    request_id: FulfillmentId
    key: str
    node_id: NodeId
    number: str
    lines: list[Units]
    rejected: tuple[RejectedUnits, ...] = ()
    accepted_at: AwareDatetime | None
    packed_at: AwareDatetime | None
    withdrawn_at: AwareDatetime | None
    handed_over_at: AwareDatetime | None
    tracking_codes: list[str]
    units_handed_over: dict[Sku, int]


def entry_of(facts: list[Fact], now: datetime) -> RequestEntry:
    """A request's facts, oldest first: the first is the request. Nothing is packed after a withdrawal."""
    asked = Asked.model_validate_json(facts[0].body)
    withdrawn = next((fact for fact in facts if fact.kind == "withdrawn"), None)
    left = next((fact for fact in facts if fact.kind == "handed_over"), None)
    until = now if withdrawn is None else withdrawn.occurred_at
    return RequestEntry(
        **asked.model_dump(exclude={"rejected", "rejects_at", "accepts_at", "packs_at"}),
        key=facts[0].key,
        rejected=asked.rejected if _if_by(until, asked.rejects_at) else (),
        accepted_at=_if_by(until, asked.accepts_at),
        packed_at=_if_by(until, asked.packs_at),
        withdrawn_at=None if withdrawn is None else withdrawn.occurred_at,
        handed_over_at=None if left is None else left.occurred_at,
        tracking_codes=[] if left is None else Left.model_validate_json(left.body).tracking_codes,
        units_handed_over={} if left is None else _units(asked),
    )


def _if_by(until: datetime, moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment <= until else None


def _units(asked: Asked) -> dict[Sku, int]:
    """Without what was rejected."""
    units: Counter[Sku] = Counter()
    for line in asked.lines:
        units[line.sku] += line.quantity
    for rejected in asked.rejected:
        units[rejected.sku] -= rejected.quantity
    return dict(+units)
