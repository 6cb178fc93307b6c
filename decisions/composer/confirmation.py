"""The order is confirmed: what was ordered, what it costs, when it should come, and which mail comes next."""

from typing import Final

from decisions.composer.goods import all_units, goods
from decisions.composer.letter import Letter
from decisions.composer.saying import Phrase, Said, rests_on, says, sentence
from decisions.composer.voice import Voice

_EVENT: Final = rests_on("event")


def subject(voice: Voice) -> Phrase:
    order, total = voice.text("order"), voice.money("total")
    return voice.fitting(
        "subject",
        says("Your order ", order, " is confirmed", _EVENT),
        says("We have your order ", order, _EVENT),
        says("Thank you for your order ", order),
        says("Order ", order, " confirmed: ", all_units(voice), ", ", total, _EVENT),
    )


def confirmed_first(voice: Voice) -> Phrase:
    order = voice.text("order")
    return voice.one_of(
        "confirmed_first",
        sentence("Thank you: your order ", order, " is confirmed", _EVENT),
        sentence("Your order ", order, " is confirmed", _EVENT),
        sentence("We have your order ", order, ", and it is confirmed", _EVENT),
    )


def things_first(voice: Voice) -> Phrase:
    order, things = voice.text("order"), goods(voice)
    return voice.one_of(
        "things_first",
        sentence("Your order ", order, " is confirmed: ", things, _EVENT),
        sentence("With our thanks, we confirm your order ", order, ": ", things, _EVENT),
        sentence("This is your confirmed order ", order, ": ", things, _EVENT),
    )


def total_first(voice: Voice) -> Phrase:
    order, total = voice.text("order"), voice.money("total")
    return voice.one_of(
        "total_first",
        sentence("Your order ", order, " for ", total, " is confirmed", rests_on("event")),
        sentence("Thank you: your order ", order, " for ", total, " is confirmed", rests_on("event")),
    )


def expected_first(voice: Voice) -> Phrase:
    order, latest = voice.text("order"), voice.day("latest")
    return voice.one_of(
        "expected_first",
        sentence("Your order ", order, " is confirmed and should be with you by ", latest, _EVENT),
        sentence("We expect to deliver your confirmed order ", order, " by ", latest, _EVENT),
    )


def things(voice: Voice) -> Phrase:
    units, all_goods = all_units(voice), goods(voice)
    return voice.one_of(
        "things",
        sentence("You ordered ", units, ": ", all_goods),
        sentence("What you ordered: ", all_goods),
        sentence("This is what we noted: ", all_goods),
        sentence("You ordered ", units) if all_goods is None else None,
    )


def total(voice: Voice) -> Phrase:
    amount, shipping = voice.money("total"), _shipping(voice)
    return voice.one_of(
        "total",
        sentence("The total is ", amount, shipping),
        sentence("The total comes to ", amount, shipping),
        sentence("The order comes to ", amount, shipping),
    )


def expected(voice: Voice) -> Phrase:
    latest = voice.day("latest")
    return voice.one_of(
        "expected",
        sentence("It should be with you by ", latest),
        sentence("We expect to deliver it by ", latest),
        sentence("Delivery is expected by ", latest),
    )


def follows(voice: Voice) -> Phrase:
    if not voice.has("next"):
        return None
    return voice.one_of(
        "follows",
        sentence("When something of it leaves, you will get a mail with the tracking number", rests_on("next")),
        sentence("Next, you will get a mail with the tracking number when something of it leaves", rests_on("next")),
        sentence("We will write again, with the tracking number, when something of it leaves", rests_on("next")),
    )


def _shipping(voice: Voice) -> Phrase:
    amount = voice.amount("shipping")
    if amount is None:
        return Said("")
    return _paid_shipping(voice) if amount.amount_minor else Said(", and shipping is free", ("shipping",))


def _paid_shipping(voice: Voice) -> Phrase:
    shipping = voice.money("shipping")
    return voice.one_of(
        "shipping",
        says(", of which ", shipping, " is for shipping"),
        says(", including ", shipping, " for shipping"),
        says(", with shipping of ", shipping, " included"),
    )


CONFIRMATION: Final = Letter(
    subject,
    (
        (confirmed_first, things, total, expected, follows),
        (confirmed_first, expected, things, total, follows),
        (confirmed_first, total, things, expected, follows),
        (confirmed_first, things, expected, follows, total),
        (confirmed_first, follows, things, total, expected),
        (things_first, total, expected, follows),
        (things_first, expected, total, follows),
        (things_first, expected, follows, total),
        (total_first, things, expected, follows),
        (total_first, expected, things, follows),
        (expected_first, things, total, follows),
        (expected_first, total, things, follows),
        (expected_first, follows, things, total),
    ),
)
