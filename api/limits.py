"""What is too large or too deep is refused before anything reads it."""

import re
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from contracts.problems import Refused

MOST_BYTES: Final = 256 * 1024
DEEPEST: Final = 32

_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS: Final = re.compile(rb"[\[\]{}]")


class BodyLimits:
    """Reads the body whole, up to the limit, and hands it on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await _body(receive)
        except Refused as refused:
            await problems.response(refused)(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replaying(body, receive), send)


async def _body(receive: Receive) -> bytes | None:
    """None if the client went away."""
    chunks = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks += message.get("body", b"")
        if len(chunks) > MOST_BYTES:
            raise Refused(413, "body_too_large", f"a body has at most {MOST_BYTES} bytes")
        if not message.get("more_body", False):
            break
    if depth(bytes(chunks)) > DEEPEST:
        raise Refused(400, "too_deep", f"a body nests at most {DEEPEST} levels")
    return bytes(chunks)


def _replaying(body: bytes, receive: Receive) -> Receive:
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return unread.pop() if unread else await receive()

    return replay


def depth(body: bytes) -> int:
    """How deep brackets nest outside of strings; what is no JSON gets some number and fails later."""
    level = deepest = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", body)):
        level += 1 if bracket in b"[{" else -1
        deepest = max(deepest, level)
    return deepest
