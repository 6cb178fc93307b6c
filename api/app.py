"""The HTTP front door."""

from fastapi import FastAPI

from api import approvals, health, orders, problems, webhooks
from api.breakage import Breakage
from api.doors import Doors
from api.limits import BodyLimits


def create_app(doors: Doors) -> FastAPI:
    app = FastAPI(
        title="Steward",
        version="1",
        description="Starts and steers the long processes of a shop. Money is integer minor units; errors are"
        " RFC 9457 problems; every POST that starts or changes something takes an `Idempotency-Key`.",
        redirect_slashes=False,  # that would lead to whatever host the caller names
    )
    app.state.doors = doors
    app.add_middleware(BodyLimits)
    app.add_middleware(Breakage)
    problems.install(app)
    for part in (orders, approvals, webhooks, health):
        app.include_router(part.router)
    return app
