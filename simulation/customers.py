"""Who comes this morning: most are content, some change their minds, some cannot pay, a few mean no good."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.stock import Units
from simulation.baskets import Basket, must_split
from simulation.draws import draw


class Mood(StrEnum):
    """What is going to become of an order, as far as its customer has a hand in it."""

    CONTENT = "content"
    HONEST = "honest"  # looks risky, and is in order
    HASTY = "hasty"  # cancels at once
    DECLINED = "declined"  # and never answers
    FRAUDULENT = "fraudulent"
    DOUBTFUL = "doubtful"  # cancels within hours: perhaps in time
    TARDY = "tardy"  # cancels when it has left
    PICKY = "picky"  # cancels a line or a unit of it within hours
    RESOURCEFUL = "resourceful"  # is declined, and names another payment method
    UNDECIDED = "undecided"  # wants a unit or a line more right after, or a unit less
    EMPTY_HANDED = "empty_handed"  # says of a delivered parcel that it did not come


# One of each if there are so many orders, the first ones first; then these shares of the morning.
SHARES: Final = {
    Mood.HONEST: 0.05,
    Mood.HASTY: 0.05,
    Mood.DECLINED: 0.04,
    Mood.FRAUDULENT: 0.04,
    Mood.DOUBTFUL: 0.08,
    Mood.TARDY: 0.05,
    Mood.PICKY: 0.03,
    Mood.RESOURCEFUL: 0.02,
    Mood.UNDECIDED: 0.03,
    Mood.EMPTY_HANDED: 0.02,
}
RISKY: Final = frozenset({Mood.HONEST, Mood.FRAUDULENT})
DECLINED: Final = frozenset({Mood.DECLINED, Mood.RESOURCEFUL})
RETURNING: Final = 0.2  # share of orders by the few whom the shop knows already
REGULARS: Final = 4

_ANYBODY: Final = re.compile(r"[A-Za-z0-9._-]{1,60}")


@dataclass(frozen=True)
class Visit:
    """One order to come: the how manieth of the morning, by whom, of what, in which mood."""

    position: int
    customer: str
    basket: Basket
    mood: Mood


def visits(baskets: Sequence[Basket], stock: Units, seed: int, shares: Mapping[Mood, float] = SHARES) -> list[Visit]:
    """A visit for each basket, by mood in these shares. Risky ones come in the first half: they wait for a person.

    Some basket that no node could send alone is left to a content customer, if there is such a basket.
    """
    moods = _moods(len(baskets), seed, shares)
    apart = [position for position, basket in enumerate(baskets) if must_split(basket, stock)]
    if apart and all(moods[position] is not Mood.CONTENT for position in apart):
        spare = moods.index(Mood.CONTENT)
        moods[spare], moods[apart[0]] = moods[apart[0]], moods[spare]
    return [
        Visit(position, _customer_of(position, basket, mood, seed), basket, mood)
        for position, (basket, mood) in enumerate(zip(baskets, moods, strict=True), start=1)
    ]


def _moods(count: int, seed: int, shares: Mapping[Mood, float]) -> list[Mood]:
    """In the order of the morning; at least one customer is content."""
    chance = draw(seed, "moods")
    more = [mood for mood, share in shares.items() for _ in range(round(share * count) - 1)]
    special = [*shares, *more][: max(0, count - 1)]
    moods = special + [Mood.CONTENT] * (count - len(special))
    return sorted(moods, key=lambda mood: chance.random() * (0.5 if mood in RISKY else 1))


def _customer_of(position: int, basket: Basket, mood: Mood, seed: int) -> str:
    """Risky customers are strangers to the shop; of the others some have been here before."""
    if mood not in RISKY and basket.customer and _ANYBODY.fullmatch(basket.customer):
        return basket.customer
    chance = draw(seed, "returning", str(position))
    if mood in RISKY or chance.random() >= RETURNING:
        return f"guest-{position}"
    return f"regular-{chance.randint(1, REGULARS)}"
