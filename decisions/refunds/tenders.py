"""Which tender pays how much of an amount, and which gets how much back."""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from contracts.money import spread
from contracts.refunds import PaidTender, TenderAction, TenderPolicy, TenderUse

Tenders = tuple[PaidTender, ...]
Room = Callable[[PaidTender], int]  # how much of an amount a tender can take

_CARDS_FIRST: Final = frozenset({"gift_card_last", "card_first"})


def captured(tenders: Tenders, amount: int, use: TenderUse) -> tuple[Tenders, list[TenderAction]]:
    """The amount captured from what is authorized."""
    shares = _in_turn(tenders, amount, use, lambda tender: tender.authorized_minor)
    after = [_changed(tender, "captured_minor", share) for tender, share in zip(tenders, shares, strict=True)]
    return tuple(after), _actions(tenders, "capture", shares)


def refunded(tenders: Tenders, amount: int, policy: TenderPolicy) -> tuple[Tenders, list[TenderAction]]:
    """The amount refunded from what is captured and not refunded."""
    shares = _by_policy(tenders, amount, policy, lambda tender: tender.held_minor)
    after = [_changed(tender, "refunded_minor", share) for tender, share in zip(tenders, shares, strict=True)]
    return tuple(after), _actions(tenders, "refund", shares)


def released(tenders: Tenders, amount: int, policy: TenderPolicy) -> tuple[Tenders, list[TenderAction]]:
    """The amount released from what is authorized."""
    shares = _by_policy(tenders, amount, policy, lambda tender: tender.authorized_minor)
    after = [_changed(tender, "released_minor", share) for tender, share in zip(tenders, shares, strict=True)]
    actions = [
        TenderAction(
            tender_id=tender.tender_id,
            action="release" if tender.captured_minor or tender.authorized_minor else "void",
            amount_minor=share,
        )
        for tender, share in zip(after, shares, strict=True)
        if share
    ]
    return tuple(after), actions


def in_order(tenders: Tenders, actions: Sequence[TenderAction]) -> tuple[TenderAction, ...]:
    """The actions in the order's tender order."""
    position = {tender.tender_id: i for i, tender in enumerate(tenders)}
    return tuple(sorted(actions, key=lambda action: position[action.tender_id]))


def _by_policy(tenders: Tenders, amount: int, policy: TenderPolicy, room: Room) -> list[int]:
    if policy == "proportional":
        return spread(amount, [room(tender) for tender in tenders])
    return _in_turn(tenders, amount, policy, room)


def _in_turn(tenders: Tenders, amount: int, first: str, room: Room) -> list[int]:
    """One kind after the other, each in the order's tender order and up to its room."""
    gift_cards_last = first in _CARDS_FIRST
    shares = [0] * len(tenders)
    for i in sorted(range(len(tenders)), key=lambda i: (tenders[i].kind == "gift_card") is gift_cards_last):
        shares[i] = min(amount, room(tenders[i]))
        amount -= shares[i]
    return shares


def _changed(tender: PaidTender, figure: str, by: int) -> PaidTender:
    return tender.model_copy(update={figure: getattr(tender, figure) + by}) if by else tender


def _actions(tenders: Tenders, action: Literal["capture", "refund"], shares: list[int]) -> list[TenderAction]:
    return [
        TenderAction(tender_id=tender.tender_id, action=action, amount_minor=share)
        for tender, share in zip(tenders, shares, strict=True)
        if share
    ]
