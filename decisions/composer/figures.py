"""Numbers, money, days and times as a reader of the locale writes them; English only."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from contracts.currencies import EXPONENTS
from contracts.money import Money

_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NOON: Final = 12
_AMERICAN: Final = frozenset({"en", "en-US", "en-PH", "en-PR", "en-GU", "en-VI", "en-AS", "en-MP", "en-UM"})
_SIGNS: Final = {"EUR": "€", "GBP": "£"}


def is_american(locale: str) -> bool:
    """American dates, clocks and spelling, or British ones for all other places that write English."""
    return locale in _AMERICAN


def number(value: int) -> str:
    """1,250"""
    return f"{value:,}"


def counted(value: int, noun: str, *, in_words: bool) -> str:
    """As in one item, two items, 12 items; a noun that forms its plural by an s"""
    said = _WORDS[value] if value == 1 or (in_words and 1 < value < len(_WORDS)) else number(value)
    return f"{said} {noun}" if value == 1 else f"{said} {noun}s"


def money(amount: Money, locale: str) -> str:
    """$1,234.50; a sign only where it means one currency to this reader, else the code: 1,234.50 CHF"""
    exponent = EXPONENTS[amount.currency]
    whole, part = divmod(amount.amount_minor, 10**exponent)
    figures = f"{number(whole)}.{part:0{exponent}d}" if exponent else number(whole)
    if amount.currency == "USD" and is_american(locale):
        return f"${figures}"
    sign = _SIGNS.get(amount.currency)
    return f"{sign}{figures}" if sign else f"{figures} {amount.currency}"


def day(when: date, locale: str, *, with_year: bool) -> str:
    """Friday, November 27; Friday 27 November"""
    weekday = _DAYS[when.weekday()]
    if is_american(locale):
        return f"{weekday}, {_month_day(when)}" + (f", {when.year}" if with_year else "")
    return f"{weekday} {when.day} {_MONTHS[when.month - 1]}" + (f" {when.year}" if with_year else "")


def days(first: date, last: date, locale: str, *, with_year: bool) -> tuple[str, ...]:
    """Ways to say two different days, each with its `and`: Friday, November 27 and Monday, November 30"""
    both_years = first.year != last.year
    end = day(last, locale, with_year=with_year or both_years)
    full = f"{day(first, locale, with_year=both_years)} and {end}"
    if (first.year, first.month) != (last.year, last.month):
        return (full,)
    if is_american(locale):
        year = f", {last.year}" if with_year else ""
        return full, f"{_month_day(first)} and {last.day}{year}"
    return full, f"{_DAYS[first.weekday()]} {first.day} and {end}"


def clock(moment: datetime, locale: str) -> str:
    """6:00 PM; 18:00"""
    if not is_american(locale):
        return f"{moment:%H:%M}"
    return f"{moment.hour % _NOON or _NOON}:{moment:%M} {'AM' if moment.hour < _NOON else 'PM'}"


def zone_name(moment: datetime, zone: str) -> str | None:
    """PST or PDT, as the day has it; None for a zone that has no letters of its own."""
    name = ZoneInfo(zone).tzname(moment)
    return name if name and name.isalpha() else None


def _month_day(when: date) -> str:
    return f"{_MONTHS[when.month - 1]} {when.day}"
