"""A clause with a verb says something, and that is borne, even where each of its words is an everyday one."""

import re
from collections.abc import Iterator
from typing import Final

from contracts.words import Violation
from decisions.guard.codes import Code, violation
from decisions.guard.evidence import THINGS
from decisions.guard.quiet import manner_of, quiet_spans
from decisions.guard.said import Said
from decisions.guard.vocabulary import GRAMMAR
from decisions.guard.words import Word, clauses, stem_set, stems, words

_LEAD: Final = (
    r"^\W*(?:(?:and|but|so|or|then|yet|still|now|also|again|unfortunately|sadly|luckily|happily|meanwhile|today|"
    r"of course|in the meantime|as always|that said|good news|here|instead|afterwards|by the way)\W+)*"
)
_SUBJECT: Final = re.compile(
    _LEAD + r"(?P<subject>you|it|they|we|i|he|she|someone|somebody|everyone|everybody|people|friends|nobody|"
    r"(?:your|our|the|this|that|each|every|a|an|some|most) (?:order|parcel|package|cart|manager|item|account|staff|"
    r"team|store|shop|colleagues|customer|"
    r"(?:[\w'-]+ ){0,4}?[\w'-]+(?= (?:already |now |also |still |always |really |all |both )*(?:is|are|was|were|has|"
    r"have|"
    r"had|will|can|could|may|"
    r"would|did|does|do|must|should)\b)|carrier|driver|warehouse|mugs?|boots?|product|gift|card|bank|money|payment|"
    r"price|refund|return|box|label))"
    r"(?P<joined>'(?:ve|re|ll|d|s|m))?\b(?P<rest>.*)$"
)
_AUXILIARIES: Final = frozenset(
    "have has had do does did will would can could may might shall should must 've 're 'll 'd 's 'm don't doesn't "
    "didn't won't wouldn't can't cannot couldn't haven't hasn't hadn't shouldn't needn't".split()
)
_ARTICLES: Final = frozenset({"a", "an", "the", "our", "your", "no"})
_BE: Final = frozenset("is are was were be been being am isn't aren't wasn't weren't 're 's 'm".split())
_ADVERBS: Final = frozenset(
    "not never always already now just also still really truly so very only even all simply gladly happily soon then "
    "therefore currently first again too both each ever probably usually often sometimes kindly quickly fully simply "
    "easily actually certainly definitely finally recently both together of course to n't".split()
)
# What we feel, know and do for the reader, what the reader may do, and what is so of a situation: it states nothing.
_WE: Final = stem_set(
    "hope wish love like want hate apologize apologise regret appreciate understand know think look thank value care "
    "believe feel help answer reply write let tell ask explain see try take keep get make do like need trust mean "
    "realize realise wonder promise welcome invite suggest recommend ask work sort fix figure talk hear listen owe "
    "put stand figure handle pass hand forward miss rather"
)
_TOLD: Final = stem_set("tell say mention report note describe write")
_WE_ONLY_WILL: Final = stem_set(
    "pass hand forward answer reply write let tell explain take keep get make do work sort fix handle put"
)
_YOU: Final = stem_set(
    "like love want hope need prefer know see find feel think wish decide choose pick reply write reach contact ask "
    "tell let call talk take hear wait expect plan deserve mean rest stay"
)
_BEING: Final = stem_set(
    "sorry happy glad here grateful thankful excited thrilled pleased delighted available ready sure curious aware "
    "welcome right alone good great fine nice lovely kind pleasure important frustrating annoying disappointing hard "
    "easy okay ok time problem trouble worry least all up our matter possible clear unclear understandable able busy "
    "looking hoping thinking working doing trying checking keeping rooting wondering interested unsure no "
    "happier afraid sorrier gladder ears message doubly cross delighted proud honored human team your yours ours "
    "choice same"
)
_GIVING: Final = stem_set(
    "keep get have receive send give add refund return replace ship deliver pay cover cancel hold reserve"
)
_LIGHT: Final = stem_set("be have do get go come take make give put keep let need see look want use stay there all")
_IDIOMS: Final = re.compile(
    _LEAD
    + r"(?:you (?:have|'ve|deserve) (?:our |every right|been (?:so |very )?(?:patient|kind))|you(?:'ve| have) made our|"
    r"you should(?:n't| not)? (?:not )?have|(?:we|i)(?:'ve| have)? (?:made|taken|make|take) (?:a )?note|"
    r"(?:we|i)(?:'re| are|'m| am) (?:only |just |always |never far )*(?:an? |one )?[\w-]+(?: \w+)? away\b|"
    r"it (?:means|would mean|meant) |it takes (?:all|two)|it(?: has|'s) been (?:a |our )?(?:pleasure|joy|while))"
)
_HAS_BEEN: Final = frozenset({"have", "has", "had", "'ve", "haven't", "hasn't"})
_WILL: Final = frozenset("will would can could may might shall should 'll 'd won't wouldn't".split())


def predicate_violations(said: Said) -> Iterator[Violation]:
    """Statements of which no cited fact has the verb or what it says of its subject."""
    if said.source.language != "en" or said.low.rstrip().endswith("?"):
        return
    if any(not span.evidence.usable for span in said.literals):
        return  # words of others, shown as a quotation
    quiet = quiet_spans(said)
    for start, end in _statements(said.low):
        own = any(one.start == start for one in quiet) or not _AND.match(said.low, start)
        if (
            not said.cited
            and (hidden := _WE_DID.search(said.low, start, end))
            and any(one.manner == "wish" for one in quiet)
        ):
            advice = "Cite the fact that says so, or leave it out: a wish hides it."
            yield violation(Code.UNPLACED, said.sentence, hidden[0], advice)
            return
        if any(one.start <= start < one.end for one in quiet) and (own or _is_quiet(said, said.low[start:end])):
            continue
        if not _is_borne(said, start, end):
            advice = "Cite the fact that says so, or leave it out: no cited fact bears it."
            yield violation(Code.UNPLACED, said.sentence, said.text[start:end].strip(" ,.;"), advice)
            return
        for first, last in _second_verbs(said, start, end):
            if not _has_bearer(said, first, last) and not _is_of_service(said, start, first, last):
                advice = "Cite the fact that says so, or leave it out: no cited fact bears it."
                yield violation(Code.UNPLACED, said.sentence, said.text[first:last], advice)
                return
    yield from _silence(said)


def _is_of_service(said: Said, start: int, first: int, end: int) -> bool:
    """We are sorry and look into it: what we feel and do needs no fact."""
    subject = _SUBJECT.match(said.low[start:first])
    ours = subject is not None and subject["subject"] in {"we", "i"}
    return ours and words(said.text[first:end])[0].stem in _WE | _BEING


def _silence(said: Said) -> Iterator[Violation]:
    """What happens without an answer is what the fact of that name says."""
    if not _WITHOUT_ANSWER.search(said.low):
        return
    for one in (*said.cited, *said.others):
        if not _SILENCE.search(one.name.lower()) or not one.literals:
            continue
        then = {stem for literal in one.literals for stem in stems(literal)} & _COURSES
        wrong = {word.stem: word for word in words(said.text) if word.stem in _COURSES - then}
        if then and wrong and not then & stems(said.low):
            word = next(iter(wrong.values()))
            yield violation(
                Code.NEGATION, said.sentence, word.text, f"Say what happens without an answer as {one.id} does.", one.id
            )


_WITHOUT_ANSWER: Final = re.compile(
    r"\b(?:don't|do not|haven't|have not|not) (?:hear|heard|answer|reply|respond|choose|decide|receive)|\bwithout "
    r"(?:an|your|any) (?:answer|"
    r"reply|word|response)|\bor (?:else )?(?:we|it|they|the order)\b|\botherwise\b|\bno (?:answer|reply)\b|\bunless "
    r"(?:you|we hear)"
)
_SILENCE: Final = re.compile(r"without (?:an )?answer|no (?:answer|reply)|silence|default|otherwise|unanswered")
_COURSES: Final = stem_set("wait cancel ship send refund keep hold return replace release")


def _is_quiet(said: Said, clause: str) -> bool:
    return manner_of(clause, said.source.language, said.source.brief.audience) is not None


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Clauses, and what an `and` adds that has a subject of its own."""
    for start, end in clauses(text):
        cuts = [hit.start() + start for hit in _AND.finditer(text[start:end])]
        yield from zip([start, *cuts], [*cuts, end], strict=True)


_AND: Final = re.compile(r" (?:and|or)(?= (?:you|it|they|we|i|he|she|the|your|our)\b)")


def _is_borne(said: Said, start: int, end: int) -> bool:
    hit = _SUBJECT.match(said.low[start:end])
    if hit is None or _IDIOMS.match(said.low[start:end]):
        return hit is not None or _is_borne_of_a_name(said, start, end)
    subject = hit["subject"]
    before_verb, verb = _verb(hit["joined"], hit["rest"])
    if verb is None or _states_nothing(subject, before_verb, verb):
        return True
    first = start + hit.start("rest")
    if subject == "you" and verb.stem in _TOLD:
        return _has_bearer(said, first, len(said.low))
    if subject == "you" and before_verb.isdisjoint(_WILL) and _is_past(verb.low, before_verb):
        return any(one.says(verb.stem) for one in said.cited)
    if verb.stem in _LIGHT or before_verb & _BE:  # what it says may stand in the clauses beside it
        first, end = (0 if subject in {"it", "they"} else first), len(said.low)
    if _WHERE.search(said.low, first, end) and any(not one.name_stems.isdisjoint(THINGS) for one in said.cited):
        return True  # what is in the cart or on the order
    return _has_bearer(said, first, end, bearing_things=subject not in {"you", "we", "i"} or verb.stem not in _GIVING)


def _is_borne_of_a_name(said: Said, start: int, end: int) -> bool:
    """`Longhaul is running late`: what is said of a name needs more than the fact that gives the name."""
    name = next((span for span in said.literals if not said.low[start : span.start].strip(" ,;.'\"the")), None)
    verb = _OF_A_NAME.match(said.low, name.end) if name is not None else None
    if name is None or verb is None or not start <= name.start < end:
        return True
    if not stems(said.low[verb.end() : end]) - _EMPTY - _LIGHT - {"all"}:
        return True
    return bool(_WHERE.search(said.low, verb.start(), end)) or _has_bearer(said, verb.start(), end)


_WHERE: Final = re.compile(r"\b(?:cart|basket|order|parcel|package|list)\b")
_OF_A_NAME: Final = re.compile(
    r" (?:\w+ly |already |now |also |still )*(?:is|are|was|were|has|have|had|will|can|may|does|did|needs?|gets?|"
    r"goes|works?|comes|makes?|"
    r"gives?|takes?|keeps?|stays?|tells?|tries|tried|looks?|feels?|helps?|saves?)\b"
)


def _has_bearer(said: Said, first: int, end: int, *, bearing_things: bool = True) -> bool:
    """Whether a figure, a day, a fact's own text or a word of a cited fact stands there."""
    facts = [one for one in said.cited if bearing_things or one.name_stems.isdisjoint(THINGS)]
    told = [one.start for one in said.amounts if one.words.strip().lower() not in {"one", "a"}]
    told += [one.start for one in said.moments] + [span.start for span in said.literals if span.evidence in facts]
    if any(first <= start < end for start in told):
        return True
    spoken = stems(said.low[first:end])
    if any(word not in _EMPTY and any(one.says(word) for one in facts) for word in spoken):
        return True
    return any(len(one.name_stems & spoken) > 1 for one in facts)


_EMPTY: Final = GRAMMAR - {"back"}


_WE_DID: Final = re.compile(
    r"\bwe(?:'ve| have)? (?:just |already |also |specially )*(?!caused|hoped|wanted|asked|planned|missed|failed|"
    r"need|received|noticed|learned|messed|sorted|looked|worked|tried|checked)"
    r"[a-z]{2,}ed\b"
)
_SECOND: Final = re.compile(
    r" (?:and|but) (?:also |even |then |now |still |always |therefore |already |just )*(?P<verb>(?:can|could|will|"
    r"would|may|must|should|has|have|had|does|did|is|are|was|were|"
    r"can't|couldn't|won't|cannot)(?: not| be| been| also)* [a-z]+|[a-z]{2,}(?:ed|es|[^su]s))\b(?P<rest>[^,;.!?]*)"
)


def _second_verbs(said: Said, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What an `and` adds of the same subject: `burns for 45 hours and helps you sleep`."""
    if _SUBJECT.match(said.low[start:end]) is None and not _THIRD.match(said.low[start:end]):
        return
    for hit in _SECOND.finditer(said.low, start, end):
        verb = words(hit["verb"])[-1]
        bare = hit["verb"].split()[0] == verb.low
        if bare and not (verb.low in _THIRD_PERSONS or verb.low.endswith("ed")):
            continue
        yield hit.start("verb"), hit.end()


_THIRD: Final = re.compile(
    r"^\W*(?:(?:the|your|our|this|its|a|every|each) )?(?:[\w'-]+ ){1,5}?(?:is|was|has|had|can|will|[a-z]{3,}(?:ed|"
    r"es|[^su]s)) "
)
_THIRD_PERSONS: Final = frozenset(
    "helps keeps makes gives gets goes comes takes brings stays lets works saves lasts feels looks needs does turns "
    "fits "
    "serves shows tells wants adds stops starts holds runs moves opens carries lies means offers provides supports "
    "works "
    "improves protects boosts relaxes calms cures heals removes kills prevents reduces lowers raises".split()
)


def _verb(joined: str | None, rest: str) -> tuple[set[str], Word | None]:
    """The auxiliaries and the verb that follows them; a form of `be` is the verb if nothing else is."""
    auxiliaries = {joined} if joined else set[str]()
    having = Word("have", "have", "have", 0, 0) if joined == "'ve" else None
    for word in words(rest):
        if word.low in _AUXILIARIES or word.low in _BE:
            auxiliaries.add(word.low)
            having = word if word.low in _HAS_BEEN else having
        elif word.low in _ADVERBS or (auxiliaries & _BE and word.low in _ARTICLES):
            continue
        elif having is not None and auxiliaries.isdisjoint(_BE) and not _is_participle(word.low):
            return auxiliaries - _HAS_BEEN, having
        else:
            return auxiliaries, word
    alone = having is None or having.end >= len(rest.rstrip(" .,!"))
    return auxiliaries, None if alone else having


def _states_nothing(subject: str, auxiliaries: set[str], verb: Word) -> bool:
    if auxiliaries & _BE and not auxiliaries & {"being"}:
        return verb.stem in _BEING
    if subject in {"we", "i"} or subject.startswith("our "):
        if verb.stem in _WE_ONLY_WILL and (auxiliaries.isdisjoint(_WILL) or auxiliaries & _HAS_BEEN):
            return False
        return verb.stem in _WE
    if subject == "you":
        return verb.stem in _YOU and not _is_past(verb.low, auxiliaries)
    return False


def _is_past(word: str, auxiliaries: set[str]) -> bool:
    if auxiliaries & _WILL:
        return False
    return bool(auxiliaries & {*_HAS_BEEN, "did", "didn't"}) or _is_participle(word)


def _is_participle(word: str) -> bool:
    return word in _PASTS or (word.endswith("ed") and not word.endswith("eed"))


_PASTS: Final = frozenset(
    "sent gave got came went made took brought kept held found said told thought knew wrote chose saw felt met began "
    "ran stood lost sold won left broke fell caught paid bought did had been gone given taken chosen written seen "
    "known "
    "broken fallen begun come set put read let shown done".split()
)
