"""When a number of business days is over, and when a promised day ends, in the zone that counts."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


def business_days_later(instant: datetime, days: int, zone: str) -> datetime:
    """The same time of day, that many weekdays later, on the clocks of the zone (public holidays are not known)."""
    local = instant.astimezone(ZoneInfo(zone))
    day = local.date()
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    later = datetime.combine(day, local.time(), tzinfo=local.tzinfo)
    return later.astimezone(instant.tzinfo)


def end_of(day: date, zone: str) -> datetime:
    """The first moment that no longer belongs to the day."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
