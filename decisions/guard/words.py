"""Words of a text and their stems: `shipping`, `shipped` and `ships` are one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

WORD: Final = re.compile(r"[^\W_]+(?:'[^\W\d_]+)?")
NEGATORS: Final = frozenset(
    "not no never without neither nor none cannot cant nothing nobody isn't aren't wasn't weren't "
    "don't doesn't didn't won't wouldn't can't couldn't "
    "shouldn't hasn't haven't hadn't mustn't needn't ain't hardly lacks lack unable nicht kein keine "
    "keinen keinem keiner nie niemals ohne ne pas jamais sans "
    "non aucun aucune".split()
)
_CLAUSE: Final = re.compile(
    r"[,;:.!?()\u2013\u2014]\s|[()\u2013\u2014]|\s(?:(?<!anything )but|although|though|however|"
    r"because|while|so|until|till|unless|if|as long as|provided|aber|weil|mais|car)\s"
)
# Negations that deny nothing a fact says.
IDIOMS: Final = re.compile(
    r"not only|not just|no need|no (?:more|later|less|fewer|earlier|longer) than|not (?:more|later|"
    r"less|fewer|earlier|longer) than|no matter|(?:at )?no (?:extra |additional )?(?:cost|charge)|"
    r"free of|\bne [^.,]{0,24}\bque\b|not many|(?:do not|don't|does not|doesn't|will not|won't) cost (?:you "
    r")?(?:anything|extra|more|a \w+)|no problem|no worries|no rush|no hurry|"
    r"(?:do not|don't) (?:worry|hesitate|be shy|wait|forget|miss|need|have to|put|let|leave|use|open|"
    r"hand|give|send)|can(?:not|'t) wait|why not|if not|or not|not sure|not (?:before|until)|no later|"
    r"whether or not|no obligation|without (?:shipping|tax|postage|delivery|(?:an|any|your) (?:answer|"
    r"reply|word|response))|nothing (?:else|more|further)(?: for you)? to do|nothing (?:you )?need|"
    r"no action|no questions? asked|no, thanks|not yet decided|not sure|no reply",
    re.IGNORECASE,
)
_DENYING: Final = re.compile(r"\b(?:anything but|far from|fails? to|failed to)\b")
_IRREGULAR: Final = dict(
    pair.split(":")
    for pair in (
        "sent:send bought:buy paid:pay gave:give given:give got:get gotten:get came:come went:go gone:go "
        "made:make took:take taken:take brought:bring "
        "kept:keep held:hold found:find said:say told:tell thought:think knew:know known:know "
        "wrote:write written:write chose:choose chosen:choose saw:see seen:see "
        "felt:feel met:meet began:begin ran:run stood:stand lost:lose sold:sell won:win built:build "
        "left:left shipment:ship shipments:ship "
        "shipping:ship payments:pay payment:pay delivery:deliver deliveries:deliver arrival:arrive "
        "cancellation:cancel cancelled:cancel canceled:cancel cancelling:cancel canceling:cancel "
        "refunds:refund weighs:weigh weight:weigh children:child people:person feet:foot men:man "
        "women:woman shelves:shelf colours:color colour:color colored:color coloured:color "
        "litre:liter litres:liter grey:gray jewellery:jewelry favourite:favorite "
        "organisation:organization pick-up:pickup availability:available warmth:warm width:wide "
        "depth:deep height:high "
        "length:long storage:store reservation:reserve expectation:expect confirmation:confirm "
        "decision:decide decides:decide choice:choose choices:choose reduction:reduce loss:lose "
        "stars:star pieces:piece is:be are:be was:be were:be been:be being:be am:be has:have had:have "
        "having:have does:do did:do done:do doing:do "
        "broke:break broken:break fell:fall fallen:fall rang:ring better:better batteries:battery "
        "washable:wash comfortable:comfort refundable:refund returnable:return resistant:resist "
        "resistance:resist insulated:insulat proven:prove worn:wear wore:wear shown:show showed:show "
        "caught:catch laid:lay spent:spend "
        "review:review reviews:review certificate:certif certified:certif certification:certif "
        "certificates:certif certify:certif delayed:delay returned:return"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    low: str
    stem: str
    start: int
    end: int


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word's stem; the word is in small letters."""
    word = word.removesuffix("'s").removesuffix("'")
    known = _IRREGULAR.get(word)
    if known is not None:
        return known.removesuffix("e") if len(known) > 3 else known  # noqa: PLR2004
    length = len(word)
    if length <= 3:  # noqa: PLR2004 -- too short to have endings
        return word
    if word.endswith(("ies", "ied")) and length > 4:  # noqa: PLR2004
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith(("elves", "alves", "oaves", "carves", "knives")):
        return word[:-3] + ("fe" if word.endswith("knives") else "f")
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = _undoubled(word[:-4]) if word.endswith("ings") and length > 6 else word[:-1]  # noqa: PLR2004
    elif word.endswith("ing") and length > 5:  # noqa: PLR2004
        word = _undoubled(word[:-3])
    elif word.endswith("ed") and not word.endswith("eed") and length > 4:  # noqa: PLR2004
        word = _undoubled(word[:-2])
    if word.endswith("ly") and len(word) > 5:  # noqa: PLR2004
        word = word[:-2]
    return word.removesuffix("e") if len(word) > 3 else word  # noqa: PLR2004


def _undoubled(word: str) -> str:
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz"  # noqa: PLR2004
    return word[:-1] if doubled else word


def contains(text: str, phrase: str, joints: str = "") -> bool:
    """Whether the phrase stands in the text as whole words; `joints` are signs that join words, like a hyphen."""
    start = text.find(phrase) if phrase else -1
    while start >= 0:
        end = start + len(phrase)
        sides = text[start - 1 : start] if start else "", text[end : end + 1]
        if not any(side.isalnum() or (side and side in joints) for side in sides):
            return True
        start = text.find(phrase, start + 1)
    return False


@lru_cache(maxsize=8192)
def stems(text: str) -> frozenset[str]:
    return frozenset(stem(hit[0].lower()) for hit in WORD.finditer(text))


def stem_set(*lists: str) -> frozenset[str]:
    return frozenset(stem(word) for words in lists for word in words.split())


@lru_cache(maxsize=2048)
def words(text: str) -> tuple[Word, ...]:
    return tuple(
        Word(hit[0], hit[0].lower(), stem(hit[0].lower()), hit.start(), hit.end()) for hit in WORD.finditer(text)
    )


@lru_cache(maxsize=2048)
def clauses(text: str) -> list[tuple[int, int]]:
    """Where the clauses of a sentence begin and end."""
    cuts = [0, *(hit.start() for hit in _CLAUSE.finditer(text)), len(text)]
    return list(pairwise(cuts))


def negations(text: str, outside: Iterable[tuple[int, int]] = ()) -> list[int]:
    """Where something is denied, outside of words that stand in a fact as they are."""
    spans = [*outside, *((hit.start(), hit.end()) for hit in IDIOMS.finditer(text))]
    return [
        word.start
        for word in words(text)
        if word.low in NEGATORS and not any(start <= word.start < end for start, end in spans)
    ] + [hit.start() for hit in _DENYING.finditer(text)]
