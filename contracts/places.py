"""Where an address is."""

from contracts.base import Contract


class Coordinates(Contract):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float
