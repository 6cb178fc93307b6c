"""Says single facts in the reader's way, and chooses between phrasings."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from contracts.money import Money
from contracts.words import Brief
from decisions.composer import figures
from decisions.composer.draw import chosen
from decisions.composer.saying import Phrase, Said, says

LONGEST_NAME: Final = 80  # code points; a longer name is not said
_MARKS: Final = re.compile(r"[<>{}\[\]`|\\]|https?:|www\.|@")


class Voice:
    """A fact that is not there, internal or untrusted is None, as is a name that no mail can carry.

    `with_names` is off where the names of products would take more room than there is.
    """

    def __init__(self, brief: Brief, seed: int, *, with_names: bool) -> None:
        self._brief = brief
        self._facts = {fact.fact_id: fact for fact in brief.facts if not fact.internal and not fact.untrusted}
        self._seed = seed
        self.with_names = with_names
        self.purpose = brief.purpose
        self.tone = brief.tone
        self.locale = brief.locale
        self.is_american = figures.is_american(brief.locale)
        self.canceled = "canceled" if self.is_american else "cancelled"

    def has(self, *fact_ids: str) -> bool:
        return all(fact_id in self._facts for fact_id in fact_ids)

    def one_of(self, label: str, *phrases: Phrase) -> Phrase:
        """One of those that can be said."""
        sayable = [phrase for phrase in phrases if phrase is not None]
        return chosen(sayable, *self._draw(label)) if sayable else None

    def fitting(self, field: str, *phrases: Phrase) -> Phrase:
        """One of those that can be said and that fit into the field."""
        limit = self._brief.limits.get(field, 0)
        return self.one_of(field, *(phrase for phrase in phrases if phrase and len(phrase.text) <= limit))

    def text(self, fact_id: str, *, longest: int = LONGEST_NAME) -> Phrase:
        value = self._value(fact_id)
        return Said(value, (fact_id,)) if isinstance(value, str) and self._is_sayable(value, longest) else None

    def number(self, fact_id: str) -> int | None:
        value = self._value(fact_id)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def counted(self, fact_id: str, noun: str) -> Phrase:
        """As in two items."""
        value = self.number(fact_id)
        if value is None:
            return None
        in_words = chosen((True, False), *self._draw(f"words:{fact_id}"))
        return Said(figures.counted(value, noun, in_words=in_words), (fact_id,))

    def amount(self, fact_id: str) -> Money | None:
        value = self._value(fact_id)
        return value if isinstance(value, Money) else None

    def money(self, fact_id: str) -> Phrase:
        """$1,234.50"""
        amount = self.amount(fact_id)
        return None if amount is None else Said(figures.money(amount, self.locale), (fact_id,))

    def day(self, fact_id: str) -> Phrase:
        """Friday, November 27"""
        when = self._day(fact_id)
        if when is None:
            return None
        return Said(figures.day(when, self.locale, with_year=self._names_year(when)), (fact_id,))

    def moment(self, fact_id: str) -> Phrase:
        """After `by` or `until`: Friday, November 27 at 6:00 PM PST."""
        at, day = self.clock(fact_id), self.day_of(fact_id)
        return self.one_of(f"moment:{fact_id}", says(day, " at ", at), says(at, " on ", day))

    def day_of(self, fact_id: str) -> Phrase:
        """The day of a moment."""
        moment = self._local(fact_id)
        if moment is None:
            return None
        said = figures.day(moment.date(), self.locale, with_year=self._names_year(moment.date()))
        return Said(said, (fact_id, *self._zone_ids()))

    def clock(self, fact_id: str) -> Phrase:
        """6:00 PM PST"""
        moment = self._local(fact_id)
        if moment is None:
            return None
        zone = figures.zone_name(moment, self._zone()) or "your time"
        return Said(f"{figures.clock(moment, self.locale)} {zone}", (fact_id, *self._zone_ids()))

    def window(self, first_id: str, last_id: str) -> Phrase:
        """As in on Friday, November 27; between Friday, November 27 and Monday, November 30"""
        first, last = self._day(first_id), self._day(last_id)
        if first is None or last is None or last < first:
            return None
        if first == last:
            return says(
                "on ", Said(figures.day(last, self.locale, with_year=self._names_year(last)), (first_id, last_id))
            )
        both = figures.days(first, last, self.locale, with_year=self._names_year(last))
        return Said(f"between {chosen(both, *self._draw('window'))}", (first_id, last_id))

    def is_one_day(self, first_id: str, last_id: str) -> bool:
        return self._day(first_id) == self._day(last_id)

    def pick(self, label: str, count: int) -> int:
        """Which of so many plans."""
        return chosen(range(count), *self._draw(label))

    def _draw(self, label: str) -> tuple[str, ...]:
        order = self._facts.get("order")
        return str(self._seed), self._brief.purpose, str(order.value) if order else "", label

    def _value(self, fact_id: str) -> object:
        fact = self._facts.get(fact_id)
        return fact.value if fact else None

    def _typed(self, fact_id: str) -> object:
        fact = self._facts.get(fact_id)
        return fact.typed if fact else None

    def _zone(self) -> str:
        zone = self._value("zone")
        return zone if isinstance(zone, str) else "UTC"

    def _local(self, fact_id: str) -> datetime | None:
        moment = self._typed(fact_id)
        return moment.astimezone(ZoneInfo(self._zone())) if isinstance(moment, datetime) else None

    def _day(self, fact_id: str) -> date | None:
        day = self._typed(fact_id)
        return day if isinstance(day, date) and not isinstance(day, datetime) else None

    def _zone_ids(self) -> tuple[str, ...]:
        return ("zone",) if self.has("zone") else ()

    def _names_year(self, when: date) -> bool:
        """A year is said only where it is not the year in which the text is read."""
        now = self._local("now") or datetime(when.year, 1, 1, tzinfo=UTC)
        return when.year != now.year

    def _is_sayable(self, name: str, longest: int) -> bool:
        if len(name) > longest or _MARKS.search(name) or name != name.strip() or not name:
            return False
        if any(unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp", "Co", "Cn", "Cs"} for sign in name):
            return False
        return not any(re.search(rf"\b{re.escape(word)}\b", name, re.IGNORECASE) for word in self._brief.banned)
