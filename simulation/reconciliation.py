"""Our tables against the partners' books, and the stock against its own movements: every difference in words."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import TypeVar

from contracts.ids import NodeId, Sku
from contracts.states import OrderStatus
from simulation.carrier_books import LabelEntry
from simulation.node_books import RequestEntry
from simulation.payment_books import PaymentEntry
from simulation.tables import Moved, OrderRow, StockBooks

Place = tuple[NodeId, Sku]
KeyT = TypeVar("KeyT", bound=Hashable)


def money_differences(orders: Sequence[OrderRow], books: Sequence[PaymentEntry]) -> list[str]:
    """Per order: the same amounts in both books, captured once and only if delivered, nothing left set aside."""
    entries = {order.number: [entry for entry in books if _is_of(entry.key, order)] for order in orders}
    return [f"order {order.number}: {what}" for order in orders for what in _money_wrong(order, entries[order.number])]


def captured_twice(orders: Sequence[OrderRow], books: Sequence[PaymentEntry]) -> int:
    """How many orders were captured more than once."""
    captures = (sum(entry.captures for entry in books if _is_of(entry.key, order)) for order in orders)
    return sum(count > 1 for count in captures)


def label_differences(orders: Sequence[OrderRow], books: Sequence[LabelEntry]) -> list[str]:
    """Per order: the labels that the carriers sold are the parcels that we know."""
    found = []
    for order in orders:
        bought = [entry.tracking_code for entry in books if entry.key.startswith(f"shipment/{order.number}-")]
        if sorted(bought) != sorted(order.tracking_codes):
            found.append(f"order {order.number}: {len(bought)} labels bought, {len(order.tracking_codes)} on record")
    return found


def labelled_twice(orders: Sequence[OrderRow], books: Sequence[LabelEntry]) -> int:
    """How many parcels have more than one label: the key names the parcel."""
    prefixes = tuple(f"shipment/{order.number}-" for order in orders)
    labels = Counter(entry.key for entry in books if entry.key.startswith(prefixes))
    return sum(count > 1 for count in labels.values())


def stock_differences(stock: StockBooks, orders: Sequence[OrderRow], books: Sequence[RequestEntry]) -> list[str]:
    """Units that appeared, vanished, stayed reserved for nobody, or left otherwise than the nodes say."""
    handed_over = Counter[Place]()
    numbers = {order.number for order in orders}
    for entry in books:
        if int(entry.number.partition("-")[0]) in numbers:
            for sku, quantity in entry.units_handed_over.items():
                handed_over[entry.node_id, sku] += quantity
    return [
        *_rebuilt_wrong(stock),
        *_unequal("units reserved, for open orders", _balances(stock, "reserved"), Counter(stock.promised)),
        *_unequal("units sold, handed over by the nodes", Counter(stock.sold), handed_over),
        *_delivered_wrong(stock, orders),
    ]


def _is_of(key: str, order: OrderRow) -> bool:
    return key.startswith(f"order/{order.number}:")


def _money_wrong(order: OrderRow, entries: Sequence[PaymentEntry]) -> Iterator[str]:
    if len(entries) > 1:
        yield f"{len(entries)} authorizations"
    ours = (order.authorized_minor, order.captured_minor, order.refunded_minor, order.voided)
    theirs = (
        sum(entry.authorized_minor for entry in entries),
        sum(entry.captured_minor for entry in entries),
        sum(entry.refunded_minor for entry in entries),
        any(entry.voided for entry in entries),
    )
    if ours != theirs:
        yield f"authorized, captured, refunded, voided: {ours} on record, {theirs} at the provider"
    captures, kept = sum(entry.captures for entry in entries), theirs[1] - theirs[2]
    if order.status is OrderStatus.COMPLETED and (captures, kept) != (1, order.total_minor):
        yield f"delivered for {order.total_minor}, {captures} captures, {kept} kept"
    if order.status is OrderStatus.CANCELED and (kept or not all(entry.voided or entry.captures for entry in entries)):
        yield f"canceled, but {kept} kept or the authorization not voided"


def _rebuilt_wrong(stock: StockBooks) -> Iterator[str]:
    """Balances are what the movements made of nothing. So all that came in is on hand, reserved or sold."""
    for bucket in ("on_hand", "reserved", "sold"):
        rebuilt = Counter[Place]()
        for moved in stock.moved:
            rebuilt[moved.node_id, moved.sku] += _effect(moved, bucket)
        yield from _unequal(f"units {bucket}, by the movements", _balances(stock, bucket), rebuilt)


def _delivered_wrong(stock: StockBooks, orders: Sequence[OrderRow]) -> Iterator[str]:
    """What is on its way is sold and not delivered, so this can be told once nothing is."""
    if all(order.status.is_final for order in orders):
        sold = Counter[Sku]()
        for (_, sku), quantity in stock.sold.items():
            sold[sku] += quantity
        yield from _unequal("units sold, ordered and delivered", sold, Counter(stock.delivered))


def _effect(moved: Moved, bucket: str) -> int:
    return moved.quantity * ((moved.to_bucket == bucket) - (moved.from_bucket == bucket))


def _balances(stock: StockBooks, bucket: str) -> Counter[Place]:
    counted = Counter[Place]()
    for balance in stock.balances:
        units = {"on_hand": balance.on_hand, "reserved": balance.reserved, "sold": balance.sold}
        counted[balance.node_id, balance.sku] += units[bucket]
    return counted


def _unequal(what: str, ours: Counter[KeyT], theirs: Counter[KeyT]) -> Iterator[str]:
    for key in sorted(ours.keys() | theirs.keys(), key=str):
        if ours[key] != theirs[key]:
            yield f"{key}: {what}: {ours[key]}, {theirs[key]}"
