"""Server-sent events: a page hears when what it shows is not how it stands any more, and fetches itself anew."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from console.doors import AllDoors
from console.sessions import PATH, Session

router = APIRouter(prefix=PATH)

RETRY: Final = 3_000  # milliseconds until a browser asks again

Topic = Annotated[str, Query(alias="of", pattern=r"^(inbox|ord_[0-9a-f]{1,64})$")]
Mark = Annotated[str, Query(max_length=200)]


@router.get("/live", response_class=EventSourceResponse)
async def live(doors: AllDoors, _: Session, topic: Topic, seen: Mark = "") -> AsyncIterator[ServerSentEvent]:
    """`seen` is the mark of the page that asks: what changed since is told at once."""
    yield ServerSentEvent(comment="listening", retry=RETRY)
    async with aclosing(doors.news.marks(topic, seen)) as marks:
        async for mark in marks:
            yield ServerSentEvent(event="changed", raw_data=mark, id=mark)
