"""The way in and out: name and password, and then the page that was asked for."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from console.doors import AllDoors
from console.forms import Fields, local_path, refuse_forged
from console.pages import render
from console.sessions import PATH, SESSION, VISIT, PresentSession, Session, SignInFirst, drop_cookie, set_cookie
from contracts.ids import ApprovalId
from contracts.staff import Draft, SignedIn, SignIn, TurnedAway

router = APIRouter(prefix=PATH)

SEE_OTHER: Final = 303
KEPT: Final = ("approval_id", "note")
MOST_KEPT: Final = 4_000  # characters of a note that somebody was typing
_WRONG: Final = "The name or the password is wrong. Please try again."
_TOO_MANY: Final = "There were too many wrong passwords for this name. Please wait a quarter of an hour."
_NO_COOKIE: Final = "Your browser sent no cookie. Allow cookies for this site, and sign in again."


@router.get("/sign-in")
async def form(request: Request, session: PresentSession) -> Response:
    next_path = local_path(request.query_params.get("next", PATH))
    if session is not None:
        return RedirectResponse(next_path, SEE_OTHER)
    return _form(request, next_path)


@router.post("/sign-in")
async def sign_in(request: Request, doors: AllDoors, fields: Fields) -> Response:
    next_path = local_path(fields.get("next", PATH))
    visit = request.cookies.get(VISIT)
    if visit is None:
        return _form(request, next_path, status=400, said=_NO_COOKIE, kept=fields)
    refuse_forged(fields, _csrf(visit))
    try:
        who = SignIn(name=fields.get("name", ""), password=fields.get("password", ""))
    except ValidationError:
        return _form(request, next_path, status=401, said=_WRONG, kept=fields)
    signed_in = await doors.accounts.sign_in(who)
    if isinstance(signed_in, TurnedAway):
        said, status = (_WRONG, 401) if signed_in.until is None else (_TOO_MANY, 429)
        return _form(request, next_path, status=status, said=said, kept=fields)
    await _keep(doors, signed_in, fields)
    response = RedirectResponse(next_path, SEE_OTHER)
    set_cookie(response, request, SESSION, signed_in.token)
    drop_cookie(response, VISIT)
    return response


@router.post("/sign-out")
async def sign_out(request: Request, doors: AllDoors, session: Session, fields: Fields) -> Response:
    refuse_forged(fields, session.csrf)
    await doors.accounts.sign_out(request.cookies[SESSION])
    response = RedirectResponse(f"{PATH}/sign-in", SEE_OTHER)
    drop_cookie(response, SESSION)
    return response


def sign_in_first(request: Request, needed: SignInFirst) -> Response:
    """To the form at once; what was about to be sent goes with it, so that nobody has to type it again."""
    if needed.kept:
        said = "Your session is over. Sign in again: what you wrote is kept."
        return _form(request, local_path(needed.next_path), status=401, said=said, kept=needed.kept)
    if request.method not in {"GET", "HEAD"}:
        return _form(request, PATH, status=401, said="Your session is over. Please sign in again.")
    return RedirectResponse(f"{PATH}/sign-in?next={quote(local_path(needed.next_path), safe='/')}", SEE_OTHER)


def _form(
    request: Request, next_path: str, *, status: int = 200, said: str = "", kept: Mapping[str, str] | None = None
) -> Response:
    visit = request.cookies.get(VISIT) or secrets.token_urlsafe(32)
    kept = kept or {}
    response = render(
        "sign_in.html",
        status=status,
        session=None,
        csrf=_csrf(visit),
        next_path=next_path,
        said=said,
        name=kept.get("name", ""),
        kept={name: kept[name] for name in KEPT if kept.get(name)},
    )
    set_cookie(response, request, VISIT, visit)
    return response


async def _keep(doors: AllDoors, signed_in: SignedIn, fields: Mapping[str, str]) -> None:
    """What somebody was about to say when their session was over."""
    approval_id, note = fields.get("approval_id"), fields.get("note", "")[:MOST_KEPT]
    if approval_id and note:
        await doors.accounts.keep(signed_in.token, Draft(approval_id=ApprovalId(approval_id), note=note))


def _csrf(visit: str) -> str:
    return hashlib.sha256(f"csrf:{visit}".encode()).hexdigest()
