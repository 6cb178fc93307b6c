"""What may be said on an occasion: its facts under ids that sentences cite, and the form that the text has."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, assert_never

from contracts.outreach import (
    BackorderChoice,
    Canceled,
    CardDeclined,
    Case,
    Confirmation,
    Delivered,
    Held,
    Item,
    Occasion,
    Shipped,
)
from contracts.reasons import CancelReason
from contracts.words import Brief, Fact
from decisions.case_facts import case_facts
from decisions.facts import day, fact, instant, item_facts, named

MAIL_LIMITS: Final = MappingProxyType({"subject": 78, "greeting": 80, "body": 1200, "closing": 200})
CASE_LIMITS: Final = MappingProxyType({"headline": 120, "odd": 700, "in_favour": 700})
BANNED: Final = ("fraud", "fraudulent", "fraudster", "abuse", "abusive", "suspicious", "suspicion", "scam", "criminal")

_REASONS: Final[Mapping[CancelReason, str]] = MappingProxyType(
    {
        CancelReason.CUSTOMER: "the customer asked for it",
        CancelReason.INVENTORY: "what was ordered is not in stock",
        CancelReason.PAYMENT_DECLINED: "the payment did not go through",
        CancelReason.ADDRESS: "it could not be sent to the delivery address",
        CancelReason.DELAY_NO_CONSENT: "there is no agreement to a later delivery",
        CancelReason.DUPLICATE: "the same order was placed twice",
    }
)
"""What a customer is told of a reason. Of the others nothing is told: they are between staff, or they accuse."""


def brief_of(occasion: Occasion) -> Brief:
    """Of two briefs of the same occasion at different times only the fact `now` differs."""
    is_case = isinstance(occasion, Case)
    return Brief(
        purpose=occasion.purpose.value,
        locale=english(occasion.locale),
        audience="staff" if is_case else "customer",
        tone=_tone(occasion),
        brand=occasion.brand,
        facts=(*_common(occasion), *_particular(occasion)),
        limits=dict(CASE_LIMITS if is_case else MAIL_LIMITS),
        banned=BANNED,
    )


def english(locale: str) -> str:
    """The locale of an order if it is an English one, else en-US: no other language is written yet."""
    return locale if locale.split("-", 1)[0] == "en" else "en-US"


def _tone(occasion: Occasion) -> Literal["plain", "warm", "sorry"]:
    match occasion:
        case Confirmation() | Shipped() | Delivered():
            return "warm"
        case Canceled():
            return "plain" if occasion.reason is CancelReason.CUSTOMER else "sorry"
        case BackorderChoice():
            return "sorry"
        case Held() | CardDeclined() | Case():
            return "plain"


def _common(occasion: Occasion) -> Iterator[Fact]:
    """A case is read by staff: they need neither the customer's name nor times of the customer's zone."""
    yield fact("order", "order number", str(occasion.order_number))
    yield fact("now", "current time", instant(occasion.now))
    if isinstance(occasion, Case):
        return
    yield fact("recipient", "the customer's name", occasion.recipient)
    yield fact("zone", "the customer's time zone", occasion.time_zone)
    if occasion.brand:
        yield fact("brand", "the shop's name", occasion.brand)


def _particular(occasion: Occasion) -> Iterator[Fact]:
    match occasion:
        case Confirmation():
            yield from _confirmation(occasion)
        case Held():
            yield from _held(occasion)
        case Shipped():
            yield from _shipped(occasion)
        case Delivered():
            yield from _delivered(occasion)
        case Canceled():
            yield from _canceled(occasion)
        case CardDeclined():
            yield from _card_declined(occasion)
        case BackorderChoice():
            yield from _backorder(occasion)
        case Case():
            yield from item_facts(occasion.items)
            yield from case_facts(occasion)
        case _:
            assert_never(occasion)


def _confirmation(occasion: Confirmation) -> Iterator[Fact]:
    yield fact("event", "what happened", "The order is confirmed.")
    yield from item_facts(occasion.items)
    yield fact("total", "total of the order", occasion.total)
    yield fact("shipping", "shipping cost, included in the total", occasion.shipping)
    if occasion.promise_latest:
        yield fact("latest", "last day of the expected delivery", day(occasion.promise_latest))
    yield fact("next", "what happens next", "A mail with the tracking number follows when something of it leaves.")


def _held(occasion: Held) -> Iterator[Fact]:
    yield fact("event", "what happened", "A person of ours looks at the order before it goes on.")
    yield fact("decided_by", "when that is done at the latest", instant(occasion.decided_by))
    yield fact("choice_cancel", "a choice", "The customer may ask for a change, or cancel.")
    yield fact("needed", "what the customer has to do", "Nothing is needed from the customer.")
    yield fact("next", "what happens next", "Afterwards the order goes on, or the customer hears from us by mail.")


def _shipped(occasion: Shipped) -> Iterator[Fact]:
    if occasion.whole:
        yield fact("event", "what happened", "All of the order was sent, has left and is on its way.")
    else:
        yield fact("event", "what happened", "A part of the order was sent, has left and is on its way.")
        yield fact("part", "how much of the order", "a part of the order")
        if occasion.more_follows:
            yield fact("next", "what happens next", "A mail follows whenever more of the order leaves.")
    yield from item_facts(occasion.items)
    yield fact("carrier", "the carrier", occasion.carrier)
    for number, code in enumerate(occasion.tracking_codes, start=1):
        yield fact(f"tracking{number}", f"tracking number {number}", code)
    yield fact("city", "the city it goes to", occasion.city)
    yield fact("earliest", "first day of the expected delivery", day(occasion.earliest))
    yield fact("latest", "last day of the expected delivery", day(occasion.latest))


def _delivered(occasion: Delivered) -> Iterator[Fact]:
    yield fact("event", "what happened", "A parcel of the order was delivered.")
    yield from item_facts(occasion.items)
    yield from _care(occasion.items)
    yield fact("problem", "what the customer may do", "The customer may reply if something is missing or damaged.")
    yield fact("carrier", "the carrier", occasion.carrier)
    yield fact("delivered_at", "when it was delivered", instant(occasion.delivered_at))


def _care(items: tuple[Item, ...]) -> Iterator[Fact]:
    for number, item in enumerate(named(items), start=1):
        if item.care:
            yield fact(f"care{number}", f"care tip for product {number}, from its maker", item.care)


def _canceled(occasion: Canceled) -> Iterator[Fact]:
    what = "The whole order is canceled." if occasion.whole else "A part of the order is canceled."
    yield fact("event", "what happened", what)
    if not occasion.whole:
        yield fact("part", "how much of the order", "a part of the order")
    yield from item_facts(occasion.items)
    if reason := _REASONS.get(occasion.reason):
        yield fact(f"reason_{occasion.reason}", "why it is canceled", reason)
    if occasion.refund and occasion.refund.amount_minor:
        yield fact("refund", "refund to the customer", occasion.refund)
        if occasion.refund_by:
            yield fact("refund_by", "last day on which the refund is given back", day(occasion.refund_by))
    elif not occasion.charged:
        yield fact("uncharged", "charged for what is canceled", "Nothing was charged for it.")
    if occasion.released and occasion.released.amount_minor:
        yield fact("released", "amount set aside and released", occasion.released)
        kept = "The amount was set aside, was not charged and is released."
        yield fact("release", "what became of the amount set aside", kept)


def _card_declined(occasion: CardDeclined) -> Iterator[Fact]:
    yield fact("event", "what happened", "The payment of the order did not go through.")
    yield fact("amount", "amount of the payment", occasion.amount)
    yield fact("choice_cancel", "a choice", "The customer may cancel, or ask for more time.")
    yield fact("caution", "what the customer is asked", "Card details are not to be sent by mail.")
    yield fact("pay_by", "until when another payment method may be named", instant(occasion.pay_by))
    yield fact("next", "what happens next", "Without another payment method by then the order is canceled.")


def _backorder(occasion: BackorderChoice) -> Iterator[Fact]:
    yield fact("event", "what happened", "A part of what was ordered is not in stock.")
    yield from item_facts(occasion.missing)
    yield fact("choice_wait", "a choice", "The customer may wait for what is missing.")
    if occasion.can_ship_rest:
        yield fact("choice_rest", "a choice", "The customer may have what is in stock sent now.")
    yield fact("choice_cancel", "a choice", "The customer may cancel.")
    yield fact("choose_by", "until when the customer may choose", instant(occasion.choose_by))
    yield fact("next", "what happens next", "Without an answer by then what is missing is canceled.")
