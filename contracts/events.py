"""The one event table: what happened to an order, told once, in the transaction of the effect itself."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field, JsonValue

from contracts.actors import Actor
from contracts.base import Contract
from contracts.ids import NoteRef


class EventType(StrEnum):
    ORDER_PLACED = "order.placed"
    ORDER_CONFIRMED = "order.confirmed"
    ORDER_ON_HOLD = "order.on_hold"
    ORDER_HOLD_RELEASED = "order.hold_released"
    ORDER_UPDATED = "order.updated"
    ORDER_CANCEL_REQUESTED = "order.cancel_requested"
    ORDER_CANCELED = "order.canceled"
    ORDER_COMPLETED = "order.completed"
    PAYMENT_AUTHORIZED = "payment.authorized"
    PAYMENT_CAPTURED = "payment.captured"
    PAYMENT_FAILED = "payment.failed"
    PAYMENT_METHOD_CHANGED = "payment.method_changed"
    PAYMENT_VOIDED = "payment.voided"
    PAYMENT_REFUNDED = "payment.refunded"
    PAYMENT_GIVEN_UP = "payment.given_up"
    PAYMENT_DISPUTED = "payment.disputed"
    PAYMENT_DISPUTE_ANSWERED = "payment.dispute_answered"
    PAYMENT_DISPUTE_CLOSED = "payment.dispute_closed"
    INVENTORY_RESERVED = "inventory.reserved"
    INVENTORY_RELEASED = "inventory.released"
    INVENTORY_ADJUSTED = "inventory.adjusted"
    DECISION_RECORDED = "decision.recorded"
    FULFILLMENT_CREATED = "fulfillment.created"
    FULFILLMENT_REQUESTED = "fulfillment.requested"
    FULFILLMENT_ACCEPTED = "fulfillment.accepted"
    FULFILLMENT_PACKED = "fulfillment.packed"
    FULFILLMENT_SHIPPED = "fulfillment.shipped"
    FULFILLMENT_CANCELED = "fulfillment.canceled"
    FULFILLMENT_INCOMPLETE = "fulfillment.incomplete"
    FULFILLMENT_REJECTED = "fulfillment.rejected"
    FULFILLMENT_REQUEST_REFUSED = "fulfillment.request_refused"
    SHIPMENT_LABEL_CREATED = "shipment.label_created"
    SHIPMENT_LABEL_REFUSED = "shipment.label_refused"
    SHIPMENT_INFO_RECEIVED = "shipment.info_received"
    SHIPMENT_IN_TRANSIT = "shipment.in_transit"
    SHIPMENT_OUT_FOR_DELIVERY = "shipment.out_for_delivery"
    SHIPMENT_AVAILABLE_FOR_PICKUP = "shipment.available_for_pickup"
    SHIPMENT_ATTEMPT_FAILED = "shipment.attempt_failed"
    SHIPMENT_RETURNED_TO_SENDER = "shipment.returned_to_sender"
    SHIPMENT_LOST = "shipment.lost"
    SHIPMENT_EXPIRED = "shipment.expired"
    SHIPMENT_DELIVERED = "shipment.delivered"
    SHIPMENT_EXCEPTION = "shipment.exception"
    SHIPMENT_OVERDUE = "shipment.overdue"
    CLAIM_OPENED = "claim.opened"
    CLAIM_RESOLVED = "claim.resolved"
    CLAIM_DENIED = "claim.denied"
    MESSAGE_SENT = "message.sent"
    MESSAGE_DEFERRED = "message.deferred"
    MESSAGE_SUPPRESSED = "message.suppressed"
    MESSAGE_BOUNCED = "message.bounced"
    MESSAGE_WRITTEN = "message.written"
    APPROVAL_REQUESTED = "approval.requested"
    APPROVAL_VOTED = "approval.voted"
    APPROVAL_ESCALATED = "approval.escalated"
    APPROVAL_DECIDE_IGNORED = "approval.decide_ignored"
    APPROVAL_DECIDED = "approval.decided"
    APPROVAL_EXPIRED = "approval.expired"
    APPROVAL_CANCELED = "approval.canceled"


Source = Literal["rest", "console", "assistant", "webhook", "process"]


class Event(Contract):
    """Something that happened: past tense, with references instead of personal data.

    `subject` is the part of the order it happened to (ful_…, shp_…, apr_…), or None for the order itself.
    """

    type: EventType
    occurred_at: AwareDatetime
    actor: Actor
    source: Source = "process"
    subject: str | None = None
    reason_code: str | None = None
    note_ref: NoteRef | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)
