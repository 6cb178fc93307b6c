"""What asking any partner over HTTP has in common: one deadline, and two ways to fail."""

import asyncio
import re
from datetime import timedelta
from typing import Final, TypeVar

import httpx2
from pydantic import BaseModel, TypeAdapter, ValidationError

from contracts.partners import PartnerRefused, PartnerUnavailable

DEADLINE: Final = timedelta(seconds=3.5)  # for the whole call, far below what a step may take
UNREADABLE: Final = "unreadable_answer"

_CODE: Final = re.compile(r"[a-z0-9_]{1,64}")
_Answer = TypeVar("_Answer")


class _Problem(BaseModel):
    code: str


class Partner:
    """One partner behind a client whose base URL is the partner's origin; retries belong to whoever calls."""

    def __init__(self, name: str, http: httpx2.AsyncClient, deadline: timedelta = DEADLINE) -> None:
        self.name = name
        self._http = http
        self._deadline = deadline.total_seconds()

    async def get(self, path: str, **parameters: str) -> httpx2.Response:
        return await self._ask(self._http.build_request("GET", path, params=parameters))

    async def post(self, path: str, question: BaseModel | None = None, key: str | None = None) -> httpx2.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = None if question is None else question.model_dump(mode="json", by_alias=True)
        return await self._ask(self._http.build_request("POST", path, json=body, headers=headers))

    async def _ask(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, below 500 and not 429; raises PartnerUnavailable."""
        try:
            async with asyncio.timeout(self._deadline):
                response = await self._http.send(request)
        except (httpx2.RequestError, TimeoutError) as error:
            raise PartnerUnavailable(self.name) from error
        if response.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            raise PartnerUnavailable(self.name, _retry_after(response))
        if response.status_code == httpx2.codes.TOO_MANY_REQUESTS:
            raise PartnerUnavailable(self.name, _retry_after(response))
        return response

    def read(self, kind: TypeAdapter[_Answer], response: httpx2.Response) -> _Answer:
        """The answer of a success; raises PartnerRefused for anything else, and for what cannot be read.

        What pydantic says of an unreadable answer quotes it, so it goes no further.
        """
        self.expect_success(response)
        try:
            return kind.validate_json(response.content)
        except ValidationError:
            raise PartnerRefused(self.name, response.status_code, UNREADABLE) from None

    def expect_success(self, response: httpx2.Response) -> None:
        if not response.is_success:
            raise PartnerRefused(self.name, response.status_code, code_of(response))


def code_of(response: httpx2.Response) -> str:
    """The partner's code for its refusal; a text that is no code could quote anything, so it is not repeated."""
    try:
        code = _Problem.model_validate_json(response.content).code
    except ValidationError:
        return UNREADABLE
    return code if _CODE.fullmatch(code) else UNREADABLE


def _retry_after(response: httpx2.Response) -> timedelta | None:
    """Seconds only: for the date form the caller's own backoff does as well."""
    seconds = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(seconds)) if re.fullmatch(r"[0-9]{1,5}", seconds) else None
