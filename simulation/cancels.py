"""What customers want back: all of it, a line, or a unit of a line."""

from typing import Final

from contracts.checkout import CancelOrder, LineToCancel
from simulation.customers import Mood, Visit
from simulation.draws import draw

WHOLE_LINE: Final = 0.5  # share of those who do not want a part of their order


def cancel_of(visit: Visit, seed: int) -> CancelOrder:
    """All that has not left; from somebody picky one of their lines, or one unit of it."""
    if visit.mood is not Mood.PICKY:
        return CancelOrder(reason_code="customer")
    chance = draw(seed, "unwanted", str(visit.position))
    number, line = chance.choice(list(enumerate(visit.basket.lines, start=1)))
    quantity = line.quantity if chance.random() < WHOLE_LINE else 1
    return CancelOrder(reason_code="customer", lines=[LineToCancel(line_id=str(number), quantity=quantity)])
