"""What no text may contain: markup, placeholders, links, shouting, too many characters, banned words."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from contracts.words import Brief, Fact, Sentence, Violation, joined
from decisions.guard import characters
from decisions.guard.codes import Code, uncited, violation
from decisions.guard.words import contains

MOST_EMOJI: Final = 2
_PROMOTIONS: Final = re.compile(r"promo|campaign|offer|newsletter|marketing|\bsale\b|_sale|sale_|\bads?\b|ad_copy")
_MARKUP: Final = re.compile(
    r"<\s*[/!?]?\s*[a-z][^<>]*>|<\s*/?\s*(?:script|b|i|a|p|br|div|span|img|style)\b|&(?:[a-z]{2,8}|"
    r"#x?[0-9a-f]+);|`|\*\*|~~"
    r"|(?<![\w*])\*[^\s*][^*]*\*|^\s*(?:#{1,6}|[-*+>•|])\s|^\s*-{3,}|(?<!\w)__?[^\s_][^_]*_?_(?!\w)|\[[^\]]*\]\([^)]*\)"
    r"|javascript:|data:text|\bon(?:click|error|load)\s*=|\\[nrtu]|\{\\|^\s*\d+\)\s",
    re.IGNORECASE,
)
_EMPTY: Final = (
    r"(?:(?:customer|first|last|full|user|your|product|item|brand|company|shop|store|carrier|order|"
    r"tracking|coupon|code|"
    r"insert|recipient|agent)[ _-]?)*(?:name|number|date|amount|price|code|link|product|item|city|"
    r"address|url|no|id|here|time)"
)
_PLACEHOLDER: Final = re.compile(
    rf"[{{}}\[\]]|<<|>>|<\s*{_EMPTY}\s*>|\(\s*{_EMPTY}\s*\)|%\w+%|%\(\w+\)|%[sdifr]\b|\$[a-z_]\w*|"
    rf"#\w*[a-z]\w*#|@@|\*\||\|\*|"
    r"_{2,}|\b[a-z]+_[a-z_]+\b|\b(?:TODO|TBD|TBA|TBC|FIXME|X{2,}|lorem ipsum|undefined|NaN|null|"
    r"INSERT|PLACEHOLDER|FNAME|"
    r"FIRSTNAME|LASTNAME)\b|\b[Yy]our name here\b|\b[Ii]nsert \w+ here\b|\b(?:Dear|Hello) (?:None|"
    r"Customer Name|Name)\b|"
    r"\b(?:Hi|Hello|Dear|Hey) [,!.]|(?<=Hi )(?:None|Name|name|First Name)\b|"
    r"(?<!\d):[a-z]+(?:_[a-z]+)*:(?!\d)|\?{3,}|\b[Xx]{2,}[-/.][Xx]{2,}\b",
)
_ENDINGS: Final = (
    "com|net|org|info|biz|shop|store|online|site|io|co|me|app|dev|de|fr|uk|us|eu|at|ch|it|es|nl|be|ly|gl|xyz|example|"
    "test|ai|tv"
)
_LINK: Final = re.compile(
    r"(?:https?|hxxps?|ftp|mailto|tel)\s*:\s*/{0,2}\S+|\bwww\s?\.\s?\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)*"
    rf"|\b(?:[a-z0-9-]+\.)+(?:{_ENDINGS})\b(?:/\S*)?|\b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b"
    rf"|\b\w+\s*[\[(]?\b(?:dot|punkt|point)\b[\])]?\s*(?:{_ENDINGS})\b|\b\w+\s*[\[(]at[\])]\s*\w+|(?<!\w)@[a-z]\w+",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(r"(?<![\w.,-])(?:\+|00)?\(?\d[\d\s()./\u2013-]{5,}\d(?![\w])")
_DATE_LIKE: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}|\d{1,3}(?:[ \u00a0\u202f]\d{3})+"
)
_PHONE_DIGITS: Final = 7


def form_violations(brief: Brief, sentences: Sequence[Sentence], known: str) -> Iterator[Violation]:
    """`known` is the text of all facts that may be said."""
    for sentence in sentences:
        yield from _characters(sentence, known)
        yield from _code(sentence, known)
        yield from _links(sentence, brief)
        yield from _banned(sentence, brief.banned)
    yield from _emoji(brief, sentences)


def _characters(sentence: Sentence, known: str) -> Iterator[Violation]:
    for char, what in characters.strange(sentence.text, known):
        yield violation(
            Code.CHARACTERS, sentence, f"U+{ord(char):04X}", f"Take out the character U+{ord(char):04X}: it {what}."
        )
    loud = sentence.text
    for word in set(re.findall(r"[^\W\d_]{2,}", loud)):
        if word.isupper() and word in known:
            loud = loud.replace(word, "")
    if characters.in_capitals(loud):
        yield violation(
            Code.CAPITALS, sentence, sentence.text, "Write the sentence in ordinary letters, not in capitals."
        )


def _code(sentence: Sentence, known: str) -> Iterator[Violation]:
    text = characters.plain(sentence.text)
    for pattern, code, advice in (
        (_MARKUP, Code.MARKUP, "Write plain text without markup."),
        (_PLACEHOLDER, Code.PLACEHOLDER, "Say the value itself or leave it out: this was never filled in."),
    ):
        found = next(
            (hit[0] for hit in pattern.finditer(text) if hit[0].strip("[]{}") not in known or hit[0] in "[]{}"), None
        )
        if found is not None:
            yield violation(code, sentence, found, advice)


def _links(sentence: Sentence, brief: Brief) -> Iterator[Violation]:
    text = characters.plain(sentence.text)
    hits = [hit[0].rstrip(".,;:!?)") for hit in _LINK.finditer(text)]
    hits += [hit[0] for hit in _PHONE.finditer(text) if sum(map(str.isdigit, hit[0])) >= _PHONE_DIGITS]
    for hit in hits:
        if _DATE_LIKE.fullmatch(hit.strip()) and hit not in _LINK.findall(text):
            continue
        facts = [fact for fact in brief.facts if _says(fact, hit)]
        if any(fact.fact_id in sentence.fact_ids for fact in facts):
            continue
        if facts:
            yield uncited(sentence, hit, facts[0].fact_id)
        else:
            advice = "Leave out the link, address or phone number: no fact gives it."
            yield violation(Code.LINK, sentence, hit, advice)


def _says(fact: Fact, words: str) -> bool:
    if fact.internal or fact.untrusted or isinstance(fact.value, bool):
        return False
    values = fact.value if isinstance(fact.value, tuple) else (str(fact.value),)
    return any(contains(value.lower(), words.lower(), "-.@") for value in values)


def _banned(sentence: Sentence, banned: Sequence[str]) -> Iterator[Violation]:
    if not banned:
        return
    seen = {characters.folded(sentence.text), characters.disguised(sentence.text)}
    for word in banned:
        pattern = _whole(characters.folded(word))
        if any(pattern.search(text) for text in seen):
            yield violation(Code.BANNED, sentence, word, f"Find another word for {word!r}: the shop does not use it.")


@lru_cache(maxsize=512)
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, word.split())) + r"(?!\w)")


def _emoji(brief: Brief, sentences: Sequence[Sentence]) -> Iterator[Violation]:
    found = [(sentence, sign) for sentence in sentences for sign in characters.emoji(sentence.text)]
    allowed = MOST_EMOJI if _PROMOTIONS.search(brief.purpose) else 0
    if len(found) > allowed:
        sentence, sign = found[allowed]
        advice = (
            f"Use at most {allowed} emoji in this text." if allowed else "Emoji are for promotions only: take it out."
        )
        yield violation(Code.EMOJI, sentence, sign, advice)


def limit_violations(brief: Brief, sentences: Sequence[Sentence]) -> Iterator[Violation]:
    fields = {sentence.field: sentence for sentence in sentences}
    for field, first in fields.items():
        limit = brief.limits.get(field)
        length = len(joined(sentence.text for sentence in sentences if sentence.field == field))
        if limit is None and brief.limits:
            yield violation(
                Code.LIMIT, first, field, f"There is no field {field!r} in this text: use {', '.join(brief.limits)}."
            )
        elif limit is not None and length > limit:
            advice = f"Shorten the {field} by {length - limit} characters: it has {length}, and {limit} are allowed."
            yield violation(Code.LIMIT, first, field, advice)
