"""Which units go into which parcel: whole units only, so that it is known what is missing when a parcel is."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from contracts.base import Contract
from contracts.fulfillment import Parcel


class UnitsToPack(Contract):
    """Units of a line; weight of each in grams."""

    line_id: str
    quantity: int
    grams: Annotated[int, Field(gt=0)]


def packed(lines: Sequence[UnitsToPack], max_grams: int) -> list[Parcel]:
    """First fit, the heaviest units first: no parcel above `max_grams` unless a single unit is.

    The weight alone may allow for fewer parcels (and the routing problem counts them so): units are not cut.
    """
    parcels: list[Parcel] = []
    for line in sorted(lines, key=lambda line: (-line.grams, line.line_id)):
        left = line.quantity
        for position, parcel in enumerate(parcels):
            fit = min(left, _room(max_grams - parcel.grams, line))
            if fit:
                parcels[position] = _with(parcel, line, fit)
                left -= fit
        while left:
            fit = min(left, max(1, _room(max_grams, line)))
            parcels.append(_with(Parcel(grams=0, units={}), line, fit))
            left -= fit
    return parcels


def _room(grams: int, line: UnitsToPack) -> int:
    """How many units of the line weigh no more than that."""
    return max(0, grams) // line.grams


def _with(parcel: Parcel, line: UnitsToPack, quantity: int) -> Parcel:
    units = parcel.units | {line.line_id: parcel.units.get(line.line_id, 0) + quantity}
    return Parcel(grams=parcel.grams + quantity * line.grams, units=units)
