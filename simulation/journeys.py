"""A parcel's way, known to its carrier from the moment of the hand-over: each scan has its own business time."""

from datetime import datetime, timedelta

from contracts.fulfillment import Scan
from contracts.routing import Zone
from contracts.states import ShipmentStatus
from simulation.draws import draw


def journey(seed: int, tracking_code: str, zone: Zone, handed_over_at: datetime) -> list[Scan]:
    """In transit, out for delivery, delivered; between somewhat under the zone's p50 and its p90 in all."""
    chance = draw(seed, "journey", tracking_code)
    minutes = chance.triangular(0.85 * zone.minutes_p50, zone.minutes_p90, zone.minutes_p50)
    shares = {
        ShipmentStatus.IN_TRANSIT: chance.uniform(0.04, 0.15),
        ShipmentStatus.OUT_FOR_DELIVERY: chance.uniform(0.80, 0.94),
        ShipmentStatus.DELIVERED: 1.0,
    }
    return [
        scan_of(tracking_code, status, handed_over_at + share * timedelta(minutes=minutes))
        for status, share in shares.items()
    ]


def scan_of(tracking_code: str, status: ShipmentStatus, occurred_at: datetime) -> Scan:
    return Scan(
        scan_id=f"{tracking_code}:{status}", tracking_code=tracking_code, status=status, occurred_at=occurred_at
    )
