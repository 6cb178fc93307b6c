"""A held order for the person who decides: what is odd about it, and what speaks for the customer."""

from typing import Final

from decisions.composer.goods import all_units
from decisions.composer.saying import Phrase, Said, rests_on, says, sentence
from decisions.composer.voice import Voice

LONGEST_STATEMENT: Final = 250
SIGNALS: Final = ("velocity", "unusual_amount", "address_mismatch", "disposable_email", "first_order_express")


def headline(voice: Voice) -> Phrase:
    order, total, due = voice.text("order"), voice.money("total"), voice.moment("decide_by")
    return voice.fitting(
        "headline",
        says("Order ", order, " for ", total, " is held: please decide by ", due, rests_on("event")),
        says("Please decide by ", due, " on order ", order, " for ", total),
        says("Order ", order, ": ", all_units(voice), " for ", total, ", to be decided by ", due),
        says("Order ", order, " is held: please decide by ", due, rests_on("event")),
    )


def odd(voice: Voice) -> list[Said]:
    """The signals, and disputes of before; the order in which they are told is drawn."""
    signals = [_signal(voice, code) for code in SIGNALS if voice.has(f"signal_{code}")]
    told = [said for said in (*signals, _disputes(voice)) if said]
    if not told:
        none = voice.one_of(
            "none", sentence("None of the declared signals fired"), sentence("No declared signal fired")
        )
        return [Said(none.text, ("signals",))] if none and voice.number("signals") == 0 else []
    turned = _turned(voice, "odd", told)
    opening = _opening(voice) if voice.pick("opening", 2) else None
    return [opening, *turned] if opening else turned


def in_favour(voice: Voice) -> list[Said]:
    told = [
        said
        for said in (_delivered(voice), _undisputed(voice), _usual_amount(voice), _billing(voice), _email(voice))
        if said
    ]
    return _turned(voice, "in_favour", told) if told else [said for said in (_nothing(voice),) if said]


def _opening(voice: Voice) -> Phrase:
    signals = voice.counted("signals", "signal")
    return sentence(signals, " fired") if voice.number("signals") else None


def _signal(voice: Voice, code: str) -> Phrase:
    rests = rests_on(f"signal_{code}")
    match code:
        case "velocity":
            orders = voice.counted("orders_last_day", "other order")
            return voice.one_of(
                code,
                sentence("The customer placed ", orders, " within a day", rests),
                sentence("Within a day, the customer placed ", orders, rests),
            )
        case "unusual_amount":
            return _unusual_amount(voice)
        case _:
            return voice.text(f"signal_{code}", longest=LONGEST_STATEMENT)


def _unusual_amount(voice: Voice) -> Phrase:
    total, average, rests = voice.money("total"), voice.money("average"), rests_on("signal_unusual_amount")
    if average is None:
        return voice.one_of(
            "unusual_amount",
            sentence(
                "The total of ", total, " is unusually large for a first order", rests, rests_on("earlier_orders")
            ),
            sentence("For a first order, ", total, " is unusually large", rests, rests_on("earlier_orders")),
        )
    return voice.one_of(
        "unusual_amount",
        sentence("The total of ", total, " is far above the customer's average of ", average, rests),
        sentence("The customer's average is ", average, ", and the total of ", total, " is far above it", rests),
    )


def _disputes(voice: Voice) -> Phrase:
    if not voice.number("disputed_before"):
        return None
    were = "was" if voice.number("disputed_before") == 1 else "were"
    return sentence(voice.counted("disputed_before", "earlier order"), f" of the customer {were} disputed")


def _delivered(voice: Voice) -> Phrase:
    if not voice.number("delivered_before"):
        return None
    orders = voice.counted("delivered_before", "earlier order")
    were = "was" if voice.number("delivered_before") == 1 else "were"
    return voice.one_of(
        "delivered",
        sentence("The customer has had ", orders, " delivered"),
        sentence(orders, f" of the customer {were} delivered"),
    )


def _undisputed(voice: Voice) -> Phrase:
    if not voice.number("earlier_orders") or voice.number("disputed_before") != 0:
        return None
    return sentence("No earlier order of the customer was disputed", rests_on("disputed_before", "earlier_orders"))


def _usual_amount(voice: Voice) -> Phrase:
    """Only where it speaks for the customer."""
    total, average = voice.amount("total"), voice.amount("average")
    if total is None or average is None or total.amount_minor > average.amount_minor:
        return None
    this, usual = voice.money("total"), voice.money("average")
    return voice.one_of(
        "usual_amount",
        sentence("This order comes to ", this, ", and the customer's earlier orders come to ", usual, " on average"),
        sentence("On average, the customer's earlier orders come to ", usual, ", and this one comes to ", this),
    )


def _billing(voice: Voice) -> Phrase:
    return voice.text("billing", longest=LONGEST_STATEMENT)


def _email(voice: Voice) -> Phrase:
    if not voice.has("email"):
        return None
    return sentence("The e-mail address is not of a provider of disposable addresses", rests_on("email"))


def _nothing(voice: Voice) -> Phrase:
    if voice.number("earlier_orders") == 0:
        return sentence("There are no earlier orders of the customer", rests_on("earlier_orders"))
    return sentence(
        "Nothing on record speaks for the customer", rests_on("earlier_orders", "delivered_before", "disputed_before")
    )


def _turned(voice: Voice, label: str, told: list[Said]) -> list[Said]:
    """The same in another order: read from a drawn one on, forwards or backwards."""
    start = voice.pick(f"{label}:start", len(told))
    turned = told[start:] + told[:start]
    return turned[::-1] if voice.pick(f"{label}:turn", 2) else turned
