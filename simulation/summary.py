"""How a run ended: counted at the end from tables and books, told on one screen, and kept as JSON."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.table import Table

from contracts.base import Contract
from contracts.money import decimal_text
from contracts.states import OrderStatus
from simulation.carrier_books import LabelEntry
from simulation.comparison import Comparison
from simulation.endings import Endings
from simulation.mails import Told
from simulation.node_books import RequestEntry
from simulation.payment_books import PaymentEntry
from simulation.reconciliation import (
    captured_twice,
    delivery_differences,
    label_differences,
    labelled_twice,
    money_differences,
    stock_differences,
    unrefunded_minor,
)
from simulation.tables import OrderRow, StockBooks

CLOSED = frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELED})


class PartnersBooks(Contract):
    """Every partner's own, under its name in its address."""

    payments: list[PaymentEntry]
    carriers: list[LabelEntry]
    nodes: list[RequestEntry]


class Outcomes(Contract):
    """What became of the orders; `stuck` are those that are neither delivered nor canceled."""

    placed: int
    delivered: int
    canceled: int
    canceled_because: dict[str, int]
    held: int
    stuck: int
    late_cancels: int
    consignments: int
    parcels: int
    split_orders: int


class Accounts(Contract):
    """Minor units of money, and units of goods; `differences` says what does not agree, if anything.

    `unrefunded_minor` was captured and neither delivered nor given back.
    """

    captured_minor: int
    refunded_minor: int
    unrefunded_minor: int
    captured_twice: int
    labelled_twice: int
    books_agree: bool
    units_sold: int
    units_conserved: bool
    differences: list[str]


class RunFacts(Contract):
    """Which run it was, where, and how long it took in seconds of the wall's clock."""

    pid: int
    run: str
    seed: int
    pace: int
    api: str
    temporal_ui: str | None
    seconds_to_start: float
    seconds: float
    rows_left_out: dict[str, int]


class Summary(Accounts, Comparison, Outcomes, Told, RunFacts):
    """Everything `--json` writes."""

    outcomes: Endings

    @property
    def reasons_to_fail(self) -> list[str]:
        stuck = [f"{self.stuck} of {self.placed} orders came to no end"] if self.stuck else []
        return [*stuck, *self.differences]


def outcomes(orders: Sequence[OrderRow], late_cancels: int) -> Outcomes:
    canceled = [order for order in orders if order.status is OrderStatus.CANCELED]
    return Outcomes(
        placed=len(orders),
        delivered=sum(order.status is OrderStatus.COMPLETED for order in orders),
        canceled=len(canceled),
        canceled_because=dict(Counter(order.cancel_reason or "unknown" for order in canceled)),
        held=sum(order.held for order in orders),
        stuck=sum(order.status not in CLOSED for order in orders),
        late_cancels=late_cancels,
        consignments=sum(order.consignments for order in orders),
        parcels=sum(order.parcels for order in orders),
        split_orders=sum(order.consignments > 1 for order in orders),
    )


def accounts(
    orders: Sequence[OrderRow], stock: StockBooks, books: PartnersBooks, of_mails: Sequence[str] = ()
) -> Accounts:
    """`of_mails` is what else does not agree."""
    money = [
        *money_differences(orders, books.payments),
        *label_differences(orders, books.carriers),
        *delivery_differences(orders, books.carriers),
    ]
    goods = stock_differences(stock, orders, books.nodes)
    return Accounts(
        captured_minor=sum(order.captured_minor for order in orders),
        refunded_minor=sum(order.refunded_minor for order in orders),
        unrefunded_minor=unrefunded_minor(orders),
        captured_twice=captured_twice(orders, books.payments),
        labelled_twice=labelled_twice(orders, books.carriers),
        books_agree=not money,
        units_sold=sum(stock.sold.values()),
        units_conserved=not goods,
        differences=[*money, *goods, *of_mails],
    )


def table_of(summary: Summary) -> Table:
    table = Table(
        title=f"Run {summary.run}, {summary.seconds:.0f} s", show_header=False, title_justify="left", box=None
    )
    rows = {
        "orders": f"{summary.placed} placed, {summary.delivered} delivered, {summary.canceled} canceled"
        f" ({_counted(summary.canceled_because)}), {summary.stuck} stuck",
        "ended": f"{summary.outcomes.delivered_whole} delivered whole,"
        f" {summary.outcomes.delivered_in_part} in part; canceled by: {_counted(summary.outcomes.canceled_by)}",
        "went through": _counted(summary.outcomes.went_through),
        "people": f"{summary.held} orders held for review, {summary.late_cancels} asked too late to cancel",
        "shipped": f"{summary.consignments} consignments in {summary.parcels} parcels,"
        f" {summary.split_orders} orders split",
        "shipping": _against(summary.shipping_minor, summary.nearest_shipping_minor),
        "all costs": f"{_against(summary.cost_minor, summary.nearest_cost_minor)} ({summary.compared_orders} orders)",
        "money": f"{_usd(summary.captured_minor)} captured, {_usd(summary.refunded_minor)} refunded,"
        f" {_usd(summary.unrefunded_minor)} taken for what never came;"
        f" the provider's books {'agree' if summary.books_agree else 'DISAGREE'}",
        "messages": f"{summary.messages_sent} sent, {summary.messages_suppressed} suppressed,"
        f" {summary.messages_bounced} bounced; written by: {_counted(summary.written_by)}",
        "untruths": f"{summary.untruths} made up by the model, {summary.guard_rejected} drafts rejected by the guard,"
        f" {summary.untruths_sent} reached a customer",
        "units": f"{summary.units_sold} sold;"
        f" {'every unit is accounted for' if summary.units_conserved else 'NOT ALL ARE ACCOUNTED FOR'}",
    }
    if summary.rows_left_out:
        rows["rows left out"] = _counted(summary.rows_left_out)
    for what, told in rows.items():
        table.add_row(what, told)
    return table


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in counts.items() if count) or "none"


def _against(ours: int, theirs: int) -> str:
    share = f", {100 * (ours - theirs) / theirs:+.1f} %" if theirs else ""
    return f"{_usd(ours)}, from the nearest node {_usd(theirs)}{share}"


def _usd(amount_minor: int) -> str:
    return f"{decimal_text(amount_minor, 'USD')} USD"
