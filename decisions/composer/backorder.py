"""Something is not there: what, the choices, until when, and what happens without a choice."""

from typing import Final

from decisions.composer.goods import all_units, goods
from decisions.composer.letter import Letter
from decisions.composer.saying import Phrase, Said, rests_on, says, sentence
from decisions.composer.voice import Voice

_EVENT: Final = rests_on("event")


def subject(voice: Voice) -> Phrase:
    order, until = voice.text("order"), voice.day_of("choose_by")
    return voice.fitting(
        "subject",
        says("Your order ", order, ": please choose by ", until),
        says("Part of your order ", order, " is not in stock", _EVENT),
        says("Your choice for order ", order, ": something is not in stock", _EVENT),
        says("Not in stock: ", all_units(voice), " of your order ", order, _EVENT),
    )


def missing_first(voice: Voice) -> Phrase:
    order = voice.text("order")
    return voice.one_of(
        "missing_first",
        sentence("Part of your order ", order, " is not in stock", _EVENT),
        sentence("We do not have part of your order ", order, " in stock", _EVENT),
        sentence("We are sorry: part of your order ", order, " is not in stock", _EVENT),
    )


def things_first(voice: Voice) -> Phrase:
    order, things, units = voice.text("order"), goods(voice), all_units(voice)
    are = "is" if voice.number("units") == 1 else "are"
    return voice.one_of(
        "things_first",
        sentence("From your order ", order, ", this is not in stock: ", things, _EVENT),
        sentence("From your order ", order, ", ", units, " ", are, " not in stock: ", things, _EVENT),
        sentence("We are missing ", units, " for your order ", order, ": ", things, _EVENT),
    )


def until_first(voice: Voice) -> Phrase:
    order, until = voice.text("order"), voice.moment("choose_by")
    return voice.one_of(
        "until_first",
        sentence("Please choose by ", until, " how your order ", order, " goes on: part of it is not in stock", _EVENT),
        sentence("Part of your order ", order, " is not in stock, and you can choose until ", until, _EVENT),
    )


def sorry(voice: Voice) -> Phrase:
    return voice.one_of(
        "sorry", Said("We are sorry about that."), Said("Our apologies for that."), Said("We are sorry.")
    )


def things(voice: Voice) -> Phrase:
    units, all_goods = all_units(voice), goods(voice)
    return voice.one_of(
        "things",
        sentence("This is what is missing: ", all_goods, _EVENT),
        sentence("This concerns ", units, ": ", all_goods, _EVENT),
        sentence("Not there yet: ", all_goods, _EVENT),
        sentence("This concerns ", units, _EVENT) if all_goods is None else None,
    )


def choices(voice: Voice) -> Phrase:
    rest = voice.has("choice_rest")
    wait_or_cancel = rests_on("choice_wait", "choice_cancel")
    if not voice.has("choice_wait", "choice_cancel"):
        return None
    if not rest:
        return voice.one_of(
            "choices",
            sentence("You can wait for it, or cancel", wait_or_cancel),
            sentence("The choice is yours: wait for it, or cancel", wait_or_cancel),
        )
    any_of = rests_on("choice_wait", "choice_rest", "choice_cancel")
    comma = "," if voice.is_american else ""
    return voice.one_of(
        "choices",
        sentence(f"You can wait for it, have what is in stock sent now{comma} or cancel", any_of),
        sentence(f"You can have what is in stock sent now, wait for what is missing{comma} or cancel", any_of),
    )


def until(voice: Voice) -> Phrase:
    moment = voice.moment("choose_by")
    return voice.one_of(
        "until",
        sentence("Please choose by ", moment),
        sentence("You can choose until ", moment),
    )


def otherwise(voice: Voice) -> Phrase:
    if not voice.has("next"):
        return None
    return voice.one_of(
        "otherwise",
        sentence(f"Without an answer, what is missing is {voice.canceled}", rests_on("next")),
        sentence(f"If we do not hear from you, what is missing is {voice.canceled}", rests_on("next")),
    )


def reply(voice: Voice) -> Phrase:
    return voice.one_of(
        "how",
        Said("Just reply to this mail with your choice."),
        Said("Reply to this mail and tell us what you would like."),
    )


BACKORDER: Final = Letter(
    subject,
    (
        (missing_first, things, sorry, choices, until, otherwise, reply),
        (missing_first, things, choices, until, otherwise, reply),
        (missing_first, choices, reply, until, otherwise, things),
        (missing_first, sorry, choices, until, otherwise, things, reply),
        (missing_first, choices, things, until, otherwise, reply),
        (things_first, sorry, choices, until, otherwise, reply),
        (things_first, choices, until, otherwise, reply, sorry),
        (things_first, choices, reply, until, otherwise),
        (things_first, until, choices, reply, sorry),
        (until_first, things, choices, otherwise, reply),
        (until_first, otherwise, choices, things, reply),
        (until_first, choices, reply, things, sorry),
        (until_first, sorry, things, choices, reply, otherwise),
    ),
)
