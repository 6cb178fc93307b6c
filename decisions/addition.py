"""An edit of quantities and lines: what is to be less is canceled, what is to be more is added as lines of its own."""

from collections.abc import Collection, Iterator, Sequence
from itertools import count
from typing import Final

from contracts.additions import AddedLine, Addition, NewLine, OrderedLine, tender_of
from contracts.checkout import MOST_LINES, OrderLine
from contracts.commands import EditOrder
from contracts.ids import Sku
from contracts.money import LARGEST_AMOUNT
from contracts.order_state import LineUnits
from contracts.problems import Problem
from contracts.refunds import PaidLine, PaidOrder, PaidTender, Purchase, TaxMode, UnitRun, UnitState
from contracts.states import PaymentStatus
from decisions.totals import purchase_totals

# Paid for as far as that goes in advance, and nothing failed.
MAY_BE_ADDED_TO: Final = frozenset(
    {
        PaymentStatus.AUTHORIZED,
        PaymentStatus.PARTIALLY_CAPTURED,
        PaymentStatus.CAPTURED,
        PaymentStatus.PARTIALLY_REFUNDED,
        PaymentStatus.REFUNDED,
    }
)


def fewer_units(lines: Sequence[OrderedLine], edit: EditOrder) -> LineUnits:
    """Units by line that are to be canceled."""
    return {line.line_id: -more for line, more in _changes(lines, edit) if more < 0}


def new_lines(
    lines: Sequence[OrderedLine], edit: EditOrder, *, number: int, taken: Collection[str]
) -> tuple[NewLine, ...]:
    """Lines that are to be added: those that are said, then more units of known ones, at their price, undiscounted.

    What is more of a line is a line of its own, since what was paid for a line is never paid anew.
    """
    said = tuple(_new(line) for line in edit.add or [])
    used = {*taken, *(line.line_id for line in said)}
    free = (line_id for i in count(1) if (line_id := f"{tender_of(number)}:{i}") not in used)
    return said + tuple(_more(line, next(free), more) for line, more in _changes(lines, edit) if more > 0)


def addition_of(lines: Sequence[NewLine], *, number: int, currency: str, tax_mode: TaxMode) -> Addition:
    """The lines with their amounts and taxes as at checkout; no discount of the order, and no shipping."""
    added = Purchase(
        currency=currency,
        tax_mode=tax_mode,
        lines=tuple(lines),
        order_discount_minor=0,
        shipping_minor=0,
        shipping_tax_rate="0",
        tenders=(),
    )
    totals = purchase_totals(added)
    pairs = zip(lines, totals.lines, strict=True)
    return Addition(
        number=number,
        lines=tuple(AddedLine(**line.model_dump(), **total.model_dump(exclude={"line_id"})) for line, total in pairs),
        amount_minor=totals.total_minor,
    )


def with_addition(order: PaidOrder, addition: Addition) -> PaidOrder:
    """The order's money once the addition is authorized: its units are open, and a card of its own pays for them."""
    lines = tuple(
        PaidLine(
            line_id=line.line_id,
            amount_minor=line.amount_minor,
            tax_minor=line.tax_minor,
            units=(UnitRun(state=UnitState.OPEN, count=line.quantity),),
        )
        for line in addition.lines
    )
    tender = PaidTender(tender_id=addition.tender_id, kind="card", amount_minor=addition.amount_minor)
    return order.model_copy(update={"lines": order.lines + lines, "tenders": (*order.tenders, tender)})


def edit_problems(
    edit: EditOrder,
    lines: Sequence[OrderedLine],
    *,
    taken: Collection[str],
    known_skus: Collection[str],
    currency: str,
) -> Iterator[Problem]:
    """Every reason to refuse the edit as it is said, by pointer. `taken` are the ids of lines that are or may come."""
    known = {line.line_id for line in lines}
    for i, wanted in enumerate(edit.lines or []):
        if wanted.line_id not in known:
            yield _problem(f"/lines/{i}/line_id", "unknown_line", f"{wanted.line_id} is not a line of this order")
    for i, line in enumerate(edit.add or []):
        yield from _wrong(f"/add/{i}", line, taken=taken, known_skus=known_skus, currency=currency)


def too_much(addition: Addition, *, lines: int, total_minor: int) -> Iterator[Problem]:
    """More than any order has: of so many lines already, and over so much."""
    if lines + len(addition.lines) > MOST_LINES:
        yield _problem("/add", "too_many_lines", f"an order has at most {MOST_LINES} lines")
    if total_minor + addition.amount_minor > LARGEST_AMOUNT:
        yield _problem("/add", "amount_too_large", f"an order comes to at most {LARGEST_AMOUNT} minor units")


def _changes(lines: Sequence[OrderedLine], edit: EditOrder) -> Iterator[tuple[OrderedLine, int]]:
    """How many more, or fewer, of each known line that is named."""
    wanted = {line.line_id: line.quantity for line in edit.lines or []}
    return ((line, wanted[line.line_id] - line.wanted) for line in lines if line.line_id in wanted)


def _new(line: OrderLine) -> NewLine:
    return NewLine(
        line_id=line.line_id,
        sku=Sku(line.sku),
        quantity=line.quantity,
        unit_price_minor=line.unit_price.amount_minor,
        discount_minor=line.discount.amount_minor,
        tax_rate=line.tax_rate,
    )


def _more(line: OrderedLine, line_id: str, quantity: int) -> NewLine:
    return NewLine(
        line_id=line_id,
        sku=line.sku,
        quantity=quantity,
        unit_price_minor=line.unit_price_minor,
        discount_minor=0,
        tax_rate=line.tax_rate,
    )


def _wrong(
    pointer: str, line: OrderLine, *, taken: Collection[str], known_skus: Collection[str], currency: str
) -> Iterator[Problem]:
    if line.line_id in taken:
        yield _problem(f"{pointer}/line_id", "repeated_line_id", f"{line.line_id} names another line already")
    if line.sku not in known_skus:
        yield _problem(f"{pointer}/sku", "unknown_sku", f"{line.sku} is not a product of this shop")
    for name, money in (("unit_price", line.unit_price), ("discount", line.discount)):
        if money.currency != currency:
            detail = f"this order is in {currency}, not in {money.currency}"
            yield _problem(f"{pointer}/{name}/currency", "currency_mismatch", detail)
    gross = line.unit_price.amount_minor * line.quantity
    if line.discount.amount_minor > gross:
        detail = f"a discount of {line.discount.amount_minor} on a line of {gross} minor units"
        yield _problem(f"{pointer}/discount", "discount_above_gross", detail)


def _problem(pointer: str, code: str, detail: str) -> Problem:
    return Problem(pointer=pointer, code=code, detail=detail)
