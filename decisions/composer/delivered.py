"""A parcel came: what was in it, when, how its maker says to care for it, and what to do if something is wrong."""

from typing import Final

from decisions.composer.goods import all_units, goods
from decisions.composer.letter import Letter, Part
from decisions.composer.saying import Phrase, Said, rests_on, says, sentence
from decisions.composer.voice import Voice

LONGEST_TIP: Final = 220
_EVENT: Final = rests_on("event")
_QUOTES: Final = frozenset("“”")


def subject(voice: Voice) -> Phrase:
    order, carrier = voice.text("order"), voice.text("carrier")
    return voice.fitting(
        "subject",
        says("Delivered: a parcel of your order ", order, _EVENT),
        says("A parcel of your order ", order, " was delivered", _EVENT),
        says(carrier, " has delivered a parcel of your order ", order, _EVENT),
    )


def arrived_first(voice: Voice) -> Phrase:
    order, carrier = voice.text("order"), voice.text("carrier")
    return voice.one_of(
        "arrived_first",
        sentence("A parcel of your order ", order, " was delivered", _EVENT),
        sentence("Good news: a parcel of your order ", order, " was delivered", _EVENT),
        sentence(carrier, " has delivered a parcel of your order ", order, _EVENT),
    )


def when_first(voice: Voice) -> Phrase:
    order, carrier, when = voice.text("order"), voice.text("carrier"), voice.day_of("delivered_at")
    return voice.one_of(
        "when_first",
        sentence("On ", when, " a parcel of your order ", order, " was delivered", _EVENT),
        sentence("On ", when, " ", carrier, " delivered a parcel of your order ", order, _EVENT),
        sentence(carrier, " delivered a parcel of your order ", order, " on ", when, _EVENT),
    )


def things_first(voice: Voice) -> Phrase:
    order, things, units = voice.text("order"), goods(voice), all_units(voice)
    were = "was" if voice.number("units") == 1 else "were"
    return voice.one_of(
        "things_first",
        sentence("Delivered from your order ", order, ": ", things, _EVENT),
        sentence("A parcel of your order ", order, " with ", units, " was delivered: ", things, _EVENT),
        sentence("From your order ", order, ", ", units, " ", were, " delivered", _EVENT),
    )


def things(voice: Voice) -> Phrase:
    units, all_goods = all_units(voice), goods(voice)
    return voice.one_of(
        "things",
        sentence("In the parcel: ", all_goods, _EVENT),
        sentence("In the parcel you find ", units, ": ", all_goods, _EVENT),
        sentence("Inside you find ", all_goods, _EVENT),
        sentence("In the parcel you find ", units, _EVENT) if all_goods is None else None,
    )


def when(voice: Voice) -> Phrase:
    carrier, day, clock = voice.text("carrier"), voice.day_of("delivered_at"), voice.clock("delivered_at")
    return voice.one_of(
        "when",
        sentence(carrier, " handed it over on ", day, " at ", clock, _EVENT),
        sentence("The delivery was on ", day, " at ", clock, _EVENT),
        sentence("It came on ", day, _EVENT),
    )


def care_tip(number: int) -> Part:
    def tip(voice: Voice) -> Phrase:
        return _tip(voice, number)

    return tip


def _tip(voice: Voice, number: int) -> Phrase:
    """The maker's own words, in quotation marks."""
    words = voice.text(f"care{number}", longest=LONGEST_TIP)
    if words is None or set(words.text) & _QUOTES or not voice.with_names:
        return None
    name, quoted = voice.text(f"item{number}"), says("“", words, "”")
    return voice.one_of(
        f"care{number}",
        sentence("A care tip for ", name, ", from its maker: ", quoted),
        sentence("On the care of ", name, " its maker says: ", quoted),
        sentence("To care for ", name, ", its maker advises: ", quoted),
    )


def problem(voice: Voice) -> Phrase:
    cited = rests_on("problem")
    return voice.one_of(
        "problem",
        sentence("If something is missing or damaged, reply to this mail and one of us will look into it", cited),
        sentence("Is something missing or damaged? Reply to this mail, and one of us will help", cited),
        sentence("Please reply to this mail if something is damaged or missing", cited),
    )


def joy(voice: Voice) -> Phrase:
    return voice.one_of("joy", Said("We hope you enjoy it."), Said("Enjoy!"), Said("Thank you for your order."))


_tip1, _tip2 = care_tip(1), care_tip(2)

DELIVERED: Final = Letter(
    subject,
    (
        (arrived_first, things, when, _tip1, _tip2, problem),
        (arrived_first, when, things, _tip1, _tip2, problem),
        (arrived_first, when, problem, things, _tip1, _tip2),
        (arrived_first, things, _tip1, _tip2, when, joy, problem),
        (arrived_first, problem, things, when, _tip1, _tip2),
        (when_first, things, _tip1, _tip2, problem),
        (when_first, joy, things, problem, _tip1, _tip2),
        (when_first, problem, things, _tip1, _tip2),
        (things_first, when, _tip1, _tip2, problem),
        (things_first, _tip1, _tip2, when, problem),
        (things_first, when, problem, joy, _tip1, _tip2),
        (things_first, joy, when, problem, _tip1, _tip2),
    ),
)
