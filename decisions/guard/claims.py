"""Every word of a sentence is placed: in a cited fact, or among the words that state nothing."""

import re
from collections.abc import Iterator
from typing import Final

from contracts.words import Violation
from decisions.guard.codes import Code, uncited, violation
from decisions.guard.concepts import ABOUT, SAID_OF, SOFT
from decisions.guard.evidence import THINGS, Evidence
from decisions.guard.said import Said
from decisions.guard.vocabulary import FOREIGN, GRAMMAR, NEUTRAL, REQUESTS, STAFF
from decisions.guard.words import Word, clauses, contains, stems, words

_STATES_NOTHING: Final = re.compile(
    r"^\W*(?:(?:if|whether|in case|once|when(?:ever)?|should you|wenn|falls|ob|si)\b|(?:would|do|did|"
    r"can|could|may|shall|have|is|are|will|what|which|how|still|ready|any|why|not)\b.*\?)|"
    r"\b(?:if (?:you|it|something|anything|not|there|that|this)|let (?:us|me) know|tell us|(?:we|"
    r"i) (?:wanted|hoped|would like|would have liked) to|would you like|whether)\b"
)
_OPENING: Final = re.compile(
    r"^\W*(?:(?:please|and|or|then|just|so|simply|always|never|kindly|also|now|to)\W+)*([^\W\d_]+)"
)
_STATEMENT: Final = re.compile(
    r"^\W*(?:[\w-]+ ){1,4}(?:is|has|was|will|are|were|have been|goes|comes|does|did|should|which)\b|"
    r"^\W*(?:order|return|name) [\w-]*\d|.*\bwhich\b"
)
_ZONE: Final = re.compile(r"[A-Z]{1,4}T|UTC|MEZ|MESZ")
_COURTESIES: Final = re.compile(
    r"\bused to (?:be|cost)\b|\bwhen(?:ever)? you(?:'re| are) ready|\bready when you are|\bcustomer (?:care|service|"
    r"support)\b|\bwarm(?:est)? (?:regards|wishes|welcome|thanks|greetings)|\bwarmly\b|"
    r"\bhappy (?:packing|shopping|baking|cooking|reading|hiking|gardening|running|riding|camping|"
    r"travels|holidays)\b"
)
_FREE: Final = re.compile(
    r"(?<!feel )(?<!feel )(?<!-)\bfree\b(?!-)|\bcomplimentary\b|\bfor nothing\b|"
    r"\bno (?:extra )?(?:charge|cost)\b|\bwithout charge\b|\bat no (?:extra |additional )?(?:charge|"
    r"cost)\b|\bon us\b|\bon the house\b|\bgratis\b|\bkostenlos\w*|\bkostenfrei\b|"
    r"\bgratuit\w*|\bcosts? (?:you )?nothing\b|\bwon't cost (?:you )?anything\b",
)
_FREE_WORDS: Final = frozenset({"free", "charge", "cost", "nothing", "no", "without", "gratis"})


def claim_violations(said: Said) -> Iterator[Violation]:
    yield from _free(said)
    yield from _codes_in(said)
    yield from _bare_statement(said)
    reported: set[str] = set()
    quiet = _quiet_spans(said)
    for word in words(said.text):
        if word.stem in reported or _is_placed(said, word, quiet):
            continue
        reported.add(word.stem)
        yield _unplaced(said, word)


def _is_placed(said: Said, word: Word, quiet: list[tuple[int, int]]) -> bool:
    return _is_no_claim(said, word) or _is_borne(said, word) or _is_asked(said, word, quiet)


def _is_no_claim(said: Said, word: Word) -> bool:
    """Amounts and days are held against the facts elsewhere, and so is the zone beside a time of day."""
    if _in_amount(said, word) or _is_neutral(said, word) or word.low in _stems_of_brand(said):
        return True
    if any(start <= word.start < end for start, end in _spans(_COURTESIES, said.low)):
        return True
    ends = [one.end for one in said.moments if one.kind == "clock"] if _ZONE.fullmatch(word.text) else []
    return any(0 <= word.start - end < len("  (") for end in ends)


def _is_borne(said: Said, word: Word) -> bool:
    """A cited fact has the word, or is about what it says; or it is the purpose, and no fact is about it."""
    if said.covered(word.start, word.end) or any(one.says(word.stem) for one in said.cited):
        return True
    about = SAID_OF.get(word.stem, frozenset())
    return _is_the_thing(said, word) or (bool(about & _purpose(said)) and bool(said.cited))


def _is_asked(said: Said, word: Word, quiet: list[tuple[int, int]]) -> bool:
    """In a question, a request or a condition a course of events may be named; to staff also what they work with."""
    asked = any(start <= word.start < end for start, end in quiet)
    if asked and SAID_OF.get(word.stem, frozenset()) & SOFT:
        return True
    if said.source.brief.audience != "staff":
        return False
    if word.low.endswith("est") and not said.cited:
        return True  # the largest side of the box
    return word.stem in STAFF and (asked or bool(said.cited) or bool(said.literals))


def _spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [(hit.start(), hit.end()) for hit in pattern.finditer(text)]


def _in_amount(said: Said, word: Word) -> bool:
    spans = [(one.start, one.end) for one in said.amounts] + [(one.start, one.end) for one in said.moments]
    return any(start <= word.start and word.end <= end for start, end in spans)


def _is_neutral(said: Said, word: Word) -> bool:
    """A word that states nothing; `new` before a product's name states that it is."""
    if word.low == "new" and any(span.start == word.end + 1 for span in said.literals):
        return False
    language = said.source.language
    if language != "en":
        return word.stem in FOREIGN[language]
    if word.low.endswith("'s") and word.text[:1].isupper() and word.start > 0:
        return word.stem in NEUTRAL
    if word.text in {"US", "IT"}:
        return False  # a country, a size, a department
    return word.stem in NEUTRAL


def _is_the_thing(said: Said, word: Word) -> bool:
    """`The jacket` for the Trail Runner Jacket: the common noun at the end of a product's name may stand uncited."""
    if not word.text.islower():
        return False
    things = [one for one in said.others if not one.name_stems.isdisjoint(THINGS)]
    return any(word.stem == _head(literal) for one in things for literal in one.literals)


def _head(literal: str) -> str:
    nouns = [hit.stem for hit in words(literal) if hit.low.isalpha() and len(hit.low) > 2]  # noqa: PLR2004
    return nouns[-1] if nouns else ""


def _stems_of_brand(said: Said) -> frozenset[str]:
    return stems(said.source.brief.brand) | frozenset(said.source.brief.brand.lower().split())


def _purpose(said: Said) -> frozenset[str]:
    """What the text is about by its purpose, where no fact is about it."""
    of = frozenset[str]().union(
        *(ABOUT.get(word, frozenset()) for word in stems(said.source.brief.purpose.replace("_", " ")))
    )
    return frozenset(
        name for name in of if name in SOFT and not any(name in one.concepts for one in (*said.cited, *said.others))
    )


def _quiet_spans(said: Said) -> list[tuple[int, int]]:
    """Clauses that state nothing: questions, requests to the reader, conditions."""
    text = said.low
    if text.rstrip().endswith("?") and not re.search(r"\bdid you know|\bknow that|n't (?:it|they)\b", text):
        return [(0, len(text))]
    offered = re.compile(r"\bwe(?: will|'ll| can)\b") if re.match(r"\W*if you\b", text) else None
    return [
        (start, end)
        for start, end in clauses(text)
        if _is_quiet(text[start:end]) or (offered is not None and offered.search(text, start, end))
    ]


def _is_quiet(clause: str) -> bool:
    opening = _OPENING.match(clause)
    requests = bool(opening and opening[1] in REQUESTS) and not _STATEMENT.match(clause)
    return requests or bool(_STATES_NOTHING.search(clause))


def _unplaced(said: Said, word: Word) -> Violation:
    for kind in ("own", "says"):
        owner = next((one for one in said.others if _owns(one, word, kind)), None)
        if owner is not None:
            return uncited(said.sentence, word.text, owner.id)
    hidden = next((one for one in said.source.evidence.values() if not one.usable and word.stem in one.own), None)
    if hidden is not None and hidden.internal:
        return violation(Code.INTERNAL, said.sentence, word.text, "Leave it out: this is internal.", hidden.id)
    if hidden is not None:
        advice = "Leave it out: what others wrote supports no claim."
        return violation(Code.UNTRUSTED, said.sentence, word.text, advice, hidden.id)
    named = (
        word.text[:1].isupper()
        and word.start > 0
        and said.text[: word.start].rstrip()[-1:] not in {".", "!", "?", ":", ""}
    )
    if named or any(map(str.isdigit, word.text)):
        return violation(Code.NAME, said.sentence, word.text, f"Leave {word.text} out: no fact names it.")
    return violation(
        Code.UNPLACED,
        said.sentence,
        word.text,
        f"Leave {word.text!r} out or say it in a fact's words: no fact bears it.",
    )


_CODE: Final = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z0-9])(?:[A-Z]+|\d+|[A-Z0-9]+)-[A-Z0-9]+(?:-[A-Z0-9]+)*(?![\w-])")


def _codes_in(said: Said) -> Iterator[Violation]:
    """Codes of letters and figures (R-17, USB-C) are said as a fact writes them."""
    known = " ".join(literal for one in (*said.cited, *said.others) for literal in one.literals)
    for hit in _CODE.finditer(said.text):
        plain_number = re.fullmatch(r"[\d-]+", hit[0])
        if not plain_number and not said.covered(hit.start(), hit.end()) and not contains(known, hit[0].lower(), "-"):
            yield violation(Code.NAME, said.sentence, hit[0], f"Write the code as its fact does: {hit[0]} is none.")


def _owns(one: Evidence, word: Word, kind: str) -> bool:
    return word.stem in one.own if kind == "own" else one.says(word.stem)


def _free(said: Said) -> Iterator[Violation]:
    if "gift" in said.low and not _says_gift(said):
        yield violation(Code.OFFER, said.sentence, "gift", "Leave the gift out: no fact or offer gives one.")
    hit = next((hit for hit in _FREE.finditer(said.low) if not said.covered(hit.start(), hit.end())), None)
    if hit is None:
        return
    if hit[0] == "free" and any(
        contains(said.low.replace("-", " "), one.name.lower()) for one in said.cited if one.name.endswith(" free")
    ):
        return  # nickel free, as the fact is called
    bearer = next((one for one in said.cited if _is_free(said, one)), None)
    if bearer is not None:
        return
    other = next((one for one in said.others if _is_free(said, one)), None)
    if other is not None:
        yield uncited(said.sentence, hit[0], other.id)
    else:
        yield violation(Code.OFFER, said.sentence, hit[0], f"Leave {hit[0]!r} out: no fact says that it costs nothing.")


def _says_gift(said: Said) -> bool:
    return any("gift" in one.own for one in said.cited)


def _is_free(said: Said, one: Evidence) -> bool:
    """Whether a fact says that something costs nothing: a price of zero, a true `free`, a text that says so."""
    if any(each.dimension.startswith("money") and each.value == 0 for each in one.quantities):
        return _is_about_it(said, one)
    if any(_FREE.search(literal) for literal in one.literals):
        return True
    named = bool(_FREE.search(one.name.replace("_", " "))) or "free" in one.name_stems
    if one.is_number:
        threshold = bool(re.search(r"threshold|minimum|from|above|over", one.name))
        return named and (
            threshold is False
            or bool(re.search(r"\b(?:over|from|above|at least|more than|spend|reach|orders of)\b", said.low))
        )
    return named and one.affirms


_FREETHINGS: Final = {
    "ship": ("shipping", "delivery", "postage", "versand", "livraison"),
    "return": ("return",),
    "cancel": ("cancel",),
    "pickup": ("pick",),
}


def _is_about_it(said: Said, one: Evidence) -> bool:
    """`Free shipping` rests on the shipping's price, not on the return's."""
    things = {name for name in ("ship", "return", "cancel", "pickup") if name in one.concepts}
    said_of = {name for name, patterns in _FREETHINGS.items() if any(pattern in said.low for pattern in patterns)}
    return not things or not said_of or bool(things & said_of)


_SUBJECT: Final = re.compile(
    r"^\W*(?:you|it|they|someone|somebody|friends|people|everybody|everyone|your (?:order|"
    r"parcel|package|cart|manager|item|account)|"
    r"our (?:staff|team|store|shop|colleagues)|the (?:customer|order|parcel|manager|team|item)) "
    r"(?:\w+ly |already |now |all |of \w+ )?(?:is|are|was|were|has|have|had|did|does|can|may|"
    r"will|should|could|needs?|gets?|goes|works?|reads?|called)\b"
    r"|^\W*we (?:called|answer|read every|sent them|had)\b"
)
_SERVICE: Final = re.compile(
    r"^\W*(?:you (?:can|may|could) (?:always |simply |just |also |of course )*(?:reply|write|"
    r"reach|contact|ask|tell|let|call|talk|take your time)|"
    r"you are (?:welcome|in good hands|always welcome|right|not alone)|you have (?:our|"
    r"been (?:very )?(?:patient|kind))|you (?:do not|don't) (?:have|need) to|"
    r"you will (?:hear|be hearing|get an? (?:answer|reply))|you should not have|"
    r"you should have heard|you have every right|"
    r"it (?:is|was|has been|will be|would be) (?:always |really |truly |so |very |"
    r"not )*(?:our|a pleasure|no|nice|good|great|lovely|kind|"
    r"the least|important|all|my|your turn|up to you|frustrating|annoying|disappointing|fine|okay|ok|time|not)|"
    r"our (?:team|staff|colleagues) (?:is|are|will be|can|will) (?:always |also |"
    r"gladly )*(?:here|happy|glad|help|get back|take|look|answer|be))"
)


def _bare_statement(said: Said) -> Iterator[Violation]:
    """A statement about the reader or the goods in everyday words alone is a claim as well, and no fact bears it."""
    if said.source.language != "en" or not _SUBJECT.match(said.low) or _SERVICE.match(said.low):
        return
    if (
        said.amounts
        or said.moments
        or said.literals
        or any(_is_borne_by_facts(said, word) for word in words(said.text))
    ):
        return
    if not _quiet_spans(said) or _STATEMENT.match(said.low):
        advice = "Cite the fact that says so, or leave the sentence out."
        yield violation(Code.UNPLACED, said.sentence, said.text, advice)


def _is_borne_by_facts(said: Said, word: Word) -> bool:
    return word.stem not in GRAMMAR and any(one.says(word.stem) for one in said.cited)
