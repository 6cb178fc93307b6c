"""What a node's rejection says: of its stock, and of the order."""

from typing import Final

from contracts.base import Contract
from contracts.reasons import HoldReason, RejectReason
from contracts.stock import Bucket


class StockEffect(Contract):
    """Where the rejected units go; `none_left`: what else the books say is on hand there is not there either."""

    to_bucket: Bucket
    none_left: bool = False
    count: bool = False


_FREE: Final = StockEffect(to_bucket="on_hand")
_EFFECTS: Final = {
    RejectReason.NOT_IN_STOCK: StockEffect(to_bucket="lost", none_left=True, count=True),
    RejectReason.MISMATCH: StockEffect(to_bucket="lost", count=True),
    RejectReason.DAMAGED: StockEffect(to_bucket="quarantined"),
    RejectReason.WORN_DISPLAY: StockEffect(to_bucket="quarantined"),
}


_HOLDS: Final = {
    RejectReason.INCORRECT_ADDRESS: HoldReason.INCORRECT_ADDRESS,
    RejectReason.UNDELIVERABLE_DESTINATION: HoldReason.INCORRECT_ADDRESS,
    RejectReason.MISSING_CUSTOMS_INFO: HoldReason.OTHER,
}


def holds_the_order(reason: RejectReason) -> HoldReason | None:
    """What no other node could send either waits for a person; None where another node may do better."""
    return _HOLDS.get(reason)


def stock_effect(reason: RejectReason) -> StockEffect:
    """The other reasons are not about the stock: the units stay on hand, for other orders."""
    return _EFFECTS.get(reason, _FREE)
