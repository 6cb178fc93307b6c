"""What a carrier's final no to a label says of its order."""

from typing import Final

from contracts.reasons import HoldReason

_ABOUT_THE_ADDRESS: Final = {
    "address_not_found",
    "incorrect_address",
    "invalid_address",
    "too_far",
    "undeliverable_address",
    "undeliverable_destination",
    "unknown_address",
}


def holds_the_order(code: str) -> HoldReason:
    """By the carrier's own word: where it does not go to, and all else."""
    return HoldReason.INCORRECT_ADDRESS if code in _ABOUT_THE_ADDRESS else HoldReason.OTHER
