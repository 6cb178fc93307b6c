"""An order in one sentence: what it waits for and until when, or how it ended."""

from typing import Final

from console.words import Times, spaced
from contracts.order_view import OrderView
from contracts.states import OrderStatus

_ENDS: Final = {
    OrderStatus.COMPLETED: "Complete: what was to be delivered was delivered",
    OrderStatus.CANCELED: "Canceled",
    OrderStatus.FAILED: "Failed: a person has to look",
}
_WITH_ARTICLE: Final = ("payment provider", "risk check", "release of")


def order_headline(order: OrderView, times: Times) -> str:
    status = order.status.order
    if status.is_final:
        reason = f" ({spaced(order.cancel_reason)})" if order.cancel_reason else ""
        return _ENDS[status] + reason
    if order.waiting_on is None:
        return "Steward is at work on it"
    article = "the " if order.waiting_on.startswith(_WITH_ARTICLE) else ""
    return f"Waiting for {article}{spaced(order.waiting_on)}{_until(order, times)}"


def _until(order: OrderView, times: Times) -> str:
    until = order.waiting_until
    if until is None:
        return ""
    if times.is_past(until):
        return f": overdue since {times.short(until)}"
    return f", until {times.short(until)}"
