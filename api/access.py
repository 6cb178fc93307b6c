"""Who may do what: an API key with scopes, and an idempotency key for what starts or changes things."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.doors import AllDoors
from contracts.door import Principal
from contracts.problems import Refused

_BEARER: Final = HTTPBearer(auto_error=False, description="An API key: `sk_…`")
_BARE: Final = re.compile(r"[!-~]{1,255}")
_QUOTED: Final = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\]){1,255})"')

Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]


def holder_of(*scopes: str) -> Callable[..., Awaitable[Principal]]:
    """The dependency of a route that needs one of these scopes."""

    async def principal(doors: AllDoors, credentials: Credentials) -> Principal:
        holder = None if credentials is None else await doors.keys.principal(credentials.credentials)
        if holder is None:
            raise Refused(
                401,
                "invalid_api_key",
                "send a valid key as `Authorization: Bearer sk_…`",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if holder.scopes.isdisjoint(scopes):
            raise Refused(403, "scope_missing", f"this needs a key with the scope {' or '.join(scopes)}")
        return holder

    return principal


def _idempotency_key(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Required. Names this one request; the same again gets the same answer, for 7 days.",
        ),
    ] = None,
) -> str:
    if idempotency_key is None:
        raise Refused(400, "idempotency_key_missing", "send an Idempotency-Key that names this one request")
    if len(request.headers.getlist("Idempotency-Key")) > 1:
        raise Refused(400, "idempotency_key_repeated", "send one Idempotency-Key, not several")
    return read_idempotency_key(idempotency_key)


def read_idempotency_key(header: str) -> str:
    """A structured-field string, or bare: 1 to 255 visible ASCII characters."""
    if quoted := _QUOTED.fullmatch(header):
        return re.sub(r"\\(.)", r"\1", quoted[1])
    if _BARE.fullmatch(header) and not header.startswith('"'):
        return header
    raise Refused(400, "idempotency_key_invalid", "an Idempotency-Key has 1 to 255 visible ASCII characters")


def _route(request: Request) -> str:
    return f"{request.method} {request.url.path}"


IdempotencyKey = Annotated[str, Depends(_idempotency_key)]
Route = Annotated[str, Depends(_route)]
