"""Of words that exclude each other (left and right, warm and cold, opens and closes) the fact's is said."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

from contracts.words import Violation
from decisions.guard.amounts import Amount
from decisions.guard.codes import Code, violation
from decisions.guard.evidence import Evidence
from decisions.guard.said import Said
from decisions.guard.words import stem, stems

# Each row: what excludes what, one set of words a column.
_ROWS: Final = (
    "left|right", "upper|lower", "front|back|rear", "inside|outside", "warm|cold|hot|lukewarm", "dry|damp",
        "indoor indoors|outdoor outdoors",
    "flat|tumble|hang", "machine|hand", "same identical|differ differs different differed", "whole entire|part",
    "opens|closes", "free|fee", "excluded|included", "included|separate separately extra",
        "men's|women's|children's kids'", "summer|winter",
        "matte|glossy",
    "top|bottom", "lightweight|heavyweight", "single|double|triple", "wireless|wired|corded", "analog|digital",
    "rose risen increased grew|fell fallen dropped decreased shrank", "high|low", "narrow|wide", "soft|firm|hard",
        "round|square|oval|rectangular",
    "card|invoice|transfer|paypal|cash|voucher", "original|replacement", "standard|express|overnight",
        "weekdays|weekends", "home|store",
    "ground|air", "new|used|refurbished", "opened|unopened|sealed", "gift|purchase",
)  # fmt: skip
_TABLE: Final = [[frozenset(column.split()) for column in row.split("|")] for row in _ROWS]
_WORD: Final = re.compile(r"[^\W\d_]+(?:'s)?'?")
_NEGATED: Final = re.compile(r"\b(?:not|n't|never|no|without|nor|neither|instead of|rather than|than)\b|n't\b")
_NEXT_TO: Final = {
    "left",
    "right",
    "front",
    "back",
    "top",
    "high",
    "low",
    "home",
    "store",
    "hand",
    "same",
    "new",
    "original",
    "single",
    "double",
    "card",
    "hard",
    "warm",
    "cold",
    "hot",
    "gift",
    "part",
    "standard",
    "dry",
    "ground",
    "summer",
    "winter",
    "cash",
    "extra",
    "machine",
    "air",
    "soft",
}


def contrast_violations(said: Said) -> Iterator[Violation]:
    """A sentence has one word of a row where what it cites has only another, beside the same word."""
    yield from _moves(said)
    said_words = _WORD.findall(said.low)
    if said.low.rstrip().endswith("?") or _NEGATED.search(said.low):
        return
    for row in _TABLE:
        spoken = [column for column in row if not column.isdisjoint(said_words)]
        if len(spoken) != 1:
            continue
        column = spoken[0]
        if any(not column.isdisjoint(_words_of(one)) for one in said.cited):
            continue
        wrong = next((one for one in said.cited if _is_other(one, row, column, said_words)), None)
        if wrong is not None:
            word = next(word for word in said_words if word in column)
            advice = f"Say it as {wrong.id} does: {word!r} is not what it says."
            yield violation(Code.NEGATION, said.sentence, word, advice, wrong.id)
            return


_MOVES: Final = re.compile(
    r"\b(?P<up>rose|risen|rises|increased|grew|climbed|went up|gone up|up)|\b(?P<down>fell|fallen|falls|dropped|"
    r"drops|decreased|shrank|"
    r"went down|gone down|reduced|cut|down)\b"
)


def _moves(said: Said) -> Iterator[Violation]:
    """What rose from one number to another is more at its end."""
    for first, second in pairwise(said.amounts):
        lead = _MOVES.search(said.before(first.start, 30))
        if lead is None or first.dimension != second.dimension or len(first.values) != 1 or len(second.values) != 1:
            continue
        if not said.before(first.start, 6).endswith("from ") or said.low[first.end : second.start].strip() != "to":
            continue
        more = second.values[0] * second.size - first.values[0] * first.size
        old = [one for one in said.cited if not one.name_stems.isdisjoint(_EARLIER)]
        backwards = any(_gives(one, second) and not _gives(one, first) for one in old)
        if backwards or (more < 0 and lead["up"]) or (more > 0 and lead["down"]):
            yield violation(Code.NEGATION, said.sentence, lead[0], "Say in which direction it went.")


_EARLIER: Final = stems("earlier old previous before former last")


def _gives(one: Evidence, amount: Amount) -> bool:
    return any(
        each.dimension == amount.dimension and each.value == amount.values[0] * amount.size for each in one.quantities
    )


def _is_other(one: Evidence, row: list[frozenset[str]], column: frozenset[str], said_words: list[str]) -> bool:
    texts = [_WORD.findall(text) for text in _texts(one)]
    if one.value_denies or not (one.affirms or one.literals):
        return False
    return any(
        word in other and _is_beside_the_same(own, at, said_words, column)
        for other in row
        if other is not column
        for own in texts
        for at, word in enumerate(own)
    )


def _is_beside_the_same(own: list[str], at: int, said_words: list[str], column: frozenset[str]) -> bool:
    """`Right sole` for `left sole`; a value of one word has nothing beside it."""
    places = [place for place, word in enumerate(said_words) if word in column]
    if own[at] in _ALONE:
        return True
    if len(own) == 1:
        return not any(said_words[place] in _NEXT_TO - {"card", "cash"} for place in places)
    near = (*own[max(0, at - 1) : at], *own[at + 1 : at + 2])
    beside = [
        word
        for place in places
        for word in (*said_words[max(0, place - 1) : place], *said_words[place + 1 : place + 2])
    ]
    return bool({stem(word) for word in near} & {stem(word) for word in beside} - _SMALL)


_ALONE: Final = frozenset({"opens", "closes", "free", "excluded"})
_SMALL: Final = frozenset("the a an and or of to in on at is it for".split())


def _texts(one: Evidence) -> tuple[str, ...]:
    return (*one.literals, one.name.lower())


@lru_cache(maxsize=4096)
def _split(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def _words_of(one: Evidence) -> frozenset[str]:
    return frozenset[str]().union(*(_split(text) for text in (*one.literals, one.name.lower())))
