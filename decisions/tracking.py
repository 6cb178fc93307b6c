"""What a carrier's scan changes: late, doubled and backward scans are kept but move nothing."""

from datetime import datetime, timedelta
from typing import Final

from contracts.states import ShipmentStatus
from decisions.progress import is_at_its_end, rank

DEVICES_APART: Final = timedelta(hours=1)  # business time that two devices of a carrier may disagree by

_FAILED: Final = {ShipmentStatus.LOST, ShipmentStatus.RETURNED_TO_SENDER, ShipmentStatus.EXPIRED}
_BEFORE_HAND_OVER: Final = {ShipmentStatus.LABEL_CREATED, ShipmentStatus.INFO_RECEIVED}
_SETBACKS: Final = {ShipmentStatus.EXCEPTION, ShipmentStatus.ATTEMPT_FAILED}


def has_failed(parcel: ShipmentStatus) -> bool:
    """Whether its carrier says that it will not arrive."""
    return parcel in _FAILED


def happened_at(scan_says: datetime, now: datetime) -> datetime:
    """What is told has happened: a carrier's clock that is ahead of ours cannot put it into the future."""
    return min(scan_says, now)


def may_be_scanned(scanned: ShipmentStatus, *, handed_over: bool) -> bool:
    """What still lies at its node can be known to its carrier, and no more."""
    return handed_over or scanned in _BEFORE_HAND_OVER


def moves(*, current: ShipmentStatus, since: datetime | None, scanned: ShipmentStatus, occurred_at: datetime) -> bool:
    """Whether a scan moves the parcel on; `since` is the time of the scan that did last, None before the first.

    Status is monotone, but a setback shows wherever it happens, and after it the way on begins in transit again.
    """
    if is_at_its_end(current) or scanned is current:
        return False
    if since is not None and occurred_at < since - _tolerance(current, scanned):
        return False
    at_least = rank(ShipmentStatus.IN_TRANSIT) if current in _SETBACKS else rank(current)
    return scanned in _SETBACKS or rank(scanned) >= at_least


def _tolerance(current: ShipmentStatus, scanned: ShipmentStatus) -> timedelta:
    """For steps onward; what is onward of a setback may as well have been before it, unless it is the end."""
    onward = rank(scanned) > rank(current) and current not in _SETBACKS
    return DEVICES_APART if onward or is_at_its_end(scanned) else timedelta()
