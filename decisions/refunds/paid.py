"""From a purchase to its money: every unit open, or every unit captured at once."""

from contracts.refunds import (
    PaidLine,
    PaidOrder,
    PaidTender,
    Purchase,
    PurchaseLine,
    PurchaseTender,
    Refusal,
    Refused,
    UnitRun,
    UnitState,
)
from contracts.totals import LineTotal
from decisions.totals import purchase_totals


def paid_order(bought: Purchase) -> PaidOrder | Refused:
    """The state before the first step; `invalid_order` for a purchase that does not add up.

    All tenders captured: so is every unit. Else every unit is open, and what a tender has captured is paid in advance.
    """
    if _has_impossible_figures(bought):
        return Refused(code=Refusal.INVALID_ORDER)
    totals = purchase_totals(bought)
    if sum(tender.amount_minor for tender in bought.tenders) != totals.total_minor:
        return Refused(code=Refusal.INVALID_ORDER)
    captured = all(tender.state == "captured" for tender in bought.tenders)
    state = UnitState.CAPTURED if captured else UnitState.OPEN
    pairs = zip(bought.lines, totals.lines, strict=True)
    return PaidOrder(
        currency=bought.currency,
        tax_mode=bought.tax_mode,
        lines=tuple(_line(line, total, state) for line, total in pairs),
        shipping_minor=totals.shipping_minor,
        shipping_tax_minor=totals.shipping_tax_minor,
        shipping=state,
        tenders=tuple(_tender(tender) for tender in bought.tenders),
    )


def _line(line: PurchaseLine, total: LineTotal, state: UnitState) -> PaidLine:
    return PaidLine(
        line_id=line.line_id,
        amount_minor=total.amount_minor,
        tax_minor=total.tax_minor,
        units=(UnitRun(state=state, count=line.quantity),),
    )


def _tender(tender: PurchaseTender) -> PaidTender:
    return PaidTender(
        tender_id=tender.tender_id,
        kind=tender.kind,
        amount_minor=tender.amount_minor,
        captured_minor=tender.amount_minor if tender.state == "captured" else 0,
    )


def _has_impossible_figures(bought: Purchase) -> bool:
    amounts = [bought.order_discount_minor, bought.shipping_minor, *(each.amount_minor for each in bought.tenders)]
    return (
        min(amounts) < 0
        or any(_is_impossible(line) for line in bought.lines)
        or bought.order_discount_minor > sum(_net(line) for line in bought.lines)
    )


def _is_impossible(line: PurchaseLine) -> bool:
    return line.quantity < 1 or line.unit_price_minor < 0 or line.discount_minor < 0 or _net(line) < 0


def _net(line: PurchaseLine) -> int:
    return line.unit_price_minor * line.quantity - line.discount_minor
