"""Our tables against the partners' books, and the stock against its own movements: every difference in words."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import TypeVar

from contracts.ids import NodeId, Sku
from contracts.refunds import UnitState, Value
from decisions.refunds.units import moved
from simulation.carrier_books import LabelEntry
from simulation.node_books import RequestEntry
from simulation.payment_books import PaymentEntry
from simulation.tables import Moved, OrderRow, StockBooks

Place = tuple[NodeId, Sku]
KeyT = TypeVar("KeyT", bound=Hashable)


def money_differences(orders: Sequence[OrderRow], books: Sequence[PaymentEntry]) -> list[str]:
    """Per order: the same amounts in both books; at its end kept for what was delivered, and nothing left set aside."""
    entries = {order.number: [entry for entry in books if _is_of(entry.key, order)] for order in orders}
    return [f"order {order.number}: {what}" for order in orders for what in _money_wrong(order, entries[order.number])]


def captured_twice(orders: Sequence[OrderRow], books: Sequence[PaymentEntry]) -> int:
    """How many orders had a capture twice under its key, or more captured than was authorized."""
    return sum(_is_captured_twice([entry for entry in books if _is_of(entry.key, order)]) for order in orders)


def unrefunded_minor(orders: Sequence[OrderRow]) -> int:
    """What was captured for units that were not delivered, and not given back once the order is at its end."""
    return sum(max(0, _kept(order) - worth_delivered(order)) for order in orders if order.status.is_final)


def worth_delivered(order: OrderRow) -> int:
    """What the customer owes in the end: the delivered units, and the shipping with its tax if there are any."""
    delivered = order.delivered
    if not delivered:
        return 0
    _, goods = moved(order.money, delivered, UnitState.CAPTURED, UnitState.REFUNDED)
    shipping = Value(shipping_minor=order.money.shipping_minor, shipping_tax_minor=order.money.shipping_tax_minor)
    return (goods + shipping).charged(order.money.tax_mode)


def label_differences(orders: Sequence[OrderRow], books: Sequence[LabelEntry]) -> list[str]:
    """Per order: the labels that the carriers sold are the parcels that we know."""
    found = []
    for order in orders:
        bought = [entry.tracking_code for entry in books if entry.key.startswith(f"shipment/{order.number}-")]
        if sorted(bought) != sorted(order.tracking_codes):
            found.append(f"order {order.number}: {len(bought)} labels bought, {len(order.tracking_codes)} on record")
    return found


def delivery_differences(orders: Sequence[OrderRow], books: Sequence[LabelEntry]) -> list[str]:
    """Per order: what it was completed with has arrived, as its carrier says."""
    arrived = {entry.tracking_code for entry in books if entry.delivered_at is not None}
    return [
        f"order {order.number}: {code} is delivered on record, not by its carrier"
        for order in orders
        for code in order.delivered_codes
        if code not in arrived
    ]


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


def _is_captured_twice(entries: Sequence[PaymentEntry]) -> bool:
    keys = [key for entry in entries for key in entry.capture_keys]
    return len(keys) > len(set(keys)) or any(entry.captured_minor > entry.authorized_minor for entry in entries)


def _kept(order: OrderRow) -> int:
    gift_card = order.gift_card.get("capture", 0) - order.gift_card.get("refund", 0)
    return order.captured_minor - order.refunded_minor + gift_card


def _money_wrong(order: OrderRow, entries: Sequence[PaymentEntry]) -> Iterator[str]:
    ours = {row.key: row.amount_minor for row in order.authorizations if row.made}
    theirs = {entry.key: entry.authorized_minor for entry in entries if entry.key in ours or not entry.voided}
    if ours != theirs and (order.status.is_final or not ours.items() <= theirs.items()):
        yield f"authorizations: {ours} on record, {theirs} at the provider"
    given = sum(entry.refunded_minor for entry in entries) + order.by_hand_minor
    taken = (max(given, sum(entry.captured_minor for entry in entries)), given)
    if (order.captured_minor, order.refunded_minor) != taken:
        yield f"captured, refunded: {(order.captured_minor, order.refunded_minor)} on record, {taken} at the provider"
    if order.status.is_final:
        yield from _set_aside(order, entries)
        yield from _gift_card_wrong(order)
        yield from _ended_wrong(order)


def _set_aside(order: OrderRow, entries: Sequence[PaymentEntry]) -> Iterator[str]:
    """Of what was captured in part the rest lapses by itself; what was not captured at all has to be voided."""
    lapsed = {row.key for row in order.authorizations if row.status == "lapsed"}
    for entry in entries:
        if not (entry.voided or entry.captures or entry.key in lapsed or order.given_up_minor):
            yield f"{entry.authorized_minor} still set aside under {entry.key}"
    if order.voided and not any(entry.voided for entry in entries):
        yield "voided on record, and not at the provider"


def _gift_card_wrong(order: OrderRow) -> Iterator[str]:
    """What a gift card's own entries say is what the plan says, and nothing of it is held any more."""
    entries = Counter(order.gift_card)
    cards = [tender for tender in order.money.tenders if tender.kind == "gift_card"]
    planned = sum(card.captured_minor for card in cards), sum(card.refunded_minor for card in cards)
    if planned != (entries["capture"], entries["refund"]):
        yield f"gift card: captured, refunded: {planned} planned, {(entries['capture'], entries['refund'])} entered"
    if held := entries["hold"] - entries["capture"] - entries["release"]:
        yield f"gift card: {held} still held"


def _ended_wrong(order: OrderRow) -> Iterator[str]:
    """The plan, the cards and the units tell the same at an order's end, and nothing of it is open."""
    cards = [tender for tender in order.money.tenders if tender.kind == "card"]
    planned = (
        sum(card.captured_minor for card in cards) - order.given_up_minor,
        sum(card.refunded_minor for card in cards) - order.not_given_minor,
    )
    if planned != (order.captured_minor, order.refunded_minor):
        yield f"captured, refunded: {planned} planned, {(order.captured_minor, order.refunded_minor)} done"
    let_go = order.given_up_minor - order.not_given_minor + order.goodwill_minor
    if _kept(order) + let_go != worth_delivered(order):
        yield f"{order.status}, {_kept(order)} kept for what is worth {worth_delivered(order)}"
    settled = order.captured_minor + order.released_minor + order.given_up_minor
    if order.authorized_minor and settled != order.authorized_minor:
        yield f"{order.authorized_minor} set aside, {order.captured_minor} taken, {order.released_minor} released"
    paid = {line.line_id: line.count(UnitState.CAPTURED) for line in order.money.lines}
    for line in order.lines:
        if line.delivered != paid[line.line_id] or line.ordered != line.delivered + line.canceled:
            yield f"line {line.line_id}: {line}, {paid[line.line_id]} of them paid for"


def _rebuilt_wrong(stock: StockBooks) -> Iterator[str]:
    """Balances are what the movements made of nothing. So every unit that came in is in exactly one bucket."""
    found = {bucket for balance in stock.balances for bucket in balance.buckets}
    for bucket in sorted(found | {each.to_bucket for each in stock.moved}):
        rebuilt = Counter[Place]()
        for each in stock.moved:
            rebuilt[each.node_id, each.sku] += _effect(each, bucket)
        yield from _unequal(f"units {bucket}, by the movements", _balances(stock, bucket), rebuilt)


def _delivered_wrong(stock: StockBooks, orders: Sequence[OrderRow]) -> Iterator[str]:
    """What is on its way is sold and not delivered, so this can be told once nothing is."""
    if all(order.status.is_final for order in orders):
        sold = Counter[Sku]()
        for (_, sku), quantity in stock.sold.items():
            sold[sku] += quantity
        arrived = Counter(stock.delivered) + Counter(stock.failed)
        yield from _unequal("units sold, delivered or failed on the way", sold, arrived)


def _effect(moved: Moved, bucket: str) -> int:
    return moved.quantity * ((moved.to_bucket == bucket) - (moved.from_bucket == bucket))


def _balances(stock: StockBooks, bucket: str) -> Counter[Place]:
    counted = Counter[Place]()
    for balance in stock.balances:
        counted[balance.node_id, balance.sku] += balance.buckets.get(bucket, 0)
    return counted


def _unequal(what: str, ours: Counter[KeyT], theirs: Counter[KeyT]) -> Iterator[str]:
    for key in sorted(ours.keys() | theirs.keys(), key=str):
        if ours[key] != theirs[key]:
            yield f"{key}: {what}: {ours[key]}, {theirs[key]}"
