"""Business time never jumps back, and business days are those of the zone that counts."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.clock import BusinessClock
from decisions.calendar import business_days_later, end_of

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
PACES = st.integers(min_value=1, max_value=100_000)
WAITS = st.timedeltas(min_value=timedelta(), max_value=timedelta(hours=2))


@given(st.lists(st.tuples(WAITS, PACES, WAITS), max_size=8))
def test_a_new_pace_goes_on_from_the_same_moment_and_never_back(
    changes: list[tuple[timedelta, int, timedelta]],
) -> None:
    clock, wall = BusinessClock(wall_epoch=START, business_epoch=START, pace=1), START
    for wait, pace, look in changes:
        before = clock.at(wall)
        wall += wait
        assert clock.at(wall) - before == wait * clock.pace
        repaced = clock.repaced(pace, wall)
        assert repaced.at(wall) == clock.at(wall)
        assert repaced.at(wall + look) >= repaced.at(wall)
        clock = repaced


@given(PACES, st.timedeltas(min_value=timedelta(), max_value=timedelta(days=30)))
def test_a_wait_on_the_wall_is_over_when_its_business_duration_is(pace: int, duration: timedelta) -> None:
    clock = BusinessClock(wall_epoch=START, business_epoch=START, pace=pace)
    over = START + clock.wall_time(duration)
    assert abs(clock.at(over) - START - duration) <= timedelta(microseconds=1) * pace


@pytest.mark.parametrize("pace", [0, -1, 100_001])
def test_a_pace_has_bounds(pace: int) -> None:
    with pytest.raises(ValueError):
        BusinessClock(wall_epoch=START, business_epoch=START, pace=pace)


@pytest.mark.parametrize(
    ("local", "days", "expected"),
    [
        ("2026-11-24T10:00", 3, "2026-11-27T10:00"),  # Tuesday to Friday
        ("2026-11-26T10:00", 3, "2026-12-01T10:00"),  # Thursday over the weekend to Tuesday
        ("2026-11-27T10:00", 1, "2026-11-30T10:00"),  # Friday to Monday
        ("2026-11-28T10:00", 1, "2026-11-30T10:00"),  # Saturday to Monday
        ("2026-11-29T10:00", 3, "2026-12-02T10:00"),  # Sunday to Wednesday
        ("2026-11-24T10:00", 0, "2026-11-24T10:00"),
        ("2026-10-30T10:00", 1, "2026-11-02T10:00"),  # over the end of summer time: 73 hours
        ("2026-03-06T10:00", 1, "2026-03-09T10:00"),  # over its begin: 71 hours
        ("2026-11-24T10:00", 10, "2026-12-08T10:00"),
    ],
)
def test_business_days_keep_the_time_of_day_and_skip_weekends(local: str, days: int, expected: str) -> None:
    zone = ZoneInfo("America/Chicago")
    instant = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    later = business_days_later(instant, days, "America/Chicago")
    assert later == datetime.fromisoformat(expected).replace(tzinfo=zone)
    assert later.tzinfo is UTC


def test_the_day_of_the_zone_counts_not_that_of_utc() -> None:
    friday_evening = datetime(2026, 11, 28, 3, tzinfo=UTC)  # still Friday in Chicago
    assert business_days_later(friday_evening, 1, "America/Chicago") == datetime(2026, 12, 1, 3, tzinfo=UTC)
    assert business_days_later(friday_evening, 1, "UTC") == datetime(2026, 11, 30, 3, tzinfo=UTC)


@given(
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(min_value=1, max_value=30),
    st.sampled_from(["America/Chicago", "Europe/Berlin", "Pacific/Auckland", "Asia/Amman", "UTC"]),
)
def test_that_many_weekdays_later_is_a_weekday_and_counts_right(instant: datetime, days: int, zone: str) -> None:
    later = business_days_later(instant, days, zone).astimezone(ZoneInfo(zone))
    first = instant.astimezone(ZoneInfo(zone)).date()
    passed = [first + timedelta(days=i) for i in range(1, (later.date() - first).days + 1)]
    assert sum(day.weekday() < 5 for day in passed) == days
    assert later.weekday() < 5
    assert business_days_later(instant, days - 1, zone) < later


@pytest.mark.parametrize(
    ("day", "zone", "ends"),
    [
        ("2026-12-01", "America/Los_Angeles", "2026-12-02T08:00Z"),
        ("2026-07-01", "America/Los_Angeles", "2026-07-02T07:00Z"),
        ("2026-11-01", "America/Los_Angeles", "2026-11-02T08:00Z"),  # a day of 25 hours
        ("2026-03-08", "America/Los_Angeles", "2026-03-09T07:00Z"),  # a day of 23 hours
        ("2026-04-23", "Africa/Cairo", "2026-04-23T22:00Z"),  # the next day has no midnight: it begins at one
        ("2026-10-31", "America/Havana", "2026-11-01T04:00Z"),  # midnight comes twice: the first ends the day
        ("2026-02-28", "Asia/Kathmandu", "2026-02-28T18:15Z"),
    ],
)
def test_a_day_ends_when_the_next_begins_there(day: str, zone: str, ends: str) -> None:
    assert end_of(date.fromisoformat(day), zone).astimezone(UTC) == datetime.fromisoformat(ends)


@given(
    st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 1, 1)),
    st.sampled_from(["America/Chicago", "America/Havana", "Africa/Cairo", "Asia/Beirut", "Pacific/Apia"]),
)
def test_the_end_of_a_day_is_the_first_moment_outside_it(day: date, zone: str) -> None:
    end = end_of(day, zone).astimezone(UTC)
    assert end.astimezone(ZoneInfo(zone)).date() > day
    assert (end - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() == day
