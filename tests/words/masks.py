"""What is left of a text when its facts are masked, and the plan that it follows."""

import re

from contracts.words import Brief, Copy, Sentence

_FIGURES = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|\d[\d.,:]*|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|items?|AM|PM|[A-Z]{3,4})\b"
)
_TOPICS = (
    ("tracking", "tracking number"),
    ("care", "care"),
    ("latest", "when"),
    ("decided_by", "when"),
    ("delivered_at", "when"),
    ("pay_by", "when"),
    ("choose_by", "when"),
    ("refund", "money"),
    ("released", "money"),
    ("uncharged", "money"),
    ("total", "money"),
    ("amount", "money"),
    ("choice_wait", "choices"),
    ("reason", "why"),
    ("needed", "needed"),
    ("units", "things"),
    ("item1", "things"),
    ("next", "what follows"),
    ("carrier", "route"),
    ("order", "news"),
)


def skeletons(brief: Brief, copy: Copy, field: str = "body") -> tuple[str, ...]:
    """The sentences of a field with the facts' values masked."""
    return tuple(_masked(brief, sentence.text) for sentence in copy.sentences if sentence.field == field)


def topics(copy: Copy, field: str = "body") -> tuple[str, ...]:
    """The plan of a text: what its sentences are about, one after the other."""
    return tuple(_topic(sentence) for sentence in copy.sentences if sentence.field == field)


def _masked(brief: Brief, text: str) -> str:
    values = [fact.value for fact in brief.facts if isinstance(fact.value, str)]
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "_")
    masked = _FIGURES.sub("_", text.replace("your time", "_"))
    return re.sub(r"_(?:[^\w]*_)+", "_", masked)


def _topic(sentence: Sentence) -> str:
    """The first of the topics that it cites; an opening, which names the order, is of its own kind."""
    cited = " ".join(sentence.fact_ids)
    topic = next((topic for start, topic in _TOPICS if start in cited), "words")
    return f"{topic} first" if "order" in sentence.fact_ids else topic
