"""Something of the order has left: with whom it travels, where to, and when it should come."""

from typing import Final

from decisions.composer.goods import all_units, goods, only_product
from decisions.composer.letter import Letter
from decisions.composer.saying import Phrase, Said, listed, rests_on, says, sentence
from decisions.composer.voice import Voice

MOST_CODES: Final = 5
CODES_OF_MANY: Final = 3
_EVENT: Final = rests_on("event")


def subject(voice: Voice) -> Phrase:
    order, window = voice.text("order"), voice.window("earliest", "latest")
    return voice.fitting(
        "subject",
        says(_an_order(voice, order), " is on its way", _EVENT),
        says(_an_order(voice, order), " has left", _EVENT),
        says("Sent: ", _lower_order(voice, order), _EVENT),
        says(_an_order(voice, order), " should arrive ", window, _EVENT),
        says("On its way: ", all_units(voice), " from order ", order, _EVENT),
        says("Your ", only_product(voice), " has been sent", _EVENT) if voice.with_names else None,
    )


def left_first(voice: Voice) -> Phrase:
    order, carrier = voice.text("order"), voice.text("carrier")
    return voice.one_of(
        "left_first",
        sentence(_an_order(voice, order), " is on its way", _EVENT),
        sentence("Good news: ", _lower_order(voice, order), " is on its way", _EVENT),
        sentence(_an_order(voice, order), " has left us and is on its way to you", _EVENT),
        sentence("We have handed ", _lower_order(voice, order), " to ", carrier, _EVENT),
    )


def carrier_first(voice: Voice) -> Phrase:
    order, carrier, city = voice.text("order"), voice.text("carrier"), voice.text("city")
    return voice.one_of(
        "carrier_first",
        sentence(carrier, " is bringing ", _lower_order(voice, order), " to ", city, _EVENT),
        sentence(carrier, " has ", _lower_order(voice, order), " and is on the way to ", city, _EVENT),
        sentence("With ", carrier, ", ", _lower_order(voice, order), " is on its way to ", city, _EVENT),
    )


def things_first(voice: Voice) -> Phrase:
    order, things, units = voice.text("order"), goods(voice), all_units(voice)
    are = "is" if voice.number("units") == 1 else "are"
    return voice.one_of(
        "things_first",
        sentence("On the way to you from order ", order, ": ", things, _EVENT),
        sentence("We have sent you ", units, " from order ", order, ": ", things, _EVENT),
        sentence("We have sent this from your order ", order, ": ", things, _EVENT),
        sentence("From your order ", order, ", ", units, " ", are, " on the way to you: ", things, _EVENT),
        sentence("From your order ", order, ", ", units, " ", are, " on the way to you", _EVENT)
        if things is None
        else None,
    )


def window_first(voice: Voice) -> Phrase:
    order, city = voice.text("order"), voice.text("city")
    window = voice.window("earliest", "latest")
    return voice.one_of(
        "window_first",
        sentence(_an_order(voice, order), " should arrive ", window, _EVENT),
        sentence("We expect ", _lower_order(voice, order), " to reach ", city, " ", window, _EVENT),
        sentence(_an_order(voice, order), " is expected in ", city, " ", window, _EVENT),
    )


def news_and_window_first(voice: Voice) -> Phrase:
    order, city, carrier = voice.text("order"), voice.text("city"), voice.text("carrier")
    window = voice.window("earliest", "latest")
    return voice.one_of(
        "news_and_window_first",
        sentence(_an_order(voice, order), " is on its way and should arrive in ", city, " ", window, _EVENT),
        sentence(_an_order(voice, order), " has left with ", carrier, " and is expected ", window, _EVENT),
    )


def tracking_first(voice: Voice) -> Phrase:
    order, codes = voice.text("order"), _codes(voice)
    label = _label(voice)
    return voice.one_of(
        "tracking_first",
        sentence("You can now follow ", _lower_order(voice, order), " with ", label, " ", codes, _EVENT),
        sentence("Here is how to follow ", _lower_order(voice, order), ": ", label, " ", codes, _EVENT),
    )


def handed(voice: Voice) -> Phrase:
    carrier, city = voice.text("carrier"), voice.text("city")
    return voice.one_of(
        "handed",
        sentence("The delivery is with ", carrier, " now", _EVENT),
        sentence(carrier, " is bringing the delivery to ", city, _EVENT),
        sentence("The delivery goes to ", city, " with ", carrier, _EVENT),
    )


def things(voice: Voice) -> Phrase:
    units, all_goods = all_units(voice), goods(voice)
    return voice.one_of(
        "things",
        sentence("This is what we sent: ", all_goods, _EVENT),
        sentence("What is coming: ", all_goods, _EVENT),
        sentence("We sent ", units, ": ", all_goods, _EVENT),
        sentence("In all, we sent ", units, _EVENT) if all_goods is None else None,
    )


def window(voice: Voice) -> Phrase:
    days, city = voice.window("earliest", "latest"), voice.text("city")
    return voice.one_of(
        "window",
        sentence("The delivery should arrive ", days),
        sentence("We expect the delivery in ", city, " ", days),
        sentence("Delivery is expected ", days),
        sentence("The delivery should be with you ", days) if voice.is_one_day("earliest", "latest") else None,
    )


def tracking(voice: Voice) -> Phrase:
    codes, label = _codes(voice), _label(voice)
    is_one = not voice.has("tracking2")
    return voice.one_of(
        "tracking",
        sentence("You can follow it with ", label, " ", codes),
        sentence("The ", label, " is " if is_one else " are ", codes),
        sentence("To see where it is, use ", label, " ", codes),
        sentence("Use ", label, " ", codes, " to follow it"),
    )


def more(voice: Voice) -> Phrase:
    """Only of a part there is a next mail to tell of."""
    if not voice.has("next"):
        return None
    return voice.one_of(
        "more",
        sentence("When more of it leaves, we will write to you again", rests_on("next")),
        sentence("You will get another mail whenever more of your order leaves", rests_on("next")),
    )


def _label(voice: Voice) -> str:
    return "tracking numbers" if voice.has("tracking2") else "tracking number"


def _codes(voice: Voice) -> Phrase:
    """All of them; of very many the first three, and that there are others."""
    codes: list[Said] = []
    while voice.has(f"tracking{len(codes) + 1}"):
        code = voice.text(f"tracking{len(codes) + 1}")
        if code is None:
            return None
        codes.append(code)
    if len(codes) > MOST_CODES:
        return says(listed(codes[:CODES_OF_MANY], comma=", ", last=", "), ", among others")
    last = ", and " if voice.is_american else " and "
    return listed(codes, comma=", ", last=last) if codes else None


def _an_order(voice: Voice, order: Phrase) -> Phrase:
    return says("Part of your order ", order, rests_on("part")) if voice.has("part") else says("Your order ", order)


def _lower_order(voice: Voice, order: Phrase) -> Phrase:
    return says("part of your order ", order, rests_on("part")) if voice.has("part") else says("your order ", order)


SHIPPED: Final = Letter(
    subject,
    (
        (left_first, things, window, tracking, more),
        (left_first, window, things, tracking, more),
        (left_first, tracking, window, more, things),
        (left_first, handed, window, things, more, tracking),
        (left_first, window, tracking, things, more),
        (carrier_first, window, things, tracking, more),
        (carrier_first, things, window, more, tracking),
        (carrier_first, tracking, things, window, more),
        (things_first, handed, window, tracking, more),
        (things_first, window, tracking, handed, more),
        (things_first, tracking, window, more),
        (things_first, window, handed, more, tracking),
        (window_first, things, handed, tracking, more),
        (window_first, handed, tracking, things, more),
        (window_first, tracking, things, more),
        (news_and_window_first, things, tracking, more),
        (news_and_window_first, tracking, things, more),
        (tracking_first, window, things, more),
        (tracking_first, things, handed, window, more),
    ),
)
