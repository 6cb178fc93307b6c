"""Days, months, weekdays and times of day, as a text of the locale says them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from decisions.guard.numerals import ORDINALS, Language

_MONTHS: Final[dict[Language, str]] = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_SHORT: Final[dict[Language, str]] = {
    "en": "jan feb mar apr may jun jul aug sept,sep oct nov dec",
    "de": "jan feb mrz apr mai jun jul aug sept,sep okt nov dez",
    "fr": "janv févr mars avr mai juin juil août sept oct nov déc",
}
_WEEKDAYS: Final[dict[Language, str]] = {
    "en": "monday,mon tuesday,tue,tues wednesday,wed thursday,thu,thur,thurs friday,fri saturday,sat sunday,sun",
    "de": "montag,mo dienstag,di mittwoch,mi donnerstag,do freitag,fr samstag,sonnabend,sa sonntag,so",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
}
_RELATIVE: Final[dict[Language, dict[str, int]]] = {
    "en": {
        "today": 0,
        "tonight": 0,
        "this morning": 0,
        "this afternoon": 0,
        "this evening": 0,
        "tomorrow": 1,
        "yesterday": -1,
        "the day after tomorrow": 2,
        "the day before yesterday": -2,
    },
    "de": {"heute": 0, "morgen": 1, "übermorgen": 2, "gestern": -1, "vorgestern": -2},
    "fr": {"aujourd'hui": 0, "ce soir": 0, "demain": 1, "après-demain": 2, "hier": -1},
}
_SPANS: Final[dict[Language, str]] = {
    "en": r"(?:this|next|last|the coming) (?:week|weekend|month|year)",
    "de": r"(?:diese|nächste|letzte)[rnms]? (?:woche|wochenende|monat|jahr)",
    "fr": r"(?:cette|la) semaine(?: prochaine| dernière)?|(?:ce|le) mois(?:-ci| prochain| dernier)?",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A said day, month, weekday, time of day or day relative to now; what is not said of it is None.

    `wrong` is one that is no day of the calendar, or is not written as the locale does.
    """

    start: int
    end: int
    words: str
    kind: Literal["day", "weekday", "clock", "relative", "span", "wrong"]
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    near: str | None = None  # this, next, last: relative to now
    hour: int | None = None
    minute: int = 0
    offset: int = 0  # days from today
    zone: str | None = None
    half_known: bool = True  # whether morning or evening is said


def _numbered(names: str) -> dict[str, int]:
    return {name: n for n, spellings in enumerate(names.split(), 1) for name in spellings.split(",")}


MONTHS: Final = {language: _numbered(_MONTHS[language]) | _numbered(_SHORT[language]) for language in _MONTHS}
WEEKDAYS: Final = {
    language: {name: n - 1 for name, n in _numbered(names).items()} for language, names in _WEEKDAYS.items()
}


@lru_cache
def _patterns(language: Language) -> list[tuple[str, re.Pattern[str]]]:
    month = "(?P<month>" + "|".join(sorted(MONTHS[language], key=len, reverse=True)) + r")(?!\w)\.?"
    ordinal = "|".join(sorted(ORDINALS, key=len, reverse=True))
    year = r"(?P<year>\d{4})(?!\d)"
    join = r"\s?(?:-|–|—|to|and|through|until|or|bis|und|au|et)\s?"
    weekday = "|".join(sorted(WEEKDAYS[language], key=len, reverse=True))
    return [
        (kind, re.compile(pattern, re.IGNORECASE))
        for kind, pattern in (
            ("day", rf"(?<![\w-]){year}-(?P<m>\d\d)-(?P<day>\d\d)(?:T(?P<h>\d\d):(?P<min>\d\d)(?::\d\d)?Z?)?(?!\d)"),
            (
                "pair",
                rf"\b{month} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?{join}(?:the )?(?P<day2>\d{{1,2}})(?:st|nd|rd|"
                rf"th)?(?![\d:]|\s?[ap]\.?m)(?:,? {year})?",
            ),
            (
                "pair",
                rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)?{join}(?:the |le |dem )?(?P<day2>\d{{1,2}})(?:st|nd|"
                rf"rd|th|\.)? (?:of )?{month}(?:,? {year})?",
            ),
            (
                "named",
                rf"\b(?P<weekday>{weekday}),? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?(?= (?:and|to|until|"
                rf"bis|und|et|au)\b| ?[-–])",
            ),
            (
                "day",
                rf"\b{month} (?:the )?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?|(?P<ordinal>{ordinal}))(?![\d:]|"
                rf"\w)(?:,? {year}(?!:))?",
            ),
            (
                "day",
                rf"(?:\bthe )?(?:\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)?|"
                rf"\b(?P<ordinal>{ordinal})) (?:of )?{month}(?:,? {year})?",
            ),
            (
                "figures",
                r"(?<![\w.,/-])(?P<a>\d{1,4})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{4}|\d{2})(?![\w/-]|\.\d|"
                r",\d)",
            ),
            (
                "figures",
                r"(?<![\w.,/-])(?P<a>\d{1,2})(?P<sep>\.)(?P<b>\d{1,2})\.(?!\d)"
                if language == "de"
                else r"(?<![\w.,/-])(?P<a>\d{1,2})(?P<sep>/)(?P<b>\d{1,2})(?![\w/]|[.,]\d)",
            ),
            (
                "clock",
                r"(?<![\w:.,])(?P<h>\d{1,2})(?::(?P<min>\d\d)(?!\d|[:,.]\d)|\.(?P<min2>\d\d)(?=\s?(?:[ap]\.?m|"
                r"uhr)))\s?(?P<half>[ap]\.?m\b\.?|in the (?:morning|afternoon|evening)|at night)?(?:\s?(?:uhr|"
                r"o'clock)\b)?"
                if language != "fr"
                else r"(?<![\w:.,])(?P<h>\d{1,2})(?:\s?h\s?|:)(?P<min>\d\d)(?!\d)(?P<half>\b\B)?",
            ),
            (
                "clock",
                r"\b(?P<h>\d{1,2})\s?(?P<half>[ap]\.?m\b\.?|in the (?:morning|afternoon|evening)|at night)"
                if language == "en"
                else r"\b(?P<h>\d{1,2})\s?(?:uhr|h)\b(?P<half>\b\B)?",
            ),
            (
                "clock",
                r"\b(?P<h>\d{1,2})(?P<half> o'clock)|\b(?:12 )?(?P<word>noon|midnight|mittag|mitternacht|midi|"
                r"minuit)\b",
            ),
            (
                "said",
                r"\b(?:(?P<part>half|quarter) (?P<side>past|to) )?(?P<hour>one|two|three|four|five|six|seven|"
                r"eight|nine|ten|eleven|twelve)(?P<oclock> o'clock)?(?: (?P<half>in the (?:morning|afternoon|"
                r"evening)|at night|[ap]\.?m\b\.?))?",
            ),
            (
                "weekday",
                rf"(?:\b(?P<near>this coming|the coming|this|next|last|coming|diesen|nächsten|"
                rf"kommenden) )?\b(?P<weekday>{weekday})\b(?! ?\w*@)",
            ),
            (
                "month",
                rf"(?:\b(?P<near>in|this|next|last|early|late|mid|until|by|of|im|en|ende|"
                rf"anfang)[ -]){month}(?:,? {year})?",
            ),
            ("ordinal", r"\b(?:the|am|le|dem|den) (?:(?P<day>\d{1,2})(?:st|nd|rd|th|\.(?=\s|$)))(?!\w)"),
            (
                "relative",
                r"\b(?P<relative>" + "|".join(sorted(_RELATIVE[language], key=len, reverse=True)) + r")\b(?!')",
            ),
            ("span", rf"\b(?:{_SPANS[language]})\b"),
        )
    ]


_SHORTENED: Final = {"mon", "sun", "sat", "mo", "di", "mi", "do", "fr", "sa", "so", "wed", "fri", "thu", "tue"}


def moments(text: str, language: Language, *, month_first: bool) -> list[Moment]:
    """Every day, weekday and time that the text says, none of them overlapping."""
    taken: list[Moment] = []
    for kind, pattern in _patterns(language):
        for hit in pattern.finditer(text):
            if any(hit.start() < other.end and other.start < hit.end() for other in taken):
                continue
            if kind == "weekday" and _is_another_word(hit, language):
                continue
            taken.extend(_read(kind, hit, language, month_first))
    return sorted(taken, key=lambda moment: moment.start)


def _is_another_word(hit: re.Match[str], language: Language) -> bool:
    """Sun and Mon without a capital are no days; nor are the German `So` and `Do` without a sign behind them."""
    name = hit["weekday"]
    if name.lower() in _SHORTENED and not name.istitle():
        return True
    return language == "de" and len(name) == len("So") and hit.string[hit.end() : hit.end() + 1] not in {",", "."}


def _read(kind: str, hit: re.Match[str], language: Language, month_first: bool) -> Iterator[Moment]:  # noqa: FBT001
    if kind in {"pair", "day", "month", "ordinal"}:
        yield from _named_days(kind, hit, language)
    elif kind == "named":
        number = WEEKDAYS[language][hit["weekday"].lower()]
        yield Moment(hit.start(), hit.end("weekday"), hit["weekday"], "weekday", weekday=number)
        yield Moment(hit.start("day"), hit.end(), hit["day"], "day", day=int(hit["day"]))
    elif kind == "figures":
        yield _figures(hit, month_first)
    elif kind == "clock":
        yield _clock(hit)
    elif kind == "said":
        yield from _said_clock(hit)
    elif kind == "weekday":
        near, number = (hit["near"] or "").lower() or None, WEEKDAYS[language][hit["weekday"].lower()]
        yield Moment(hit.start(), hit.end(), hit[0], "weekday", weekday=number, near=near)
    elif kind == "relative":
        offset = _RELATIVE[language][hit["relative"].lower()]
        yield Moment(hit.start(), hit.end(), hit[0], "relative", offset=offset)
    else:
        yield Moment(hit.start(), hit.end(), hit[0], "span")


def _named_days(kind: str, hit: re.Match[str], language: Language) -> Iterator[Moment]:
    """December 1, December 1 to 3, in December, on the 3rd; or a day in ISO figures, with or without its time."""
    start, end, words, groups = hit.start(), hit.end(), hit[0], hit.groupdict()
    year = int(groups["year"]) if groups.get("year") else None
    month = MONTHS[language].get((groups.get("month") or "").lower())
    if kind == "month":
        yield Moment(start, end, words, "day", year=year, month=month)
        return
    if kind == "ordinal":
        yield Moment(start, end, words, "day", day=int(groups["day"]))
        return
    day = ORDINALS[groups["ordinal"].lower()] if groups.get("ordinal") else int(groups["day"])
    yield _day(start, end, words, year, month or int(groups.get("m") or 0), day)
    if kind == "pair":
        yield _day(start, end, words, year, month, int(groups["day2"]))
    if groups.get("h"):
        yield Moment(end - 1, end, words, "clock", hour=int(groups["h"]), minute=int(groups["min"]), zone="UTC")


def _day(start: int, end: int, words: str, year: int | None, month: int | None, day: int) -> Moment:
    fits = 1 <= day <= 31 and month is not None and 1 <= month <= 12  # noqa: PLR2004
    return Moment(start, end, words, "day" if fits else "wrong", year=year, month=month, day=day)


def _figures(hit: re.Match[str], month_first: bool) -> Moment:  # noqa: FBT001
    a, b, c = int(hit["a"]), int(hit["b"]), hit.groupdict().get("c")
    if len(hit["a"]) == 4:  # noqa: PLR2004 -- a year in front
        return _day(hit.start(), hit.end(), hit[0], a, b, int(c or 0))
    year = None if c is None else int(c) + (2000 if len(c) == 2 else 0)  # noqa: PLR2004
    month, day = (a, b) if month_first else (b, a)
    return _day(hit.start(), hit.end(), hit[0], year, month, day)


def _clock(hit: re.Match[str]) -> Moment:
    groups = hit.groupdict()
    if groups.get("word"):
        hour = 12 if groups["word"].lower() in {"noon", "mittag", "midi"} else 0
        return Moment(hit.start(), hit.end(), hit[0], "clock", hour=hour)
    hour, minute = int(groups["h"]), int(groups.get("min") or groups.get("min2") or 0)
    half = (groups.get("half") or "").replace(".", "").lower().strip()
    wrong = hour > 24 or minute > 59 or (half in {"am", "pm"} and not 1 <= hour <= 12)  # noqa: PLR2004
    unsaid = not half and hour <= 12 and bool(_PART_BEHIND.match(hit.string, hit.end()))  # noqa: PLR2004
    if half and "clock" not in half and not wrong:
        hour = hour % 12 + (12 if half in {"pm", "in the afternoon", "in the evening", "at night"} else 0)
    kind: Literal["wrong", "clock"] = "wrong" if wrong else "clock"
    return Moment(hit.start(), hit.end(), hit[0], kind, hour=hour % 24, minute=minute, half_known=not unsaid)


_PART_BEHIND: Final = re.compile(r" ?(?:this (?:morning|afternoon|evening)|tonight)\b", re.IGNORECASE)


_HOURS: Final = {
    word: n for n, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}


_TIME_BEFORE: Final = re.compile(r"\b(?:until|till|closes? at|opens? at|by) $", re.IGNORECASE)
_TIME_BEHIND: Final = re.compile(
    r" ?(?:in [A-Z]|this (?:morning|afternoon|evening)|tonight|today|tomorrow|on [A-Z]|and until|sharp|[.,;!?]|$)"
)


def _is_an_hour(hit: re.Match[str]) -> bool:
    return bool(_TIME_BEFORE.search(hit.string[: hit.start()]) and _TIME_BEHIND.match(hit.string, hit.end()))


def _said_clock(hit: re.Match[str]) -> Iterator[Moment]:
    """Six in the evening, half past six, until six in Dallas; a bare number word is no time elsewhere."""
    if not (hit["part"] or hit["oclock"] or hit["half"] or _is_an_hour(hit)):
        return
    minutes = {"half": 30, "quarter": 15, None: 0}[hit["part"] and hit["part"].lower()]
    total = _HOURS[hit["hour"].lower()] % 12 * 60 + (minutes if hit["side"] != "to" else -minutes)
    part = (hit["half"] or "").replace(".", "").lower()
    late = part in {"pm", "in the afternoon", "in the evening", "at night"}
    total = (total + (720 if late else 0)) % 1440
    yield Moment(hit.start(), hit.end(), hit[0], "clock", hour=total // 60, minute=total % 60, half_known=bool(part))
