"""The payment axis of an order, from what its tenders have done."""

from contracts.states import PaymentStatus


def payment_status(*, may_be_captured: int, captured: int, refunded: int) -> PaymentStatus:
    """Amounts in minor units: what is still to come, what was taken, what was given back of it."""
    if not captured:
        return PaymentStatus.AUTHORIZED if may_be_captured else PaymentStatus.VOIDED
    if not refunded:
        return PaymentStatus.PARTIALLY_CAPTURED if may_be_captured else PaymentStatus.CAPTURED
    return PaymentStatus.REFUNDED if refunded == captured else PaymentStatus.PARTIALLY_REFUNDED
