"""What a refused or impossible request looks like: RFC 9457 problems that say what is wrong, where, and what to do."""

from collections.abc import Sequence
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from contracts.problems import DatabaseAway, Problem, Refused

MEDIA_TYPE: Final = "application/problem+json"
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": description, "content": {MEDIA_TYPE: {}}}
    for status, description in (
        (400, "The request cannot be read"),
        (401, "No valid API key"),
        (403, "The key does not allow this"),
        (404, "There is nothing by this id"),
        (409, "Not now: see `code` and `allowed_actions`"),
        (413, "The body is too large"),
        (415, "The body is not declared as JSON"),
        (422, "The request is understood and wrong: see `errors`"),
        (503, "The database is away: send the same again after `Retry-After`"),
    )
}

log = structlog.stdlib.get_logger("api")


def response(refused: Refused) -> JSONResponse:
    body = {
        "type": f"urn:steward:problem:{refused.code}",
        "title": refused.code.replace("_", " ").capitalize(),
        "status": refused.status,
        "code": refused.code,
        "detail": refused.detail,
        "errors": [problem.model_dump() for problem in refused.errors],
        **refused.extras,
    }
    return JSONResponse(body, status_code=refused.status, media_type=MEDIA_TYPE, headers=refused.headers)


def install(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> JSONResponse:
        return response(error)

    @app.exception_handler(DatabaseAway)
    async def away(_: Request, error: DatabaseAway) -> JSONResponse:
        log.warning("request.database_away", error=str(error))
        return response(
            Refused(503, "unavailable", "the database is away: send the same again later", headers={"Retry-After": "2"})
        )

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        return response(of_validation(error.errors()))

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        codes = {400: "invalid_json", 404: "not_found", 405: "method_not_allowed"}
        code = codes.get(error.status_code, "http_error")
        return response(Refused(error.status_code, code, str(error.detail), headers=error.headers))


def of_validation(errors: Sequence[Any]) -> Refused:
    """What pydantic found, by JSON pointer; inputs are never repeated."""
    if any(error["type"] == "json_invalid" for error in errors):
        return Refused(400, "invalid_json", "the body is not valid JSON")
    if any(isinstance(error.get("input"), bytes) for error in errors):
        return Refused(415, "unsupported_media_type", "send the body as JSON: Content-Type: application/json")
    found = [_problem(error) for error in errors]
    return Refused(422, "invalid_request", "the request does not have the right form", errors=found)


def _problem(error: dict[str, Any]) -> Problem:
    place, *path = error["loc"]
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
    part_of_request = "" if place == "body" else f"{place}:"
    return Problem(pointer=part_of_request + pointer, code=error["type"], detail=error["msg"])
