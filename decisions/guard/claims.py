"""Every word of a sentence is placed: in a cited fact, or among the words that state nothing."""

import re
from collections.abc import Iterator
from typing import Final

from contracts.words import Violation
from decisions.guard.codes import Code, uncited, violation
from decisions.guard.concepts import ABOUT, SAID_OF, SOFT
from decisions.guard.evidence import THINGS, Evidence
from decisions.guard.quiet import Quiet, is_everyday, quiet_spans
from decisions.guard.said import Said
from decisions.guard.vocabulary import FOREIGN, NEUTRAL, STAFF
from decisions.guard.words import Word, contains, stem_set, stems, words

_ZONE: Final = re.compile(r"[A-Z]{1,4}T|UTC|MEZ|MESZ")
_COURTESIES: Final = re.compile(
    r"\b(?:before|excluding|without|not including|not counting) (?:shipping|tax|taxes|postage|delivery|vat)\b|"
    r"\bused to (?:be|cost)\b|\bwhen(?:ever)? you(?:'re| are) ready|\bready when you are|\bcustomer (?:care|service|"
    r"support)\b|\be-?mail address(?:es)?\b|\bat the (?:very )?(?:latest|earliest)\b|\bwarm(?:est)? (?:regards|"
    r"wishes|welcome|thanks|greetings)|\bwarmly\b|\ba (?:cent|penny|dime)\b|"
    r"\bhappy (?:packing|shopping|baking|cooking|reading|sewing|painting|building|browsing|planting|training|hiking|"
    r"gardening|running|riding|camping|"
    r"travels|holidays)\b"
)
_FREE: Final = re.compile(
    r"(?<!feel )(?<!feel )(?<!-)\bfree\b(?!-)|\bcomplimentary\b|\bfor nothing\b|"
    r"\b(?:do not|don't|does not|doesn't|will not|won't) cost (?:you )?(?:anything|extra|a (?:cent|penny|dime|"
    r"thing))\b|"
    r"\bno (?:extra )?(?:charge|cost)\b|\bwithout charge\b|\bat no (?:extra |additional )?(?:charge|"
    r"cost)\b|\bon us\b|\bon the house\b|\bgratis\b|\bkostenlos\w*|\bkostenfrei\b|"
    r"\bgratuit\w*|\bcosts? (?:you )?nothing\b",
)
_FREE_WORDS: Final = frozenset({"free", "charge", "cost", "nothing", "no", "without", "gratis"})


def claim_violations(said: Said) -> Iterator[Violation]:
    yield from _free(said)
    yield from _codes_in(said)
    reported: set[str] = set()
    quiet = quiet_spans(said)
    for word in words(said.text):
        if word.stem in reported or _is_placed(said, word, quiet):
            continue
        reported.add(word.stem)
        yield _unplaced(said, word)


def _is_placed(said: Said, word: Word, quiet: list[Quiet]) -> bool:
    return _is_no_claim(said, word) or _is_borne(said, word) or _is_asked(said, word, quiet) or _is_relation(said, word)


_RELATION_BEFORE: Final = re.compile(r"(?:^|[,;:.] |\band |\bit |\bthey |\bwhich |\bthat )\W*$")
# Verbs that say more than how the thing and what a fact says of it belong together.
_STRONG: Final = stem_set(
    "resists withstands prevents protects cures heals relieves improves boosts reduces beats outlasts survives wins "
    "won deserves "
    "ensures repels blocks lasts tested approved certified recommended trusted inspired harvested grown treated "
    "reinforced recycled loved "
    "refunded repaired replaced inspected checked reserved confirmed accepted rejected sealed sourced designed "
    "handcrafted"
)


def _is_relation(said: Said, word: Word) -> bool:
    """`It tips the scales at 1.2 kg`: a verb between the thing and what a cited fact says of it."""
    if (
        said.source.language != "en"
        or not word.low.isalpha()
        or not word.low.endswith(("s", "ed"))
        or word.stem in _STRONG
    ):
        return False
    if not word.text.islower() and (word.start > 0 or not word.text[1:].islower() or not word.low.endswith("ed")):
        return False
    after_thing = any(0 <= word.start - span.end <= 1 for span in said.literals)
    if not after_thing and not _RELATION_BEFORE.search(said.low[: word.start]):
        return False
    starts = [span.start for span in said.literals] + [one.start for one in said.amounts]
    starts += [one.start for one in said.moments]
    borne = [start for start in starts if start > word.end]
    return bool(borne) and len(said.low[word.end : min(borne)].split()) <= _NEAR


_NEAR: Final = 6  # words between the verb and what it says


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


def _is_asked(said: Said, word: Word, quiet: list[Quiet]) -> bool:
    """In a question, a request or a condition a course of events may be named; to staff also what they work with."""
    span = next((one for one in quiet if one.start <= word.start < one.end), None)
    if span is not None and (SAID_OF.get(word.stem, frozenset()) & SOFT or is_everyday(said, word, span)):
        return True
    if said.source.brief.audience != "staff":
        return False
    if word.low.endswith("est") and not said.cited:
        return True  # the largest side of the box
    return word.stem in STAFF and (span is not None or bool(said.cited) or bool(said.literals))


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
