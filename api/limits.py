"""What is too large, too deep, ambiguous or no JSON text at all is refused before anything reads it."""

import json
import re
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from contracts.problems import Refused

MOST_BYTES: Final = 256 * 1024
DEEPEST: Final = 32
LONGEST_PATH: Final = 255  # characters; ids are 36

# Possessive, and good with a missing end: whatever comes, each byte is looked at once.
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKET: Final = re.compile(rb"[\[\]{}]")
_NO_NUMBER: Final = re.compile(rb"NaN|Infinity")
_ESCAPED_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*+\\u0000")


class BodyLimits:
    """Reads the body whole, up to the limit, and hands it on. What comes to `forms_under` is no JSON."""

    def __init__(self, app: ASGIApp, *, forms_under: str) -> None:
        self._app = app
        self._forms_under = forms_under

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await _body(receive)
            is_form = scope["path"].startswith(self._forms_under)
            refuse_unreadable(b"" if is_form else body or b"", scope["path"])
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
            return bytes(chunks)


def _replaying(body: bytes, receive: Receive) -> Receive:
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return unread.pop() if unread else await receive()

    return replay


def refuse_unreadable(body: bytes, path: str) -> None:
    """Raises Refused for what Python's parser would let through or choke on, and for text no table can keep."""
    if "\0" in path or len(path) > LONGEST_PATH:
        raise Refused(404, "not_found", "there is nothing here")
    outline = without_strings(body)
    if depth(outline) > DEEPEST:
        raise Refused(400, "too_deep", f"a body nests at most {DEEPEST} levels")
    if not _is_utf8(body) or _NO_NUMBER.search(outline):
        raise Refused(400, "invalid_json", "the body is not valid JSON in UTF-8")
    if _ESCAPED_NUL.search(body):
        raise Refused(400, "invalid_text", "text cannot hold the character U+0000")
    if _repeats_a_key(body):
        raise Refused(400, "repeated_key", "an object of the body has the same key twice: send each once")


def _is_utf8(body: bytes) -> bool:
    """JSON has no byte 0, so one of them is the mark of another encoding."""
    try:
        return "\0" not in body.decode()
    except UnicodeDecodeError:
        return False


def _repeats_a_key(body: bytes) -> bool:
    """Whether any object does, however its keys are spelled; no JSON has no keys."""
    repeated = False

    def look(members: list[tuple[str, object]]) -> None:
        nonlocal repeated
        repeated = repeated or len(dict(members)) < len(members)

    try:
        json.loads(body, object_pairs_hook=look)
    except ValueError:
        return False
    return repeated


def without_strings(body: bytes) -> bytes:
    return _STRING.sub(b"", body)


def depth(outline: bytes) -> int:
    """How deep brackets nest in a JSON text without its strings; what is no JSON gets some number and fails later."""
    level = deepest = 0
    for bracket in _BRACKET.findall(outline):
        level += 1 if bracket in b"[{" else -1
        deepest = max(deepest, level)
    return deepest
