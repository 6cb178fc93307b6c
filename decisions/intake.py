"""What the door finds wrong with an order that is well formed: unknown products, currencies, sums, days gone by."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from contracts.checkout import OrderLine, PlaceOrder, Tender
from contracts.money import Money
from contracts.problems import Problem
from decisions.calendar import end_of
from decisions.totals import totals


def problems(order: PlaceOrder, *, known_skus: frozenset[str], currency: str, now: datetime) -> list[Problem]:
    """Every reason to refuse the order, by pointer; empty when it may be placed.

    Sums are only compared once the parts are sound, so that one mistake is told once.
    """
    found = [
        *_foreign_money(order, currency),
        *_repeated_lines(order.lines),
        *(
            Problem(
                pointer=f"/lines/{i}/sku",
                code="unknown_sku",
                detail=f"{line.sku} is not a product of this shop",
            )
            for i, line in enumerate(order.lines)
            if line.sku not in known_skus
        ),
        *_repeated_tenders(order.tenders),
        *_discounts_above(order),
        *_promise_over(order, now),
    ]
    return found or list(_tenders_off(order))


def _foreign_money(order: PlaceOrder, currency: str) -> Iterator[Problem]:
    amounts: dict[str, Money] = {
        "/order_discount": order.order_discount,
        "/shipping": order.shipping,
        **{f"/tenders/{i}/amount": tender.amount for i, tender in enumerate(order.tenders)},
        **{f"/lines/{i}/unit_price": line.unit_price for i, line in enumerate(order.lines)},
        **{f"/lines/{i}/discount": line.discount for i, line in enumerate(order.lines)},
    }
    currencies = {"": order.currency} | {pointer: money.currency for pointer, money in amounts.items()}
    for pointer, found in currencies.items():
        if found != currency:
            yield Problem(
                pointer=f"{pointer}/currency",
                code="currency_mismatch",
                detail=f"this merchant sells in {currency}, not in {found}",
            )


def _repeated_lines(lines: list[OrderLine]) -> Iterator[Problem]:
    counts = Counter(line.line_id for line in lines)
    for i, line in enumerate(lines):
        if counts[line.line_id] > 1:
            yield Problem(
                pointer=f"/lines/{i}/line_id",
                code="repeated_line_id",
                detail=f"{line.line_id} names {counts[line.line_id]} lines",
            )


def _repeated_tenders(tenders: list[Tender]) -> Iterator[Problem]:
    ids = Counter(tender.tender_id for tender in tenders)
    kinds = Counter(tender.kind for tender in tenders)
    for i, tender in enumerate(tenders):
        if ids[tender.tender_id] > 1:
            yield Problem(
                pointer=f"/tenders/{i}/tender_id",
                code="repeated_tender_id",
                detail=f"{tender.tender_id} names {ids[tender.tender_id]} tenders",
            )
        if kinds[tender.kind] > 1:
            yield Problem(
                pointer=f"/tenders/{i}/kind",
                code="repeated_tender_kind",
                detail=f"{kinds[tender.kind]} tenders are a {tender.kind}: at most one of each kind",
            )


def _discounts_above(order: PlaceOrder) -> Iterator[Problem]:
    grosses = [line.unit_price.amount_minor * line.quantity for line in order.lines]
    discounts = [line.discount.amount_minor for line in order.lines]
    for i, (gross, discount) in enumerate(zip(grosses, discounts, strict=True)):
        if discount > gross:
            yield Problem(
                pointer=f"/lines/{i}/discount",
                code="discount_above_gross",
                detail=f"a discount of {discount} on a line of {gross} minor units",
            )
    sum_of_net = sum(max(0, gross - discount) for gross, discount in zip(grosses, discounts, strict=True))
    if order.order_discount.amount_minor > sum_of_net:
        yield Problem(
            pointer="/order_discount",
            code="discount_above_net",
            detail=f"a discount of {order.order_discount.amount_minor} on goods of {sum_of_net} minor units",
        )


def _promise_over(order: PlaceOrder, now: datetime) -> Iterator[Problem]:
    if order.promise and end_of(order.promise.latest, order.time_zone) <= now:
        yield Problem(
            pointer="/promise/latest",
            code="promise_in_the_past",
            detail=f"{order.promise.latest} is over in {order.time_zone}: promise today or later",
        )


def _tenders_off(order: PlaceOrder) -> Iterator[Problem]:
    total = totals(order).total_minor
    paid = sum(tender.amount.amount_minor for tender in order.tenders)
    if paid != total:
        yield Problem(
            pointer="/tenders",
            code="totals_do_not_add_up",
            detail=f"the tenders come to {paid} minor units, the order to {total}",
        )
