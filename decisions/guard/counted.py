"""What a number counts: the fact whose noun stands beside it, and numbers that count nothing."""

import re
from typing import Final

from decisions.guard.amounts import Amount
from decisions.guard.evidence import THINGS, Evidence
from decisions.guard.owners import named_by_the_sentence, verb_of
from decisions.guard.said import Said
from decisions.guard.vocabulary import NEUTRAL
from decisions.guard.words import contains, stem, stems


def is_bound(said: Said, amount: Amount, facts: list[Evidence]) -> bool:
    """Whether the noun that is counted belongs to a fact that gives the number."""
    if not all(_stands_so(said, amount, one) for one in facts):
        return False
    plain = not (amount.dimension.startswith("money") or amount.dimension == "percent")
    if plain and (not any(_may_be(said, amount, one) for one in facts) or _is_of_another(said, amount, facts)):
        return False
    owners = _owners(said, amount, facts) if plain else _named(said, amount, facts)
    return not owners or any(one in facts for one in owners)


def _is_of_another(said: Said, amount: Amount, facts: list[Evidence]) -> bool:
    counts = amount.dimension == "count" and not any(map(_is_identifier, facts))
    if counts and _LEFT.match(said.after(amount.end)):
        return not any("stock" in one.concepts for one in facts)
    if _is_late(said, amount):
        return not any("delay" in one.concepts for one in facts)
    return amount.dimension == "count" and _leaves_out(said, amount, facts)


_LEFT: Final = re.compile(
    r" (?:[\w'-]+ ){0,3}?(?:are |is )?(?<!not )(?:left|remaining|in stock)\b(?! (?:to|from|over|yesterday|today|our|"
    r"us|on|with|the|for)\b)"
)


def _owners(said: Said, amount: Amount, facts: list[Evidence]) -> list[Evidence]:
    """The facts that the words around a number call it by: of its row, their whole name, the verb, the noun."""
    numbers = [one for one in said.cited if (one.is_number or one.listed) and one.day is None and not one.is_offer]
    row = _of_the_same_number(said, amount, numbers)
    if row:
        return row
    verb = verb_of(said, amount.start)
    named = _named(said, amount, facts)
    named += [one for one in (*said.cited, *said.others) if one.is_number and {verb} == stems(one.name)]
    return named or _by_noun(said, amount, numbers)


def _by_noun(said: Said, amount: Amount, numbers: list[Evidence]) -> list[Evidence]:
    if amount.dimension != "count":
        numbers = [one for one in numbers if any(each.dimension == amount.dimension for each in one.quantities)]
    after = re.split(r"[,;:.!?()]| and ", said.after(amount.end, 30))[0]
    right = re.findall(r"[^\W\d_]+", after)[:2]
    left = re.findall(r"[^\W\d_]+", re.split(r"[,;.!?()]| and ", said.before(amount.start, 30))[-1])[-3:]
    for noun in (*right, *(reversed(left) if amount.dimension != "count" else ())):
        owners = [one for one in numbers if noun not in _SMALL and stem(noun) in one.name_stems]
        if owners:
            return owners
    return []


def _leaves_out(said: Said, amount: Amount, facts: list[Evidence]) -> bool:
    """Of six pockets and three pockets with a zip, both cited: what is said of a zip says three somewhere."""
    spoken = stems(said.low)
    return any(
        one.is_number
        and one not in facts
        and any(
            fact.is_number and fact.name_stems < one.name_stems and (one.name_stems - fact.name_stems - _MINOR) & spoken
            for fact in facts
        )
        and not any(
            each.value in other.values for each in one.quantities for other in said.amounts if other is not amount
        )
        for one in said.cited
    )


_MINOR: Final = stems("with of the in a that are is on at for to piece item unit each")


def _named(said: Said, amount: Amount, facts: list[Evidence]) -> list[Evidence]:
    """Facts that the sentence calls by their whole name, unless that is part of what a fact that fits is called."""
    named = named_by_the_sentence(said, amount.dimension, amount.start, (*said.cited, *said.others))
    return [one for one in named if not any(one.name.lower() in fact.name.lower() for fact in facts if fact is not one)]


def _is_late(said: Said, amount: Amount) -> bool:
    return amount.dimension == "time" and bool(
        re.match(r" ?(?:too )?(?:late|overdue|behind|past due)\b", said.after(amount.end))
    )


_PEOPLE: Final = frozenset({"people", "persons", "customers", "buyers", "shoppers", "others"})


def _may_be(said: Said, amount: Amount, one: Evidence) -> bool:
    """An order's number counts nothing, and units in stock are no people."""
    after, before = said.after(amount.end), said.before(amount.start)
    if amount.dimension != "count":
        return True
    if _is_identifier(one):
        lead = re.search(r"([^\W\d_]+)\W*$", before)
        called = lead is not None and stem(lead[1]) in one.name_stems and lead[1] != "ordered"
        return called or not any(span.start == amount.end + 1 for span in said.literals)
    noun = re.match(r"\W*([^\W\d_]+)", after)
    if noun and noun[1] in _PEOPLE and not before.endswith("for "):
        bought = re.match(
            r"\W*[^\W\d_]+ (?:have |already |also )*(?:bought|ordered|own|have|use|chose|picked)\b", after
        )
        return bool(one.concepts & ({"popular"} if bought else {"rating", "popular"})) or stem(noun[1]) in one.own
    return True


def _is_identifier(one: Evidence) -> bool:
    return bool(re.search(r"\bnumber\b(?! of)|\bid\b|\bcode\b", one.name.lower()))


def _of_the_same_number(said: Said, amount: Amount, numbers: list[Evidence]) -> list[Evidence]:
    """`2 x Desk lamp`: facts come in rows (item1, count1), and the count of the row is meant."""
    spans = [span for span in said.literals if _ROW.search(span.evidence.id) and not span.evidence.is_number]
    beside = [
        span
        for span in spans
        if span.start >= amount.end and re.fullmatch(r" ?[x×]? ?", said.low[amount.end : span.start])
    ]
    beside += [
        span
        for span in spans
        if span.end <= amount.start
        and re.fullmatch(r" \(", said.low[span.end : amount.start])
        and said.low[amount.end : amount.end + 1] == ")"
    ]
    rows = {_ROW.search(span.evidence.id)[0] for span in beside}  # type: ignore[index]
    return [one for one in numbers if (row := _ROW.search(one.id)) and row[0] in rows]


_ROW: Final = re.compile(r"\d+$")


def _stands_so(said: Said, amount: Amount, one: Evidence) -> bool:
    """Of a text with several amounts (55% linen, 45% cotton) the one that stands before the same word is meant."""
    noun = re.match(r"\s*(?:of |in )?([^\W\d_]+)", said.after(amount.end))
    if noun is None or len(one.quantities) < 2 or not one.literals:  # noqa: PLR2004
        return True
    if noun[1] in _SMALL or stem(noun[1]) in NEUTRAL:
        return True
    figure = re.search(r"[\d.,]*\d", amount.words)
    parts = [part for literal in one.literals for part in re.split(r", |; | and ", literal) if contains(part, noun[1])]
    if figure is None or not any(map(str.isdigit, "".join(parts))):
        return True
    return any(contains(part, figure[0], ".,") for part in parts)


_SMALL: Final = frozenset("of the in a an for to with per and more is are each number".split())


_FURTHER: Final = stems("further more other additional extra")


def is_others_of_a_list(said: Said, amount: Amount) -> bool:
    """`Olive and two other colors`: what is left of a list when what the sentence names is taken off."""
    if not re.match(r" (?:other|more|further)\b", said.after(amount.end)):
        return False
    return any(
        one.listed and one.listed - sum(literal in said.low for literal in one.literals) in amount.values
        for one in said.cited
    )


def is_a_rest(said: Said, amount: Amount) -> bool:
    """`Two more parcels` beside the number of all and of those that came: the difference is meant."""
    counts = [one for one in said.cited if one.is_number and any(each.dimension == "count" for each in one.quantities)]
    nouns = [frozenset[str](one.name_stems - {"all", "in"}) for one in counts]
    return (
        amount.dimension == "count"
        and len(counts) > 1
        and bool(nouns[0] & nouns[1])
        and not any(one.name_stems & _FURTHER for one in counts)
        and bool(re.match(r" more\b(?! than)", said.after(amount.end)))
    )


def is_said_outright(said: Said, amount: Amount) -> bool:
    """`n more items` where a cited fact is just that: nothing else gives the number."""
    more = bool(re.match(r" (?:more|further|other)\b(?! than)", said.after(amount.end)))
    return (
        amount.dimension == "count" and more and any(one.is_number and one.name_stems & _FURTHER for one in said.cited)
    )


_IDLE: Final = re.compile(
    r"^\W*(?:of (?:our|us|the|these|those|them)|more (?:thing|question|step|time|moment)|thing|step|"
    r"aside\b|for (?:you|her|him|them)\b|moment|question|reason|way|place|click|tap|day\b|last|colleague|is\b|that|"
    r"who|person|another|"
    r"step)",
)


def is_idle(said: Said, amount: Amount) -> bool:
    """Numbers that count nothing: one of our colleagues, a thousand thanks, $5 a month, 4.6 out of 5."""
    word = amount.words.lower().strip()
    before, after = said.before(amount.start, 14), said.after(amount.end)
    if amount.ordinal and word in {"first", "second"}:
        return _is_no_ordinal(said, amount, word)
    if word in _PERIODS and re.search(r"\d[\s€]?$|usd |eur ", before):
        return any(stem(word.split()[-1]) in one.own for one in said.cited)  # so much a month
    if word in _SCALES and re.search(r"(?:out of|of|/) ?$", before):
        return any("rating" in one.concepts for one in said.cited)
    return _is_courtesy(word, before, after) or (word == "one" and _is_pronoun(said, before, after))


_PERIODS: Final = frozenset({"a day", "a week", "a month", "a year", "an hour"})
_SCALES: Final = frozenset({"5", "five", "10", "ten"})
_A_WHILE: Final = frozenset(
    {"a day", "a week", "a minute", "a second", "one day", "one minute", "one second", "an hour"}
)


def _is_courtesy(word: str, before: str, after: str) -> bool:
    if re.match(r"\W*(?:thanks?|apologies)\b", after) or before.endswith("thanks "):
        return True  # a thousand thanks
    if word == "double":
        return bool(re.match(r"-?\s?check", after))
    return word in _A_WHILE and bool(re.search(r"\b(?:have|take|just|only|enjoy|give)(?: you| us| me)? $", before))


def _is_pronoun(said: Said, before: str, after: str) -> bool:
    if re.match(r"\W*of (?:its|the|our|your)\b", after) and any(one.listed for one in said.cited):
        return True
    if re.search(r"\bonly one (?:left|remain)", said.low):
        return False
    if (
        re.match(r" (?:of )?(?=[a-z])", after)
        and _is_a_thing(said, after)
        and not any("quantity" in one.concepts and one.is_number and not _is_identifier(one) for one in said.cited)
    ):
        return True  # one teapot: a teapot
    return bool(_IDLE.match(after) or _NO_COUNT.search(before))


def _is_a_thing(said: Said, after: str) -> bool:
    things = [one for one in (*said.cited, *said.others) if not one.name_stems.isdisjoint(THINGS)]
    return any(after.lstrip().startswith(literal) for one in things for literal in one.literals)


_NO_COUNT: Final = re.compile(
    r"\b(?:this|that|the|no|without|which|another|any|every|each|new|old|right|other|only|your|good|isn't|aren't|"
    r"without|got|have|need|want|like)\s$"
)


def _is_no_ordinal(said: Said, amount: Amount, word: str) -> bool:
    """First of all, a second time; but not your second order, nor the first parcel where a fact counts parcels so."""
    noun = re.match(r"\W*([^\W\d_]+)", said.after(amount.end))
    literals = [literal for one in said.cited for literal in one.literals]
    if noun and any(
        contains(literal, f"{which} {noun[1]}") for literal in literals for which in ("first", "second", "third")
    ):
        return any(contains(literal, f"{word} {noun[1]}") for literal in literals)
    counted = (
        {"order", "purchase"}
        if word == "first"
        else {"order", "purchase", "parcel", "package", "item", "delivery", "reminder", "attempt"}
    )
    return noun is None or noun[1] not in counted
