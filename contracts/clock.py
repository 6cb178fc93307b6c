"""The one business clock: business time runs `pace` times as fast as the wall's, from a point both share."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, Field

from contracts.base import Contract


class BusinessClock(Contract):
    """Pace 1 in production, where business time is the wall's; thousands in a demo, where a week takes minutes.

    The two points are stored once; a change of pace moves both to the moment of the change, so that business
    time never jumps back.
    """

    wall_epoch: AwareDatetime
    business_epoch: AwareDatetime
    pace: int = Field(ge=1, le=100_000)

    def at(self, wall: datetime) -> datetime:
        """Business time at a moment of the wall clock."""
        return self.business_epoch + (wall - self.wall_epoch) * self.pace

    def wall_time(self, duration: timedelta) -> timedelta:
        """How long a business duration takes on the wall."""
        return duration / self.pace

    def repaced(self, pace: int, wall: datetime) -> "BusinessClock":
        """The same business moment, at another pace from here on."""
        return BusinessClock(wall_epoch=wall, business_epoch=self.at(wall), pace=pace)
