"""What to capture when a consignment leaves, or for everything at once."""

from collections.abc import Sequence

from contracts.money import decimal_text
from contracts.refunds import CapturePlan, PaidOrder, Refusal, Refused, TenderUse, UnitsOfLine, UnitState, Value
from decisions.refunds import tenders
from decisions.refunds.units import all_moved, has_more, moved, open_value, shipping_moved, unfit, wanted


def plan_capture(order: PaidOrder, units: Sequence[UnitsOfLine], tender_use: TenderUse) -> CapturePlan | Refused:
    """The capture for one consignment's units; the first capture of an order takes the shipping too.

    Refused in this order: `already_canceled`, `unknown_line`, `invalid_quantity`, `over_capture` (more than is open),
    `nothing_to_capture`. What tenders captured in advance pays first; the rest is captured in the order of use.
    """
    if refusal := _refusal(order, units):
        return Refused(code=refusal)
    after, goods = moved(order, wanted(units), UnitState.OPEN, UnitState.CAPTURED)
    after, shipping = shipping_moved(after, UnitState.OPEN, UnitState.CAPTURED)
    return _plan(order, after, goods + shipping, tender_use)


def plan_capture_of_the_rest(order: PaidOrder, tender_use: TenderUse) -> CapturePlan | Refused:
    """The capture of all open units and of the shipping: for providers that take one capture.

    Refused: `already_canceled`; `nothing_to_capture` if neither a unit nor the shipping is open.
    """
    if order.canceled:
        return Refused(code=Refusal.ALREADY_CANCELED)
    if order.shipping is not UnitState.OPEN and not any(line.count(UnitState.OPEN) for line in order.lines):
        return Refused(code=Refusal.NOTHING_TO_CAPTURE)
    after, value = all_moved(order, UnitState.OPEN, UnitState.CAPTURED)
    return _plan(order, after, value, tender_use)


def _refusal(order: PaidOrder, units: Sequence[UnitsOfLine]) -> Refusal | None:
    if order.canceled:
        return Refusal.ALREADY_CANCELED
    if refusal := unfit(order, units):
        return refusal
    if has_more(order, wanted(units), UnitState.OPEN):
        return Refusal.OVER_CAPTURE
    return None if units else Refusal.NOTHING_TO_CAPTURE


def _plan(order: PaidOrder, after: PaidOrder, value: Value, tender_use: TenderUse) -> CapturePlan:
    charged = value.charged(order.tax_mode)
    prepaid = min(charged, open_value(order) - order.authorized_minor)
    left, actions = tenders.captured(order.tenders, charged - prepaid, tender_use)
    return CapturePlan(
        captured=value,
        prepaid_minor=prepaid,
        capture_minor=charged - prepaid,
        capture_decimal=decimal_text(charged - prepaid, order.currency),
        tenders=tuple(actions),
        after=after.model_copy(update={"tenders": left}),
    )
