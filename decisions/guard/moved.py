"""A day that has moved, of which one is the earlier and one the new, and a day that is over or is not."""

import re
from collections.abc import Iterator
from typing import Final

from contracts.words import Violation
from decisions.guard.codes import Code, violation
from decisions.guard.dates import Moment
from decisions.guard.evidence import Evidence
from decisions.guard.said import Said

_MOVED: Final = re.compile(r"\b(?:moved|changed|pushed|postponed|shifted|rescheduled)\b.*?\b(from|to) (?:\w+, )?$")
_CALLED: Final = re.compile(
    r"\b(originally|first|initially|before|previously|earlier|used to|had (?:said|planned|promised|hoped|told)|"
    r"instead of|rather than|was (?:due|planned|expected)|now|new)\b(?=[^,;.]{0,30}$)"
)
_NEW: Final = re.compile(r"\bnow\b|\bnew\b")
_OLD: Final = re.compile(r"\b(?:old|original|previous|before|earlier|planned|first)\b")


def is_as_moved(said: Said, moment: Moment, one: Evidence) -> bool | None:
    """Whether the fact's day is called the earlier or the new one as it is; None where nothing calls it either."""
    older = [other for other in said.cited if _OLD.search(other.name.lower())]
    moved = _MOVED.search(said.low[: moment.start])
    if moved is not None and older:
        return (one in older) == (moved[1] == "from")
    called = _CALLED.findall(said.before(moment.start))
    older = [other for other in older if other.day is not None]
    newer = [other for other in said.cited if other.day is not None and _NEW.search(other.name.lower())]
    if called and older and newer and one in (*older, *newer):
        return (one in older) == (not _NEW.fullmatch(called[-1]))
    return None


_LAST: Final = re.compile(r"\b(?:latest|by|until|end|ends|before|expires?|spätestens|tard|bis)\b")
_OVER: Final = re.compile(
    r"\b(?:too late|has passed|is over|has ended|have expired|has expired|missed the (?:deadline|window))\b"
)


def end_violations(said: Said) -> Iterator[Violation]:
    """What ends on a day to come is not over."""
    now, hit = said.source.instant, _OVER.search(said.low)
    if now is None or hit is None or _STATES_NO_END.search(said.low):
        return
    for one in said.cited:
        ends = one.is_offer or _LAST.search(one.name.lower())
        if ends and one.day is not None and (one.instant > now if one.instant else one.day > now.date()):
            yield violation(
                Code.DATE, said.sentence, hit[0], f"Say until when, as {one.id} does: it is not over.", one.id
            )
            return


_STATES_NO_END: Final = re.compile(r"\b(?:before|once|when|after|until|if)\b|\bnot too late")
