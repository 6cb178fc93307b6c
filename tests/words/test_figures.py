"""Days, times, lists and amounts as readers of different places write them."""

from datetime import UTC, date, datetime

import pytest

from contracts.money import Money
from contracts.outreach import Held, Item
from decisions.briefs import brief_of
from decisions.composer import compose
from decisions.composer.figures import money
from decisions.composer.goods import goods
from decisions.composer.voice import Voice
from tests.words.test_briefs import KNOWN, canceled, shipped

TIMES = "\N{MULTIPLICATION SIGN}"


def test_british_readers_get_their_spelling_dates_and_clock():
    brief = brief_of(canceled(locale="en-GB", time_zone="Europe/London"))
    bodies = [compose(brief, seed).text("body") for seed in range(40)]
    assert all("cancelled" in body and "canceled" not in body for body in bodies)
    assert all("Friday 4 December" in body for body in bodies)
    held = Held.model_validate(
        KNOWN
        | {"locale": "en-GB", "time_zone": "Europe/London", "decided_by": datetime(2026, 11, 27, 18, 0, tzinfo=UTC)}
    )
    assert all("18:00 GMT" in compose(brief_of(held), seed).text("body") for seed in range(40))


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        (datetime(2026, 11, 28, 2, 0, tzinfo=UTC), "America/Los_Angeles", "6:00 PM PST"),
        (datetime(2026, 7, 2, 1, 0, tzinfo=UTC), "America/Los_Angeles", "6:00 PM PDT"),
        (datetime(2026, 7, 2, 10, 5, tzinfo=UTC), "Europe/Berlin", "12:05 PM CEST"),
        (datetime(2026, 7, 2, 0, 30, tzinfo=UTC), "UTC", "12:30 AM UTC"),
        (datetime(2026, 7, 2, 21, 30, tzinfo=UTC), "America/Sao_Paulo", "6:30 PM your time"),
    ],
)
def test_a_time_is_the_readers_with_the_zones_name_of_that_day(moment: datetime, zone: str, said: str):
    held = Held.model_validate(KNOWN | {"time_zone": zone, "decided_by": moment})
    clock = Voice(brief_of(held), 1, with_names=True).clock("decided_by")
    assert clock
    assert clock.text == said
    assert clock.fact_ids == ("decided_by", "zone")


@pytest.mark.parametrize(
    ("locale", "earliest", "latest", "said"),
    [
        ("en-US", date(2026, 11, 27), date(2026, 11, 27), {"on Friday, November 27"}),
        (
            "en-US",
            date(2026, 11, 27),
            date(2026, 11, 30),
            {"between Friday, November 27 and Monday, November 30", "between November 27 and 30"},
        ),
        ("en-US", date(2026, 11, 30), date(2026, 12, 1), {"between Monday, November 30 and Tuesday, December 1"}),
        (
            "en-US",
            date(2026, 12, 31),
            date(2027, 1, 4),
            {"between Thursday, December 31, 2026 and Monday, January 4, 2027"},
        ),
        (
            "en-US",
            date(2027, 1, 4),
            date(2027, 1, 5),
            {"between Monday, January 4 and Tuesday, January 5, 2027", "between January 4 and 5, 2027"},
        ),
        (
            "en-GB",
            date(2026, 11, 27),
            date(2026, 11, 30),
            {"between Friday 27 November and Monday 30 November", "between Friday 27 and Monday 30 November"},
        ),
    ],
)
def test_a_window_is_said_with_every_month_and_year_that_it_needs(
    locale: str, earliest: date, latest: date, said: set[str]
):
    brief = brief_of(shipped(locale=locale, earliest=earliest, latest=latest))
    windows = [Voice(brief, seed, with_names=True).window("earliest", "latest") for seed in range(40)]
    assert {window.text for window in windows if window} == said


@pytest.mark.parametrize(
    ("names", "quantities", "locale", "said"),
    [
        (["Mug"], [1], "en-US", {"Mug", "1 * Mug"}),
        (["Mug"], [2], "en-US", {"2 * Mug", "Mug (2)"}),
        (["Mug", "Lamp"], [1, 1], "en-US", {"Mug and Lamp", "1 * Mug and 1 * Lamp"}),
        (["Mug", "Lamp", "Rug"], [1, 1, 1], "en-US", {"Mug, Lamp, and Rug", "1 * Mug, 1 * Lamp, and 1 * Rug"}),
        (["Mug", "Lamp", "Rug"], [1, 1, 1], "en-GB", {"Mug, Lamp and Rug", "1 * Mug, 1 * Lamp and 1 * Rug"}),
        (["Mug, 350 ml", "Lamp"], [1, 1], "en-GB", {"Mug, 350 ml; and Lamp", "1 * Mug, 350 ml; and 1 * Lamp"}),
        (
            ["A", "B", "C", "D", "E"],
            [1, 1, 1, 2, 1],
            "en-GB",
            {"A, B, C and 3 more items", "1 * A, 1 * B, 1 * C and 3 more items"},
        ),
        (
            ["A", "B", "C", "D", "E"],
            [1, 1, 1, 1, 1],
            "en-US",
            {"A, B, C, and 2 more items", "1 * A, 1 * B, 1 * C, and 2 more items"},
        ),
    ],
)
def test_products_are_listed_as_the_reader_lists_things_and_their_names_are_left_as_they_are(
    names: list[str], quantities: list[int], locale: str, said: set[str]
):
    items = tuple(Item(name=name, quantity=number) for name, number in zip(names, quantities, strict=True))
    brief = brief_of(shipped(items=items, locale=locale))
    lists = [goods(Voice(brief, seed, with_names=True)) for seed in range(40)]
    assert {one.text.replace(TIMES, "*") for one in lists if one} == said


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "said"),
    [
        (123450, "USD", "en-US", "$1,234.50"),
        (123450, "USD", "en-GB", "1,234.50 USD"),
        (500, "GBP", "en-GB", "£5.00"),
        (7, "EUR", "en-US", "€0.07"),
        (1234, "JPY", "en-US", "1,234 JPY"),
        (1234567, "KWD", "en-US", "1,234.567 KWD"),
        (100, "CAD", "en-US", "1.00 CAD"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency_and_a_sign_only_where_it_is_clear(
    minor: int, currency: str, locale: str, said: str
):
    assert money(Money(amount_minor=minor, currency=currency), locale) == said
