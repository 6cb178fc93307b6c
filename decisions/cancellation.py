"""Whether an order may still be canceled, and what else may be done with it."""

from contracts.states import OrderStatus


def may_cancel(status: OrderStatus, *, cancel_requested: bool, handed_over: bool) -> bool:
    """Until the first parcel is handed over."""
    return not (status.is_final or cancel_requested or handed_over)


def allowed_actions(status: OrderStatus, *, cancel_requested: bool, handed_over: bool) -> list[str]:
    return ["cancel"] if may_cancel(status, cancel_requested=cancel_requested, handed_over=handed_over) else []
