"""What the staff of a node do not find, or find broken: a part of a request, or all of it."""

from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Final

from contracts.ids import Sku
from contracts.reasons import RejectReason
from contracts.webhooks import RejectedUnits
from simulation.node_books import Units

# How often each reason is given, in shares of the sum.
REASONS: Final = {
    RejectReason.NOT_IN_STOCK: 5,
    RejectReason.MISMATCH: 2,
    RejectReason.DAMAGED: 2,
    RejectReason.WORN_DISPLAY: 1,
    RejectReason.NO_CAPACITY: 2,
    RejectReason.INELIGIBLE_PRODUCT: 1,
    RejectReason.INCORRECT_ADDRESS: 1,
}


def rejected(lines: Iterable[Units], chance: Random) -> tuple[RejectedUnits, ...]:
    """All products for want of capacity; otherwise some units of one product, each of its units as likely the last."""
    asked = Counter[Sku]()
    for line in lines:
        asked[line.sku] += line.quantity
    (reason,) = chance.choices(list(REASONS), weights=list(REASONS.values()))
    if reason is RejectReason.NO_CAPACITY:
        return tuple(RejectedUnits(sku=sku, quantity=asked[sku], reason=reason) for sku in sorted(asked))
    sku = chance.choice(sorted(asked))
    return (RejectedUnits(sku=sku, quantity=chance.randint(1, asked[sku]), reason=reason),)
