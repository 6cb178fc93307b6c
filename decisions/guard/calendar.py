"""Every day, weekday and time of day of a sentence is held against the days of the facts that it cites."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from contracts.words import Violation
from decisions.guard.amounts import Amount
from decisions.guard.codes import Code, uncited, violation
from decisions.guard.dates import Moment
from decisions.guard.evidence import Evidence
from decisions.guard.moved import is_as_moved
from decisions.guard.owners import is_of_the_one_spoken_of, names_in
from decisions.guard.said import Said
from decisions.guard.words import stem

_WEEK: Final = 7
_UNTIL: Final = re.compile(
    r"\b(?:by|until|till|before|through|no later than|not later than|latest(?: on| by)?|up to|"
    r"up until|ends?(?: on)?|bis(?: zum)?|spätestens(?: am)?|jusqu'au|avant(?: le)?)(?: the| end of|"
    r" about)?\W*$"
)
_FROM: Final = re.compile(
    r"\b(?:from|after|since|not before|no earlier than|earliest(?: on)?|starting|starts?|ab(?: dem)?|"
    r"frühestens(?: am)?|à partir du|after the)(?: on)?\W*$"
)
_ON: Final = re.compile(r"\b(?:on|am|le)(?: the)?\W*$|\b(?:arriv\w+|deliver\w*|come|comes|there)\W*$")
_OPEN: Final = re.compile(
    r"\b(?:latest|by|until|before|between|to|or|spätestens|bis|entre|avant|and|expect\w*|should|"
    r"estimated|around|about|tard|likely|probably|pay|refund\w*|ends?|last)\b|[-\u2013]"
)
_ENDS: Final = re.compile(r"\b(?:latest|by|until|end|ends|before|expires?|spätestens|tard|bis)\b")
_STARTS: Final = re.compile(r"\b(?:earliest|from|start|starts|after|frühestens)\b")
_PART_OF_DAY: Final = {
    "tonight": (17, 24),
    "this morning": (0, 12),
    "this afternoon": (12, 18),
    "this evening": (17, 24),
}


def moment_violations(said: Said) -> Iterator[Violation]:
    joined = _joined(said)
    for moment in said.moments:
        if any(moment.words.lower() in one.name.lower() for one in said.cited):
            continue  # what the fact is called: sold last year
        found = _violation(said, moment, joined[moment])
        if found is not None:
            yield found


def _joined(said: Said) -> dict[Moment, list[Moment]]:
    """Moments that are parts of one: Friday, November 27, at 5 pm."""
    groups: dict[Moment, list[Moment]] = {}
    run: list[Moment] = []
    for moment in said.moments:
        gap = said.low[run[-1].end : moment.start] if run else ""
        fresh = run and (
            not re.fullmatch(r"[\s,(]*(?:(?:on|at|by|the|around|um|at about|kl|à|den|dem|le|noon)\s)*[\s,]*", gap)
            or any(_same_part(moment, one) for one in run)
        )
        run = [moment] if fresh or not run else [*run, moment]
        for one in run:
            groups[one] = run
    return groups


def _same_part(a: Moment, b: Moment) -> bool:
    return a.kind == b.kind


def _violation(said: Said, moment: Moment, together: list[Moment]) -> Violation | None:
    """What is wrong with a moment; those of a run are of one fact."""
    if moment.kind == "wrong":
        return violation(
            Code.DATE, said.sentence, moment.words, "Write a day or time of the calendar as the locale does."
        )
    if (
        moment.kind == "relative"
        and re.search(r"\b(?:from|after) $", said.before(moment.start))
        and any(one.dimension == "time" for one in said.amounts)
    ):
        return (
            None
            if said.cites_now or said.source.now is None
            else uncited(said.sentence, moment.words, said.source.now.id)
        )
    if moment.kind in {"relative", "span"} or moment.near in {
        "this",
        "next",
        "coming",
        "this coming",
        "the coming",
        "diesen",
        "nächsten",
        "kommenden",
    }:
        return _relative(said, moment)
    parts = [one for one in together if one.kind in {"day", "weekday", "clock"} and not one.near]
    fits = [one for one in said.cited if _is_at(said, moment, one)]
    whole = [
        one
        for one in fits
        if all(
            _is_at(said, part, one) or ((part.kind == "clock") != (moment.kind == "clock") and _apart(said, part))
            for part in parts
        )
    ]
    whole = [
        one
        for one in whole
        if _direction_fits(said, together[0] if together else moment, one)
        and is_of_the_one_spoken_of(said, moment.start, one)
    ]
    if whole and _bound(said, moment, whole):
        return None
    if not fits:
        other = next(
            (one for one in said.others if _is_at(said, moment, one) and _direction_fits(said, moment, one)), None
        )
        if other is not None:
            return uncited(said.sentence, moment.words, other.id)
    near = next((one for one in said.cited if one.dated), None)
    advice = (
        f"Say the day or time that {near.id} gives." if near else f"Leave {moment.words.strip()} out: no fact gives it."
    )
    return violation(Code.DATE, said.sentence, moment.words, advice, near.id if near else None)


def _apart(said: Said, part: Moment) -> bool:
    """A time of day beside a day may come from another fact, if that one gives only a time (closes at 20:00)."""
    return any(one.day is None and _is_at(said, part, one) for one in said.cited) or (
        part.kind != "clock" and any(_is_at(said, part, one) and one.instant is None for one in said.cited)
    )


def _is_at(said: Said, moment: Moment, one: Evidence) -> bool:
    if moment.kind == "clock":
        return _is_at_time(said, moment, one)
    if one.day is None:
        return False
    if _is_on(moment, one.day):
        return moment.kind != "weekday" or _is_soon(said, one.day)
    # What ends at midnight ends with the day before.
    midnight = one.instant is not None and one.clock is not None and one.clock.hour == one.clock.minute == 0
    return midnight and bool(_UNTIL.search(said.before(moment.start))) and _is_on(moment, one.day - timedelta(days=1))


def _is_on(moment: Moment, day: date) -> bool:
    if moment.kind == "weekday":
        return day.weekday() == moment.weekday
    return all(
        said is None or said == fact
        for said, fact in ((moment.year, day.year), (moment.month, day.month), (moment.day, day.day))
    )


def _is_soon(said: Said, day: date) -> bool:
    """A bare weekday means the one within a week; beside its date it may be any."""
    if said.source.now is None or said.source.now.day is None or any(one.kind == "day" for one in said.moments):
        return True
    return abs((day - said.source.now.day).days) <= _WEEK


def _is_at_time(said: Said, moment: Moment, one: Evidence) -> bool:
    if one.clock is None:
        return False
    zone = re.match(r"\W{0,2}([A-Z]{1,4}T|UTC|MEZ|MESZ)\b", said.text[moment.end :])
    clock = one.clock
    if moment.zone == "UTC" or (zone and zone[1] in {"UTC", "GMT"}):
        if one.instant is None:
            return False
        clock = one.instant.astimezone(UTC).time()
    elif zone and one.instant is not None and not _is_named(one.instant, zone[1]):
        return False
    if (clock.hour, clock.minute) == (moment.hour, moment.minute):
        return True
    if not moment.half_known and (clock.hour % 12, clock.minute) == ((moment.hour or 0) % 12, moment.minute):
        return True
    return (clock.hour, clock.minute, moment.hour, moment.minute) == (23, 59, 0, 0)


def _is_named(instant: datetime, zone: str) -> bool:
    """PST is Pacific time in winter, PT at any time."""
    name = instant.tzname() or ""
    return zone in {name, name[:1] + name[-1:], {"CET": "MEZ", "CEST": "MESZ"}.get(name)}


def _direction_fits(said: Said, moment: Moment, one: Evidence) -> bool:
    """A last day is not one after which, a first day not one by which, and neither is the very day."""
    before = said.before(moment.start)
    after = said.after(moment.end, 24)
    before_or_after = is_as_moved(said, moment, one)
    if before_or_after is not None:
        return before_or_after
    name = "until" if one.is_offer else one.name.lower()
    if re.match(r"\W*at the earliest|\W*frühestens|\W*au plus tôt", after):
        return not _ENDS.search(name)
    if re.match(r"\W*at the latest|\W*spätestens|\W*au plus tard", after) and "latest" in "".join(
        other.name.lower() for other in said.cited
    ):
        return not _STARTS.search(name)
    if _ENDS.search(name) and not _STARTS.search(name):
        return not _FROM.search(before) or (
            bool(re.search(r"\b(?:to|and|until|bis|au|et|after that)\b", said.after(moment.end, 50)))
            and not said.low.startswith("after")
        )
    if _STARTS.search(name) and not _ENDS.search(name):
        return not _UNTIL.search(before) or "latest" not in "".join(
            other.name.lower() for other in (*said.cited, *said.others)
        )
    return True


def _bound(said: Said, moment: Moment, facts: list[Evidence]) -> bool:
    """Whether the event that the sentence puts on the day is that of the fact which gives the day."""
    offers = [one for one in said.cited if one.is_offer]
    made = [one for one in offers if any(_is_amount_of(amount, one) for amount in said.amounts)]
    if len(made) == 1 and len(offers) > 1 and any(one.is_offer for one in facts):
        return made[0] in facts
    dated = [one for one in said.cited if one.dated]
    if len(dated) < 2:  # noqa: PLR2004 -- no other to be taken for
        return True
    start = max((other.end for other in said.moments if other.end <= moment.start), default=0)
    lead = said.low[start : moment.start]
    for word in reversed(re.findall(r"[^\W\d_]+", lead)[-7:]):
        if any(word in names_in(one.name) for one in dated):
            continue  # whose day it is has been looked at
        owners = [one for one in dated if stem(word) in one.name_stems]
        if owners and len(owners) < len(dated):
            return any(one in facts for one in owners)
    return True


def _is_amount_of(amount: Amount, one: Evidence) -> bool:
    return any(each.dimension == amount.dimension and each.value in amount.values for each in one.quantities)


def _relative(said: Said, moment: Moment) -> Violation | None:
    now = said.source.now
    if now is None or now.day is None:
        return violation(Code.DATE, said.sentence, moment.words, "Name the day itself: no fact says what now is.")
    if not said.cites_now:
        return uncited(said.sentence, moment.words, now.id)
    days = [one for one in said.cited if one.day is not None and one is not now]
    if any(_is_relative(moment, one, now.day) for one in days):
        return None
    bound = any(one.concepts & {"refund", "delivery", "delivered", "cancel"} for one in said.cited)
    if (
        moment.kind == "relative"
        and moment.offset == 0
        and (days or not bound)
        and all(_is_said(said, one, moment) for one in days)
    ):
        return None
    other = next((one for one in said.others if one.day is not None and _is_relative(moment, one, now.day)), None)
    if other is not None:
        return uncited(said.sentence, moment.words, other.id)
    advice = "Name the day that a fact gives: this one is not it."
    return violation(Code.DATE, said.sentence, moment.words, advice, days[0].id if days else None)


def _is_said(said: Said, one: Evidence, moment: Moment) -> bool:
    """Whether the fact's own day stands elsewhere in the sentence, so that `today` need not be it."""
    if one.is_offer and not re.search(
        r"\b(?:ends?|expires?|until|last|closes|runs? out|is over|stops?|only|by|before)\b",
        said.before(moment.start, 25),
    ):
        return True
    others = [other for other in said.moments if other is not moment and other.kind in {"day", "weekday", "clock"}]
    return any(_is_at(said, other, one) for other in others)


def _is_relative(moment: Moment, one: Evidence, today: date) -> bool:
    if one.day is None:
        return False
    ahead = (one.day - today).days
    if moment.kind == "relative":
        hours = _PART_OF_DAY.get(moment.words.lower())
        return ahead == moment.offset and (hours is None or one.clock is None or hours[0] <= one.clock.hour < hours[1])
    if moment.kind == "weekday":
        if moment.near == "next":
            return one.day.weekday() == moment.weekday and 1 <= ahead <= 2 * _WEEK - 1
        return one.day.weekday() == moment.weekday and 0 <= ahead <= _WEEK
    return _in_span(moment.words.lower(), one.day, today)


def _in_span(words: str, day: date, today: date) -> bool:
    step = (
        1 if re.search(r"next|coming|nächst|prochain", words) else -1 if re.search(r"last|letzt|dernier", words) else 0
    )
    if re.search(r"weekend|wochenende", words):
        return day.weekday() >= 5 and 0 <= (day - today).days - 7 * step < 7  # noqa: PLR2004
    if re.search(r"week|woche|semaine", words):
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=_WEEK * step) <= day < monday + timedelta(days=_WEEK * (step + 1))
    months = (day.year - today.year) * 12 + day.month - today.month
    return months == step if re.search(r"month|monat|mois", words) else day.year - today.year == step
