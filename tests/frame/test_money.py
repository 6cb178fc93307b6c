"""Money adds up to the last minor unit."""

import json
import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.currencies import EXPONENTS
from contracts.money import Money, decimal_text, half_up, spread

AMOUNTS = st.integers(min_value=0, max_value=10**12)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=20)


@given(AMOUNTS, WEIGHTS.filter(any))
def test_shares_add_up_and_each_is_within_one_of_its_exact_part(amount: int, weights: list[int]) -> None:
    shares = spread(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert 0 <= share - math.floor(Fraction(amount * weight, sum(weights))) <= 1


@given(AMOUNTS, WEIGHTS.filter(any))
def test_the_extra_units_go_to_the_largest_fractions_the_earlier_first(amount: int, weights: list[int]) -> None:
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    extra = [share - math.floor(part) for share, part in zip(spread(amount, weights), exact, strict=True)]
    ranked = sorted(range(len(weights)), key=lambda i: (math.floor(exact[i]) - exact[i], i))
    assert [extra[i] for i in ranked] == sorted(extra, reverse=True)


@given(AMOUNTS, st.integers(min_value=1, max_value=10**6), st.integers(min_value=1, max_value=50))
def test_among_equals_the_earlier_get_more(amount: int, weight: int, count: int) -> None:
    shares = spread(amount, [weight] * count)
    assert shares == [amount // count + (i < amount % count) for i in range(count)]


@given(AMOUNTS, st.integers(min_value=1, max_value=9))
def test_where_nothing_weighs_nothing_is_spread(amount: int, count: int) -> None:
    assert spread(amount, [0] * count) == [0] * count


@given(st.integers(min_value=0, max_value=10**15), st.sampled_from([1, 2, 4, 5, 8, 10, 16, 1000]))
def test_half_up_is_the_rounding_of_the_books(numerator: int, denominator: int) -> None:
    expected = (Decimal(numerator) / denominator).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    assert half_up(Fraction(numerator, denominator)) == expected


@given(st.fractions(min_value=0, max_value=10**12))
def test_half_up_is_never_more_than_a_half_away(amount: Fraction) -> None:
    assert Fraction(-1, 2) < half_up(amount) - amount <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "text"),
    [
        (1099, "USD", "10.99"),
        (1099, "HUF", "10.99"),
        (1099, "JPY", "1099"),
        (1099, "KWD", "1.099"),
        (5, "EUR", "0.05"),
        (5, "KWD", "0.005"),
        (0, "JPY", "0"),
        (0, "USD", "0.00"),
        (-1099, "USD", "-10.99"),
        (-5, "USD", "-0.05"),
    ],
)
def test_an_amount_has_as_many_decimals_as_its_currency(amount_minor: int, currency: str, text: str) -> None:
    assert decimal_text(amount_minor, currency) == text


@given(st.integers(min_value=-(10**15), max_value=10**15), st.sampled_from(sorted(EXPONENTS)))
def test_the_text_of_an_amount_is_the_amount(amount_minor: int, currency: str) -> None:
    assert Decimal(decimal_text(amount_minor, currency)).scaleb(EXPONENTS[currency]) == amount_minor


def test_money_of_two_currencies_does_not_add_up() -> None:
    five, six = Money(amount_minor=500, currency="USD"), Money(amount_minor=600, currency="USD")
    assert str(five + six) == "11.00 USD"
    with pytest.raises(ValueError, match="EUR"):
        five + Money(amount_minor=1, currency="EUR")


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (1.0, "invalid_money_format"),
        ("1", "invalid_money_format"),
        (True, "invalid_money_format"),
        (None, "invalid_money_format"),
        (-1, "greater_than_equal"),
        (10**12 + 1, "less_than_equal"),
    ],
)
def test_an_amount_is_a_whole_number_in_bounds(amount: object, code: str) -> None:
    for read in (Money.model_validate, lambda money: Money.model_validate_json(json.dumps(money))):
        with pytest.raises(ValidationError) as wrong:
            read({"amount_minor": amount, "currency": "USD"})
        assert [(error["loc"], error["type"]) for error in wrong.value.errors()] == [(("amount_minor",), code)]


@pytest.mark.parametrize("currency", ["usd", "XXX", "EURO", "", "ZZZ"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValidationError):
        Money(amount_minor=1, currency=currency)
