"""What a return, a cancel or a goodwill gives back: refunds of what was captured, releases of what was not."""

from fractions import Fraction
from typing import Final

from contracts.money import decimal_text, half_up
from contracts.refunds import (
    Cancel,
    CancelUnits,
    Goodwill,
    PaidOrder,
    Refusal,
    Refused,
    Return,
    Reversal,
    ReversalPlan,
    TenderPolicy,
    UnitState,
    Value,
)
from decisions.refunds import tenders
from decisions.refunds.units import Wanted, all_moved, has_more, moved, shipping_moved, unfit, wanted

NOTHING: Final = Value()


def plan_reversal(order: PaidOrder, reversal: Reversal, tender_policy: TenderPolicy) -> ReversalPlan | Refused:
    """What the step gives back and the order it leaves, or the first reason in docs/refunds.md to refuse it."""
    if order.canceled:
        return Refused(code=Refusal.ALREADY_CANCELED)
    match reversal:
        case Return():
            return _return(order, reversal, tender_policy)
        case Cancel():
            return _cancel(order, tender_policy)
        case CancelUnits():
            return _cancel_units(order, reversal, tender_policy)
        case Goodwill():
            return _goodwill(order, reversal, tender_policy)


def _return(order: PaidOrder, back: Return, policy: TenderPolicy) -> ReversalPlan | Refused:
    if refusal := _return_refusal(order, back):
        return Refused(code=refusal)
    after, refunded = moved(order, wanted(back.units), UnitState.CAPTURED, UnitState.REFUNDED)
    if back.refund_shipping:
        after, shipping = shipping_moved(after, UnitState.CAPTURED, UnitState.REFUNDED)
        refunded += shipping
    fee = half_up(refunded.goods_charged(order.tax_mode) * Fraction(back.restocking_fee_rate))
    return _plan(order, after, policy, refunded=refunded, fee=fee, label=back.return_label_minor)


def _return_refusal(order: PaidOrder, back: Return) -> Refusal | None:
    units = wanted(back.units)
    if order.shipping in {UnitState.OPEN, UnitState.CANCELED}:
        return Refusal.NOT_CAPTURED
    if refusal := unfit(order, back.units):
        return refusal
    if has_more(order, units, UnitState.OPEN, UnitState.CAPTURED):
        return Refusal.OVER_RETURN
    if has_more(order, units, UnitState.CAPTURED):
        return Refusal.NOT_CAPTURED
    if back.refund_shipping and order.shipping is UnitState.REFUNDED:
        return Refusal.SHIPPING_ALREADY_REFUNDED
    return None if units or back.refund_shipping else Refusal.NOTHING_TO_REFUND


def _cancel(order: PaidOrder, policy: TenderPolicy) -> ReversalPlan:
    after, released = all_moved(order, UnitState.OPEN, UnitState.CANCELED)
    after, refunded = all_moved(after, UnitState.CAPTURED, UnitState.REFUNDED)
    after = after.model_copy(update={"canceled": True})
    return _plan(order, after, policy, refunded=refunded, released=released)


def _cancel_units(order: PaidOrder, cancel: CancelUnits, policy: TenderPolicy) -> ReversalPlan | Refused:
    if refusal := _cancel_refusal(order, cancel):
        return Refused(code=refusal)
    units = wanted(cancel.units)
    after, released = moved(order, units, UnitState.OPEN, UnitState.CANCELED)
    after, refunded = moved(after, _beyond(order, units), UnitState.CAPTURED, UnitState.REFUNDED)
    if not any(line.count(UnitState.OPEN, UnitState.CAPTURED) for line in after.lines):
        after, open_shipping = shipping_moved(after, UnitState.OPEN, UnitState.CANCELED)
        after, paid_shipping = shipping_moved(after, UnitState.CAPTURED, UnitState.REFUNDED)
        released, refunded = released + open_shipping, refunded + paid_shipping
    return _plan(order, after, policy, refunded=refunded, released=released)


def _cancel_refusal(order: PaidOrder, cancel: CancelUnits) -> Refusal | None:
    if refusal := unfit(order, cancel.units):
        return refusal
    if has_more(order, wanted(cancel.units), UnitState.OPEN, UnitState.CAPTURED):
        return Refusal.OVER_CANCEL
    return None if cancel.units else Refusal.NOTHING_TO_CANCEL


def _beyond(order: PaidOrder, units: Wanted) -> dict[str, int]:
    """The units that are wanted beyond the open ones."""
    return {
        line.line_id: max(0, units[line.line_id] - line.count(UnitState.OPEN))
        for line in order.lines
        if line.line_id in units
    }


def _goodwill(order: PaidOrder, goodwill: Goodwill, policy: TenderPolicy) -> ReversalPlan | Refused:
    if goodwill.amount_minor < 1:
        return Refused(code=Refusal.INVALID_AMOUNT)
    if goodwill.amount_minor > order.refundable_minor:
        return Refused(code=Refusal.EXCEEDS_CAPTURED)
    return _plan(order, order, policy, goodwill=goodwill.amount_minor)


def _plan(
    order: PaidOrder,
    after: PaidOrder,
    policy: TenderPolicy,
    *,
    refunded: Value = NOTHING,
    released: Value = NOTHING,
    fee: int = 0,
    label: int = 0,
    goodwill: int = 0,
) -> ReversalPlan:
    """Open value is released as far as authorizations go, the rest was captured in advance and is refunded.

    What goodwill has already given is taken from the goods, then from the shipping; only then come the deductions,
    each at most what is left of the goods.
    """
    release = min(released.charged(order.tax_mode), order.authorized_minor)
    claim = refunded.charged(order.tax_mode) + released.charged(order.tax_mode) - release
    given = max(0, claim - order.refundable_minor)
    base = max(0, refunded.goods_charged(order.tax_mode) - given)
    fee = min(fee, base)
    label = min(label, base - fee)
    refund = claim - given - fee - label + goodwill
    left, releases = tenders.released(order.tenders, release, policy)
    left, refunds = tenders.refunded(left, refund, policy)
    return ReversalPlan(
        refunded=refunded,
        released=released,
        fee_minor=fee,
        label_minor=label,
        already_given_minor=given,
        released_minor=release,
        refund_minor=refund,
        refund_decimal=decimal_text(refund, order.currency),
        tenders=tenders.in_order(left, releases + refunds),
        after=after.model_copy(update={"tenders": left, "kept_minor": order.kept_minor + fee + label}),
    )
