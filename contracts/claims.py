"""Claims: a customer says that what a carrier calls delivered did not come."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints

from contracts.base import Contract, Request
from contracts.ids import ClaimId, ShipmentId
from contracts.money import Money
from contracts.versions import Version

ClaimReason = Literal["not_received"]
Resolution = Literal["replacement", "refund"]


class ClaimStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    DENIED = "denied"


class OpenClaim(Request):
    """About one delivered parcel; without a `resolution` that of the policy is taken."""

    shipment_id: ShipmentId
    reason_code: ClaimReason
    resolution: Resolution | None = None
    note: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] | None = None
    version: Version | None = None


class ClaimView(Contract):
    id: ClaimId
    shipment_id: ShipmentId
    reason_code: ClaimReason
    resolution: Resolution
    status: ClaimStatus
    opened_at: AwareDatetime


class ClaimFacts(Contract):
    """What is known of a claim: `value` of the parcel's units, and what the customer claimed before."""

    order_number: int
    carrier: str
    tracking_code: str
    delivered_at: AwareDatetime
    value: Money
    resolution: Resolution
    earlier_claims: int
    earlier_orders: int
