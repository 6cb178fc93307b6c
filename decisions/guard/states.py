"""How far something has come: sent, delivered, canceled, refunded is said only where a fact says that it is so."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contracts.words import Violation
from decisions.guard.codes import Code, violation
from decisions.guard.evidence import THINGS, Evidence
from decisions.guard.quiet import quiet_spans
from decisions.guard.said import Said
from decisions.guard.words import clauses, stem_set

_DONE: Final = (
    r"(?:\b(?:has|have|had|is|are|was|were|been|got|gets|we|they|carrier|bank|store|warehouse|shop)|'ve|'s|'re) "
    r"(?:(?:now|just|already|also|been|all|both|since|safely|finally|successfully|automatically|in the meantime) )*"
)


@dataclass(frozen=True, slots=True)
class State:
    said: re.Pattern[str]
    borne: re.Pattern[str]  # in a fact's name or value
    by: frozenset[str] = frozenset()  # stems of names that bear it if their fact affirms


def _state(said: str, borne: str) -> State:
    return State(re.compile(said), re.compile(borne))


STATES: Final = (
    _state(
        r"\b(?:is|are|comes?|'s|'re) (?:\w+ )?in the box\b|\bout of the box\b|\bcomes? with\b",
        r"box|includ|comes|contents|kit|with|accessor|pack|warrant|guarantee|wrap|free|gift",
    ),
    _state(
        r"\bout for delivery\b|\bon the (?:van|truck) (?:today|now)\b|\bwith (?:the|your) driver\b",
        r"out for delivery|driver",
    ),
    _state(
        rf"{_DONE}(?:shipped|dispatched|handed (?:over|to)|picked up by|left (?:our|the|us)|sent (?:off|out))|\bon "
        rf"(?:its|their|the) way (?:to you|now|and)|"
        r"\bin transit\b|\bhas (?:left|gone out)\b",
        r"shipp|dispatch|sent|way|transit|handed|hand-over|left|out for|delivered|collected|picked up|tracking|"
        r"carrier|parcels? (?:sent|out)|leav|depart",
    ),
    _state(
        rf"{_DONE}(?:packed|boxed(?: up)?|wrapped|labell?ed|put in (?:a|the) box)\b",
        r"pack|box|wrap|label",
    ),
    _state(rf"{_DONE}(?:cancell?ed|called off)\b", r"cancell?ed|cancellation|called off"),
    _state(
        rf"{_DONE}(?:refunded|reimbursed|paid back|credited)\b",
        r"refund|credit|reimburs|paid back|releas|back on|compensation|goodwill",
    ),
    _state(
        rf"{_DONE}(?:reserved|set aside|put aside|holding|keeping|saved)\b(?= (?:one|it|them|the|your|for|a|both|"
        rf"this)\b)|{_DONE}(?:reserved|set aside)\b",
        r"reserv|held|hold|set aside|saved|aside|keep|kept|releas|credit|cart|pickup|ready|collect",
    ),
    _state(
        rf"\b(?:passed|cleared|completed) (?:the|our|its|a) (?:review|check|inspection|test)|{_DONE}(?:approved|"
        rf"accepted|cleared)\b",
        r"passed|approved|accepted|cleared|complete|released|go ahead",
    ),
    _state(
        rf"{_DONE}(?:rejected|turned down|could not accept|not accepted|denied)\b|\bcould(?: not|n't) accept\b",
        r"reject|refus|not accept|declin|denied|turned down|cannot",
    ),
    _state(
        r"\b(?:sent|shipped|returned) (?:it|them|the [a-z]+) back to you\b",
        r"sent back|returned to (?:you|the customer)|on its way back",
    ),
    _state(
        rf"{_DONE}(?:fixed|repaired|solved|resolved|sorted out|put right)\b",
        r"fixed|repair|solved|resolved|sorted|back to normal|restored",
    ),
    _state(rf"{_DONE}(?:replaced|exchanged|swapped|upgraded|switched)\b", r"replac|exchang|swap|upgrad|switch"),
    _state(
        r"\b(?:is|are) (?:now |already |back )*(?:on|in|back on|back in) your (?:card|account|paypal|bank)\b|"
        r"\bmoney has (?:arrived|landed)\b",
        r"arrived|completed|credited|posted|booked|received|paid out",
    ),
    _state(
        r"\b(?:will|'ll) (?:\w+ly )?(?:keep|hold|reserve|save) (?:it|them|one|this|your|the|these)\b",
        r"reserv|held|hold|aside|keep|kept|wait",
    ),
    _state(
        rf"{_DONE}(?:discontinued|no longer made|phased out)\b", r"discontinu|no longer made|phased out|end of line"
    ),
    _state(
        rf"{_DONE}(?:resold|restocked|put back (?:on|into))\b|\b(?:were|was) resold\b",
        r"resold|restock|back in stock|disposition|shelf",
    ),
    _state(rf"{_DONE}(?:inspected|tested|examined|checked)\b", r"inspect|test|examin|check|review|condition"),
    _state(
        rf"{_DONE}(?:lost|stolen|damaged)\b(?= (?:in|on|by|during)|[.,!]|$)", r"lost|stolen|missing|damag|broken|crush"
    ),
)
# What may be chosen, what might be and why something is: none of them says that it has been done.
_OPEN: Final = stem_set("choice choose option can may possible could until free alternative if policy window")
_POSSIBLE: Final = re.compile(
    r"\b(?:once|when|after|until|as soon as|before|if|whether|unless|in case|not|n't|never|no|nothing|none|yet|"
    r"hasn't|haven't|isn't|aren't|wasn't|weren't)\b"
)


def state_violations(said: Said) -> Iterator[Violation]:
    if said.source.language != "en" or said.low.rstrip().endswith("?"):
        return
    yield from _of_choices(said)
    quiet = quiet_spans(said)
    for start, end in clauses(said.low):
        if any(one.start <= start < one.end for one in quiet):
            continue
        for state in STATES:
            hit = state.said.search(said.low, start, end)
            if hit is None or said.covered(hit.start(), hit.end()) or _POSSIBLE.search(said.low[start : hit.end()]):
                continue
            if not any(_bears(one, state) for one in said.cited):
                advice = "Say how far it has come as a fact does: no cited fact says that this has been done."
                yield violation(Code.UNPLACED, said.sentence, hit[0].strip(), advice)
                return


_PERFECT: Final = re.compile(
    r"\b(?:we|i|they|(?:the|our|your) [a-z]+)(?:'ve| have| has) (?:\w+ly |already |now |just |also )*(?!been able|"
    r"made (?:a )?note)(?:[a-z]+ed|sent|put|set|given|"
    r"taken|made|held|kept|chosen|swapped|begun|gone|bought|paid|found)\b"
)


def _of_choices(said: Said) -> Iterator[Violation]:
    """What may be chosen has not been done."""
    hit = _PERFECT.search(said.low)
    told = [one for one in said.cited if one.literals and not one.is_number and one.name_stems.isdisjoint(THINGS)]
    if hit is None or not told or _POSSIBLE.search(said.low[: hit.end()]):
        return
    if all(one.name_stems & _CHOICES for one in told):
        advice = f"Say that it may be chosen, as {told[0].id} does: it has not been done."
        yield violation(Code.UNPLACED, said.sentence, hit[0], advice, told[0].id)


_CHOICES: Final = stem_set("choice choose option can may possible could alternative")


def _bears(one: Evidence, state: State) -> bool:
    if not one.name_stems.isdisjoint(_OPEN):
        return False
    if any(state.borne.search(literal) for literal in one.literals):
        return True
    return one.affirms and bool(state.borne.search(one.name.lower().replace("_", " ")))
