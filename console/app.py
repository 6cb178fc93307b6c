"""The staff's pages as one application, beside the API in its process."""

from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console import cases, find, inbox, live, orders, sign_in
from console.doors import ConsoleDoors
from console.pages import HEADERS, HERE, render
from console.sessions import PATH, SignInFirst
from contracts.problems import DatabaseAway, Refused

_NOT_HERE: Final = ("There is nothing here.", "The address may be mistyped, or what it was of may be gone.")
_AWAY: Final = ("The database is away.", "Nothing was lost. Please try again in a moment.")
_BROKEN: Final = ("Something broke here.", "It is on record. Please try again later.")

_ABOUT_PEOPLE: Final = "no-store"  # nothing is kept after somebody signed out
_ASSETS: Final = "no-cache"  # kept, and asked for again whether it is still the same

log = structlog.stdlib.get_logger("console")


def create_console(doors: ConsoleDoors) -> ASGIApp:
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.state.doors = doors
    _install(app)
    for part in (inbox, cases, orders, find, live, sign_in):
        app.include_router(part.router)
    app.mount(f"{PATH}/static", StaticFiles(directory=HERE / "static"))

    @app.get("/favicon.ico")
    async def favicon() -> Response:
        return FileResponse(HERE / "static" / "favicon.svg", media_type="image/svg+xml")

    return _Guarded(app)  # around all of it: what breaks is answered further out than other middleware


def _install(app: FastAPI) -> None:
    """What went wrong, as a page."""

    @app.exception_handler(SignInFirst)
    async def sign_in_first(request: Request, needed: SignInFirst) -> Response:
        return sign_in.sign_in_first(request, needed)

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        if error.status == 404:  # noqa: PLR2004 - not found
            return _sorry(404, *_NOT_HERE)
        return _sorry(error.status, "That was not possible.", error.detail)

    @app.exception_handler(DatabaseAway)
    async def away(_: Request, error: DatabaseAway) -> Response:
        log.warning("request.database_away", error=str(error))
        return _sorry(503, *_AWAY)

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, __: RequestValidationError) -> Response:
        return _sorry(404, *_NOT_HERE)

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> Response:
        return _sorry(error.status_code, *_NOT_HERE)

    @app.exception_handler(Exception)
    async def broken(_: Request, __: Exception) -> Response:
        return _sorry(500, *_BROKEN)  # the server around this one logs it


def _sorry(status: int, headline: str, advice: str) -> Response:
    return render("sorry.html", status=status, session=None, headline=headline, advice=advice)


class _Guarded:
    """Every answer tells the browser what it may load and where this page may stand."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_asset = scope["type"] == "http" and scope["path"].startswith((f"{PATH}/static/", "/favicon"))

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", _ASSETS if is_asset else _ABOUT_PEOPLE)
            await send(message)

        await self._app(scope, receive, guarded)
