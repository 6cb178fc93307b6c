"""From what a customer says on the phone to their order: its number, a reference, or a parcel's tracking number."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from console.doors import AllDoors
from console.pages import Pages
from console.sessions import PATH, Session

router = APIRouter(prefix=PATH)

SEE_OTHER: Final = 303
LONGEST: Final = 200  # characters


@router.get("/find")
async def find(doors: AllDoors, session: Session, q: str = "") -> Response:
    """One hit leads straight there."""
    sought = q.strip()[:LONGEST]
    found = await doors.finder.find(sought) if sought else []
    if len(found) == 1:
        return RedirectResponse(f"{PATH}/orders/{found[0].id}", SEE_OTHER)
    pages = Pages(session, now=await doors.views.now(), zone=await doors.views.time_zone())
    return pages.show("find.html", q=sought, found=found)
