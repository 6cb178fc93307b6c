"""Our own gift cards: a balance each, and every amount that was held, spent or given back, once under its key.

What is held has left the balance; no partner is asked. A card's row is locked after the order's.
"""

from datetime import datetime
from typing import Final, Literal

from adapters.postgres.database import Connection
from contracts.ids import OrderId
from contracts.money import Money
from contracts.order import OrderStep
from contracts.payments import AskedAuthorization, MoneyMove

Decline = Literal["unknown_card", "insufficient_balance"]

_CARD: Final = "select * from gift_cards where card_ref = $1 for update"
_CARD_OF: Final = "select payment_method from tenders where order_id = $1 and tender_id = $2 and kind = 'gift_card'"
_ISSUE: Final = "insert into gift_cards (card_ref, currency, balance_minor) values ($1, $2, 0) on conflict do nothing"
_ENTER: Final = """
insert into gift_card_entries (key, card_ref, order_id, kind, amount_minor, occurred_at) values ($1, $2, $3, $4, $5, $6)
on conflict (key) do nothing returning key
"""
_BALANCE: Final = "update gift_cards set balance_minor = balance_minor + $2 where card_ref = $1"
_TO_BALANCE: Final = {"issue": 1, "hold": -1, "capture": 0, "release": 1, "refund": 1}
_KINDS: Final = {
    MoneyMove.CAPTURE: "capture",
    MoneyMove.REFUND: "refund",
    MoneyMove.VOID: "release",
    MoneyMove.RELEASE: "release",
}


async def issue(connection: Connection, card_ref: str, balance: Money, now: datetime) -> None:
    """A new card with its balance, once."""
    await connection.execute(_ISSUE, card_ref, balance.currency)
    await _enter(connection, f"gift_card/{card_ref}:issue", card_ref, None, "issue", balance.amount_minor, now)


async def hold(connection: Connection, step: OrderStep, asked: AskedAuthorization) -> Decline | None:
    """Set the amount aside, or say why not; nothing is held in part."""
    card = await connection.fetchrow(_CARD, asked.payment_method)
    if card is None or card["currency"] != asked.amount.currency:
        return "unknown_card"
    if card["balance_minor"] < asked.amount.amount_minor:
        return "insufficient_balance"
    amount = asked.amount.amount_minor
    await _enter(connection, asked.key, asked.payment_method, step.order_id, "hold", amount, step.now)
    return None


async def release(connection: Connection, step: OrderStep, held: AskedAuthorization) -> None:
    """All that was held, before any of it was spent."""
    amount = held.amount.amount_minor
    await _enter(connection, held.void_key, held.payment_method, step.order_id, "release", amount, step.now)


async def move(
    connection: Connection, step: OrderStep, tender_id: str, kind: MoneyMove, key: str, amount_minor: int
) -> None:
    """What happens to a tender's money, if that is a gift card's."""
    card_ref = await connection.fetchval(_CARD_OF, step.order_id, tender_id)
    if card_ref is not None:
        await _enter(connection, key, card_ref, step.order_id, _KINDS[kind], amount_minor, step.now)


async def _enter(
    connection: Connection,
    key: str,
    card_ref: str,
    order_id: OrderId | None,
    kind: str,
    amount_minor: int,
    now: datetime,
) -> None:
    entered = await connection.fetchval(_ENTER, key, card_ref, order_id, kind, amount_minor, now)
    if entered is not None and _TO_BALANCE[kind]:
        await connection.execute(_BALANCE, card_ref, _TO_BALANCE[kind] * amount_minor)
