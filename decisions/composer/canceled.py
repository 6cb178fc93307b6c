"""Some or all of the order will not come: why, and what goes back by when, or that nothing was charged."""

from collections.abc import Mapping
from typing import Final

from decisions.composer.goods import all_units, goods
from decisions.composer.letter import Letter
from decisions.composer.saying import Phrase, Said, rests_on, says, sentence
from decisions.composer.voice import Voice

_EVENT: Final = rests_on("event")
_BECAUSE: Final = {
    "reason_customer": ("as you asked", "because you asked us to"),
    "reason_inventory": ("because we do not have it in stock", "because it is not in stock"),
    "reason_payment_declined": ("because the payment did not go through",),
    "reason_address": ("because it could not be sent to the delivery address",),
    "reason_delay_no_consent": ("because there is no agreement to a later delivery",),
    "reason_duplicate": ("because the same order was placed twice",),
}
_WHY: Final = {
    "reason_customer": ("You asked us to cancel it", "We canceled it because you asked us to"),
    "reason_inventory": ("The reason is that we do not have it in stock", "We do not have it in stock"),
    "reason_payment_declined": ("The reason is that the payment did not go through", "The payment did not go through"),
    "reason_address": (
        "The reason is that it could not be sent to the delivery address",
        "It could not be sent to the delivery address",
    ),
    "reason_delay_no_consent": (
        "The reason is that there is no agreement to a later delivery",
        "There is no agreement to a later delivery",
    ),
    "reason_duplicate": ("The reason is that the same order was placed twice", "The same order was placed twice"),
}


def subject(voice: Voice) -> Phrase:
    order, refund = voice.text("order"), voice.money("refund")
    return voice.fitting(
        "subject",
        says(_an_order(voice, order), f" is {voice.canceled}", _EVENT),
        says(f"We have {voice.canceled} ", _lower_order(voice, order), _EVENT),
        says(f"{voice.canceled.capitalize()}: ", _lower_order(voice, order), _EVENT),
        says(_an_order(voice, order), f" is {voice.canceled}, ", refund, " goes back to you", _EVENT),
    )


def canceled_first(voice: Voice) -> Phrase:
    order = voice.text("order")
    return voice.one_of(
        "canceled_first",
        sentence(_an_order(voice, order), f" is {voice.canceled}", _EVENT),
        sentence(f"We have {voice.canceled} ", _lower_order(voice, order), _EVENT),
        sentence("This is to tell you that ", _lower_order(voice, order), f" is {voice.canceled}", _EVENT),
    )


def canceled_because_first(voice: Voice) -> Phrase:
    order, because = voice.text("order"), _because(voice)
    return voice.one_of(
        "canceled_because_first",
        sentence(_an_order(voice, order), f" is {voice.canceled} ", because, _EVENT),
        sentence(f"We have {voice.canceled} ", _lower_order(voice, order), " ", because, _EVENT),
    )


def things_first(voice: Voice) -> Phrase:
    order, things, units = voice.text("order"), goods(voice), all_units(voice)
    return voice.one_of(
        "things_first",
        sentence("From your order ", order, f", this is {voice.canceled}: ", things, _EVENT),
        sentence(f"We have {voice.canceled} ", units, " of your order ", order, ": ", things, _EVENT),
    )


def money_first(voice: Voice) -> Phrase:
    order, refund, refund_by = voice.text("order"), voice.money("refund"), voice.day("refund_by")
    order_canceled = says(_lower_order(voice, order), f" is {voice.canceled}", _EVENT)
    return voice.one_of(
        "money_first",
        sentence("We give ", refund, " back to you by ", refund_by, ", because ", order_canceled),
        sentence("You get ", refund, " back by ", refund_by, ", because ", order_canceled),
        sentence("Nothing was charged, and ", order_canceled, rests_on("uncharged"))
        if voice.has("uncharged")
        else None,
    )


def sorry(voice: Voice) -> Phrase:
    if voice.tone != "sorry":
        return None
    return voice.one_of("sorry", Said("We are sorry about that."), Said("Our apologies."), Said("We are sorry."))


def why(voice: Voice) -> Phrase:
    return voice.one_of("why", *(sentence(text, rests_on(reason)) for reason, text in _texts(voice, _WHY)))


def things(voice: Voice) -> Phrase:
    units, all_goods = all_units(voice), goods(voice)
    return voice.one_of(
        "things",
        sentence(f"This is what is {voice.canceled}: ", all_goods, _EVENT),
        sentence("This concerns ", units, ": ", all_goods, _EVENT),
        sentence("What will not come: ", all_goods, _EVENT),
        sentence("This concerns ", units, _EVENT) if all_goods is None else None,
    )


def money(voice: Voice) -> Phrase:
    """What goes back, or that nothing was charged."""
    refund, refund_by = voice.money("refund"), voice.day("refund_by")
    if voice.has("refund_by"):
        return voice.one_of(
            "money",
            sentence("We give ", refund, " back to you by ", refund_by),
            sentence("You get ", refund, " back by ", refund_by),
            sentence("By ", refund_by, " you get ", refund, " back"),
        )
    if voice.has("refund"):
        return voice.one_of(
            "money",
            sentence("We give ", refund, " back to you"),
            sentence("You get ", refund, " back"),
        )
    return _uncharged(voice) if voice.has("uncharged") else None


def _uncharged(voice: Voice) -> Phrase:
    return voice.one_of(
        "uncharged",
        sentence("Nothing was charged for it", rests_on("uncharged")),
        sentence("You were not charged for it", rests_on("uncharged")),
    )


def released(voice: Voice) -> Phrase:
    amount, kept = voice.money("released"), rests_on("release")
    return voice.one_of(
        "released",
        sentence("The ", amount, " that was set aside for it was not charged and is released", kept),
        sentence("We have released ", amount, " that was set aside and not charged", kept),
    )


def _because(voice: Voice) -> Phrase:
    return voice.one_of("because", *(says(text, rests_on(reason)) for reason, text in _texts(voice, _BECAUSE)))


def _texts(voice: Voice, table: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [
        (reason, text.replace("canceled", voice.canceled))
        for reason, texts in table.items()
        if voice.has(reason)
        for text in texts
    ]


def _an_order(voice: Voice, order: Phrase) -> Phrase:
    return says("Part of your order ", order, rests_on("part")) if voice.has("part") else says("Your order ", order)


def _lower_order(voice: Voice, order: Phrase) -> Phrase:
    return says("part of your order ", order, rests_on("part")) if voice.has("part") else says("your order ", order)


CANCELED: Final = Letter(
    subject,
    (
        (canceled_first, why, sorry, things, money, released),
        (canceled_first, things, why, sorry, money, released),
        (canceled_first, sorry, money, released, why, things),
        (canceled_first, money, released, things, why, sorry),
        (canceled_because_first, sorry, things, money, released),
        (canceled_because_first, sorry, money, released, things),
        (canceled_because_first, things, money, released, sorry),
        (things_first, why, sorry, money, released),
        (things_first, sorry, money, released, why),
        (things_first, money, released, why, sorry),
        (money_first, released, why, sorry, things),
        (money_first, released, things, why, sorry),
    ),
)
