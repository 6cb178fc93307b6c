"""Somebody looks at the order before it goes on: until when, and that nothing is needed. It accuses nobody."""

from typing import Final

from decisions.composer.letter import Letter
from decisions.composer.saying import Phrase, Said, rests_on, says, sentence
from decisions.composer.voice import Voice

_EVENT: Final = rests_on("event")


def subject(voice: Voice) -> Phrase:
    order, until = voice.text("order"), voice.day_of("decided_by")
    return voice.fitting(
        "subject",
        says("About your order ", order),
        says("We are looking over your order ", order, _EVENT),
        says("Your order ", order, ": a short check before it goes on", _EVENT),
        says("We will be done with order ", order, " by ", until, _EVENT),
    )


def look_first(voice: Voice) -> Phrase:
    order = voice.text("order")
    return voice.one_of(
        "look_first",
        sentence("Before your order ", order, " goes on, one of us looks it over", _EVENT),
        sentence("One of us is looking over your order ", order, " before it goes on", _EVENT),
        sentence("Your order ", order, " is here, and one of us looks at it before it goes on", _EVENT),
    )


def until_first(voice: Voice) -> Phrase:
    order, until = voice.text("order"), voice.moment("decided_by")
    return voice.one_of(
        "until_first",
        sentence("One of us is looking over your order ", order, " and will be done by ", until, _EVENT),
        sentence("By ", until, " one of us will have looked over your order ", order, _EVENT),
    )


def needed_first(voice: Voice) -> Phrase:
    order = voice.text("order")
    if not voice.has("needed"):
        return None
    return voice.one_of(
        "needed_first",
        sentence(
            "There is nothing that you need to do: one of us looks over your order ",
            order,
            " before it goes on",
            rests_on("event", "needed"),
        ),
        sentence(
            "One of us looks over your order ",
            order,
            " before it goes on, and you do not need to do anything",
            rests_on("event", "needed"),
        ),
    )


def until(voice: Voice) -> Phrase:
    moment = voice.moment("decided_by")
    return voice.one_of(
        "until",
        sentence("We will have looked at it by ", moment, _EVENT),
        sentence("We will be done looking at it by ", moment, " at the latest", _EVENT),
        sentence("By ", moment, " at the latest, one of us will have looked at it", _EVENT),
    )


def needed(voice: Voice) -> Phrase:
    if not voice.has("needed"):
        return None
    return voice.one_of(
        "needed",
        sentence("You do not need to do anything", rests_on("needed")),
        sentence("Nothing is needed from you", rests_on("needed")),
        sentence("There is nothing you need to do", rests_on("needed")),
    )


def afterwards(voice: Voice) -> Phrase:
    if not voice.has("next"):
        return None
    return voice.one_of(
        "afterwards",
        sentence("Afterwards your order goes on, or you will hear from us by mail", rests_on("next")),
        sentence("After that your order goes on, or we will write to you", rests_on("next")),
    )


def choices(voice: Voice) -> Phrase:
    return voice.one_of(
        "choices",
        Said("If you would like to tell us something about it, reply to this mail."),
        sentence("If you would rather change or cancel it, reply to this mail", rests_on("choice_cancel")),
    )


def thanks(voice: Voice) -> Phrase:
    return voice.one_of("thanks", Said("Thank you for your patience."), Said("Thank you for waiting."))


HELD: Final = Letter(
    subject,
    (
        (look_first, until, needed, afterwards, choices),
        (look_first, needed, until, afterwards, choices),
        (look_first, until, afterwards, needed, thanks),
        (look_first, afterwards, until, needed, choices),
        (look_first, needed, until, choices, thanks),
        (until_first, afterwards, needed, choices),
        (until_first, needed, afterwards, thanks),
        (until_first, choices, afterwards, needed),
        (needed_first, until, afterwards, choices),
        (needed_first, afterwards, until, thanks),
        (needed_first, until, choices, thanks),
        (until_first, needed, choices, afterwards),
    ),
)
