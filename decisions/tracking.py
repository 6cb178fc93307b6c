"""What a carrier's scan changes: late, doubled, backward and future scans are kept but move nothing."""

from datetime import datetime, timedelta
from typing import Final

from contracts.states import ShipmentStatus
from decisions.progress import rank

AHEAD_OF_TIME: Final = timedelta(hours=1)  # business time a carrier's clock may be ahead of ours

_AT_AN_END: Final = 4
_SETBACKS: Final = {ShipmentStatus.EXCEPTION, ShipmentStatus.ATTEMPT_FAILED}


def moves(
    *, current: ShipmentStatus, since: datetime, scanned: ShipmentStatus, occurred_at: datetime, now: datetime
) -> bool:
    """Whether a scan moves the parcel on.

    Status is monotone, but after a setback the way on begins in transit again; ends are final.
    """
    if rank(current) == _AT_AN_END or scanned is current:
        return False
    if occurred_at < since or occurred_at > now + AHEAD_OF_TIME:
        return False
    at_least = rank(ShipmentStatus.IN_TRANSIT) if current in _SETBACKS else rank(current)
    return rank(scanned) >= at_least
