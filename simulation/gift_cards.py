"""Customers who pay a part with a gift card: which of them, with which card, how much."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from adapters.postgres import gift_cards
from adapters.postgres.database import Database
from contracts.checkout import Tender
from contracts.money import Money
from simulation.customers import Visit
from simulation.draws import happens

SHARE: Final = 0.1  # of orders
BALANCE_MINOR: Final = 5_000


def pays_with_gift_card(visit: Visit, seed: int) -> bool:
    return happens(SHARE, seed, "gift card", str(visit.position))


def gift_card_of(visit: Visit, *, run: str, total: Money) -> Tender:
    """At most half of the order, so that there is something left for the card."""
    amount = total.model_copy(update={"amount_minor": min(BALANCE_MINOR, total.amount_minor // 2)})
    return Tender(tender_id="t2", kind="gift_card", amount=amount, payment_method=_card_ref(visit, run))


async def issue_all(database: Database, visits: Iterable[Visit], *, run: str, seed: int, now: datetime) -> None:
    """A card of its own for each who pays with one."""
    balance = Money(amount_minor=BALANCE_MINOR, currency="USD")
    async with database.transaction() as connection:
        for visit in visits:
            if pays_with_gift_card(visit, seed):
                await gift_cards.issue(connection, _card_ref(visit, run), balance, now)


def _card_ref(visit: Visit, run: str) -> str:
    return f"gc_{run}_{visit.position}"
