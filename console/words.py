"""How amounts, times and counts read on the pages: money with its code, times in the merchant's zone, by its name."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts.base import Contract
from contracts.money import Money, decimal_text

_UNITS: Final = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
_EXACT_UP_TO: Final = 2  # days and hours beside each other only as long as the hours matter


def amount(minor: int, currency: str) -> str:
    """1,048.23 USD; -5.00 USD."""
    whole, dot, part = decimal_text(abs(minor), currency).partition(".")
    return f"{'-' if minor < 0 else ''}{int(whole):,}{dot}{part} {currency}"


def figure(minor: int, currency: str) -> str:
    """1,048.23, where the currency is said once for all."""
    return amount(minor, currency).removesuffix(f" {currency}")


def money(value: Money) -> str:
    return amount(value.amount_minor, value.currency)


def count(number: int, what: str) -> str:
    """1 unit, 2 units."""
    return f"{number} {what}" + ("" if number == 1 else "s")


def of_each(quantity: int, name: str) -> str:
    return f"{quantity}\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN} {name}"


def listed(items: Iterable[str]) -> str:
    """a, b and c."""
    *others, last = list(items) or [""]
    return f"{', '.join(others)} and {last}" if others else last


def spaced(code: str) -> str:
    """A code as people read it: label_created is "label created"."""
    return code.replace("_", " ")


def answered(status: str) -> str:
    """A question's state, or a vote: people refuse."""
    return "refused" if status == "rejected" else spaced(status)


def sentence(text: str) -> str:
    """Its first letter large."""
    return text[:1].upper() + text[1:]


class Times(Contract):
    """Moments as they are read now, in the merchant's zone."""

    now: datetime
    zone: str

    def exact(self, moment: datetime) -> str:
        """Tue 24 Nov 2026, 16:00 CST."""
        local = moment.astimezone(ZoneInfo(self.zone))
        return f"{local:%a} {local.day} {local:%b %Y, %H:%M} {local.tzname()}"

    def short(self, moment: datetime) -> str:
        """The time of today, with the day on any other, with the year in any other: always by its zone."""
        local, today = moment.astimezone(ZoneInfo(self.zone)), self.now.astimezone(ZoneInfo(self.zone))
        if local.date() == today.date():
            return f"{local:%H:%M} {local.tzname()}"
        year = "" if local.year == today.year else f" {local.year}"
        return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M} {local.tzname()}"

    def relative(self, moment: datetime) -> str:
        """As `in 3 hours`, `2 days ago`, `now`."""
        span = moment - self.now
        said = _span(abs(span))
        if said is None:
            return "now"
        return f"in {said}" if span > timedelta() else f"{said} ago"

    def is_past(self, moment: datetime) -> bool:
        return moment <= self.now

    def is_soon(self, moment: datetime) -> bool:
        """Within the next four hours."""
        return self.now < moment <= self.now + timedelta(hours=4)

    @staticmethod
    def machine(moment: datetime) -> str:
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

    @staticmethod
    def day(day: date) -> str:
        return f"{day:%a} {day.day} {day:%b %Y}"


def _span(span: timedelta) -> str | None:
    """In the largest unit that fits, rounded down; the next smaller one beside it while that matters."""
    for i, (name, unit) in enumerate(_UNITS):
        whole, rest = divmod(span, unit)
        if not whole:
            continue
        said = count(whole, name)
        if name == "day" and whole < _EXACT_UP_TO and (hours := rest // _UNITS[i + 1][1]):
            said += f" {count(hours, 'hour')}"
        return said
    return None
