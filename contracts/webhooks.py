"""What partners tell by webhook, in the envelope of Standard Webhooks 1.0."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, TypeAdapter
from pydantic_core import PydanticCustomError

from contracts.base import Contract
from contracts.disputes import DisputeOutcome
from contracts.fulfillment import Scan
from contracts.ids import FulfillmentId, Sku
from contracts.instants import Instant
from contracts.money import Money
from contracts.reasons import RejectReason
from contracts.versions import LARGEST_INTEGER

PartnersCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]  # it is shown to people
PartnersRef = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
WebhookSource = Literal["payments", "carriers", "nodes"]


class TrackingScanned(Contract):
    type: Literal["tracking.scanned"]
    timestamp: AwareDatetime
    data: Scan


class NodeAnswer(Contract):
    """What a node says of a consignment it was asked for; times in its own business time."""

    request_id: FulfillmentId
    occurred_at: Instant


class RequestAccepted(Contract):
    type: Literal["request.accepted"]
    timestamp: AwareDatetime
    data: NodeAnswer


class RequestPacked(Contract):
    type: Literal["request.packed"]
    timestamp: AwareDatetime
    data: NodeAnswer


class RejectedUnits(Contract):
    sku: Sku
    quantity: Annotated[int, Field(strict=True, ge=1, le=LARGEST_INTEGER)]
    reason: RejectReason


class Rejection(NodeAnswer):
    """What a node will not send; the rest of the request stands."""

    lines: Annotated[list[RejectedUnits], Field(min_length=1, max_length=1_000)]


class RequestRejected(Contract):
    type: Literal["request.rejected"]
    timestamp: AwareDatetime
    data: Rejection


def _some(amount: Money) -> Money:
    if not amount.amount_minor:
        raise PydanticCustomError("nothing", "it is about an amount of at least 1")
    return amount


class PaymentFact(Contract):
    authorization_ref: str
    key: str
    amount: Annotated[Money, AfterValidator(_some)]
    occurred_at: Instant


class CaptureFailure(PaymentFact):
    """What was captured came back: `key` is that of the capture, `code` says why."""

    code: PartnersCode


class CaptureFailed(Contract):
    type: Literal["capture.failed"]
    timestamp: AwareDatetime
    data: CaptureFailure


class DisputeOpening(PaymentFact):
    """`key` is that of the disputed capture; the provider hears an answer until `respond_by`."""

    dispute_ref: PartnersRef
    reason: PartnersCode
    respond_by: Instant


class DisputeOpened(Contract):
    type: Literal["dispute.opened"]
    timestamp: AwareDatetime
    data: DisputeOpening


class DisputeClosing(Contract):
    dispute_ref: PartnersRef
    outcome: DisputeOutcome
    occurred_at: Instant


class DisputeClosed(Contract):
    type: Literal["dispute.closed"]
    timestamp: AwareDatetime
    data: DisputeClosing


class PaymentTold(Contract):
    """What answers have told already."""

    type: Literal["authorization.created", "authorization.voided", "capture.created", "refund.created"]
    timestamp: AwareDatetime
    data: PaymentFact


NodeTold: TypeAlias = RequestAccepted | RequestPacked | RequestRejected
ProviderTold: TypeAlias = PaymentTold | CaptureFailed | DisputeOpened | DisputeClosed
Webhook: TypeAlias = TrackingScanned | NodeTold | ProviderTold

# A partner may speak of its own matters only: its secret opens no other's.
WEBHOOKS: Final[Mapping[WebhookSource, TypeAdapter[Webhook]]] = {
    "payments": TypeAdapter(Annotated[ProviderTold, Field(discriminator="type")]),
    "carriers": TypeAdapter(TrackingScanned),
    "nodes": TypeAdapter(Annotated[NodeTold, Field(discriminator="type")]),
}


class Told(Contract):
    """What became of a webhook: `duplicate` and `unmatched` are fine answers, they stop the sender's retries."""

    outcome: Literal["applied", "stored", "duplicate", "unmatched"]
