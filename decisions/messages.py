"""When there is something to tell, who writes it next, and whether it may leave now."""

import hashlib
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts.events import Event, EventType
from contracts.messages import Gate, Pen, Standing, WhatNext
from contracts.outreach import MessageKind, MessageStatus, Purpose, SuppressionReason
from contracts.policy import OutreachPolicy, WordsPolicy
from contracts.reasons import HoldReason
from contracts.words import Brief, Copy, Verdict
from contracts.writers import WriterMisused, WriterRefused

_BY_EVENT: Final = {
    EventType.ORDER_CONFIRMED: Purpose.ORDER_CONFIRMATION,
    EventType.FULFILLMENT_SHIPPED: Purpose.SHIPPED,
    EventType.SHIPMENT_DELIVERED: Purpose.DELIVERED,
    EventType.ORDER_CANCELED: Purpose.CANCELED,
}
_BY_HOLD: Final = {
    HoldReason.HIGH_RISK_OF_FRAUD: Purpose.ORDER_HELD,
    HoldReason.AWAITING_PAYMENT: Purpose.CARD_DECLINED,
    HoldReason.INVENTORY_OUT_OF_STOCK: Purpose.BACKORDER_CHOICE,
}


_PARAGRAPHS: Final = ("greeting", "body", "closing")
_HOPELESS: Final = {WriterRefused.code, WriterMisused.code}


def purposes_of(event: Event) -> tuple[Purpose, ...]:
    """What is to be told of an event, to the customer and to staff; mostly nothing."""
    if event.type in _BY_EVENT:
        return (_BY_EVENT[event.type],)
    if event.type is EventType.ORDER_UPDATED and "canceled" in event.facts:
        return (Purpose.CANCELED,)
    if event.type is EventType.ORDER_ON_HOLD and event.reason_code in _BY_HOLD:
        told = _BY_HOLD[HoldReason(event.reason_code)]
        return (told, Purpose.CASE_SUMMARY) if told is Purpose.ORDER_HELD else (told,)
    return ()


def subject_of(event: Event, sequence: int) -> str | None:
    """What of the order it is about: of two things alike each is told, of one thing the same news once."""
    match event.type:
        case EventType.FULFILLMENT_SHIPPED | EventType.SHIPMENT_DELIVERED:
            return event.subject
        case EventType.ORDER_UPDATED:
            return str(sequence)
        case _:
            return None


def kind_of(purpose: Purpose) -> MessageKind:
    return "staff" if purpose is Purpose.CASE_SUMMARY else "service"


def after_attempt(kind: MessageKind, pen: Pen, verdict: Verdict, *, by_model: int, policy: WordsPolicy) -> WhatNext:
    """The model repairs what the guard rejected, so often; then the composer writes, and after it a person decides.

    `by_model` counts the model's attempts so far, this one among them.
    """
    if verdict.passed:
        return "done" if kind == "staff" else "send"
    if pen == "composer":
        return "done" if kind == "staff" else "ask"  # staff have the evidence itself, and nobody else waits for it
    is_worth_it = by_model <= policy.repairs and not _HOPELESS & set(verdict.codes)
    return "model" if is_worth_it else "composer"


def may_leave(standing: Standing, policy: OutreachPolicy) -> Gate:
    """Consent and purchase are asked about for marketing alone; a duplicate and a dead address stop every message."""
    if standing.told_already:
        return _suppressed(SuppressionReason.DUPLICATE)
    if standing.bounced:
        return _suppressed(SuppressionReason.HARD_BOUNCE)
    if standing.kind == "marketing" and not standing.consents:
        return _suppressed(SuppressionReason.NO_CONSENT)
    if standing.kind == "marketing" and standing.purchased:
        return _suppressed(SuppressionReason.PURCHASED)
    if standing.kind in policy.quiet_kinds and (until := _end_of_quiet(standing, policy)):
        return Gate(outcome="defer", until=until)
    return Gate(outcome="send")


def may_have_left(status: MessageStatus, kind: MessageKind) -> bool:
    """Whether not to try again: marketing is sent at most once, so a try whose end is not known was the one."""
    return kind == "marketing" and status is MessageStatus.SENDING


def _suppressed(reason: SuppressionReason) -> Gate:
    return Gate(outcome="suppress", reason=reason)


def _end_of_quiet(standing: Standing, policy: OutreachPolicy) -> datetime | None:
    """When the night that it is at the customer's is over; None by day. Nights that the clocks change in are right."""
    zone = ZoneInfo(standing.time_zone)
    local = standing.now.astimezone(zone)
    if not _is_quiet(local.time(), policy):
        return None
    morning = local.date() if local.time() < policy.quiet_until else local.date() + timedelta(days=1)
    return datetime.combine(morning, policy.quiet_until, tzinfo=zone).astimezone(standing.now.tzinfo)


def _is_quiet(clock: time, policy: OutreachPolicy) -> bool:
    if policy.quiet_from <= policy.quiet_until:
        return policy.quiet_from <= clock < policy.quiet_until
    return clock >= policy.quiet_from or clock < policy.quiet_until


def facts_sha256(brief: Brief) -> bytes:
    """What a text of this brief rests on, but for the time at which it is written."""
    facts = [fact.model_dump_json() for fact in brief.facts if fact.fact_id != "now"]
    offers = [offer.model_dump_json() for offer in brief.allowed_offers]
    return hashlib.sha256("\n".join([*facts, *offers]).encode()).digest()


def paragraphs_of(copy: Copy) -> tuple[str, ...]:
    """A mail as it is read below its subject."""
    return tuple(text for field in _PARAGRAPHS if (text := copy.text(field)))
