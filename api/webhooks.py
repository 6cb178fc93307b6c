"""Partners' webhooks: the signature is checked first, on the raw body (Standard Webhooks 1.0)."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook as Signature
from standardwebhooks.webhooks import WebhookVerificationError
from starlette.background import BackgroundTask

from api import problems
from api.doors import AllDoors, wake
from contracts.problems import Refused
from contracts.webhooks import WEBHOOK, Told, WebhookSource

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], responses=problems.RESPONSES)


@router.post("/{source}", status_code=202, response_model=Told, summary="Tell what happened outside")
async def receive(source: WebhookSource, request: Request, doors: AllDoors) -> JSONResponse:
    """Stored once per `webhook-id`. About something that is not known (yet): 404, please send it again."""
    raw = await request.body()
    headers = dict(request.headers)
    try:
        Signature(doors.webhook_secrets[source]).verify(raw, headers)
    except WebhookVerificationError:
        raise Refused(401, "invalid_signature", "the signature does not fit the body, or it is too old") from None
    try:
        webhook = WEBHOOK.validate_json(raw)
    except ValidationError as error:
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_input=False)]
        raise problems.of_validation(found) from None
    told, wakeups = await doors.webhooks.receive(source, headers["webhook-id"], raw, webhook)
    if told.outcome == "unmatched":
        raise Refused(404, "unknown_reference", "this is about nothing known here; send it again later")
    return JSONResponse(
        told.model_dump(mode="json"), status_code=202, background=BackgroundTask(wake, doors.engine, wakeups)
    )
