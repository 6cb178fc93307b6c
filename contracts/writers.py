"""How a model that writes can fail, what it used, and what its words cost."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from contracts.base import Contract
from contracts.words import Copy, Violation

Tokens: TypeAlias = Annotated[int, Field(ge=0)]
Micros: TypeAlias = Annotated[int, Field(ge=0)]

BusyReason: TypeAlias = Literal["throttled", "overloaded", "out_of_order", "too_slow", "unreachable", "broken_off"]


class Usage(Contract):
    """Tokens that are charged: `input_tokens` are those that were neither written to the cache nor read from it."""

    input_tokens: Tokens = 0
    cache_write_tokens: Tokens = 0
    cache_read_tokens: Tokens = 0
    output_tokens: Tokens = 0


class ModelPrices(Contract):
    """Micros (millionths of the currency's major unit) for a million tokens: 3 dollars a million are 3,000,000."""

    input_micros: Micros
    cache_write_micros: Micros
    cache_read_micros: Micros
    output_micros: Micros


@dataclass(frozen=True)
class Written:
    """A text that nobody has checked yet, and what writing it used."""

    copy: Copy
    usage: Usage


@dataclass(frozen=True)
class Rejected:
    """A text that may not be sent, and why: what a repair starts from."""

    copy: Copy
    violations: tuple[Violation, ...]


class WriterFailed(Exception):
    """No text, for one of the reasons below. Says nothing of what was to be written: that is about people.

    `usage` is what is charged all the same; None if that is not known.
    """

    def __init__(self, message: str, usage: Usage | None) -> None:
        super().__init__(message)
        self.usage = usage


class WriterBusy(WriterFailed):
    """No answer that could be used, and asking again later is right.

    `retry_after` is the wait the provider asked for, on the wall clock; None if it named none.
    """

    def __init__(self, reason: BusyReason, *, retry_after: timedelta | None = None, usage: Usage | None = None) -> None:
        super().__init__(f"the model cannot write now: {reason}", usage)
        self.reason = reason
        self.retry_after = retry_after


class WriterRefused(WriterFailed):
    """The model declines to write this; asking the same again will not help."""

    def __init__(self, usage: Usage) -> None:
        super().__init__("the model declined to write", usage)


class WriterTruncated(WriterFailed):
    """The text ends in the middle: it was longer than it may be."""

    def __init__(self, usage: Usage) -> None:
        super().__init__("the model wrote more than it may", usage)


class WriterGarbled(WriterFailed):
    """What came is not sentences with their facts."""

    def __init__(self, usage: Usage) -> None:
        super().__init__("the model wrote what cannot be read", usage)


class WriterMisused(WriterFailed):
    """Our request is wrong, or our key: nothing helps but changing it. `status` is the provider's HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the model's provider does not take our request ({status})", Usage())
        self.status = status
