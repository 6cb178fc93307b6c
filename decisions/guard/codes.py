"""Why a text may not be sent: the closed list of reasons, and what each asks of the writer."""

from enum import StrEnum

from contracts.words import Sentence, Violation


class Code(StrEnum):
    UNKNOWN_FACT = "unknown_fact"  # an id that is neither a fact's nor an offer's
    UNCITED = "uncited"  # true, but the sentence does not cite what it rests on
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    COUNT = "count"
    NAME = "name"
    UNIT = "unit"
    OFFER = "offer"
    PROMISE = "promise"
    NEGATION = "negation"
    SUPERLATIVE = "superlative"
    SCARCITY = "scarcity"
    ACCUSATION = "accusation"
    THREAT = "threat"
    INTERNAL = "internal"
    UNTRUSTED = "untrusted"
    COMPETITOR = "competitor"
    MARKUP = "markup"
    PLACEHOLDER = "placeholder"
    LINK = "link"
    CHARACTERS = "characters"
    EMOJI = "emoji"
    CAPITALS = "capitals"
    LANGUAGE = "language"
    LIMIT = "limit"
    BANNED = "banned"
    UNPLACED = "unplaced"  # words that no fact bears and that are not service words


def violation(code: Code, sentence: Sentence, words: str, advice: str, fact_id: str | None = None) -> Violation:
    return Violation(code=code, field=sentence.field, words=words.strip(), fact_id=fact_id, advice=advice)


def uncited(sentence: Sentence, words: str, fact_id: str) -> Violation:
    return violation(Code.UNCITED, sentence, words, f"Cite {fact_id} in this sentence or leave the claim out.", fact_id)
