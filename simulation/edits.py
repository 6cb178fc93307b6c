"""What customers want otherwise right after they ordered: a unit more, a unit less, or a line that they forgot."""

from typing import Final

from contracts.checkout import OrderLine
from contracts.commands import EditOrder, WantedLine
from contracts.money import Money
from simulation.baskets import BasketLine
from simulation.customers import Visit
from simulation.draws import draw, happens

CARD_REFUSED: Final = 0.2  # share of those whose card is declined for what they add


def edit_of(visit: Visit, seed: int) -> EditOrder:
    """One of the three; nobody takes the last unit of a line away, as that may be a cancel of the order."""
    place = str(visit.position)
    chance = draw(seed, "otherwise", place)
    number, line = chance.choice(list(enumerate(visit.basket.lines, start=1)))
    card = "pm_declined" if happens(CARD_REFUSED, seed, "card refused", place) else None
    match chance.choice(("less", "more", "forgotten")):
        case "less" if line.quantity > 1:
            return EditOrder(lines=[WantedLine(line_id=str(number), quantity=line.quantity - 1)])
        case "forgotten":
            return EditOrder(add=[_forgotten(line)], payment_method=card)
        case _:
            more = WantedLine(line_id=str(number), quantity=line.quantity + 1)
            return EditOrder(lines=[more], payment_method=card)


def _forgotten(line: BasketLine) -> OrderLine:
    """One more of a product that is sold for sure, a tenth off and untaxed, so that it is priced like no other."""
    return OrderLine(
        line_id="forgotten",
        sku=line.sku,
        quantity=1,
        unit_price=Money(amount_minor=line.unit_price_minor, currency="USD"),
        discount=Money(amount_minor=line.unit_price_minor // 10, currency="USD"),
        tax_rate="0",
    )
