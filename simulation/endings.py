"""How orders ended, and what they went through: told by their rows and by the types of their events."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from contracts.base import Contract
from contracts.events import EventType
from contracts.reasons import CancelReason
from contracts.states import OrderStatus
from simulation.tables import OrderRow

_CANCELED_BY: Final = {
    CancelReason.CUSTOMER: "customer",
    CancelReason.ADDRESS: "customer",
    CancelReason.DUPLICATE: "customer",
    CancelReason.DELAY_NO_CONSENT: "customer",
    CancelReason.FRAUD: "reviewer",
    CancelReason.STAFF: "staff",
    CancelReason.PAYMENT_DECLINED: "payment_provider",
    CancelReason.INVENTORY: "stock",
}
_WENT_THROUGH: Final = {
    "second_payment_method": EventType.PAYMENT_METHOD_CHANGED,
    "rejection": EventType.FULFILLMENT_REJECTED,
    "refused_recall": EventType.FULFILLMENT_REQUEST_REFUSED,
    "failed_attempt": EventType.SHIPMENT_ATTEMPT_FAILED,
    "exception": EventType.SHIPMENT_EXCEPTION,
    "overdue_parcel": EventType.SHIPMENT_OVERDUE,
    "returned_parcel": EventType.SHIPMENT_RETURNED_TO_SENDER,
    "lost_parcel": EventType.SHIPMENT_LOST,
    "claim": EventType.CLAIM_OPENED,
    "refund": EventType.PAYMENT_REFUNDED,
    "dispute": EventType.PAYMENT_DISPUTED,
}


class Endings(Contract):
    """How many orders ended how, canceled ones by whose doing; and how many went through what, some through several."""

    delivered_whole: int
    delivered_in_part: int
    canceled_by: dict[str, int]
    went_through: dict[str, int]


def endings(orders: Sequence[OrderRow]) -> Endings:
    delivered = [order for order in orders if order.status is OrderStatus.COMPLETED]
    whole = sum(all(line.delivered == line.ordered for line in order.lines) for order in delivered)
    canceled = Counter(_canceled_by(order) for order in orders if order.status is OrderStatus.CANCELED)
    return Endings(
        delivered_whole=whole,
        delivered_in_part=len(delivered) - whole,
        canceled_by=dict(sorted(canceled.items())),
        went_through={
            **{what: sum(event in order.told for order in orders) for what, event in _WENT_THROUGH.items()},
            "edit": sum(order.edited for order in orders),
            "late_failure": sum(order.late_failures > 0 for order in orders),
            "refused_capture": sum(order.refused_captures > 0 for order in orders),
            "new_plan": sum(order.plans > 1 for order in orders),
            "rejection_and_new_plan": sum(
                order.plans > 1 and EventType.FULFILLMENT_REJECTED in order.told for order in orders
            ),
        },
    )


def _canceled_by(order: OrderRow) -> str:
    """What left and never arrived is the carrier's doing."""
    if order.handed_over:
        return "carrier"
    return "steward" if order.cancel_reason is None else _CANCELED_BY.get(CancelReason(order.cancel_reason), "steward")
