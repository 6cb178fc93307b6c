"""What the two carriers sell: by distance, by weight, slow or fast, as far as Alaska and Hawaii."""

from math import asin, cos, radians, sin, sqrt
from typing import Final

from contracts.fulfillment import CarrierService
from contracts.ids import ServiceId
from contracts.routing import Service, Zone

EARTH_RADIUS_KM: Final = 6371.0088


def _service(carrier: str, service_id: str, max_grams: int, *zones: tuple[int, int, int, int, int]) -> CarrierService:
    """Each zone: up to km, base and per kg in cents, minutes at p50 and p90."""
    names = ("up_to_km", "base_minor", "per_kg_minor", "minutes_p50", "minutes_p90")
    rows = tuple(Zone.model_validate(dict(zip(names, zone, strict=True))) for zone in zones)
    service = Service(service_id=ServiceId(service_id), max_weight_grams=max_grams, zones=rows)
    return CarrierService(carrier=carrier, service=service)


SERVICES: Final = [
    _service(
        "Northway Parcel",
        "northway-ground",
        30_000,
        (240, 640, 55, 1_200, 1_800),
        (600, 735, 80, 1_620, 2_520),
        (1_200, 850, 110, 2_100, 3_120),
        (2_400, 985, 150, 2_700, 3_840),
        (4_500, 1_190, 205, 3_240, 4_320),
    ),
    _service(
        "Northway Parcel",
        "northway-express",
        20_000,
        (240, 1_180, 140, 720, 1_140),
        (1_200, 1_760, 230, 960, 1_440),
        (2_400, 2_340, 330, 1_200, 1_740),
        (4_500, 2_980, 450, 1_440, 2_280),
    ),
    _service(
        "Bluebird Post",
        "bluebird-saver",
        9_000,
        (240, 455, 150, 1_680, 2_640),
        (600, 505, 195, 2_160, 3_180),
        (1_200, 560, 240, 2_640, 3_780),
        (2_400, 630, 300, 3_120, 4_140),
        (4_500, 720, 385, 3_540, 4_320),
    ),
    _service(
        "Bluebird Post",
        "bluebird-priority",
        15_000,
        (600, 890, 165, 1_080, 1_560),
        (1_800, 1_160, 240, 1_500, 2_160),
        (4_500, 1_520, 340, 1_980, 2_820),
    ),
]


def service_named(service_id: ServiceId) -> Service | None:
    return next((offer.service for offer in SERVICES if offer.service.service_id == service_id), None)


def zone_at(service: Service, km: float) -> Zone | None:
    """The first zone that reaches as far; beyond the last the service is not offered."""
    return next((zone for zone in service.zones if zone.up_to_km >= km), None)


def price_minor(zone: Zone, grams: int) -> int:
    """One parcel: the base and the weight, begun cents counted whole."""
    return zone.base_minor - (-zone.per_kg_minor * grams // 1_000)


def distance_km(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Great-circle distance by the haversine formula."""
    here, there = radians(latitude), radians(to_latitude)
    across = radians(to_longitude - longitude)
    h = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(h)))
