"""How a refund of a card spreads over its captures: a provider gives back of one capture at a time."""

from collections.abc import Sequence

from contracts.payments import CaptureRoom, RefundPart


def refund_parts(amount_minor: int, rooms: Sequence[CaptureRoom]) -> list[RefundPart]:
    """The captures in their order, each up to its room; what none has room for is the last part, of no capture."""
    parts, left = [], amount_minor
    for capture in rooms:
        part = min(left, max(0, capture.room_minor))
        left -= part
        if part:
            parts.append(RefundPart(capture_ref=capture.capture_ref, amount_minor=part))
    return [*parts, RefundPart(capture_ref=None, amount_minor=left)] if left else parts
