"""Money, percentages, measures and plain numbers, as a text says them: how much of what, and how exactly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from contracts.currencies import EXPONENTS
from decisions.guard.numerals import ORDINALS, WORDS, Language, figure_pattern, number, number_pattern
from decisions.guard.signs import CENTS, DOLLARS, RATIOS, SIGNS
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
_NO_RATIO: Final = re.compile(r"half (?:a |an )?(?:dozen|hour|day)|second half|better half|half past", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of a dimension: money (`money USD`), percent, a measure, a count (`count`), a share or multiple.

    `values` are one, or the two ends of a range, in `size` of the dimension's base unit. `wrong`: not as the locale
    writes it. `ordinal`: the second.
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
def _patterns(n: str) -> list[tuple[str, re.Pattern[str]]]:
    """By the pattern of a number."""
    upto = r"\s?(?:-|–|—|to|and|or|bis|und|à|et|ou)\s?"
    sign = r"(?:US|CA|AU|NZ|HK|[CAS])?\$|€|£|¥|₹|₩|(?:\b(?:" + "|".join(sorted(EXPONENTS)) + r")\b)"
    after = (
        sign + r"|zł|\bS?[Ff]r\.|\b(?:US |Canadian )?[Dd]ollars?\b|\b[Ee]uros?\b|\bpounds(?: sterling)?\b(?! of)|"
        r"\bquid\b|\bbucks\b|\byen\b|\b[Ff]ranken\b|\bfrancs\b|\b[Cc]ents?\b|\bpence\b|¢|(?<=\d)p\b"
    )
    ratio = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(RATIOS, key=len, reverse=True))
    ordinal = "|".join(sorted(ORDINALS, key=len, reverse=True))
    return [
        (kind, re.compile(pattern, re.IGNORECASE if kind != "money" else re.NOFLAG))
        for kind, pattern in (
            (
                "money",
                rf"(?P<sign>{sign})[ \u00a0\u202f]?(?P<a>{n})(?:{upto}(?:(?P<sign3>{sign})\s?)?(?P<b>{n}))?"
                r"(?:[ \u00a0]?(?P<sign2>USD|CAD|AUD))?",
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
    parts = set(re.findall(r"[^\W\d_]+|[½¼¾%]|\d", text.lower()))
    kinds = _kinds_in(text, parts, language)
    is_spelled = not parts.isdisjoint(_NUMBER_PARTS[language])
    for kind, pattern in _patterns(number_pattern(language) if is_spelled else figure_pattern(language)):
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


def _kinds_in(text: str, parts: set[str], language: Language) -> set[str]:
    """The kinds of amounts that may occur at all: most sentences have none, and looking for them takes time."""
    digits = any(part.isdigit() for part in parts)
    kinds = {"count", "unit"} if digits or parts & _NUMBER_PARTS[language] else set[str]()
    if kinds and _CURRENCY.search(text):
        kinds.add("money")
    if parts & _RATIO_PARTS:
        kinds.add("ratio")
    if digits or parts & _ORDINAL_PARTS:
        kinds.add("ordinal")
    return kinds | {"unit!"} if parts & _SINGLE_UNITS else kinds


_SINGLE_UNITS: Final = frozenset(
    "hour day week fortnight month year pound kilo kilogram gram ounce meter metre foot inch liter litre mile tag "
    "woche stunde "
    "monat jahr heure jour semaine an".split()
)
_NUMBER_PARTS: Final = {
    language: frozenset(
        part for word in (*known, "dozen", "hundred", "thousand", "million") for part in re.findall(r"[^\W\d_]+", word)
    )
    for language, known in WORDS.items()
}
_RATIO_PARTS: Final = frozenset(
    part for word in RATIOS for part in word.replace("-", " ").split() if part not in {"a", "one"}
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
        plain = Amount(hit.start(), hit.end(), hit[0], "money", values, decimals, hedge=hedge, wrong=wrong)
        yield _money(hit, plain, region)
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


def _money(hit: re.Match[str], read: Amount, region: str) -> Amount:
    """The amount as money: cents as hundredths, `$` by the region, decimals as the currency has them or none."""
    sign, groups = hit["sign"], hit.groupdict()
    if sign.lower() in CENTS:
        code = CENTS[sign.lower()] or {"DE": "EUR", "FR": "EUR", "AT": "EUR", "GB": "GBP"}.get(region, "USD")
        return replace(read, dimension=f"money {code}", values=tuple(value / 100 for value in read.values), decimals=0)
    code = sign if sign in EXPONENTS else SIGNS.get(sign.lower(), sign)
    if sign == "$":
        code = groups.get("sign2") or DOLLARS.get(region, "USD")
    odd = hit["a"][-1].isdigit() and read.decimals not in {0, EXPONENTS.get(code, 2)}
    mixed = groups.get("sign3") not in {None, sign}
    return replace(read, dimension=f"money {code}", wrong=read.wrong or odd or mixed)


def _ratio(hit: re.Match[str], language: Language) -> Iterator[Amount]:
    if (
        hit.string[: hit.start()].endswith(("and a ", "half a "))
        or _NO_RATIO.match(hit.string, hit.start())
        or _NO_RATIO.match(hit.string, max(0, hit.start() - 7))
    ):
        return
    if hit["ratio"]:
        value: Fraction | None = Fraction(RATIOS[hit["ratio"].lower()])
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
