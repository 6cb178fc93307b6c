"""A payment did not go through: until when another method may be named, and what happens without one."""

from typing import Final

from decisions.composer.letter import Letter
from decisions.composer.saying import Phrase, rests_on, says, sentence
from decisions.composer.voice import Voice

_EVENT: Final = rests_on("event")


def subject(voice: Voice) -> Phrase:
    order, until = voice.text("order"), voice.day_of("pay_by")
    return voice.fitting(
        "subject",
        says("The payment for your order ", order, " did not go through", _EVENT),
        says("Your order ", order, " needs another payment method", rests_on("event", "next")),
        says("Please name another payment method for order ", order, " by ", until, _EVENT),
        says("The payment for order ", order, " did not go through", _EVENT),
    )


def failed_first(voice: Voice) -> Phrase:
    order, amount = voice.text("order"), voice.money("amount")
    return voice.one_of(
        "failed_first",
        sentence("The payment of ", amount, " for your order ", order, " did not go through", _EVENT),
        sentence("We could not complete the payment of ", amount, " for your order ", order, _EVENT),
        sentence("For your order ", order, ", the payment of ", amount, " did not go through", _EVENT),
    )


def until_first(voice: Voice) -> Phrase:
    order, until = voice.text("order"), voice.moment("pay_by")
    return voice.one_of(
        "until_first",
        sentence(
            "Please name another payment method for your order ",
            order,
            " by ",
            until,
            ", because the payment did not go through",
            _EVENT,
        ),
        sentence("Your order ", order, " needs another payment method by ", until, rests_on("event", "next")),
    )


def order_first(voice: Voice) -> Phrase:
    order = voice.text("order")
    return voice.one_of(
        "order_first",
        sentence("Your order ", order, " is waiting, because its payment did not go through", _EVENT),
        sentence("We have your order ", order, ", but its payment did not go through", _EVENT),
    )


def amount(voice: Voice) -> Phrase:
    value = voice.money("amount")
    return voice.one_of(
        "amount",
        sentence("This concerns the payment of ", value, _EVENT),
        sentence("The payment was to be ", value, _EVENT),
    )


def until(voice: Voice) -> Phrase:
    moment = voice.moment("pay_by")
    return voice.one_of(
        "until",
        sentence("You can name another payment method until ", moment),
        sentence("Please choose another way to pay by ", moment),
        sentence("Until ", moment, " you can choose another payment method"),
    )


def otherwise(voice: Voice) -> Phrase:
    if not voice.has("next"):
        return None
    return voice.one_of(
        "otherwise",
        sentence(f"Without another payment method, the order is {voice.canceled}", rests_on("next")),
        sentence(f"If no other payment method is named, the order is {voice.canceled}", rests_on("next")),
    )


def choices(voice: Voice) -> Phrase:
    return voice.one_of(
        "choices",
        sentence("If you would rather cancel, or need more time, reply to this mail", rests_on("choice_cancel")),
        sentence("If you need help with that, or would rather cancel, reply to this mail", rests_on("choice_cancel")),
    )


def caution(voice: Voice) -> Phrase:
    return voice.one_of(
        "caution",
        sentence("Please do not send card details by mail", rests_on("caution")),
        sentence("Please leave card details out of your mail", rests_on("caution")),
    )


DECLINED: Final = Letter(
    subject,
    (
        (failed_first, until, otherwise, choices),
        (failed_first, until, otherwise, choices, caution),
        (failed_first, choices, until, otherwise),
        (failed_first, until, choices, caution, otherwise),
        (until_first, amount, otherwise, choices),
        (until_first, otherwise, amount, choices),
        (until_first, otherwise, choices, caution, amount),
        (until_first, amount, choices, caution, otherwise),
        (order_first, amount, until, otherwise, choices),
        (order_first, until, otherwise, amount, choices),
        (order_first, until, amount, otherwise, choices, caution),
        (order_first, amount, choices, until, otherwise),
    ),
)
