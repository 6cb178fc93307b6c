"""The business clock that the partners live by: told at their start, and whenever its pace changes."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter

from contracts.clock import BusinessClock


class PartnersClock:
    def __init__(self, clock: BusinessClock, wall: Callable[[], datetime]) -> None:
        self._clock = clock
        self._wall = wall

    def now(self) -> datetime:
        return self._clock.at(self._wall())

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/clock", self.set, methods=["PUT"])
        return router

    async def set(self, clock: BusinessClock) -> BusinessClock:
        self._clock = clock
        return clock
