"""What may have become of a past order, and how often: a year is mostly delivered, the last days are mostly open."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from random import Random
from typing import Final

from bench.history.orders import PastOrder
from contracts.states import ShipmentStatus


class Fate(StrEnum):
    NEW = "new"
    HELD = "held"
    DECLINED = "declined"
    CONFIRMED = "confirmed"
    SHORT = "short"
    AT_NODE = "at_node"
    HELD_BY_STAFF = "held_by_staff"
    RECALLED = "recalled"
    ON_THE_WAY = "on_the_way"
    DELIVERED = "delivered"
    REVIEWED = "reviewed"  # delivered, after somebody let it go
    DISPUTED = "disputed"
    CANCELED = "canceled"


OLD: Final[Mapping[Fate, float]] = {
    Fate.DELIVERED: 0.92,
    Fate.REVIEWED: 0.03,
    Fate.CANCELED: 0.047,
    Fate.DISPUTED: 0.003,
}
YOUNG: Final[Mapping[Fate, float]] = {
    Fate.NEW: 0.02,
    Fate.HELD: 0.08,
    Fate.DECLINED: 0.04,
    Fate.CONFIRMED: 0.02,
    Fate.SHORT: 0.03,
    Fate.AT_NODE: 0.2,
    Fate.HELD_BY_STAFF: 0.01,
    Fate.RECALLED: 0.01,
    Fate.ON_THE_WAY: 0.5,
    Fate.DELIVERED: 0.05,
    Fate.CANCELED: 0.04,
}


def fates(count: int, young: int, chance: Random) -> Iterator[Fate]:
    """Of that many orders, oldest first, the last `young` of which are of these days: each fate at least once."""
    every = list(Fate)
    yield from chance.choices(list(OLD), list(OLD.values()), k=count - young)
    yield from every[:young]
    yield from chance.choices(list(YOUNG), list(YOUNG.values()), k=max(0, young - len(every)))


def live(order: PastOrder, fate: Fate) -> None:
    """Everything that happened to it, and its rows."""
    for step in _COURSES[fate]:
        step(order)
    order.store()


def _leave(order: PastOrder) -> None:
    order.sent()
    order.scanned(ShipmentStatus.IN_TRANSIT, hours=4)


def _arrive(order: PastOrder) -> None:
    order.scanned(ShipmentStatus.OUT_FOR_DELIVERY, hours=16)
    order.scanned(ShipmentStatus.DELIVERED, hours=4)
    order.completed()


_Course = tuple[Callable[[PastOrder], None], ...]
_PAID: Final[_Course] = (PastOrder.assessed, PastOrder.authorized)
_AT_NODE: Final[_Course] = (*_PAID, PastOrder.planned)
_TO_THE_DOOR: Final[_Course] = (PastOrder.authorized, PastOrder.planned, PastOrder.accepted, _leave, _arrive)
_COURSES: Final[Mapping[Fate, _Course]] = {
    Fate.NEW: (),
    Fate.HELD: (PastOrder.held,),
    Fate.DECLINED: (PastOrder.assessed, PastOrder.declined),
    Fate.CONFIRMED: _PAID,
    Fate.SHORT: (*_PAID, PastOrder.short),
    Fate.AT_NODE: _AT_NODE,
    Fate.HELD_BY_STAFF: (*_AT_NODE, PastOrder.held_by_staff),
    Fate.RECALLED: (*_AT_NODE, PastOrder.accepted, PastOrder.recalled),
    Fate.ON_THE_WAY: (*_AT_NODE, PastOrder.accepted, _leave),
    Fate.DELIVERED: (PastOrder.assessed, *_TO_THE_DOOR),
    Fate.REVIEWED: (PastOrder.held, PastOrder.let_go, *_TO_THE_DOOR),
    Fate.DISPUTED: (PastOrder.assessed, *_TO_THE_DOOR, PastOrder.disputed),
    Fate.CANCELED: (*_PAID, PastOrder.canceled),
}
