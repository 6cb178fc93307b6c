"""What may go wrong with partners: knobs, all off unless somebody turns them."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.base import Request
from simulation.draws import happens

Rate = Annotated[float, Field(ge=0, le=1)]

_PARTNERS = ("payments", "carriers", "nodes")


class ModelFaults(Request):
    """Shares of the texts that the model is asked for. A text has one fault at most, so they add up to 1 or less.

    model_lies: something in it is not so, or is promised, or blames the reader
    model_obeys: it does as untrusted data says, if there is any
    model_throttled, model_overloaded: none comes, the call is answered by 429 with a Retry-After of a second, or 529
    model_breaks_off: overload in the middle of it
    model_refuses: the model declines
    model_truncates: it ends in the middle
    model_garbles: it has not the form that was asked for
    """

    model_lies: Rate = 0
    model_obeys: Rate = 0
    model_throttled: Rate = 0
    model_overloaded: Rate = 0
    model_breaks_off: Rate = 0
    model_refuses: Rate = 0
    model_truncates: Rate = 0
    model_garbles: Rate = 0


class Faults(ModelFaults):
    """Shares between 0 and 1, drawn by the seed.

    lost_answers: calls whose work is done but whose answer never comes
    outages: a partner's business hours in which every call gets 503
    throttled: calls answered by 429 with a Retry-After of a second
    duplicated, delayed: webhooks sent twice, or up to six business hours late
    reordered: webhooks that the next one of the same subject overtakes
    refused_captures: authorizations whose first capture is refused; the second one works
    late_failures: captures that come back after three business days
    disputes: captures that are disputed after five; half of those that are contested are won
    silent_nodes: nodes that never answer a request
    rejections: requests of which a node rejects a part, or all
    kept_requests: requests that a node does not give back once they are packed
    failed_attempts, exceptions: parcels that are delivered a day later, or go on after a mishap
    stuck_parcels: parcels that go on after days without a scan
    wrong_addresses: parcels that their carrier finds no such address for, and brings back
    returned_parcels, lost_parcels: parcels that go back to their sender, or are lost as their carrier says
    vanished_parcels: parcels that are never scanned again
    bounced_mail, greylisted_mail: addresses that take nothing, or nothing at the first try
    """

    lost_answers: Rate = 0
    outages: Rate = 0
    throttled: Rate = 0
    duplicated: Rate = 0
    delayed: Rate = 0
    reordered: Rate = 0
    refused_captures: Rate = 0
    late_failures: Rate = 0
    disputes: Rate = 0
    silent_nodes: Rate = 0
    rejections: Rate = 0
    kept_requests: Rate = 0
    failed_attempts: Rate = 0
    exceptions: Rate = 0
    stuck_parcels: Rate = 0
    wrong_addresses: Rate = 0
    returned_parcels: Rate = 0
    lost_parcels: Rate = 0
    vanished_parcels: Rate = 0
    bounced_mail: Rate = 0
    greylisted_mail: Rate = 0


class FaultPanel:
    """The knobs as they stand, and the two routes to look at them and to turn them."""

    def __init__(self, faults: Faults) -> None:
        self.current = faults

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/faults", self.look, methods=["GET"])
        router.add_api_route("/faults", self.turn, methods=["PUT"])
        return router

    async def look(self) -> Faults:
        return self.current

    async def turn(self, faults: Faults) -> Faults:
        self.current = faults
        return faults


class FaultyPartners:
    """Stands before the partners' routes; books, knobs and readiness always answer."""

    def __init__(self, app: ASGIApp, panel: FaultPanel, now: Callable[[], datetime], seed: int) -> None:
        self._app = app
        self._panel = panel
        self._now = now
        self._seed = seed
        self._calls: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        partner = _partner_asked(scope)
        if partner is None:
            await self._app(scope, receive, send)
        elif self._is_out(partner):
            await JSONResponse({"code": "unavailable"}, 503)(scope, receive, send)
        else:
            await self._answer(self._nth_call(scope), scope, receive, send)

    async def _answer(self, call: str, scope: Scope, receive: Receive, send: Send) -> None:
        if happens(self._panel.current.throttled, self._seed, "throttled", call):
            await JSONResponse({"code": "throttled"}, 429, {"Retry-After": "1"})(scope, receive, send)
        elif happens(self._panel.current.lost_answers, self._seed, "lost", call):
            await self._app(scope, receive, _keep_quiet)
            while (await receive())["type"] != "http.disconnect":
                pass
        else:
            await self._app(scope, receive, send)

    def _is_out(self, partner: str) -> bool:
        hour = f"{self._now():%Y-%m-%dT%H}"
        return happens(self._panel.current.outages, self._seed, "outage", partner, hour)

    def _nth_call(self, scope: Scope) -> str:
        """Counted per path and key, so that asking again draws again."""
        call = f"{scope['method']} {scope['path']} {Headers(scope=scope).get('idempotency-key', '')}"
        self._calls[call] += 1
        return f"{call} {self._calls[call]}"


def _partner_asked(scope: Scope) -> str | None:
    """The first part of the path, if it is a partner's."""
    if scope["type"] != "http" or scope["path"].endswith("/books"):
        return None
    partner: str = scope["path"].split("/")[1]
    return partner if partner in _PARTNERS else None


async def _keep_quiet(_: Message) -> None:
    """The answer goes nowhere."""
