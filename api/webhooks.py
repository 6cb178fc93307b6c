"""Partners' webhooks: the signature is checked first, on the raw body (Standard Webhooks 1.0)."""

import re
from typing import Final

from fastapi import APIRouter, Request, Security
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook as Signature
from standardwebhooks.webhooks import WebhookVerificationError
from starlette.background import BackgroundTask

from api import problems
from api.doors import AllDoors, wake
from contracts.problems import Refused
from contracts.webhooks import WEBHOOKS, Told, WebhookSource

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], responses=problems.RESPONSES)

_ID: Final = re.compile(r"[!-~]{1,255}")
_SIGNATURE: Final = APIKeyHeader(
    name="webhook-signature",
    scheme_name="StandardWebhooks",
    description="`v1,<base64 of HMAC-SHA256>` over `webhook-id.webhook-timestamp.body`, with the partner's own secret",
    auto_error=False,
)


@router.post(
    "/{source}",
    status_code=202,
    response_model=Told,
    summary="Tell what happened outside",
    dependencies=[Security(_SIGNATURE)],
)
async def receive(source: WebhookSource, request: Request, doors: AllDoors) -> JSONResponse:
    """Stored once per `webhook-id`. About something that is not known (yet): 404, please send it again."""
    raw = await request.body()
    headers = dict(request.headers)
    try:
        Signature(doors.webhook_secrets[source]).verify(raw, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # the library lets through what it finds odd in a signature
        raise Refused(401, "invalid_signature", "the signature does not fit the body, or it is too old") from None
    webhook_id = headers["webhook-id"]
    if not _ID.fullmatch(webhook_id):
        raise Refused(400, "webhook_id_invalid", "a webhook-id has 1 to 255 visible ASCII characters")
    try:
        webhook = WEBHOOKS[source].validate_json(raw)
    except ValidationError as error:
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_input=False)]
        raise problems.of_validation(found) from None
    told, wakeups = await doors.webhooks.receive(source, webhook_id, raw, webhook)
    if told.outcome == "unmatched":
        raise Refused(404, "unknown_reference", "this is about nothing known here; send it again later")
    return JSONResponse(
        told.model_dump(mode="json"), status_code=202, background=BackgroundTask(wake, doors.engine, wakeups)
    )
