"""Who is looking: a session by a cookie, and nothing but the way in for whoever has none."""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.responses import Response

from console.doors import AllDoors
from contracts.staff import StaffMember, StaffSession

SESSION: Final = "steward_session"
VISIT: Final = "steward_visit"  # of somebody who has not signed in: what their form to sign in is checked against
PATH: Final = "/console"


class SignInFirst(Exception):
    """There is no session, or it is over. `next_path` is where to go afterwards; `kept` what was about to be sent."""

    def __init__(self, next_path: str, kept: Mapping[str, str] | None = None) -> None:
        super().__init__("sign in first")
        self.next_path = next_path
        self.kept = kept or {}


async def _present(request: Request, doors: AllDoors) -> StaffSession | None:
    token = request.cookies.get(SESSION)
    return None if token is None else await doors.accounts.session(token)


async def _required(request: Request, session: Annotated[StaffSession | None, Depends(_present)]) -> StaffSession:
    if session is None:
        query = f"?{request.url.query}" if request.url.query else ""
        raise SignInFirst(quote(request.url.path) + query)
    return session


async def _member(session: Annotated[StaffSession, Depends(_required)]) -> StaffMember:
    return session.member


PresentSession = Annotated[StaffSession | None, Depends(_present)]
Session = Annotated[StaffSession, Depends(_required)]
Member = Annotated[StaffMember, Depends(_member)]


def set_cookie(response: Response, request: Request, name: str, token: str) -> None:
    """For this browser alone, and no script's: gone when it is closed, or the session is over."""
    response.set_cookie(name, token, path=PATH, httponly=True, samesite="lax", secure=request.url.scheme == "https")


def drop_cookie(response: Response, name: str) -> None:
    response.delete_cookie(name, path=PATH, httponly=True, samesite="lax")
