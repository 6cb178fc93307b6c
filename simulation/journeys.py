"""A parcel's way, known to its carrier from the moment of the hand-over: each scan has its own business time."""

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.fulfillment import Scan
from contracts.routing import Zone
from contracts.states import ShipmentStatus
from simulation.draws import draw
from simulation.faults import Faults

DAY: Final = timedelta(days=1)
QUICKEST: Final = 0.85  # of a zone's p50: no parcel takes less


class Trouble(StrEnum):
    """What may become of a parcel besides an ordinary delivery."""

    FAILED_ATTEMPT = "failed_attempt"  # nobody opens: delivered the next day
    EXCEPTION = "exception"  # a mishap, told, after which it goes on
    STUCK = "stuck"  # lies somewhere for days without a scan, then goes on
    WRONG_ADDRESS = "wrong_address"  # there is no such address, says the carrier, and brings it back
    RETURNED = "returned"  # back to its sender after an attempt
    LOST = "lost"  # and the carrier says so
    VANISHED = "vanished"  # never scanned again


def trouble_of(faults: Faults, seed: int, tracking_code: str) -> Trouble | None:
    """At most one; each strikes its share of all parcels."""
    rates = {
        Trouble.FAILED_ATTEMPT: faults.failed_attempts,
        Trouble.EXCEPTION: faults.exceptions,
        Trouble.STUCK: faults.stuck_parcels,
        Trouble.WRONG_ADDRESS: faults.wrong_addresses,
        Trouble.RETURNED: faults.returned_parcels,
        Trouble.LOST: faults.lost_parcels,
        Trouble.VANISHED: faults.vanished_parcels,
    }
    left = draw(seed, "trouble", tracking_code).random()
    for trouble, rate in rates.items():
        left -= rate
        if left < 0:
            return trouble
    return None


def journey(
    seed: int, tracking_code: str, zone: Zone, handed_over_at: datetime, trouble: Trouble | None = None
) -> list[Scan]:
    """In transit, out for delivery, delivered; between somewhat under the zone's p50 and its p90 in all.

    With a trouble it takes longer, or never gets there.
    """
    chance = draw(seed, "journey", tracking_code)
    minutes = timedelta(minutes=chance.triangular(QUICKEST * zone.minutes_p50, zone.minutes_p90, zone.minutes_p50))
    first = handed_over_at + minutes * chance.uniform(0.04, 0.15)
    out = handed_over_at + minutes * chance.uniform(0.80, 0.94)
    end = handed_over_at + minutes
    way = [(ShipmentStatus.IN_TRANSIT, first)]
    match trouble:
        case None:
            way += _delivered(out, end)
        case Trouble.FAILED_ATTEMPT:
            way += [(ShipmentStatus.OUT_FOR_DELIVERY, out), (ShipmentStatus.ATTEMPT_FAILED, end)]
            way += _delivered(out + DAY, end + DAY)
        case Trouble.EXCEPTION:
            broken, lost_time = first + (out - first) / 2, DAY * chance.uniform(0.5, 1.5)
            way += [(ShipmentStatus.EXCEPTION, broken), (ShipmentStatus.IN_TRANSIT, broken + lost_time)]
            way += _delivered(out + lost_time, end + lost_time)
        case Trouble.STUCK:
            lost_time = DAY * chance.uniform(4, 7)
            way += _delivered(out + lost_time, end + lost_time)
        case Trouble.RETURNED | Trouble.WRONG_ADDRESS:
            way += _tried(trouble, out, end)
            way += [(ShipmentStatus.RETURNED_TO_SENDER, end + DAY * chance.uniform(2, 4))]
        case Trouble.LOST:
            way += [(ShipmentStatus.LOST, end + DAY * chance.uniform(1, 3))]
        case Trouble.VANISHED:
            pass
    times = Counter[ShipmentStatus]()
    scans = []
    for status, occurred_at in way:
        times[status] += 1
        scan = scan_of(tracking_code, status, occurred_at, times[status])
        if trouble is Trouble.WRONG_ADDRESS and status is ShipmentStatus.EXCEPTION:
            scan = scan.model_copy(update={"reason": "incorrect_address"})
        scans.append(scan)
    return scans


def scan_of(tracking_code: str, status: ShipmentStatus, occurred_at: datetime, time: int = 1) -> Scan:
    """`time`: the how manieth scan of its status it is."""
    scan_id = f"{tracking_code}:{status}" if time == 1 else f"{tracking_code}:{status}:{time}"
    return Scan(scan_id=scan_id, tracking_code=tracking_code, status=status, occurred_at=occurred_at)


def _tried(trouble: Trouble, out: datetime, end: datetime) -> list[tuple[ShipmentStatus, datetime]]:
    if trouble is Trouble.WRONG_ADDRESS:
        return [(ShipmentStatus.EXCEPTION, out)]
    return [(ShipmentStatus.OUT_FOR_DELIVERY, out), (ShipmentStatus.ATTEMPT_FAILED, end)]


def _delivered(out: datetime, end: datetime) -> list[tuple[ShipmentStatus, datetime]]:
    return [(ShipmentStatus.OUT_FOR_DELIVERY, out), (ShipmentStatus.DELIVERED, end)]
