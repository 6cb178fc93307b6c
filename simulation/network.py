"""Where the simulated shop keeps its goods: five warehouses that hold nearly everything, nine stores that do not."""

from typing import Final, Literal

from contracts.catalogue import NodeRow
from contracts.ids import NodeId
from simulation.cities import CITIES

_PLACES: Final = {(city.region, city.name): city for city in CITIES}


def _node(kind: Literal["warehouse", "store"], region: str, city: str, ready: int, handling: int, pick: int) -> NodeRow:
    """Ready in business minutes, handling per parcel and pick per unit in cents."""
    prefix, word = ("dc", "Warehouse") if kind == "warehouse" else ("store", "Store")
    place = _PLACES[region, city]
    return NodeRow(
        node_id=NodeId(f"{prefix}-{city.lower().replace(' ', '-')}"),
        kind=kind,
        name=f"{word} {city}",
        latitude=place.latitude,
        longitude=place.longitude,
        time_zone=place.time_zone,
        ready_in_minutes=ready,
        handling_minor=handling,
        pick_minor=pick,
    )


NODES: Final = (
    _node("warehouse", "US-NV", "Reno", 180, 110, 30),
    _node("warehouse", "US-WA", "Tacoma", 210, 125, 35),
    _node("warehouse", "US-TX", "Fort Worth", 180, 105, 30),
    _node("warehouse", "US-OH", "Columbus", 240, 100, 28),
    _node("warehouse", "US-GA", "Atlanta", 200, 105, 30),
    _node("store", "US-CA", "Oakland", 90, 190, 70),
    _node("store", "US-CA", "Long Beach", 75, 200, 75),
    _node("store", "US-CO", "Denver", 90, 180, 65),
    _node("store", "US-IL", "Chicago", 60, 195, 70),
    _node("store", "US-MN", "Minneapolis", 80, 175, 65),
    _node("store", "US-MA", "Boston", 60, 205, 75),
    _node("store", "US-NY", "New York", 120, 230, 85),
    _node("store", "US-FL", "Miami", 90, 185, 65),
    _node("store", "US-LA", "New Orleans", 100, 170, 60),
)
