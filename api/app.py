"""The HTTP front door."""

from typing import Final

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api import approvals, health, orders, problems, webhooks
from api.breakage import Breakage
from api.doors import Doors
from api.limits import BodyLimits

PAGES: Final = "/console"


def create_app(doors: Doors, *, console: ASGIApp | None = None) -> FastAPI:
    """With the pages for staff, if they are given."""
    app = FastAPI(
        title="Steward",
        version="1",
        description="Starts and steers the long processes of a shop. Money is integer minor units; errors are"
        " RFC 9457 problems; every POST that starts or changes something takes an `Idempotency-Key`.",
        redirect_slashes=False,  # that would lead to whatever host the caller names
    )
    app.state.doors = doors
    if console is not None:
        app.add_middleware(_Beside, console=console)
    app.add_middleware(BodyLimits, forms_under=f"{PAGES}/")
    app.add_middleware(Breakage)
    problems.install(app)
    for part in (orders, approvals, webhooks, health):
        app.include_router(part.router)
    return app


class _Beside:
    """Hands on what is for the pages: they have their own routes, errors and headers."""

    def __init__(self, app: ASGIApp, *, console: ASGIApp) -> None:
        self._app = app
        self._console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_page = scope["type"] == "http" and (path in {PAGES, "/favicon.ico"} or path.startswith(f"{PAGES}/"))
        await (self._console if is_page else self._app)(scope, receive, send)
