"""Sums that people can check: what an order costs, where its money is, and where its units are."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from contracts.base import Contract
from contracts.console import OrderFile, StockRow, TenderRow
from contracts.order_view import ConsignmentView, ParcelView
from contracts.states import ShipmentStatus


class MoneyRow(Contract):
    """Where one tender's amount is: charged, set aside, released, or not set aside; and what of it was given back."""

    name: str
    amount: int
    charged: int
    set_aside: int
    released: int
    not_set_aside: int
    refunded: int

    @property
    def kept(self) -> int:
        return self.charged - self.refunded

    @property
    def adds_up(self) -> bool:
        parts = self.charged + self.set_aside + self.released + self.not_set_aside
        return parts == self.amount and 0 <= self.refunded <= self.charged


class MoneyTable(Contract):
    rows: list[MoneyRow]
    total: MoneyRow
    order_total: int

    @property
    def adds_up(self) -> bool:
        """Every row, and all of them to what the order costs."""
        return all(row.adds_up for row in [*self.rows, self.total]) and self.total.amount == self.order_total


def money(file: OrderFile) -> MoneyTable:
    rows = [_tender(tender) for tender in file.tenders]
    sums = {
        name: sum(getattr(row, name) for row in rows)
        for name in ("amount", "charged", "set_aside", "released", "not_set_aside", "refunded")
    }
    total = MoneyRow(name="Together", **sums)
    return MoneyTable(rows=rows, total=total, order_total=file.order.total.amount_minor)


def _tender(tender: TenderRow) -> MoneyRow:
    rest = tender.amount_minor - tender.captured_minor - tender.released_minor
    set_aside = max(0, min(rest, tender.authorized_minor - tender.captured_minor))
    return MoneyRow(
        name=f"{'Gift card' if tender.kind == 'gift_card' else 'Card'} ({tender.tender_id})",
        amount=tender.amount_minor,
        charged=tender.captured_minor,
        set_aside=set_aside,
        released=tender.released_minor,
        not_set_aside=rest - set_aside,
        refunded=tender.refunded_minor,
    )


class PricePart(Contract):
    name: str
    minor: int


def price(file: OrderFile) -> list[PricePart]:
    """What the total is made of; taxes that are contained in it are no part of the sum."""
    order = file.order
    goods = sum(line.quantity * line.unit_price.amount_minor for line in order.lines)
    discount = sum(line.discount.amount_minor for line in order.lines) + file.price.order_discount_minor
    parts = [PricePart(name="Goods", minor=goods)]
    if discount:
        parts.append(PricePart(name="Discounts", minor=-discount))
    parts.append(PricePart(name="Shipping", minor=order.shipping.amount_minor))
    if file.price.tax_mode == "exclusive":
        parts.append(PricePart(name="Taxes", minor=order.tax.amount_minor))
    return parts


class UnitsRow(Contract):
    """One line of an order: `open` are neither canceled nor shipped yet."""

    line_id: str
    product: str
    sku: str
    ordered: int
    canceled: int
    shipped: int
    delivered: int
    lost: int

    @property
    def open(self) -> int:
        return self.ordered - self.canceled - self.shipped


def units(file: OrderFile) -> list[UnitsRow]:
    left, arrived, lost = Counter[str](), Counter[str](), Counter[str]()
    for consignment in file.order.consignments:
        for parcel in _on_their_way(consignment, file.handed_over):
            if not parcel.counts:
                lost.update(parcel.units)
                continue
            left.update(parcel.units)
            if parcel.status is ShipmentStatus.DELIVERED:
                arrived.update(parcel.units)
    return [
        UnitsRow(
            line_id=line.line_id,
            product=file.names.products.get(line.sku, line.sku),
            sku=line.sku,
            ordered=line.quantity,
            canceled=line.canceled,
            shipped=left[line.line_id],
            delivered=arrived[line.line_id],
            lost=lost[line.line_id],
        )
        for line in file.order.lines
    ]


def _on_their_way(consignment: ConsignmentView, handed_over: dict[str, datetime]) -> list[ParcelView]:
    if consignment.id not in handed_over:
        return []
    return [parcel for parcel in consignment.parcels if parcel.voided_at is None]


class StockSum(Contract):
    """Units that were taken from a node's shelf for a consignment, and where they are now."""

    consignment: str
    node: str
    product: str
    taken: int
    reserved: int
    left: int
    back: int
    quarantined: int
    lost: int

    @property
    def adds_up(self) -> bool:
        return self.taken == self.reserved + self.left + self.back + self.quarantined + self.lost


def stock(file: OrderFile) -> list[StockSum]:
    places = dict.fromkeys((row.consignment, row.node_id, row.sku) for row in file.stock)
    return [
        _stock_sum([row for row in file.stock if (row.consignment, row.node_id, row.sku) == place], file)
        for place in places
    ]


def _stock_sum(rows: Sequence[StockRow], file: OrderFile) -> StockSum:
    """What a node could not find is written off its shelf as well: those units were never this order's."""
    now, taken = Counter[str](), 0
    for row in rows:
        is_ours = row.from_bucket != "on_hand" or row.to_bucket == "reserved"
        if is_ours and row.from_bucket is not None:
            now[row.from_bucket] -= row.quantity
            now[row.to_bucket] += row.quantity
        if row.from_bucket == "on_hand" and row.to_bucket == "reserved":
            taken += row.quantity
    return StockSum(
        consignment=rows[0].consignment,
        node=file.names.nodes.get(rows[0].node_id, rows[0].node_id),
        product=file.names.products.get(rows[0].sku, rows[0].sku),
        taken=taken,
        reserved=now["reserved"],
        left=now["sold"],
        back=now["on_hand"] + taken,
        quarantined=now["quarantined"],
        lost=now["lost"],
    )
