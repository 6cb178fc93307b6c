"""What texts may cost in a day: never more is reserved than that, and what is settled is what was spent."""

import asyncio
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.postgres.model_spending import PostgresModelSpending
from contracts.writers import ModelPrices, Usage
from decisions.spending import cost_micros, worst_case_micros

TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)
LIMIT = 1_000_000
PRICES = ModelPrices(
    input_micros=3_000_000, cache_write_micros=3_750_000, cache_read_micros=300_000, output_micros=15_000_000
)


@pytest.fixture
def spending(database):
    return PostgresModelSpending(database)


async def spent(database, day=TODAY):
    async with database.connection() as connection:
        return await connection.fetchval("select spent_micros from model_spending where day = $1", day)


async def test_what_fits_is_reserved_to_the_last_micro_and_no_more(spending, database):
    assert await spending.reserve(TODAY, LIMIT - 1, LIMIT)
    assert not await spending.reserve(TODAY, 2, LIMIT)
    assert await spending.reserve(TODAY, 1, LIMIT)
    assert not await spending.reserve(TODAY, 1, LIMIT)
    assert await spent(database) == LIMIT


async def test_more_than_the_limit_is_not_reserved_even_as_the_first_of_a_day(spending, database):
    assert not await spending.reserve(TODAY, LIMIT + 1, LIMIT)
    assert await spent(database) is None


async def test_every_day_has_its_own_budget(spending):
    assert await spending.reserve(TODAY, LIMIT, LIMIT)
    assert await spending.reserve(TOMORROW, LIMIT, LIMIT)


async def test_many_at_once_never_reserve_more_than_the_limit(spending, database):
    sizes = [1 + 3_701 * number % 90_000 for number in range(1, 201)]
    granted = await asyncio.gather(*(spending.reserve(TODAY, size, LIMIT) for size in sizes))
    total = sum(size for size, fits in zip(sizes, granted, strict=True) if fits)
    assert total == await spent(database) <= LIMIT
    assert total + min(size for size, fits in zip(sizes, granted, strict=True) if not fits) > LIMIT


async def test_settling_gives_back_what_was_not_spent(spending, database):
    assert await spending.reserve(TODAY, 900_000, LIMIT)
    assert not await spending.reserve(TODAY, 900_000, LIMIT)
    await spending.settle(TODAY, 900_000, 12_345)
    assert await spent(database) == 12_345
    assert await spending.reserve(TODAY, 900_000, LIMIT)


async def test_what_was_spent_above_the_reservation_counts_and_nothing_more_fits(spending, database):
    assert await spending.reserve(TODAY, LIMIT, LIMIT)
    await spending.settle(TODAY, LIMIT, LIMIT + 5)
    assert await spent(database) == LIMIT + 5
    assert not await spending.reserve(TODAY, 0, LIMIT)


async def test_nothing_is_settled_that_was_not_reserved(spending, database):
    with pytest.raises(LookupError):
        await spending.settle(TODAY, 1, 0)
    await spending.reserve(TODAY, 10, LIMIT)
    with pytest.raises(LookupError):
        await spending.settle(TODAY, 11, 0)
    assert await spent(database) == 10


async def test_amounts_below_zero_are_refused(spending, database):
    with pytest.raises(ValueError, match="less than nothing"):
        await spending.reserve(TODAY, -1, LIMIT)
    for reserved, used in ((-1, 0), (0, -1)):
        with pytest.raises(ValueError, match="less than nothing"):
            await spending.settle(TODAY, reserved, used)
    assert await spent(database) is None


def test_a_cost_adds_every_kind_of_token_at_its_price():
    usage = Usage(input_tokens=100, cache_write_tokens=200, cache_read_tokens=1_000, output_tokens=300)
    assert cost_micros(usage, PRICES) == 300 + 750 + 300 + 4_500


@pytest.mark.parametrize(("tokens", "micros"), [(0, 0), (1, 1), (3, 1), (4, 2), (10, 3), (11, 4)])
def test_a_cost_is_rounded_up_once(tokens, micros):
    assert cost_micros(Usage(cache_read_tokens=tokens), PRICES) == micros


prices = st.builds(
    ModelPrices,
    **{name: st.integers(0, 10**8) for name in ModelPrices.model_fields},
)


@given(prices, st.integers(0, 20_000), st.integers(1, 8_000), st.data())
def test_no_usage_of_a_prompt_costs_more_than_its_worst_case(prices, prompt_bytes, max_tokens, data):
    written = data.draw(st.integers(0, prompt_bytes))
    read = data.draw(st.integers(0, prompt_bytes - written))
    usage = Usage(
        input_tokens=prompt_bytes - written - read,
        cache_write_tokens=written,
        cache_read_tokens=read,
        output_tokens=data.draw(st.integers(0, max_tokens)),
    )
    assert cost_micros(usage, prices) <= worst_case_micros(prompt_bytes, max_tokens, prices)
