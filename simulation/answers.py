"""The HTTP habits all partners share: a key, an answer that can be given again, a refusal with a code."""

from typing import Annotated, NamedTuple

from fastapi import Header, Response
from pydantic import BaseModel
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse

IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=255)]


class Answer(NamedTuple):
    """A status and a JSON body, as they are kept under a key."""

    status: int
    body: str

    def response(self) -> Response:
        return Response(self.body, self.status, media_type="application/json")


class Refusal(Exception):
    """What a partner answers with a status of 4xx and a code; nothing of the call is kept."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


def answer(status: int, body: BaseModel) -> Answer:
    return Answer(status, body.model_dump_json())


async def refuse(_: HttpRequest, refusal: Exception) -> Response:
    """The exception handler for Refusal; anything else is a bug of ours and goes on."""
    if not isinstance(refusal, Refusal):
        raise refusal
    return JSONResponse({"code": refusal.code}, refusal.status)
