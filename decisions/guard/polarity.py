"""What a fact affirms may not be denied, and what it denies may not be affirmed."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final

from contracts.words import Violation
from decisions.guard.codes import Code, violation
from decisions.guard.concepts import SAID_OF
from decisions.guard.evidence import Evidence
from decisions.guard.said import Said
from decisions.guard.vocabulary import NEUTRAL
from decisions.guard.words import IDIOMS, Word, clauses, negations, stems, words

_ZERO: Final = re.compile(
    r"\b(?:free|zero|0|nothing|waived|without|on us|on the house|complimentary|sold out|out of stock|"
    r"unavailable|gone|no|none|(?:is|are|runs?|ran|has run) out)\b|\b0[.,]00\b"
)
_FREE_OF: Final = re.compile(
    r"(?<!feel )\b(?!ships?\b|shipped|is\b|are\b|for\b|delivered|returns?\b|it\b|"
    r"them\b)[a-z]+[ -]free\b(?! of| shipping| delivery| return)|\bfree (?:of (?!charge)|"
    r"from )"
)
_GENTLE: Final = frozenset({"stock", "order", "status", "item"})
_SOLD_OUT: Final = re.compile(
    r"(?<!almost )(?<!nearly )\b(?:sold out|out of stock|unavailable|no longer available|"
    r"not available|not in stock|none left|ausverkauft|nicht vorrätig|épuisée?)\b"
)
_IN_STOCK: Final = re.compile(
    r"(?<!not )(?<!no longer )(?<!longer )(?<!back )\b(?:in stock|available(?! again)|vorrätig|en stock|disponible)\b"
)


def polarity_violations(said: Said) -> Iterator[Violation]:
    spans = [(span.start, span.end) for span in said.literals]
    denied = negations(said.low, spans)
    question = said.low.rstrip().endswith("?")
    for start, end in _scopes(said.low):
        negative = any(start <= place < end for place in denied) or bool(_FREE_OF.search(said.low[start:end]))
        if _CONDITION.match(said.low, start):
            continue
        for word in words(said.text[start:end]):
            placed = Word(word.text, word.low, word.stem, word.start + start, word.end + start)
            found = None if question else _violation(said, placed, said.low[start:end], negative=negative)
            if found is not None:
                yield found
                return
    yield from _stock(said)
    yield from _turned(said, denied)
    yield from _already(said)
    yield from _arrived(said)


_LACKS: Final = re.compile(r"\bof your own\b|\byour own\b|\bseparate(?:ly)?\b|\bneeds? (?:a|an|your|to)\b|\bextra\b")
_SAME: Final = re.compile(r"\b(?:same|identical|match|equal|agree)\b")
_CONDITION: Final = re.compile(r"\W*(?:if|unless|as long as|provided|in case|should)\b")


def _scopes(text: str) -> Iterator[tuple[int, int]]:
    """Clauses, and what an `and` joins, each by itself."""
    for start, end in clauses(text):
        cuts = [start, *(start + hit.start() for hit in re.finditer(r" (?:and|und|et) ", text[start:end])), end]
        yield from pairwise(cuts)


def _violation(said: Said, word: Word, clause: str, *, negative: bool) -> Violation | None:
    literal = next((span.evidence for span in said.literals if span.start <= word.start and word.end <= span.end), None)
    if literal is not None:
        wrong = (
            [literal]
            if negative and not literal.value_denies and len(literal.literals) == 1 and _denies_it(said, word)
            else []
        )
    else:
        wrong = _contradicted(said, word, clause, negative=negative)
    if not wrong:
        return None
    advice = f"Say it as {wrong[0].id} does: the sentence says the opposite."
    return violation(Code.NEGATION, said.sentence, clause, advice, wrong[0].id)


def _denies_it(said: Said, word: Word) -> bool:
    """A negation close before a fact's words denies them, unless they only name the thing, of which there is none."""
    if any(_is_zero(one) and "stock" in one.concepts for one in said.cited):
        return False
    lead = said.before(word.start, 28)
    return bool(
        re.search(
            r"\b(?:not|no|never|isn't|aren't|without|wasn't|doesn't|don't|kein\w*|nicht|pas)\b(?: \w+){0,2} $", lead
        )
    ) and not re.search(r"no (?:later|more|less)|not only", lead)


def _contradicted(said: Said, word: Word, clause: str, *, negative: bool) -> list[Evidence]:
    if word.stem in _GENTLE or not word.low.isalpha():
        return []
    owners = [one for one in said.cited if word.stem in one.own and not one.is_offer]
    if not owners and word.stem not in NEUTRAL:
        owners = [one for one in said.cited if not one.concepts.isdisjoint(SAID_OF.get(word.stem, ()))]
    owners = [one for one in owners if one.day is None or one.is_number]
    if not owners or (word.stem in NEUTRAL and all(one.affirms for one in owners)):
        return []
    zero = negative or bool(_ZERO.search(clause)) or any(Fraction(0) in amount.values for amount in said.amounts)
    if any(_agrees(one, word, zero if _is_zero(one) else negative) for one in owners):
        return []
    if not negative and any(word.stem in one.own and one.affirms for one in said.cited):
        return []
    return (
        [] if any(_is_denied_in_other_words(said, one, word, clause, negative=negative) for one in owners) else owners
    )


def _is_denied_in_other_words(said: Said, one: Evidence, word: Word, clause: str, *, negative: bool) -> bool:
    """Do not put it in the dishwasher; bring a cable of your own; not the same, of what differs."""
    return (
        (bool(IDIOMS.search(clause)) and _agrees(one, word, not negative))
        or _is_denied_elsewhere(said, one)
        or (bool(_LACKS.search(clause)) and "includ" in one.name and not one.affirms)
        or (negative and bool(_SAME.search(clause)) and any("differ" in literal for literal in one.literals))
    )


def _is_denied_elsewhere(said: Said, one: Evidence) -> bool:
    """Quiet when done, no beep: what the fact denies is denied in another clause of the sentence."""
    if one.affirms or one.literals:
        return False
    denied = negations(said.low)
    return any(
        any(start <= place < end for place in denied) and stems(said.low[start:end]) & one.name_stems
        for start, end in _scopes(said.low)
    )


def _is_zero(one: Evidence) -> bool:
    return one.is_number and not one.affirms


def _agrees(one: Evidence, word: Word, negative: bool) -> bool:  # noqa: FBT001
    if word.stem in one.name_stems or word.stem not in one.own:
        if one.literals:  # the name of a text is what it is about; its value says whether
            return one.affirms != negative or one.value_denies == negative
        return one.affirms != negative
    return one.value_denies == negative


_AUXILIARIES: Final = frozenset("do not no never be have the a an of to in and it".split())


def _turned(said: Said, denied: list[int]) -> Iterator[Violation]:
    """A value that is a denial (did not go through) may not be said without its negation."""
    if denied or said.low.rstrip().endswith("?"):
        return
    said_stems = stems(said.low)
    for one in said.cited:
        if any(said_stems & same and one.own & other and not one.value_denies for same, other in _OPPOSITES):
            yield violation(
                Code.NEGATION,
                said.sentence,
                said.text,
                f"Say it as {one.id} does: the sentence says the opposite.",
                one.id,
            )
        for literal in one.literals:
            core = stems(literal) - _AUXILIARIES
            if (
                one.value_denies
                and core
                and len(literal.split()) <= _SHORT
                and core <= said_stems
                and literal not in said.low
            ):
                yield violation(Code.NEGATION, said.sentence, said.text, f"Say it as {one.id} does: {literal}.", one.id)


_SHORT: Final = 6
_OPPOSITES: Final = (
    (stems("same identical match equal"), stems("differ differs different")),
    (stems("whole entire"), stems("part")),
)
_ALREADY: Final = re.compile(
    r"\balready\b|\bbereits\b|\bschon\b|\bdéjà\b|\b(?:has|have) been (?:refunded|credited|paid back|returned to "
    r"your)|\bwas refunded|"
    r"\bwe(?:'ve| have) refunded"
)


def _already(said: Said) -> Iterator[Violation]:
    """Money that is to come has not come."""
    now = said.source.instant
    hit = _ALREADY.search(said.low)
    if hit is None or not any("refund" in one.concepts for one in said.cited):
        return
    for one in (*said.cited, *said.others):
        to_come = one.day is not None and (one.day > now.date() if now else bool(_TO_COME.search(one.name.lower())))
        if "refund" in one.concepts and to_come:
            yield violation(
                Code.DATE,
                said.sentence,
                hit[0],
                f"Say by when it comes, as {one.id} does: it is not there yet.",
                one.id,
            )


_TO_COME: Final = re.compile(r"expected|estimated|\bby\b|latest|\bbis\b|voraussichtlich|prévu")
_ARRIVED: Final = re.compile(
    r"\b(?:has|have|was|were|'s|'ve) (?:already |now |just |safely )?(?:been )?(?:delivered|arrived)\b|"
    r"(?<!be )(?<!to )\b(?:delivered|dropped off) (?:it|them|your|the)\b"
)
_ONCE: Final = re.compile(r"\b(?:if|once|when|after|until|as soon as|whether)\b")
_SAYS_ARRIVED: Final = re.compile(r"delivered|arrived|received|reached|zugestellt|livré")


def _arrived(said: Said) -> Iterator[Violation]:
    """That something has come needs a fact that says so, not one that expects it."""
    hit = _ARRIVED.search(said.low)
    if (
        hit is None
        or said.low.rstrip().endswith("?")
        or _ONCE.search(said.low[: hit.start()])
        or "deliver" in said.source.brief.purpose
    ):
        return
    now = said.source.instant
    known = [text for one in said.cited for text in (one.name.lower(), *one.literals)]
    past = now is not None and any(
        one.day is not None and one.day < now.date() for one in said.cited if not one.is_offer
    )
    if not past and not any(_SAYS_ARRIVED.search(text) for text in known):
        yield violation(
            Code.UNPLACED, said.sentence, hit[0], "Say what the facts say of it: none says that it has come."
        )


def _stock(said: Said) -> Iterator[Violation]:
    """In stock and sold out against the number of units."""
    counts = [
        (one, each.value)
        for one in said.cited
        for each in one.quantities
        if each.dimension == "count" and one.is_number and "stock" in one.concepts and "missing" not in one.concepts
    ]
    if not counts:
        return
    one, value = counts[0]
    out, there = _SOLD_OUT.search(said.low), _IN_STOCK.search(said.low)
    if out and value > 0:
        yield violation(Code.NEGATION, said.sentence, out[0], f"Say what {one.id} says: some are in stock.", one.id)
    elif there and not out and value == 0 and not _ZERO.search(said.low):
        yield violation(Code.NEGATION, said.sentence, there[0], f"Say what {one.id} says: none is in stock.", one.id)
