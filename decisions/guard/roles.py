"""What an amount of money is said to be: a price, a saving, a refund, what it was before."""

import re
from typing import Final

from decisions.guard.amounts import Amount
from decisions.guard.evidence import THINGS, Evidence
from decisions.guard.said import Said
from decisions.guard.words import stem, stems

_CONTEXT: Final = 60
# What an amount of money is said to be, by the words beside it.
_ROLES: Final[dict[str, tuple[re.Pattern[str], re.Pattern[str]]]] = {
    "saving": (
        re.compile(
            r"\b(?:sav(?:e|es|ed|ing|ings)|discount|reduction|rebate|reduced by|cut by|dropped by|"
            r"off)(?: you)?(?: of| another| an extra| up to| about| is| by)?\W*$"
        ),
        re.compile(
            r"^\W*(?:off|discount|less\b(?! than)|(?:below|under)\b(?= the| our| its)|cheaper|lower|"
            r"in savings|saving|savings|reduction|rebate)\b"
        ),
    ),
    "refund": (
        re.compile(
            r"\b(?:refund(?:ed|ing|s)?|credit(?:ed)?|reimburse\w*|give back|return)(?: you| is| was| of|"
            r" will be| comes to)*\W*$"
        ),
        re.compile(
            r"^\W*(?:refund(?:ed)?|back\b|credit\b|goes back|has been refunded|will be refunded|is refunded|"
            r"was refunded|(?:on|to|onto|into) your (?!door|doorstep|cart|order|list|total)|zurück|erstattet|"
            r"wurden? erstattet|"
            r"gutgeschrieben|remboursée?s?)"
        ),
    ),
    "shipping": (
        re.compile(r"\b(?:shipping|delivery|postage)(?: costs?| fee| is| was| for| comes to| charges?)*\W*$"),
        re.compile(r"^\W*(?:for |of |in )?(?:shipping|delivery|postage)\b"),
    ),
    "old": (
        re.compile(
            r"\b(?:no longer|was|were|previously|before|instead of|down from|used to (?:be|cost)|reduced from|"
            r"originally|regularly|usually|formerly|rather than|old price|earlier price|regular price|"
            r"list price|original price|rrp|statt|au lieu de)(?: of| was| is| it| they| cost| at)*\W*$"
        ),
        re.compile(r"^ (?:before\b|earlier\b|previously|originally)"),
    ),
    "total": (
        re.compile(r"\b(?:total|altogether|in all)(?: of| is| was| comes to| for)*\W*$"),
        re.compile(r"^\W*(?:in total|in all|altogether)\b"),
    ),
}
# What one item costs, where nothing beside the amount says that it is something else.
_ONE_COSTS: Final = re.compile(
    r"\b(?:each|every|one|an?|the|this|your|its|per) (?:[^\W\d_]+ ){1,4}(?:is|costs?|sells for|goes for)(?: now| "
    r"only| just)? $"
)
_OF_ONE: Final = re.compile(r"^\W*(?:each\b|apiece|per (?:piece|item|unit)|a piece)")
_IN_ALL: Final = re.compile(
    r"\b(?:total|order|altogether|sum|shipping|delivery|postage|fee|bill|refund|balance|credit|invoice|cart|deposit|"
    r"pair|set|amount|price|cost|sum|charge)\b"
)
_WITH_SHIPPING: Final = re.compile(
    r"^\W*(?:delivered\b|shipped to|(?:with |including |incl\.? )(?:shipping|delivery|postage)|(?:shipping|delivery|"
    r"postage) (?:is )?included|"
    r"all[- ]in\b|inklusive versand|inkl\. versand|frais de port compris)"
)
_FREE_OF_ROLE: Final = {
    "saving": {"saving"},
    "refund": {"refund"},
    "shipping": {"ship", "delivery"},
    "old": {"old"},
    "total": {"total"},
}


_RESTS: Final = re.compile(
    r"\W*(?:\w+\W+)?(?:are |is )?(?:more\b(?! than)|left|remain|other|others|fewer|less|away|short|"
    r"to go|further|missing|still|noch|encore)"
)


_RESTS_BEFORE: Final = re.compile(r"\b(?:the other|another|remaining|further|missing|the last|still)\s$")


def context_of(said: Said, amount: Amount) -> str:
    """The sentence's words; for money that is a saving or is not, only what stands beside it may call it so."""
    if amount.dimension == "count":
        rests = _RESTS.match(said.after(amount.end)) or _RESTS_BEFORE.search(said.before(amount.start))
        return f"{said.low} [rest]" if rests else said.low
    if not amount.dimension.startswith("money"):
        return said.low
    left, right = _ROLES["saving"]
    beside = left.search(said.before(amount.start, _CONTEXT)) or right.search(said.after(amount.end))
    return f"{said.low} [saved]" if beside else said.low


def as_said(said: Said, amount: Amount, facts: list[Evidence]) -> list[Evidence]:
    """Those of the facts that are what the words beside the amount call it."""
    if not amount.dimension.startswith("money"):
        return facts
    facts = [one for one in facts if _is_of_the_same_thing(said, amount, one)]
    before, after = said.before(amount.start, _CONTEXT), said.after(amount.end)
    if _OF_ONE.match(after) or (_ONE_COSTS.search(before) and not _IN_ALL.search(before)):
        facts = [
            one for one in facts if one.concepts.isdisjoint({"total", "ship", "refund"}) or "price" in one.name_stems
        ]
    if _WITH_SHIPPING.match(after) and any(_is_charged_for_shipping(one) for one in (*said.cited, *said.others)):
        facts = [one for one in facts if "total" in one.concepts]
    roles = {role for role, (left, right) in _ROLES.items() if left.search(before) or right.search(after)}
    if "total" in roles and any("total" in one.concepts for one in said.cited) and _ROLES["total"][0].search(before):
        facts = [one for one in facts if "total" in one.concepts]
    for role in roles - {"total", "shipping"}:
        facts = [one for one in facts if _means(said, role, one)]
    if "shipping" in roles:
        facts = [
            one for one in facts if not one.concepts.isdisjoint({"ship", "delivery", "total", "threshold", "free"})
        ]
    if not roles & {"saving"}:
        facts = [
            one
            for one in facts
            if not (one.is_offer or _only_saves(one))
            or re.search(r"\bsav|discount|\boff\b|rabatt|spar|credit|voucher", said.low)
        ]
    if not roles & {"old"} and len(facts) == 1 and {"old", "price"} <= facts[0].concepts and not _mentions_old(said):
        facts = []
    return facts


def _is_charged_for_shipping(one: Evidence) -> bool:
    return (
        one.is_number
        and one.affirms
        and not one.name_stems.isdisjoint(_SHIPPING)
        and not one.concepts & {"threshold", "free"}
    )


_SHIPPING: Final = stems("shipping postage versand versandkosten port")


def _is_of_the_same_thing(said: Said, amount: Amount, one: Evidence) -> bool:
    """The price of the lamp is not the desk's: of a fact that names a product, this must be the one spoken of."""
    things = {
        literal
        for thing in (*said.cited, *said.others)
        if not thing.name_stems.isdisjoint(THINGS)
        for literal in thing.literals
    }
    own = {literal for literal in things if literal in one.name.lower()}
    if not own:
        return True
    spoken = max(
        ((said.low.rfind(called, 0, amount.start), thing) for thing in things for called in _called(thing, things)),
        default=(-1, ""),
    )
    return not own or spoken[0] < 0 or spoken[1] in own


def _called(thing: str, things: set[str]) -> list[str]:
    """The Copper Saucepan is called the saucepan too, unless two things end so."""
    tail = thing.rsplit(" ", 1)[-1]
    return [thing] if any(other != thing and other.endswith(tail) for other in things) else [thing, tail]


_PLAIN_PRICE: Final = stems("price current now new sale each today unit item preis prix")


_OF_NOW: Final = stems("new now current")


def _means(said: Said, role: str, one: Evidence) -> bool:
    if role == "saving":
        return one.is_offer or _only_saves(one)
    if role == "old" and not one.name_stems.isdisjoint(_OF_NOW):
        return False
    if role == "old":  # the price of now was not before, if a fact says what was
        older = any(
            "old" in other.concepts and other.is_number for other in (*said.cited, *said.others) if other is not one
        )
        return not older or not one.name_stems <= _PLAIN_PRICE
    return not one.concepts.isdisjoint(_FREE_OF_ROLE[role])


def _only_saves(one: Evidence) -> bool:
    return (
        not one.name_stems.isdisjoint(
            {
                "sav",
                "save",
                stem("saving"),
                stem("discount"),
                stem("rebate"),
                stem("reduction"),
                stem("off"),
                stem("rabatt"),
                stem("remise"),
            }
        )
        and "price" not in one.name_stems
        and stem("price") not in one.name_stems
    )


def _mentions_old(said: Said) -> bool:
    return bool(
        re.search(
            r"\b(?:was|were|previous|before|instead|from|old|earlier|original|regular|usual|list|rrp|former|"
            r"statt|vorher|lieu|ancien|than|than|more|at)\b",
            said.low,
        )
    )
