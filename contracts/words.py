"""What may be said, from which facts, and what somebody made of it: a brief, a copy, and the verdict on it."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AwareDatetime, Field, PlainSerializer, StrictBool, StrictInt, StrictStr

from contracts.base import Contract
from contracts.money import Money

# Text comes before numbers with decimals: a text that spells a number (a tracking number, 00123) stays one in JSON.
FactValue: TypeAlias = (
    StrictBool
    | StrictInt
    | StrictStr
    | Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
    | Money
    | tuple[StrictStr, ...]
)
TypedValue: TypeAlias = bool | int | Decimal | Money | str | tuple[str, ...] | date | time | datetime

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK: Final = re.compile(r"\d{2}:\d{2}")
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})")


class Fact(Contract):
    """Something that is true, under an id that sentences cite.

    Days, local times (HH:MM) and instants (RFC 3339) are text, as in JSON; `typed` reads them. `unit` is the one of a
    number (kg, piece, %). An `internal` fact may never be said; an `untrusted` one supports no claim.
    """

    fact_id: str
    name: str
    value: FactValue
    unit: str | None = None
    internal: bool = False
    untrusted: bool = False

    @property
    def typed(self) -> TypedValue:
        """The value, a text that spells a day, a time or an instant as such. A text that only looks so stays one."""
        if not isinstance(self.value, str):
            return self.value
        try:
            if _DAY.fullmatch(self.value):
                return date.fromisoformat(self.value)
            if _CLOCK.fullmatch(self.value):
                return time.fromisoformat(self.value)
            if _INSTANT.fullmatch(self.value):
                return datetime.fromisoformat(self.value)
        except ValueError:
            return self.value
        return self.value


class Offer(Contract):
    """What may be offered: a share or an amount off, until an instant if that is limited."""

    offer_id: str
    percent_off: Annotated[Decimal, Field(gt=0, le=100)] | None = None
    amount_off: Money | None = None
    ends_at: AwareDatetime | None = None


class Brief(Contract):
    """What a text is for, and all that it may say.

    `limits` are code points by field, and the fields there are. The reader's zone and the time at which the text is
    judged are facts like others: `zone` (an IANA name) and `now`. `brand_guide` is how the shop wants to sound; it
    bears no claim.
    """

    purpose: str
    locale: str
    audience: Literal["customer", "staff"] = "customer"
    tone: Literal["plain", "warm", "sorry"] = "plain"
    brand: str = ""
    brand_guide: str = ""
    facts: tuple[Fact, ...]
    allowed_offers: tuple[Offer, ...] = ()
    limits: dict[str, int]
    banned: tuple[str, ...] = ()

    def fact(self, fact_id: str) -> Fact | None:
        return next((fact for fact in self.facts if fact.fact_id == fact_id), None)


class Sentence(Contract):
    """One sentence of a field, and the ids of the facts and offers that it rests on."""

    field: str
    text: str
    fact_ids: tuple[str, ...] = ()


class WrittenBy(Contract):
    """Who wrote a text: a model (which one, by which version of the prompt), or our own composer (its version)."""

    writer: Literal["model", "composer"]
    version: str
    model: str | None = None


class Copy(Contract):
    """A text as sentences, in the order in which they are read."""

    sentences: tuple[Sentence, ...]
    written_by: WrittenBy

    def text(self, field: str) -> str:
        return joined(sentence.text for sentence in self.sentences if sentence.field == field)


def joined(sentences: Iterable[str]) -> str:
    """Sentences of one field as they are read: joined by one space."""
    return " ".join(sentences)


class Violation(Contract):
    """Why a text may not be sent: a code, the words it is about, the fact it hurts or lacks, and what to do."""

    code: str
    field: str
    words: str
    fact_id: str | None = None
    advice: str


class Verdict(Contract):
    violations: tuple[Violation, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.violations

    @property
    def codes(self) -> list[str]:
        """Each once, sorted."""
        return sorted({violation.code for violation in self.violations})
