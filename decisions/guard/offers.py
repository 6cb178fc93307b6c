"""An offer is made while it lasts, as it is allowed, and not with another one on top."""

import re
from collections.abc import Iterator
from typing import Final

from contracts.words import Violation
from decisions.guard.codes import Code, violation
from decisions.guard.said import Said

_STACKED: Final = re.compile(
    r"\b(?:on top of|plus another|plus an extra|additional|extra|combined? with|"
    r"in addition)\b.*\b(?:off|discount|%)|\b(?:buy one|bogo|two for one|2 for 1|get one free|"
    r"cashback|bonus)\b"
)
_EVERYTHING: Final = re.compile(
    r"\b(?:site-?wide|store-?wide|everything|all orders|every order|your next order|any item|"
    r"all items|all products|entire)\b"
)
_ENDLESS: Final = re.compile(
    r"\b(?:whenever you (?:like|want|wish|please)|any ?time|no end date|never ends?|as long as you (?:like|want|"
    r"wish)|for as long as|"
    r"(?:all|the whole|through the|throughout the) (?:winter|summer|spring|autumn|fall|season|month|year|week)|"
    r"year-round|from now on|no deadline)\b"
)
_OFFERED: Final = re.compile(r"%|\boff\b|\bdiscount|\bsave\b|\boffer\b")


def offer_violations(said: Said) -> Iterator[Violation]:
    now = said.source.instant
    for one in said.cited:
        if one.is_offer and now is not None and one.instant is not None and one.instant <= now:
            yield violation(
                Code.OFFER, said.sentence, said.text, f"Leave the offer {one.id} out: it has ended.", one.id
            )
    endless = _ENDLESS.search(said.low)
    limited = next((one for one in said.cited if one.day is not None and one is not said.source.now), None)
    if endless and limited and _OFFERED.search(said.low) and not said.covered(endless.start(), endless.end()):
        advice = f"Say until when it lasts, as {limited.id} does."
        yield violation(Code.OFFER, said.sentence, endless[0], advice, limited.id)
    yield from _too_early(said)
    stacked = _STACKED.search(said.low)
    if stacked and not said.covered(stacked.start(), stacked.end()):
        yield violation(Code.OFFER, said.sentence, stacked[0], "Make only the offers that are allowed.")
    everything = _EVERYTHING.search(said.low)
    if everything and _OFFERED.search(said.low) and not said.covered(everything.start(), everything.end()):
        yield violation(
            Code.OFFER, said.sentence, everything[0], "Say the offer as it is: nothing says what it is for."
        )


_NOW: Final = re.compile(r"\b(?:right now|now|currently|at the moment|already|today|this very)\b")
_STARTS: Final = re.compile(r"\b(?:starts?|begins?|from|start|valid from)\b")


def _too_early(said: Said) -> Iterator[Violation]:
    """What starts on a day to come is not on yet."""
    now, hit = said.source.instant, _NOW.search(said.low)
    if now is None or hit is None or not _OFFERED.search(said.low):
        return
    for one in (*said.cited, *said.others):
        if one.day is not None and one.day > now.date() and _STARTS.search(one.name.lower()):
            yield violation(Code.OFFER, said.sentence, hit[0], f"Say from when, as {one.id} does.", one.id)
            return
