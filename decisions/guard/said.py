"""A sentence beside what it cites: its amounts and moments, and the words it takes over from facts."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.words import Brief, Sentence
from decisions.guard.amounts import Amount, amounts
from decisions.guard.characters import plain
from decisions.guard.compounds import heights, merged
from decisions.guard.dates import Moment, moments
from decisions.guard.evidence import Evidence, evidence, language_of, region_of
from decisions.guard.numerals import Language

SHOWS_OTHERS: Final = re.compile(r"review|testimonial|quote|feedback|case|note")
_NOW: Final = re.compile(r"^now$|\bnow\b|current time|current date|^today$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """All that a text may rest on, read once."""

    brief: Brief
    evidence: dict[str, Evidence]
    now: Evidence | None
    language: Language
    region: str

    @property
    def instant(self) -> datetime | None:
        return self.now.instant if self.now else None


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Said:
    sentence: Sentence
    text: str
    low: str
    source: Source
    cited: tuple[Evidence, ...]  # usable ones
    others: tuple[Evidence, ...]  # usable, not cited
    literals: tuple[Span, ...]  # values of cited facts, word for word
    moments: tuple[Moment, ...]
    amounts: tuple[Amount, ...]

    @property
    def cites_now(self) -> bool:
        return self.source.now is not None and self.source.now.id in self.sentence.fact_ids

    def covered(self, start: int, end: int) -> bool:
        return any(span.start <= start and end <= span.end for span in self.literals)

    def before(self, start: int, characters: int = 40) -> str:
        return self.low[max(0, start - characters) : start]

    def after(self, end: int, characters: int = 40) -> str:
        return self.low[end : end + characters]


def source_of(brief: Brief) -> Source:
    read = evidence(brief)
    named = [one for one in read.values() if one.instant is not None and one.usable and not one.is_offer]
    now = next((one for one in named if one.id == "now"), None) or next(
        (one for one in named if _NOW.search(one.name)), None
    )
    return Source(brief, read, now, language_of(brief.locale), region_of(brief.locale))


def read_sentence(source: Source, sentence: Sentence) -> Said:
    text = plain(sentence.text)
    low = text.lower()
    usable = [one for one in source.evidence.values() if one.usable]
    cited = tuple(one for one in usable if one.id in sentence.fact_ids)
    spans = (*_literals(low, cited), *_quotations(source, sentence, low))
    said_moments = tuple(moments(text, source.language, month_first=source.region == "US"))
    taken = [(one.start, one.end) for one in said_moments]
    blocked = [*taken, *((span.start, span.end) for span in spans if any(map(str.isdigit, low[span.start : span.end])))]
    return Said(
        sentence,
        text,
        low,
        source,
        cited,
        tuple(one for one in usable if one.id not in sentence.fact_ids),
        spans,
        tuple(
            one for one in said_moments if not any(span.start <= one.start and one.end <= span.end for span in spans)
        ),
        tuple(_amounts(text, source, blocked)),
    )


def _amounts(text: str, source: Source, blocked: list[tuple[int, int]]) -> list[Amount]:
    tall = [one for one in heights(text) if source.language == "en"]
    taken = [*blocked, *((one.start, one.end) for one in tall)]
    found = [*tall, *amounts(text, source.language, source.region, taken)]
    return merged(text, sorted(found, key=lambda amount: amount.start))


def _quotations(source: Source, sentence: Sentence, low: str) -> list[Span]:
    """What a text that shows such words quotes word for word from a cited fact of others'."""
    if not SHOWS_OTHERS.search(source.brief.purpose):
        return []
    quoted = list(re.finditer(r'"([^"]+)"', low))
    return [
        Span(hit.start(), hit.end(), source.evidence[fact.fact_id])
        for fact in source.brief.facts
        if fact.untrusted and fact.fact_id in sentence.fact_ids
        for hit in quoted
        if hit[1].strip(" .,!?") in plain(str(fact.value)).lower()
    ]


def _literals(low: str, cited: tuple[Evidence, ...]) -> list[Span]:
    """Where a cited fact's text stands, a product's name also in the plural."""
    found = []
    for one in cited:
        for literal in one.literals:
            words = literal.strip(" .!?")
            start = low.find(words) if words else -1
            while start >= 0:
                end = start + len(words)
                plural = _PLURAL.match(low, end)
                end = plural.end() if plural else end
                if not low[max(0, start - 1) : start].isalnum() and not low[end : end + 1].isalnum():
                    found.append(Span(start, end, one))
                start = low.find(words, start + 1)
    return found


_PLURAL: Final = re.compile(r"(?:e?s)(?![^\W_])")
