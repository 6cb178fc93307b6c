"""Money: integer minor units of an ISO 4217 currency, never a float."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.base import Request
from contracts.currencies import EXPONENTS

LARGEST_AMOUNT: Final = 10**12  # minor units; far above any order, far below a bigint


def _known(code: str) -> str:
    if code not in EXPONENTS:
        raise PydanticCustomError("unknown_currency", "this is not a currency of ISO 4217")
    return code


def _whole(amount: object) -> object:
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise PydanticCustomError("invalid_money_format", "an amount is a whole number of minor units, never a float")
    return amount


Currency = Annotated[str, Field(min_length=3, max_length=3), AfterValidator(_known)]
Minor = Annotated[int, Field(strict=True, ge=0, le=LARGEST_AMOUNT), BeforeValidator(_whole)]


class Money(Request):
    """An amount that is not negative, in minor units (cents of a dollar, yen, fils)."""

    amount_minor: Minor
    currency: Currency

    @model_validator(mode="before")
    @classmethod
    def _an_object(cls, money: object) -> object:
        if not isinstance(money, Mapping | Money):
            raise PydanticCustomError("invalid_money_format", "money is an object of amount_minor and currency")
        return money

    def __add__(self, other: Self) -> Self:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return self.model_copy(update={"amount_minor": self.amount_minor + other.amount_minor})

    def __str__(self) -> str:
        return f"{decimal_text(self.amount_minor, self.currency)} {self.currency}"


def decimal_text(amount_minor: int, currency: str) -> str:
    """The amount with exactly as many decimals as the currency has: 1099 USD is 10.99, 1099 JPY is 1099."""
    exponent = EXPONENTS[currency]
    if exponent == 0:
        return str(amount_minor)
    whole, part = divmod(abs(amount_minor), 10**exponent)
    return f"{'-' if amount_minor < 0 else ''}{whole}.{part:0{exponent}d}"


def half_up(amount: Fraction) -> int:
    """Round an amount that is not negative to the nearest integer, halves upwards."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Spread an amount in proportion to the weights by largest remainder; the shares add up exactly.

    Equal fractions: the earlier weight first. If all weights are 0, each share is 0.
    """
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    shares = [amount * weight // total for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in by_fraction[: amount - sum(shares)]:
        shares[i] += 1
    return shares
