"""Every amount of a sentence is held against the facts that the sentence cites."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from contracts.words import Violation
from decisions.guard.amounts import Amount
from decisions.guard.arithmetic import direct, follows, is_of
from decisions.guard.codes import Code, uncited, violation
from decisions.guard.evidence import Evidence
from decisions.guard.said import Said
from decisions.guard.words import contains, stem, stems

_CODES: Final = {"count": Code.COUNT, "percent": Code.PERCENT, "points": Code.COUNT, "ratio": Code.NUMBER}
# What an amount of money is said to be, by the words beside it.
_ROLES: Final[dict[str, tuple[re.Pattern[str], re.Pattern[str]]]] = {
    "saving": (
        re.compile(r"\b(?:sav(?:e|es|ed|ing|ings)|discount|reduction|rebate|reduced by|cut by|dropped by|off)(?: you)?(?: of| another| an extra| up to| about| is| by)?\W*$"),
        re.compile(r"^\W*(?:off|discount|less\b(?! than)|(?:below|under)\b(?= the| our| its)|cheaper|lower|in savings|saving|savings|reduction|rebate)\b"),
    ),
    "refund": (
        re.compile(r"\b(?:refund(?:ed|ing|s)?|credit(?:ed)?|reimburse\w*|give back|return)(?: you| is| was| of| will be| comes to)*\W*$"),
        re.compile(r"^\W*(?:refund(?:ed)?|back\b|credit\b|goes back|has been refunded|will be refunded|is refunded|was refunded)"),
    ),
    "shipping": (
        re.compile(r"\b(?:shipping|delivery|postage)(?: costs?| fee| is| was| for| comes to| charges?)*\W*$"),
        re.compile(r"^\W*(?:for |of |in )?(?:shipping|delivery|postage)\b"),
    ),
    "old": (
        re.compile(r"\b(?:was|were|previously|before|instead of|down from|used to (?:be|cost)|reduced from|originally|regularly|usually|formerly|rather than|old price|earlier price|regular price|list price|original price|rrp|statt|au lieu de)(?: of| was| is| it| they| cost| at)*\W*$"),
        re.compile(r"^ (?:before\b|earlier\b|previously|originally)"),
    ),
    "total": (
        re.compile(r"\b(?:total|altogether|in all)(?: of| is| was| comes to| for)*\W*$"),
        re.compile(r"^\W*(?:in total|in all|altogether)\b"),
    ),
}  # fmt: skip
_FREE_OF_ROLE: Final = {
    "saving": {"saving"},
    "refund": {"refund"},
    "shipping": {"ship", "delivery"},
    "old": {"old"},
    "total": {"total"},
}
_WAIT: Final = re.compile(r"(?:\bin|\bwithin|\bfor|\bonly|\bnext)(?: the)?(?: next)?(?: about| only| just)?\W*$")
_FROM_NOW: Final = re.compile(r"^\W*(?:from now|from today|ago\b|left\b|to go|remain)")
_CONTEXT: Final = 60


def amount_violations(said: Said) -> Iterator[Violation]:
    for amount in said.amounts:
        if said.covered(amount.start, amount.end) or _is_idle(said, amount) or _is_in_a_name(said, amount):
            continue
        found = _violation(said, amount)
        if found is not None:
            yield found


def _violation(said: Said, amount: Amount) -> Violation | None:
    code = Code.MONEY if amount.dimension.startswith("money") else _CODES.get(amount.dimension, Code.UNIT)
    if amount.wrong or not amount.values:
        return violation(code, said.sentence, amount.words, "Write the number as the locale does, or leave it out.")
    context = said.low
    facts = [] if _is_a_rest(said, amount) else _as_said(said, amount, direct(amount, said.cited))
    if facts and _bound(said, amount, facts):
        return None
    if not facts and amount.dimension == "count" and _is_others_of_a_list(said, amount):
        return None
    if not facts and follows(amount, said.cited, _context(said, amount)):
        return _needs_now(said, amount)
    if facts:
        advice = f"{amount.words} is the {facts[0].name}, not what the sentence says it is: say what it is."
        return violation(code, said.sentence, amount.words, advice, facts[0].id)
    return _elsewhere(said, amount, code, context)


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


def _elsewhere(said: Said, amount: Amount, code: Code, context: str) -> Violation:
    """Why an amount that the cited facts do not give is wrong: not cited, internal, or nowhere."""
    others = _as_said(said, amount, direct(amount, said.others))
    if others:
        return uncited(said.sentence, amount.words, others[0].id)
    for other in said.others:
        if follows(amount, (*said.cited, other), _context(said, amount)):
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


_RESTS: Final = re.compile(r"\W*(?:\w+\W+)?(?:are |is )?(?:more\b(?! than)|left|remain|other|others|fewer|less|away|short|to go|further|missing|still|noch|encore)")


def _context(said: Said, amount: Amount) -> str:
    """The sentence's words; for money that is a saving or is not, only what stands beside it may call it so."""
    if amount.dimension == "count":
        return f"{said.low} [rest]" if _RESTS.match(said.after(amount.end)) else said.low
    if not amount.dimension.startswith("money"):
        return said.low
    left, right = _ROLES["saving"]
    beside = left.search(said.before(amount.start, _CONTEXT)) or right.search(said.after(amount.end))
    return f"{said.low} [saved]" if beside else said.low


def _as_said(said: Said, amount: Amount, facts: list[Evidence]) -> list[Evidence]:
    """Those of the facts that are what the words beside the amount call it."""
    if not amount.dimension.startswith("money"):
        return facts
    before, after = said.before(amount.start, _CONTEXT), said.after(amount.end)
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


_PLAIN_PRICE: Final = stems("price current now new sale each today unit item preis prix")


_OF_NOW: Final = stems("new now current")


def _means(said: Said, role: str, one: Evidence) -> bool:
    if role == "saving":
        return one.is_offer or _only_saves(one)
    if role == "old" and not one.name_stems.isdisjoint(_OF_NOW):
        return False
    if role == "old":  # the price of now was not before, if a fact says what was
        older = any("old" in other.concepts and other.is_number for other in (*said.cited, *said.others) if other is not one)
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
            r"\b(?:was|were|previous|before|instead|from|old|earlier|original|regular|usual|list|rrp|former|statt|vorher|lieu|ancien|than|than|more|at)\b",
            said.low,
        )
    )


def _bound(said: Said, amount: Amount, facts: list[Evidence]) -> bool:
    """Whether the noun that is counted belongs to a fact that gives the number."""
    if not all(_stands_so(said, amount, one) for one in facts):
        return False
    if amount.dimension.startswith("money") or amount.dimension == "percent":
        return True
    numbers = [one for one in said.cited if one.is_number and one.day is None and not one.is_offer]
    owned = _of_the_same_number(said, amount, numbers)
    if owned:
        return any(one in facts for one in owned)
    if amount.dimension != "count":
        numbers = [one for one in numbers if any(each.dimension == amount.dimension for each in one.quantities)]
    after = re.split(r"[,;:.!?()]| and ", said.after(amount.end, 30))[0]
    right = re.findall(r"[^\W\d_]+", after)[:2]
    left = re.findall(r"[^\W\d_]+", re.split(r"[,;.!?()]| and ", said.before(amount.start, 30))[-1])[-3:]
    for noun in (*right, *(reversed(left) if amount.dimension != "count" else ())):
        owners = [one for one in numbers if noun not in _SMALL and stem(noun) in one.name_stems]
        if owners:
            return any(one in facts for one in owners)
    return True


def _of_the_same_number(said: Said, amount: Amount, numbers: list[Evidence]) -> list[Evidence]:
    """`2 x Desk lamp`: facts come in rows (item1, count1), and the count of the row is meant."""
    spans = [span for span in said.literals if _ROW.search(span.evidence.id) and not span.evidence.is_number]
    beside = [span for span in spans if span.start >= amount.end and re.fullmatch(r" ?[x×]? ?", said.low[amount.end : span.start])]  # noqa: RUF001
    beside += [span for span in spans if span.end <= amount.start and re.fullmatch(r" \(", said.low[span.end : amount.start]) and said.low[amount.end : amount.end + 1] == ")"]
    rows = {_ROW.search(span.evidence.id)[0] for span in beside}  # type: ignore[index]
    return [one for one in numbers if (row := _ROW.search(one.id)) and row[0] in rows]


_ROW: Final = re.compile(r"\d+$")


def _stands_so(said: Said, amount: Amount, one: Evidence) -> bool:
    """Of a text with several amounts (55% linen, 45% cotton) the one that stands before the same word is meant."""
    noun = re.match(r"\s*(?:of |in )?([^\W\d_]+)", said.after(amount.end))
    if noun is None or len(one.quantities) < 2 or not one.literals:  # noqa: PLR2004
        return True
    figure = re.search(r"[\d.,]*\d", amount.words)
    parts = [part for literal in one.literals for part in re.split(r", |; | and ", literal) if contains(part, noun[1])]
    if figure is None or not any(map(str.isdigit, "".join(parts))):
        return True
    return any(contains(part, figure[0], ".,") for part in parts)


_SMALL: Final = frozenset("of the in a an for to with per and more is are each number".split())


_FURTHER: Final = stems("further more other additional extra")


def _is_others_of_a_list(said: Said, amount: Amount) -> bool:
    """`Olive and two other colors`: what is left of a list when what the sentence names is taken off."""
    if not re.match(r" (?:other|more|further)\b", said.after(amount.end)):
        return False
    return any(one.listed and one.listed - sum(literal in said.low for literal in one.literals) in amount.values for one in said.cited)


def _is_a_rest(said: Said, amount: Amount) -> bool:
    """`Two more parcels` beside the number of all and of those that came: the difference is meant."""
    counts = [one for one in said.cited if one.is_number and any(each.dimension == "count" for each in one.quantities)]
    nouns = [frozenset[str](one.name_stems - {"all", "in"}) for one in counts]
    return amount.dimension == "count" and len(counts) > 1 and bool(nouns[0] & nouns[1]) and not any(one.name_stems & _FURTHER for one in counts) and bool(re.match(r" more\b(?! than)", said.after(amount.end)))


_IDLE: Final = re.compile(
    r"^\W*(?:of (?:our|us|the|these|those|them)|more (?:thing|question|step|time|moment)|thing|step|moment|question|reason|way|place|click|tap|day\b|last|colleague|is\b|that|who|person|another|step)",
)


def _is_idle(said: Said, amount: Amount) -> bool:
    """`one` and `first` where they count nothing: one of our colleagues, first of all, a second time."""
    word = amount.words.lower()
    if word in {"a day", "a week", "a month", "a year", "an hour", "per month"} and re.search(r"\d[\s€]?$|usd |eur ", said.before(amount.start)):
        return any(stem(word.split()[-1]) in one.own for one in said.cited)  # so much a month
    if word == "one":
        before = said.before(amount.start, 14)
        return bool(
            _IDLE.match(said.after(amount.end))
            or re.search(
                r"\b(?:this|that|the|no|which|another|any|every|each|new|old|right|other|only|your)\s$", before
            )
        ) and not re.search(r"\bonly one (?:left|remain)", said.low)
    if word in {"first", "second"} and amount.ordinal:
        return _is_no_ordinal(said, amount, word)
    if amount.dimension == "time" and word in {
        "a day",
        "a week",
        "a minute",
        "a second",
        "one day",
        "one minute",
        "an hour",
    }:
        return (
            bool(re.search(r"\b(?:have|take|just|only|enjoy)(?: you)? $", said.before(amount.start, 12)))
            and not said.cited
        )
    return False


def _is_no_ordinal(said: Said, amount: Amount, word: str) -> bool:
    """First of all, a second time; but not your second order, nor the first parcel where a fact counts parcels so."""
    noun = re.match(r"\W*([^\W\d_]+)", said.after(amount.end))
    literals = [literal for one in said.cited for literal in one.literals]
    if noun and any(contains(literal, f"{which} {noun[1]}") for literal in literals for which in ("first", "second", "third")):
        return any(contains(literal, f"{word} {noun[1]}") for literal in literals)
    counted = {"order", "purchase"} if word == "first" else {"order", "purchase", "parcel", "package", "item", "delivery", "reminder", "attempt"}
    return noun is None or noun[1] not in counted


_ALL: Final = re.compile(r"\b(?:every (?:store|shop|color|size)|all (?:our |the |your )?(?:stores|shops|colors|sizes|parcels)|(?:whole|entire|complete) order|every (?:parcel|piece|item)|all (?:\w+ )?items of)\b")
_ALL_WORDS: Final = stems("all every whole entire complete everything")


def _both(said: Said) -> Iterator[Violation]:
    hit = re.search(r"\bboth (?:of (?:the|your|our) )?([^\W\d_]+)", said.low)
    if hit is None:
        return
    owners = [one for one in said.cited if one.is_number and stem(hit[1]) in one.name_stems]
    wrong = next((one for one in owners if not any(each.value == 2 for each in one.quantities)), None)  # noqa: PLR2004
    if wrong is not None:
        yield violation(Code.COUNT, said.sentence, hit[0], f"Say how many: {wrong.id} is not two.", wrong.id)


def vague_violations(said: Said) -> Iterator[Violation]:
    """Vague amounts, which need a number that bears them: a few, several, dozens, plenty; and what is said of all."""
    yield from _both(said)
    whole = _ALL.search(said.low)
    if whole and said.cited and not said.low.endswith("?") and not any(one.own & _ALL_WORDS for one in said.cited):
        yield violation(Code.COUNT, said.sentence, whole[0], f"Say of how many it is true: no cited fact says {whole[0]!r}.")
    for pattern, least, most, code in _VAGUE:
        hit = pattern.search(said.low)
        if hit is None or said.covered(hit.start(), hit.end()):
            continue
        numbers = [each.value for one in said.cited for each in one.quantities if each.dimension in {"count", "points"}]
        if not any(least <= value <= most for value in numbers):
            near = _counting(said.cited) or _counting(said.others)
            yield violation(
                code, said.sentence, hit[0], f"Say the number itself: no cited fact bears {hit[0]!r}.", near
            )


def _counting(pool: Sequence[Evidence]) -> str | None:
    return next((one.id for one in pool if any(each.dimension == "count" for each in one.quantities)), None)


_MANY: Final = Fraction(10**9)
_VAGUE: Final = [
    (re.compile(r"\ba handful\b|\bhandful of\b"), Fraction(2), Fraction(6), Code.SCARCITY),
    (re.compile(r"\b(?:only|just|last) (?:a )?few\b|\bfew (?:are )?(?:left|remain)|\ba few (?:are )?(?:left|remain\w*|pieces|units|items|pairs)"), Fraction(2), Fraction(6), Code.SCARCITY),
    (re.compile(r"\b(?:almost|nearly|virtually|practically) (?:sold out|gone|out of stock)|\brunning (?:low|out)|\blow stock|\bstock is (?:low|limited)|\blimited (?:stock|supply|availability|quantit\w+)|\bwhile (?:stocks?|supplies) lasts?|\bselling out\b|\bscarce|\bhardly any left|\bjust about gone|\bgoing out of stock|\bfast wird|\bfast ausverkauft"), Fraction(1), Fraction(5), Code.SCARCITY),
    (re.compile(r"\bplenty\b|\bloads of\b|\blots (?:left|in stock|of)|\bmany (?:left|in stock|reviews|pieces)"), Fraction(20), _MANY, Code.COUNT),
    (re.compile(r"\bdozens\b"), Fraction(24), _MANY, Code.COUNT),
    (re.compile(r"\bhundreds\b"), Fraction(200), _MANY, Code.COUNT),
    (re.compile(r"\bthousands\b"), Fraction(2000), _MANY, Code.COUNT),
    (re.compile(r"\bmillions\b"), Fraction(2 * 10**6), _MANY, Code.COUNT),
    (re.compile(r"\bseveral\b"), Fraction(3), _MANY, Code.COUNT),
    (re.compile(r"\ba couple (?:of )?(?:left|pieces|units|items|pairs|of)|\ba pair of\b"), Fraction(1), Fraction(2), Code.COUNT),
]  # fmt: skip
