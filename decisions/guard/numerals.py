"""Numbers as they are written: digits with a locale's separators, words, ordinals, fractions."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["en", "de", "fr"]

_EN: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS: Final = {
    word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_DE: Final = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn"
).split()
_DE_TENS: Final = {
    w: 10 * n for n, w in enumerate("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(), 2)
}
_FR: Final = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf"
).split()
_FR_TENS: Final = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_BIG: Final = {"hundred": 100, "thousand": 1000, "million": 10**6}
_LOOSE: Final = {"de": {"ein", "eine", "einen", "einem", "einer"}, "fr": {"un", "une"}, "en": set[str]()}


def _words(language: Language) -> dict[str, int]:
    if language == "de":
        words = (
            {word: n for n, word in enumerate(_DE)}
            | _DE_TENS
            | {"hundert": 100, "tausend": 1000, "dutzend": 12, "beide": 2, "eins": 1}
        )
        ones = enumerate(_DE[1:10], 1)
        return words | {f"{one}und{tens}": value + n for n, one in ones for tens, value in _DE_TENS.items()}
    if language == "fr":
        words = (
            {word: n for n, word in enumerate(_FR)}
            | _FR_TENS
            | {
                "cent": 100,
                "mille": 1000,
                "quatre-vingts": 80,
                "quatre-vingt-dix": 90,
                "soixante-dix": 70,
                "douzaine": 12,
            }
        )
        return words | {
            f"{tens}-{one}": value + n for n, one in enumerate(_FR[1:10], 1) for tens, value in _FR_TENS.items()
        }
    words = {word: n for n, word in enumerate(_EN)} | _TENS
    words |= {
        f"{tens}{sign}{_EN[n]}": value + n for tens, value in _TENS.items() for n in range(1, 10) for sign in "- "
    }
    return words


WORDS: Final[dict[Language, dict[str, int]]] = {language: _words(language) for language in ("en", "de", "fr")}
ORDINALS: Final = (
    {
        word: n
        for n, word in enumerate(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
            "fourteenth fifteenth "
            "sixteenth seventeenth eighteenth nineteenth twentieth".split(),
            1,
        )
    }
    | {
        f"twenty-{word}": 20 + n
        for n, word in enumerate("first second third fourth fifth sixth seventh eighth ninth".split(), 1)
    }
    | {"thirtieth": 30, "thirty-first": 31}
)


def _one_of(words: list[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


@lru_cache
def number_pattern(language: Language) -> str:
    """A number, without groups: `12`, `1,280.50`, `twenty-five`, `two hundred and ten`, `a dozen`, `1.2 million`."""
    digits = _figures(language)
    said = [word for word in WORDS[language] if word not in _LOOSE[language]]
    if language != "en":
        return rf"(?:(?<![\w.,]){digits}|(?i:\b{_one_of(said)}\b))"
    big = r"(?:hundred|thousand|million)"
    unit = _one_of(said)
    hundreds = rf"(?:{unit}|a)\s+{big}(?:\s+{big})?(?:(?:\s+and)?\s+{unit}(?:\s+{big})?)*"
    words = rf"\b(?:half a dozen|(?:{unit}|a|an)\s+dozen|dozen(?! of)|{hundreds}|{unit})\b"
    words = rf"(?i:(?:\bminus )?{words})(?: and a half\b(?: (?:thousand|million|hundred|dozen)\b)?)?"
    return rf"(?:(?:(?<![\w.,-])-|\bminus )?(?<![\w.,]){digits}|{words})"


@lru_cache
def figure_pattern(language: Language) -> str:
    """The same of what is written in figures alone."""
    sign = r"(?:(?<![\w.,-])-|\bminus )?" if language == "en" else ""
    return rf"(?:{sign}(?<![\w.,]){_figures(language)})"


def _figures(language: Language) -> str:
    """A group of three after a space belongs to the number where the language separates thousands so."""
    space = r"(?:[\u00a0\u202f]\d{3})*" if language == "en" else r"(?:[ \u00a0\u202f]\d{3}(?!\d))*"
    return rf"\d+{space}(?:[.,']\d+)*(?:\s?(?:k|million|thousand|Mio\.?|millions)\b)?"


@lru_cache(maxsize=4096)
def number(text: str, language: Language) -> tuple[Fraction, int] | None:
    """The value and how many decimals were written; None if it is no number of the language."""
    sign = -1 if text.startswith(("-", "minus ")) else 1
    text = text.removeprefix("-").removeprefix("minus ")
    scaled = re.fullmatch(r"(.+ and a half) (thousand|million|hundred|dozen)", text)
    if scaled:
        base = number(scaled[1], language)
        return None if base is None else (base[0] * {**_BIG, "dozen": 12}[scaled[2]], 0)
    if text.endswith(" and a half"):
        whole = number(text.removesuffix(" and a half"), language)
        return None if whole is None else (whole[0] + Fraction(1, 2), 1)
    if text[0].isdigit():
        read = _digits(text, language)
        return None if read is None else (sign * read[0], read[1])
    value = WORDS[language].get(text)
    read = (Fraction(value), 0) if value is not None else _in_words(text)
    return None if read is None else (sign * read[0], read[1])


_THOUSANDS: Final = {"en": ",\u00a0\u202f", "de": ".'\u00a0\u202f ", "fr": "\u00a0\u202f ."}


def _digits(text: str, language: Language) -> tuple[Fraction, int] | None:
    found = re.fullmatch(r"([\d.,'\u00a0\u202f ]*\d)\s?(k|million|thousand|Mio\.?|millions)?", text)
    if found is None:
        return None
    if re.fullmatch(r"\d{1,3}(?:'\d{3})+(?:\.\d+)?", found[1]):  # as the Swiss write it
        return Fraction(found[1].replace("'", "")), len(found[1].partition(".")[2])
    point = "." if language == "en" else ","
    whole, _, decimals = found[1].partition(point)
    separators = _THOUSANDS[language]
    grouped = re.fullmatch(rf"\d{{1,3}}(?:([{separators}])\d{{3}})(?:\1\d{{3}})*", whole)
    lakhs = language == "en" and re.fullmatch(r"\d{1,2}(?:,\d{2})+,\d{3}", whole)
    if not (whole.isdigit() or grouped or lakhs) or (decimals and not decimals.isdigit()) or found[1].endswith(point):
        return None
    plain = re.sub(r"\D", "", whole)
    scale = {"k": 1000, "thousand": 1000, None: 1}.get(found[2], 10**6)
    return Fraction(f"{plain}.{decimals or 0}") * scale, len(decimals)


def _in_words(text: str) -> tuple[Fraction, int] | None:
    if text.endswith("dozen"):
        head = text.removesuffix("dozen").strip()
        if head == "half a":
            return Fraction(6), 0
        return Fraction(12 * (WORDS["en"].get(head, 1))), 0
    total, part = 0, 0
    for word in re.sub(r"\band\b", " ", text).split():
        if word in {"a", "an"}:
            part = 1
        elif word in _BIG and _BIG[word] == 100:  # noqa: PLR2004
            part = max(part, 1) * 100
        elif word in _BIG:
            total, part = total + max(part, 1) * _BIG[word], 0
        elif word in WORDS["en"]:
            part += WORDS["en"][word]
        else:
            return _joined(word)
    return Fraction(total + part), 0


def _joined(word: str) -> tuple[Fraction, int] | None:
    value = WORDS["en"].get(word)
    return None if value is None else (Fraction(value), 0)
