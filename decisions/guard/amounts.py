"""Money, percentages, measures and plain numbers, as a text says them: how much of what, and how exactly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from contracts.currencies import EXPONENTS
from decisions.guard.numerals import ORDINALS, WORDS, Language, number, number_pattern
from decisions.guard.units import UNIT_PATTERN, unit_of

Hedge: TypeAlias = Literal["exact", "about", "almost", "over", "at_least", "under", "at_most", "up_to"]
_HEDGES: Final[list[tuple[Hedge, str]]] = [
    (
        "at_most",
        r"no more than|not more than|at most|a maximum of|maximum|no later than|höchstens|maximal|au plus|"
        r"au maximum",
    ),
    (
        "at_least",
        r"no fewer than|no less than|not less than|not fewer than|at least|a minimum of|minimum|"
        r"mindestens|wenigstens|au moins|from(?= [$€£])|starting (?:at|from)",
    ),
    (
        "over",
        r"(?:just |well |a little |slightly )?(?:more than|over|above)|upwards of|exceed(?:s|ing)?|beyond|"
        r"longer than|mehr als|über|plus de",
    ),
    (
        "almost",
        r"almost|nearly|(?:just|a little|slightly) (?:under|below|short of|less than)|close to|not quite|"
        r"fast|beinahe|knapp|presque|près de",
    ),
    ("under", r"(?:well )?(?:less than|fewer than|under|below)|shorter than|weniger als|unter|moins de"),
    ("up_to", r"up to|as (?:many|much|long|low|high) as|bis zu|jusqu'à"),
    (
        "about",
        r"about|around|roughly|approximately|approx\.?|circa|ca\.|~|≈|some|somewhere around|or so|etwa|"
        r"rund|ungefähr|environ",
    ),
]
_BEFORE: Final = re.compile(
    "(?:"
    + "|".join(rf"(?P<{hedge}>(?<!\w)(?:{words}))" for hedge, words in _HEDGES)
    + r")\s*(?:only|just|the|a|an|another)?\s*$",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(
    r"\s*(?:(?P<at_least>\+|plus\b|or more\b|and up\b|at least\b)|(?P<about>-?ish\b|or so\b)|"
    r"(?P<at_most>or less\b|or fewer\b|at most\b))",
    re.IGNORECASE,
)
_SIGNS: Final = {
    "$": "USD",
    "us$": "USD",
    "ca$": "CAD",
    "c$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "nz$": "NZD",
    "s$": "SGD",
    "hk$": "HKD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "zł": "PLN",
    "fr.": "CHF",
    "sfr.": "CHF",
    "dollar": "USD",
    "dollars": "USD",
    "bucks": "USD",
    "euro": "EUR",
    "euros": "EUR",
    "quid": "GBP",
    "yen": "JPY",
    "pounds": "GBP",
    "pounds sterling": "GBP",
    "francs": "CHF",
    "franken": "CHF",
    "us dollars": "USD",
    "canadian dollars": "CAD",
}
_DOLLARS: Final = {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD"}
_CENTS: Final = {"cents": None, "cent": None, "¢": "USD", "pence": "GBP", "p": "GBP"}
_RATIOS: Final = {
    "half": "1/2",
    "halves": "1/2",
    "twice": "2",
    "double": "2",
    "doubled": "2",
    "triple": "3",
    "tripled": "3",
    "threefold": "3",
    "twofold": "2",
    "a third": "1/3",
    "one third": "1/3",
    "two thirds": "2/3",
    "a quarter": "1/4",
    "one quarter": "1/4",
    "three quarters": "3/4",
    "a fifth": "1/5",
    "one fifth": "1/5",
    "half-price": "1/2",
    "a tenth": "1/10",
    "one-third": "1/3",
    "two-thirds": "2/3",
    "three-quarters": "3/4",
    "halb": "1/2",
    "hälfte": "1/2",
    "doppelt": "2",
    "moitié": "1/2",
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "one half": "1/2",
    "one-half": "1/2",
}
_NO_RATIO: Final = re.compile(r"half (?:a |an )?(?:dozen|hour|day)|second half|better half|half past", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of a dimension: money (`money USD`), percent, a measure, a count (`count`), a share or multiple (`ratio`).

    `values` are one, or the two ends of a range, in `size` of the dimension's base unit. `wrong`: not as the locale writes it.
    """

    start: int
    end: int
    words: str
    dimension: str
    values: tuple[Fraction, ...]
    decimals: int = 0
    size: Fraction = Fraction(1)
    hedge: Hedge = "exact"
    wrong: bool = False
    ordinal: bool = False


@lru_cache
def _patterns(language: Language) -> list[tuple[str, re.Pattern[str]]]:
    n = number_pattern(language)
    upto = r"\s?(?:-|–|—|to|and|or|bis|und|à|et|ou)\s?"
    sign = r"(?:US|CA|AU|NZ|HK|[CAS])?\$|€|£|¥|₹|₩|(?:\b(?:" + "|".join(sorted(EXPONENTS)) + r")\b)"
    after = (
        sign + r"|zł|\bS?[Ff]r\.|\b(?:US |Canadian )?[Dd]ollars?\b|\b[Ee]uros?\b|\bpounds(?: sterling)?\b(?! of)|"
        r"\bquid\b|\bbucks\b|\byen\b|\b[Ff]ranken\b|\bfrancs\b|\b[Cc]ents?\b|\bpence\b|¢|(?<=\d)p\b"
    )
    ratio = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(_RATIOS, key=len, reverse=True))
    ordinal = "|".join(sorted(ORDINALS, key=len, reverse=True))
    return [
        (kind, re.compile(pattern, re.IGNORECASE if kind != "money" else re.NOFLAG))
        for kind, pattern in (
            (
                "money",
                rf"(?P<sign>{sign})[ \u00a0\u202f]?(?P<a>{n})(?:{upto}(?:(?P<sign3>{sign})\s?)?(?P<b>{n}))?(?:[ \u00a0]?(?P<sign2>USD|"
                rf"CAD|AUD))?",
            ),
            ("money", rf"(?P<a>{n})(?:{upto}(?P<b>{n}))?[ \u00a0\u202f]?(?P<sign>{after})"),
            (
                "unit!",
                r"\b(?P<one>an?|one|half an?|the(?= hour\b)|ein|eine[rmn]?|une?) (?P<unit>hour|day|week|fortnight|"
                r"month|year|pound|kilo|kilogram|gram|ounce|meter|metre|foot|inch|liter|litre|mile|business day|"
                r"working day|tag|woche|stunde|monat|jahr|heure|jour|semaine|an)\b(?P<half> and a half)?",
            ),
            ("ratio", rf"(?P<ratio>{ratio})|\b(?P<times>{n})[ -]?(?:times|fold|mal|fois)\b(?! \d)"),
            ("unit", rf"(?P<a>{n})(?:{upto}(?P<b>{n}))?[ \u00a0\u202f-]?(?P<unit>{UNIT_PATTERN})"),
            ("ordinal", rf"\b(?P<a>\d+)(?:st|nd|rd|th)\b|\b(?P<word>{ordinal})\b(?! half)"),
            ("count", rf"(?P<a>{n})(?:{upto}(?P<b>{n}))?(?!\w)"),
        )
    ]


def amounts(text: str, language: Language, region: str, taken: list[tuple[int, int]]) -> list[Amount]:
    """Every amount outside of what is `taken` already, none of them overlapping."""
    found: list[Amount] = []
    busy = list(taken)
    kinds = _kinds_in(text, language)
    for kind, pattern in _patterns(language):
        if kind not in kinds:
            continue
        for hit in pattern.finditer(text):
            if any(hit.start() < end and start < hit.end() for start, end in busy):
                continue
            for amount in _read(kind, hit, language, region):
                found.append(amount)
                busy.append((hit.start(), hit.end()))
    return sorted(found, key=lambda amount: amount.start)


_CURRENCY: Final = re.compile(
    r"[$€£¥₹₩¢]|zł|[Ff]r\.|\b(?:[A-Z]{3}|[Dd]ollars?|[Ee]uros?|pounds|quid|bucks|yen|[Ff]ranken|"
    r"francs|[Cc]ents?|pence)\b|\dp\b"
)


def _kinds_in(text: str, language: Language) -> set[str]:
    """The kinds of amounts that may occur at all: most sentences have none, and looking for them takes time."""
    parts = set(re.findall(r"[^\W\d_]+|[½¼¾%]|\d", text.lower()))
    digits = any(part.isdigit() for part in parts)
    kinds = {"count", "unit"} if digits or parts & _NUMBER_PARTS[language] else set[str]()
    if kinds and _CURRENCY.search(text):
        kinds.add("money")
    if parts & _RATIO_PARTS:
        kinds.add("ratio")
    if digits or parts & _ORDINAL_PARTS:
        kinds.add("ordinal")
    return kinds | {"unit!"}


_NUMBER_PARTS: Final = {
    language: frozenset(
        part for word in (*known, "dozen", "hundred", "thousand", "million") for part in re.findall(r"[^\W\d_]+", word)
    )
    for language, known in WORDS.items()
}
_RATIO_PARTS: Final = frozenset(
    part for word in _RATIOS for part in word.replace("-", " ").split() if part not in {"a", "one"}
) | {"times", "fold", "mal", "fois"}
_ORDINAL_PARTS: Final = frozenset(part for word in ORDINALS for part in word.split("-"))


def _read(kind: str, hit: re.Match[str], language: Language, region: str) -> Iterator[Amount]:
    groups = hit.groupdict()
    if kind == "ratio":
        yield from _ratio(hit, language)
        return
    if kind == "ordinal":
        value = int(groups["a"]) if groups["a"] else ORDINALS[groups["word"].lower()]
        yield Amount(hit.start(), hit.end(), hit[0], "count", (Fraction(value),), ordinal=True)
        return
    kind = kind.rstrip("!")
    if groups.get("one"):
        unit = unit_of(groups["unit"])
        half = (
            Fraction(1, 2)
            if groups["one"].lower().startswith("half")
            else Fraction(3, 2)
            if groups["half"]
            else Fraction(1)
        )
        if unit:
            yield Amount(
                hit.start(),
                hit.end(),
                hit[0],
                unit[0],
                (half,),
                size=unit[1],
                hedge=_hedge(hit, hit.start(), hit.end()),
            )
        return
    read = [
        number(part.lower() if not part[0].isdigit() else part, language)
        for part in (groups["a"], groups.get("b"))
        if part
    ]
    values = tuple(one[0] for one in read if one is not None)
    wrong = len(values) < len(read)
    decimals = max((one[1] for one in read if one is not None), default=0)
    hedge = _hedge(hit, hit.start(), hit.end())
    if kind == "money":
        yield _money(hit, values, decimals, hedge, wrong, region)
        return
    end, unit = hit.end(), None
    if kind == "unit" and _is_unit(hit):
        unit = unit_of(groups["unit"])
    elif kind == "unit":
        end = hit.start("unit")
    dimension, size = unit or ("count", Fraction(1))
    if dimension == "heat f":
        dimension, values = "heat", tuple((value - 32) * 5 / 9 for value in values)
    yield Amount(hit.start(), end, hit.string[hit.start() : end], dimension, values, decimals, size, hedge, wrong)


def _is_unit(hit: re.Match[str]) -> bool:
    """Short units stand after figures only, and `in` only where no word follows that it may belong to."""
    unit = hit["unit"].lower().rstrip(".")
    if len(unit) > 2:  # noqa: PLR2004
        return True
    last = (hit["b"] or hit["a"])[-1]
    if unit == "in":
        return last.isdigit() and bool(_AFTER_INCHES.match(hit.string, hit.end()))
    return last.isdigit() or unit in {"%", "kg", "cm", "mm", "km", "lb", "oz"}


_AFTER_INCHES: Final = re.compile(
    r"\s*(?:[,.;:)x×/(]|$|wide|long|high|tall|deep|by\b|in (?:diameter|height|length)|and\b|or\b)"
)


def _money(
    hit: re.Match[str], values: tuple[Fraction, ...], decimals: int, hedge: Hedge, wrong: bool, region: str
) -> Amount:
    sign = hit["sign"]
    low = sign.lower()
    code = sign if sign in EXPONENTS else _SIGNS.get(low, sign)
    if low in _CENTS:
        code = _CENTS[low] or {"DE": "EUR", "FR": "EUR", "AT": "EUR", "GB": "GBP"}.get(region, "USD")
        values = tuple(value / 100 for value in values)
        return Amount(hit.start(), hit.end(), hit[0], f"money {code}", values, hedge=hedge, wrong=wrong)
    if sign == "$":
        code = hit.groupdict().get("sign2") or _DOLLARS.get(region, "USD")
    digits = hit["a"][-1].isdigit()
    exponent = EXPONENTS.get(code, 2)
    odd = digits and decimals not in {0, exponent} and not hit["a"].endswith("k")
    end_sign = hit.groupdict().get("sign3")
    odd = odd or (end_sign is not None and end_sign != sign)
    return Amount(hit.start(), hit.end(), hit[0], f"money {code}", values, decimals, hedge=hedge, wrong=wrong or odd)


def _ratio(hit: re.Match[str], language: Language) -> Iterator[Amount]:
    if (
        hit.string[: hit.start()].endswith(("and a ", "half a "))
        or _NO_RATIO.match(hit.string, hit.start())
        or _NO_RATIO.match(hit.string, max(0, hit.start() - 7))
    ):
        return
    if hit["ratio"]:
        value: Fraction | None = Fraction(_RATIOS[hit["ratio"].lower()])
    else:
        times = hit["times"]
        read = number(times if times[0].isdigit() else times.lower(), language)
        value = read[0] if read else None
    yield Amount(
        hit.start(),
        hit.end(),
        hit[0],
        "ratio",
        (value,) if value is not None else (),
        hedge=_hedge(hit, hit.start(), hit.end()),
        wrong=value is None,
    )


_WORTH: Final = re.compile(
    r"(?:order|purchase|bestellung|commande) [\w-]+ (?:is |was |comes to )?over $", re.IGNORECASE
)  # an order over so much is worth that


def _hedge(hit: re.Match[str], start: int, end: int) -> Hedge:
    if _WORTH.search(hit.string[:start]):
        return "exact"
    before = _BEFORE.search(hit.string[max(0, start - 32) : start])
    found = before or _AFTER.match(hit.string, end)
    if found is None:
        return "exact"
    return next(hedge for hedge, _ in _HEDGES if found.groupdict().get(hedge))
