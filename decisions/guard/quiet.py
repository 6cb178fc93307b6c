"""Clauses that state nothing: questions, requests, conditions, wishes, thanks, sympathy, how we feel."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from decisions.guard.concepts import OF_GOODS, SAID_OF, SOFT
from decisions.guard.numerals import Language
from decisions.guard.said import Said
from decisions.guard.vocabulary import REQUESTS
from decisions.guard.words import Word, clauses, stem_set

Audience: TypeAlias = Literal["customer", "staff"]
Manner: TypeAlias = Literal["question", "request", "condition", "wish"]

_STATES_NOTHING: Final = re.compile(
    r"^\W*(?:(?:if|whether|in case|once|when(?:ever)?|should you|wenn|falls|ob|si)\b|(?:would|do|did|"
    r"can|could|may|shall|have|is|are|will|what|which|how|still|ready|any|why|not)\b.*\?)|"
    r"\b(?:if (?:you|it|something|anything|not|there|that|this)|let (?:us|me) know|tell us|(?:we|"
    r"i) (?:wanted|hoped|would like|would have liked) to|would you like|whether)\b"
)
_WISH: Final = re.compile(
    r"^\W*(?:(?:and|so|but|until then|in the meantime|meanwhile|for now|here's|again|all the same|most of all|"
    r"above all|from all of us)\W+)*"
    r"(?:(?:we|i) (?:truly |really |sincerely |do |just |very much |all |also |so )*(?:hope|wish|trust|look forward|"
    r"would (?:love|hate|like)|apologi[sz]e|regret|appreciate|understand|know (?:that |how |what )?(?:this|it|you|"
    r"frustrat|wait|plan|annoy|hard)|thank|value|(?:'d|would) (?:be|rather))\b|(?:we|i)'(?:d|re|m) (?:truly |really "
    r"|so |"
    r"very |terribly |always |all |just |still )*(?:love|hate|like|sorry|excited|happy|glad|thrilled|grateful|rooting|"
    r"looking forward|cheering|here|curious)\b|(?:we|i) (?:are|am) (?:truly |really |so |very |terribly |"
    r"always |all |just |still )*(?:sorry|excited|happy|glad|thrilled|grateful|looking forward|curious)\b|"
    r"may (?:you|your|the|it|all)\b|here's to|here is to|hoping|wishing|thanks?\b|thank you|many thanks|sorry\b|"
    r"apologies|our apologies|have a|enjoy\b|happy [a-z]+(?= ?[!.,]|$)|wherever you|whatever you|cheers|with "
    r"(?:warm|kind|best|love|thanks)|"
    r"n'hésitez)"
)
_OFFERED: Final = re.compile(
    r"\b(?:we|i|one of us|someone|our team|the team|a colleague)(?: will|'ll| can| would|'d|'re| are) (?:gladly |"
    r"happily |be |always |all |just |also "
    r"|then |quickly |personally )*(?:help|sort|look|take (?:care|a look)|get back|answer|reply|let you|see|find "
    r"out|do (?:our|what|all)|"
    r"make (?:it|this|things) right|work|try|talk|explain|check|walk|guide|point|here|happy|glad|listen|put (?:it|"
    r"things|this) right|fix)\b"
)
_OPENING: Final = re.compile(
    r"^\W*(?:(?:please|and|or|then|just|so|simply|always|never|kindly|also|now|to|first|next|finally|instead|"
    r"do not|don't|gently|carefully|feel free to)\W+)*([^\W\d_]+)"
)
_STATEMENT: Final = re.compile(
    r"^\W*(?:[\w-]+ ){1,4}(?:is|has|was|will|are|were|have been|goes|comes|does|did|should|which)\b|"
    r"^\W*(?:order|return|name) [\w-]*\d|.*\bwhich\b"
)
_RHETORICAL: Final = re.compile(r"\bdid you know|\bknow that|n't (?:it|they)\b|\bwho says\b|\bwho knew\b|\bguess what")
# A statement that hides in a wish: the hat we added, which is free.
_HIDDEN: Final = re.compile(
    r"\b(?:which|because|since|that|now)\b.*\b(?:is|are|was|were|has|have|will)\b|"
    r"\b(?:we|it|they|you)(?:'ve| have| had)? (?:just |already |also )?(?!need|feed|speed|proceed)[a-z]{2,}ed\b"
)
_ASKS: Final = re.compile(r"\?\W*$")
_THEIR_OBJECT: Final = re.compile(r"^ (?:it|them|the|this|these|your (?:new|order|item|parcel))\b")
_NO_OPENING: Final = stem_set(
    "a an the this that these those it its they them their we us our you your he she his her i me my there here all "
    "both each every some no any most in on at by for from to with without until till after before since under over of "
    "about more less only not nobody nothing everything everyone someone as than because while where who which what"
)
# Words that state something of goods, money or people even in a request or a wish.
_TELLING: Final = stem_set(
    "gift present bonus extra prize reward upgrade voucher sample guarantee guaranteed warranty award waterproof "
    "windproof breathable organic natural vegan recycled sustainable eco handmade durable unbreakable safe certified "
    "hypoallergenic antibacterial medical heal cure sleep energy immune health healthy slim lifetime lasting genuine "
    "authentic original luxury premium cheap cheaper bargain famous best-selling sold soon tomorrow tonight today "
    "yesterday weekly daily monthly overnight express immediately midnight noon fraud lie police debt lawyer careful "
    "honest truthful fair responsible repeat avoid"
)


@dataclass(frozen=True, slots=True)
class Quiet:
    start: int
    end: int
    manner: Manner


def quiet_spans(said: Said) -> list[Quiet]:
    return _spans(said.low, said.source.language, said.source.brief.audience)


@lru_cache(maxsize=2048)
def _spans(text: str, language: Language, audience: Audience) -> list[Quiet]:
    if _ASKS.search(text) and not _RHETORICAL.search(text):
        return [Quiet(0, len(text), "question")]
    offered = _OFFERED if re.match(r"\W*if (?:you|anything|something|it)\b", text) else None
    found = []
    for start, end in clauses(text):
        manner = manner_of(text[start:end], language, audience)
        if manner is None and offered is not None and offered.search(text, start, end):
            manner = "condition"
        if manner is not None:
            found.append(Quiet(start, end, manner))
    return found


def manner_of(clause: str, language: Language, audience: Audience) -> Manner | None:
    if _WISH.match(clause):
        return "wish"
    opening = _OPENING.match(clause)
    if opening and opening[1] in REQUESTS and not _STATEMENT.match(clause):
        return "request"
    if opening and (language, audience) == ("en", "staff") and _may_be_a_verb(opening[1], clause):
        return "request"
    return "condition" if _STATES_NOTHING.search(clause) else None


def _may_be_a_verb(word: str, clause: str) -> bool:
    """Staff are told what to do in any verb: a clause that opens with none of the words a statement opens with."""
    return (
        stem_set(word).isdisjoint(_NO_OPENING)
        and not word.endswith(("ed", "ing", "s"))
        and not _STATEMENT.match(clause)
        and not re.match(r"^\W*[\w-]+(?: [\w-]+)? (?:is|are|was|were|has|have|had|can|will|may|must)\b", clause)
    )


def is_everyday(said: Said, word: Word, span: Quiet) -> bool:
    """Whether any word may stand there: it states nothing of goods, money, days or people by itself."""
    named = not word.text.islower() and said.text[: word.start].strip(" \"'([") != ""
    if said.source.language != "en" or named or not word.low.replace("'", "").isalpha():
        return False
    staff = said.source.brief.audience == "staff"
    if word.stem in _TELLING or _is_of_trade(word, staff=staff) or word.low.endswith(("proof", "free", "est")):
        return False
    asked_by_others = any(not one.usable and word.stem in one.own for one in said.source.evidence.values())
    return not asked_by_others and _may_hold_any_word(said, span, said.low[span.start : span.end], staff=staff)


def _may_hold_any_word(said: Said, span: Quiet, clause: str, *, staff: bool) -> bool:
    if span.manner == "condition":
        return staff or not said.cited
    if staff or span.manner != "request":
        return not _HIDDEN.search(clause)
    opening = _OPENING.match(clause)
    return opening is not None and not _THEIR_OBJECT.match(clause[opening.end() :])


def _is_of_trade(word: Word, *, staff: bool) -> bool:
    """A word that only facts of hard concepts say: savings, ratings, materials, certificates."""
    about = SAID_OF.get(word.stem, frozenset()) - (OF_GOODS if staff else frozenset())
    return bool(about) and about.isdisjoint(SOFT)
