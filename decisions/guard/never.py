"""What no fact allows, and what only a fact with that very content does: blame, threats, promises, praise."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from contracts.words import Violation
from decisions.guard.codes import Code, violation
from decisions.guard.said import Said
from decisions.guard.words import WORD, stem

_ACCUSING: Final = re.compile(
    r"\b(?:fraud\w*|abus\w*|scam\w*|cheat\w*|steal\w*|stole\w*|theft|thie\w+|dishonest\w*|lying|liar|"
    r"lied|suspicio\w*|suspect\w*|blacklist\w*|betrug\w*|betrüg\w*|missbrauch\w*|fraude\w*|abus|"
    r"misus\w+|shoplift\w*|"
    r"blocked you|flagged (?:you|as)|bad faith|excessive(?:ly)?|serial return\w*|negligen\w*|"
    r"careless\w*|irresponsib\w*|unreasonabl\w*|chargeback abuse|gaming the|taking advantage)\b"
    r"|\b(?:be|stay|being|been) (?:\w+ )?(?:more |fully |completely )?(?:honest|truthful|fair|upfront|sincere|"
    r"careful|responsible|"
    r"reasonable|accurate|considerate) (?:with us|next|in future|in the future|from now|when you (?:order|return)|"
    r"about)\b|"
    r"\bnext time,? (?:please )?(?:be|read|check|pay|think|do|don't|try|tell)\b|\bpay (?:more |closer |better "
    r")?attention\b|"
    r"\btell (?:us )?the truth\b|\bas you (?:should|must) (?:have )?know|\b(?:tricked|misled|deceiv\w+|lied to|"
    r"fooled)\b"
    r"|\byour (?:own )?(?:fault|mistake|error|negligence|carelessness|failure|misuse|oversight|doing|"
    r"wrongdoing|lies|bad behaviou?r|behaviou?r)\b|\byou (?:have )?(?:failed|neglected|should have|"
    r"should've|ought to have|caused|broke|damaged|misled|lied|refused|ignored|"
    r"mistreated|were (?:wrong|careless|supposed)|didn't bother|did not bother|never (?:paid|answered|"
    r"replied|told)|claim(?:ed)?\b|pretend\w*|allege\w*|entered (?:the|a) wrong|gave us (?:the|"
    r"a) wrong|typed|forgot to|did not (?:pay|reply|answer|enter|give)|didn't (?:pay|reply|answer|"
    r"enter|give))\b"
    r"|\b(?:does not|doesn't|do not|don't) add up\b|\bsomething (?:about it |about this )?(?:is|seems|"
    r"looks) (?:off|odd|strange|fishy|wrong with you)|\bbecause of you\b|\bthanks to you,|"
    r"\byou\b.*\bblame\b|\bblam(?:e|ing) you\b|\byou (?:did not|didn't) \w+|\bit is on you\b|"
    r"\byou are the problem|\bshould know better|\byou are up to\b|\bhonest people|"
    r"\breally you\b|\bseen this from you|\bnot to be trusted|"
    r"\byou are (?:to blame|responsible|at fault|not (?:honest|trustworthy))|\byou return too|"
    r"\btoo (?:often|frequently)\b|\bhabitual\w*|\bonce too\b|\btoo many (?:returns|orders|refunds|claims)|"
    r"\bdu(?:e)? to your\b|\b(?:people|customers|"
    r"buyers) like you\b|\btrustworth\w*|\bnot (?:credible|believable)\b|\b(?:so (?:that )?|before |whether )we can "
    r"trust\b|\bwe (?:do not|don't|cannot|"
    r"can't) (?:believe|trust)\b",
    re.IGNORECASE,
)
_ONLY_TO_CUSTOMERS: Final = re.compile(
    r"fraud|suspicio|suspect|excessive|flagged|abus|dishonest|betrug|chargeback|misus", re.IGNORECASE
)
_THREAT: Final = re.compile(
    r"\b(?:legal (?:action|steps|consequences)|lawyers?|attorneys?|police|court|prosecut\w*|sue|"
    r"debt collect\w*|collections? agency|consequences|or else|last warning|final (?:warning|notice)|"
    r"report (?:you|it|this)|didn't warn|have been warned|penalt\w+|"
    r"we will (?:be forced|have no choice)|face (?:charges|action)|(?:close|block|suspend|lock|"
    r"terminate) (?:your|the) account|regret it|you(?:'ll| will) (?:regret|be sorry|lose (?:your|this|"
    r"it))|never (?:be able|get another)|anwalt|mahnung)\b",
    re.IGNORECASE,
)
_COMPETITORS: Final = re.compile(
    r"\b(?:amazon|ebay|walmart|target\.com|best ?buy|costco|zalando|otto\.de|mediamarkt|aliexpress|"
    r"temu|shein|etsy|wayfair|ikea|asos|rei|patagonia|north face|nordstrom|macy's|alibaba|h&m|zara|"
    r"decathlon|fnac|cdiscount|nike|adidas)\b"
    r"|\bcompetit(?:or|ors|ion|ive)\b|\b(?:other|any other|another) (?:shops?|stores?|retailers?|"
    r"sellers?|brands?|websites?)\b|\b(?:elsewhere|anywhere else|nowhere else|konkurrenz|"
    r"concurren\w+)\b",
    re.IGNORECASE,
)
_PROMISE: Final = re.compile(
    r"\b(?:guarante\w*|definite(?:ly)?|certainly|for (?:sure|certain)|without (?:fail|exception|"
    r"doubt)|no doubt|promis\w*|always|never|assured?(?:ly)?|absolutely|undoubtedly|ensures?|"
    r"you can (?:count|rely) on|no matter what|in any case|"
    r"risk[- ]free|money-back|money back guarantee|no way|no chance (?:that|it)|lifetime|forever|"
    r"(?:won't|will not|not) happen again|for life|for good|yours to keep|happily ever|no strings|no catch|"
    r"(?:are|'re|am|'m) (?:almost |quite |pretty |very |absolutely )?(?:certain|confident|positive|convinced)|"
    r"next[- ]day|same[- ]day|100 ?% (?:sure|certain|safe|satisf\w+)|bound to|vow|swear|surely|inevitabl\w*|"
    r"garantier\w*|"
    r"garantiert|bestimmt|auf jeden fall|immer|niemals|sicher(?:lich)?|garanti\w*|toujours|promettons|"
    r"certain to|sure to|must arrive|under all circumstances|every time|at any time|"
    r"refund(?:ed)? in full|full refund|instantly|immediately|right away|at once|on time|in time)\b",
    re.IGNORECASE,
)
_SUPERLATIVE: Final = re.compile(
    r"\b(?:best(?! (?:regards|wishes))|bestsell\w+|best-sell\w+|finest|greatest|most (?!of\b|likely\b|"
    r"recent\b|orders\b|days\b)\w+|number one|no\. ?1|leading|top(?:-|\b)(?! (?:of|shelf|left|right|"
    r"up|floor|box))|unbeatable|unmatched|unrivall?ed|unique|perfect(?:ly)?|ultimate|world-class|"
    r"premium|luxur\w+|exclusive(?:ly)?|favou?rites?|"
    r"award-winning|hand-?made|hand-?crafted|(?:made|cut|sewn|woven|painted|stitched|finished|carved|built) by hand|"
    r"legendary|incredible|unbelievable|amazing|revolutionary|second to none|"
    r"like no other|one of a kind|state of the art|outstanding|superior|exceptional|extraordinary|"
    r"famous|iconic|must-have|popular\w*|beliebt\w*|beste[nrsm]?|meilleure?s?|einzigartig\w*|loved|"
    r"trending|hottest|renowned|acclaimed|unparalleled|ever\b(?! you| so\b)|the only)\b"
    r"|#1\b|\b(?!latest|earliest|interest|request|honest|test|guest|rest|west|east|forest|suggest|"
    r"contest|invest|harvest|modest|digest|protest|nearest|chest|nest|quest|arrest|vest|zest|attest|"
    r"bequest|closest|furthest|best|greatest|finest|est|next|dearest|warmest|most|just|must|least|"
    r"last|first|hottest)[a-z]{3,}est\b",
    re.IGNORECASE,
)
_PRESSURE: Final = re.compile(
    r"\b(?:last (?:chance|call)|short time only|final (?:chance|hours?|days?|call)|act (?:now|fast|quickly)|hurry|"
    r"don't (?:miss (?:out|it|this)|wait)|do not miss|before (?:it's|it is|they're|they are|someone|"
    r"somebody) \w+|now or never|(?:going|selling|moving|flying|disappearing|vanishing|goes|sells|"
    r"sold) (?:\w+ )?(?:fast|quickly|off the shelves)|limited[- ]time|ends? soon|ending soon|"
    r"expires? soon|time is running|clock is ticking|won't last|will not last|before it is too late|"
    r"urgent(?:ly)?|too late|once it's gone|when it's gone|gone forever|jetzt zugreifen|"
    r"nur noch heute|letzte chance|dernière chance|vite|in demand|high demand|going, going|snapped up|"
    r"(?:won't|will not|cannot|can't) (?:get|have) any more|no more (?:will )?com(?:e|ing)|"
    r"that was the last|last (?:delivery|batch)|some(?:body|one) else|other (?:customers|people|"
    r"shoppers|buyers)|others (?:are|have)|people (?:are )?(?:looking|viewing|watching)|never (?:be|"
    r"come) back|won't be back|one-time|today only|only today)\b",
    re.IGNORECASE,
)
_INJECTION: Final = re.compile(
    r"\b(?:ignore (?:all|any|previous|the|your|prior)|previous instructions|system prompt|"
    r"as an ai|here(?: is|\'s) (?:the|your) (?:e-?mail|text|draft|copy|message) (?:you|as)|"
    r"as requested|"
    r"language model|developer mode|new instructions|jailbreak|prompt|</?\w+>|i am an? (?:ai|bot|"
    r"assistant)|disregard)\b",
    re.IGNORECASE,
)
_SOON: Final = timedelta(days=3)
_LOW_STOCK: Final = 5


def never_violations(said: Said) -> Iterator[Violation]:
    staff = said.source.brief.audience == "staff"
    for pattern, code, advice in (
        (_ACCUSING, Code.ACCUSATION, "Say neutrally what happens: nobody is accused or blamed."),
        (_THREAT, Code.THREAT, "Leave the threat out and say what can be done."),
        (_COMPETITORS, Code.COMPETITOR, "Leave other shops out: no fact names one for this text."),
        (_INJECTION, Code.UNTRUSTED, "Leave out what reads as an order to the writer."),
    ):
        hit = pattern.search(said.low)
        if hit and not _allowed(said, hit, code, staff=staff):
            yield violation(code, said.sentence, hit[0], advice)
    for pattern, code, advice in (
        (_PROMISE, Code.PROMISE, "Leave the promise out: no cited fact says so."),
        (_SUPERLATIVE, Code.SUPERLATIVE, "Leave the praise out: no cited fact says so."),
    ):
        hit = next(
            (hit for hit in pattern.finditer(said.low) if not _borne(said, hit) and not _harmless(said, hit)), None
        )
        if hit:
            yield violation(code, said.sentence, hit[0], advice)
    yield from _pressure(said)
    yield from _done_by_the_reader(said)


def _allowed(said: Said, hit: re.Match[str], code: Code, *, staff: bool) -> bool:
    if staff and code is Code.ACCUSATION and _ONLY_TO_CUSTOMERS.search(hit[0]):
        return _borne(said, hit)
    if code in {Code.COMPETITOR, Code.THREAT}:
        return _borne(said, hit)
    named = said.covered(hit.start(), hit.end()) and code is Code.ACCUSATION
    return named and (staff or not re.search(r"fraud|abus", hit[0]))


def _borne(said: Said, hit: re.Match[str]) -> bool:
    """Whether a cited fact has the content: all words of the hit that matter are in its name or value."""
    if said.covered(hit.start(), hit.end()):
        return True
    said_words = [stem(word[0].lower()) for word in WORD.finditer(hit[0])]
    matter = [
        word for word in said_words if word not in {"the", "most", "on", "in", "full", "for", "top"}
    ] or said_words
    return any(all(word in one.own for word in matter) and (one.affirms or one.value_denies) for one in said.cited)


_TO_STAFF: Final = frozenset({"always", "never", "immediately", "at once", "right away"})
_IN_TIME: Final = frozenset(
    {"on time", "in time", "in any case", "at any time", "right away", "at once", "immediately", "instantly"}
)
_OF_REPLYING: Final = re.compile(r"\b(?:sorry|reply|write|contact|reach|let us)\b")
_NOT: Final = re.compile(r"\bnot (?:\w+ )*$")
# Words that promise or praise, and what must stand before and behind them if they do neither.
_IDLE: Final = {
    "always": (re.compile(r""), re.compile(r" (?:happy|glad|here|welcome|free to|reply|write)")),
    "assured": (re.compile(r"\brest $"), re.compile(r"")),
    "never": (re.compile(r"\bis $"), re.compile(r" (?:nice|fun|easy|pleasant)")),
    "ever": (re.compile(r"\bif (?:you )?$|\bhave you $"), re.compile(r"")),
    "most": (re.compile(r""), re.compile(r"\W*$")),
    "top": (re.compile(r""), re.compile(r"\s*(?:of|shelf|left|right|up)\b")),
}


def _harmless(said: Said, hit: re.Match[str]) -> bool:
    """Words of promise or praise that are neither here: always happy to help, all the best."""
    words, before, after = hit[0].lower(), said.before(hit.start()), said.after(hit.end())
    if said.source.brief.audience == "staff" and (words in _TO_STAFF or words.endswith("est")):
        return not (said.cited if words.endswith("est") else re.search(r"\b(?:will|refund\w*|is|are)\b", said.low))
    if words in _IN_TIME:
        left = words == "in time" and any("left" in one.name_stems and one.affirms for one in said.cited)
        return left or bool(_OF_REPLYING.search(said.low) or _NOT.search(said.before(hit.start(), 20)))
    if words in {"best", "favorite", "favourite", "perfect"}:
        return _is_no_praise(said, words, before, after)
    if words.startswith("promis"):
        return "than promised" in said.low and bool(said.cited)
    if words == "toujours":
        return not re.search(r"garanti|livr", said.low)
    around = _IDLE.get(words)
    return around is not None and bool(around[0].search(before)) and bool(around[1].match(after))


def _is_no_praise(said: Said, words: str, before: str, after: str) -> bool:
    """All the best, what suits you best, best washed cold: the last if a fact bears the rest."""
    if re.search(r"all the $|suits you $|works $|your $|(?:works|suits|fits) (?:you )?$", before):
        return True
    if words == "best" and re.match(r" (?:dried|washed|kept|used|stored|worn|served|cleaned)\b", after):
        return bool(said.cited)
    if words == "best" and re.fullmatch(r"[\s,!.]*", after):
        return not before.strip()
    return bool(
        re.match(r" for you\b", after)
        and re.search(r"\b(?:which|what|whatever|whichever|option|choose|works|suits)\b", before)
    )


def _pressure(said: Said) -> Iterator[Violation]:
    hit = _PRESSURE.search(said.low)
    if hit is None or said.covered(hit.start(), hit.end()) or _borne(said, hit):
        return
    if re.search(r"hesitate|no (?:need to )?(?:hurry|rush)|don't hurry|needn't hurry", said.low):
        return
    now = said.source.instant
    ends = [
        one.instant
        for one in said.cited
        if one.instant and (one.is_offer or re.search(r"\bends?\b|expire|until", one.name))
    ]
    if re.search(r"today", hit[0]):
        if now and any(end.date() == now.astimezone(end.tzinfo).date() for end in ends):
            return
    elif (
        now
        and any(timedelta() <= end - now <= _SOON for end in ends)
        and not re.search(r"sell|going|moving|flying|demand", hit[0])
    ):
        return
    low = [
        one
        for one in said.cited
        for each in one.quantities
        if each.dimension == "count" and 0 < each.value <= _LOW_STOCK and "stock" in one.concepts
    ]
    if low and not re.search(
        r"sell|sold|sells|going|moving|demand|time|today|forever|back|else|other|people|last|more", hit[0]
    ):
        return
    rates = [
        one
        for one in said.cited
        if one.is_number
        and not one.concepts.isdisjoint({"popular"})
        and re.search(r"sell|sold|rate|view|demand", one.name)
    ]
    if rates and re.search(r"sell|going|demand|moving|fast", hit[0]):
        return
    yield violation(Code.SCARCITY, said.sentence, hit[0], "Leave the pressure out: no cited fact bears it.")


_READER_DID: Final = re.compile(
    r"\byou (?:have |had |'ve )?(?:cancel\w*|refused|declined|rejected|returned too|withdrew|changed your mind)\b"
)


def _done_by_the_reader(said: Said) -> Iterator[Violation]:
    """That the reader did it is said only if a fact says that they did."""
    hit = _READER_DID.search(said.low)
    if hit is None or said.low.rstrip().endswith("?") or re.search(r"\bif\b", said.low):
        return
    if not any(
        re.search(r"\byou\b|\bcustomer\b|\bclient\b|your request", literal)
        for one in said.cited
        for literal in (*one.literals, one.name.lower())
    ):
        yield violation(
            Code.ACCUSATION, said.sentence, hit[0], "Say what happened, not that the reader did it: no fact says so."
        )
