"""A payment provider over HTTP: money stays what it is, a decline is an answer and not a failure."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

import httpx2
from pydantic import TypeAdapter

from adapters.partner import DEADLINE, Partner, code_of
from contracts.base import Contract
from contracts.disputes import DisputeAnswer
from contracts.money import Money
from contracts.payments import (
    Authorization,
    AuthorizationRequest,
    Capture,
    CaptureRequest,
    CardDeclined,
    Refund,
    RefundRequest,
)

_AUTHORIZATION: Final = TypeAdapter(Authorization)
_CAPTURE: Final = TypeAdapter(Capture)
_REFUND: Final = TypeAdapter(Refund)


class _Authorize(Contract):
    amount: Money
    payment_method: str


class _Take(Contract):
    amount: Money


class HttpPayments:
    """Raises CardDeclined, PartnerUnavailable, PartnerRefused."""

    def __init__(self, http: httpx2.AsyncClient, deadline: timedelta = DEADLINE) -> None:
        self._provider = Partner("payment provider", http, deadline)

    async def authorize(self, request: AuthorizationRequest) -> Authorization:
        question = _Authorize(amount=request.amount, payment_method=request.payment_method)
        response = await self._provider.post("/payments/v1/authorizations", question, request.key)
        if response.status_code == HTTPStatus.PAYMENT_REQUIRED:
            raise CardDeclined(code_of(response))
        return self._provider.read(_AUTHORIZATION, response)

    async def find_authorization(self, key: str) -> Authorization | None:
        """What became of an authorization whose answer was lost; None if it was declined or never arrived."""
        response = await self._provider.get("/payments/v1/authorizations", key=key)
        if response.status_code == HTTPStatus.NOT_FOUND:
            return None
        return self._provider.read(_AUTHORIZATION, response)

    async def capture(self, request: CaptureRequest) -> Capture:
        path = f"/payments/v1/authorizations/{request.authorization_ref}/captures"
        response = await self._provider.post(path, _Take(amount=request.amount), request.key)
        return self._provider.read(_CAPTURE, response)

    async def refund(self, request: RefundRequest) -> Refund:
        path = f"/payments/v1/captures/{request.capture_ref}/refunds"
        response = await self._provider.post(path, _Take(amount=request.amount), request.key)
        return self._provider.read(_REFUND, response)

    async def answer_dispute(self, answer: DisputeAnswer) -> None:
        path = f"/payments/v1/disputes/{answer.dispute_ref}/{answer.answer}"
        self._provider.expect_success(await self._provider.post(path, key=answer.key))

    async def void(self, key: str, authorization_ref: str) -> None:
        """Twice is fine; after a capture it is refused with `already_captured`."""
        response = await self._provider.post(f"/payments/v1/authorizations/{authorization_ref}/void", key=key)
        self._provider.expect_success(response)
