"""What nobody expected is answered as a problem and logged once, without a word that could be about a person."""

import traceback
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from contracts.problems import Refused

_SORRY: Final = Refused(500, "internal_error", "something broke here, and nothing was accepted: try again later")

log = structlog.stdlib.get_logger("api")


class Breakage:
    """Logs where it broke and the kind of error, not its message: databases quote whole rows in theirs.

    A handler for every exception would not do: the framework raises it again for the server to log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            _log(scope, error)
            if not begun:
                await problems.response(_SORRY)(scope, receive, send)


def _log(scope: Scope, error: Exception) -> None:
    log.error(
        "request.failed",
        method=scope["method"],
        route=getattr(scope.get("route"), "path", None),
        error=type(error).__name__,
        where="".join(traceback.format_tb(error.__traceback__)),
    )
