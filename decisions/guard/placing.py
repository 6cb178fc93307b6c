"""Every amount of a sentence is held against the facts that the sentence cites."""

import re
from collections.abc import Iterator
from typing import Final

from contracts.words import Violation
from decisions.guard.amounts import Amount
from decisions.guard.arithmetic import direct, follows, is_of
from decisions.guard.codes import Code, uncited, violation
from decisions.guard.counted import is_a_rest, is_bound, is_idle, is_others_of_a_list, is_said_outright
from decisions.guard.owners import is_of_the_one_spoken_of
from decisions.guard.roles import as_said, context_of
from decisions.guard.said import Said
from decisions.guard.words import contains

_CODES: Final = {"count": Code.COUNT, "percent": Code.PERCENT, "points": Code.COUNT, "ratio": Code.NUMBER}
_FROM_NOW: Final = re.compile(r"^\W*(?:from now|from today|ago\b|left\b|to go|remain)")


def amount_violations(said: Said) -> Iterator[Violation]:
    for amount in said.amounts:
        if said.covered(amount.start, amount.end) or is_idle(said, amount) or _is_in_a_name(said, amount):
            continue
        found = _violation(said, amount)
        if found is not None:
            yield found


def _violation(said: Said, amount: Amount) -> Violation | None:
    code = Code.MONEY if amount.dimension.startswith("money") else _CODES.get(amount.dimension, Code.UNIT)
    if amount.wrong or not amount.values:
        return violation(code, said.sentence, amount.words, "Write the number as the locale does, or leave it out.")
    given = [] if is_a_rest(said, amount) else direct(amount, said.cited)
    own = [one for one in given if is_of_the_one_spoken_of(said, amount.start, one)]
    facts = as_said(said, amount, own) if own or not given else given
    if facts and own and is_bound(said, amount, facts):
        return None
    if not facts and amount.dimension == "count" and is_others_of_a_list(said, amount):
        return None
    if not facts and not is_said_outright(said, amount) and follows(amount, said.cited, context_of(said, amount)):
        return _needs_now(said, amount)
    if facts:
        advice = f"{amount.words} is the {facts[0].name}, not what the sentence says it is: say what it is."
        return violation(code, said.sentence, amount.words, advice, facts[0].id)
    return _elsewhere(said, amount, code)


def _is_in_a_name(said: Said, amount: Amount) -> bool:
    """`The lowest price of the last 30 days`: the amount belongs to what the fact is called."""
    if amount.dimension in {"count", "ratio"}:
        return False
    words = amount.words.lower().strip(" .")
    return any(contains(one.name.lower(), words) for one in said.cited)


def _needs_now(said: Said, amount: Amount) -> Violation | None:
    """An interval that begins now rests on now; between two other days it does not."""
    now = said.source.now
    if amount.dimension != "time" or said.cites_now or now is None or not _FROM_NOW.match(said.after(amount.end)):
        return None
    return uncited(said.sentence, amount.words, now.id)


def _elsewhere(said: Said, amount: Amount, code: Code) -> Violation:
    """Why an amount that the cited facts do not give is wrong: not cited, internal, or nowhere."""
    others = as_said(said, amount, direct(amount, said.others)) if amount.hedge in {"exact", "about", "up_to"} else []
    if others:
        return uncited(said.sentence, amount.words, others[0].id)
    for other in said.others:
        if follows(amount, (*said.cited, other), context_of(said, amount)):
            return uncited(said.sentence, amount.words, other.id)
    hidden = [one for one in said.source.evidence.values() if one.internal]
    if direct(amount, hidden) and amount.hedge == "exact":
        return violation(
            Code.INTERNAL, said.sentence, amount.words, "Leave it out: this is internal.", direct(amount, hidden)[0].id
        )
    near = [one for one in said.cited if any(is_of(amount, each, one) for each in one.quantities)]
    advice = (
        f"Say what {near[0].id} says, or leave {amount.words} out."
        if near
        else f"Leave {amount.words} out: no fact gives it."
    )
    return violation(code, said.sentence, amount.words, advice, near[0].id if near else None)
