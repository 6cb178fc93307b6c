"""The payment axis of an order from what its tenders have done, and what who holds their money can do."""

from collections.abc import Collection
from typing import Literal

from contracts.payments import PaymentFacts, PlannedMove
from contracts.policy import Capabilities, PaymentPolicy
from contracts.refunds import TenderKind
from contracts.states import PaymentStatus


def payment_status(facts: PaymentFacts) -> PaymentStatus:
    """What an open dispute or refusal says comes first; once it is settled, the amounts speak again."""
    if facts.is_disputed:
        return PaymentStatus.DISPUTED
    if facts.has_failed:
        return PaymentStatus.FAILED
    may_be_captured, captured, refunded = facts.may_be_captured, facts.captured, facts.refunded
    if not captured and not may_be_captured:
        ended = PaymentStatus.CAPTURED if facts.for_nothing else PaymentStatus.VOIDED
        return PaymentStatus.FAILED if facts.given_up else ended
    if not captured:
        return PaymentStatus.AUTHORIZED
    if not refunded:
        return PaymentStatus.PARTIALLY_CAPTURED if may_be_captured else PaymentStatus.CAPTURED
    return PaymentStatus.REFUNDED if refunded == captured else PaymentStatus.PARTIALLY_REFUNDED


def is_captured_once(policy: PaymentPolicy, kinds: Collection[TenderKind]) -> bool:
    """Whether an order that is paid with these is captured at its first hand-over, for all that may follow."""
    if policy.capture == "first_hand_over":
        return True
    return not all(policy.capabilities[kind].several_captures for kind in kinds)


def reauthorized(policy: PaymentPolicy) -> list[TenderKind]:
    """The kinds of tenders of which an authorization can be made anew."""
    return [kind for kind, able in policy.capabilities.items() if able.reauthorizes]


def not_to_ask_for(move: PlannedMove, able: Capabilities) -> Literal["not_captured", "refund_window_over"] | None:
    """Why a planned move is refused without asking, or None.

    The window is that of the day the refund was planned: what was perhaps asked for stays what is asked for.
    """
    if move.is_doubtful:
        return "not_captured"
    if move.captured_at is None or able.refund_within is None:
        return None
    return "refund_window_over" if move.planned_at > move.captured_at + able.refund_within else None
