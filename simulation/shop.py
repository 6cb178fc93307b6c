"""The API as shops and staff use it: asked again, under the same key, until it answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from contracts.approvals import ApprovalPage, ApprovalView, DecideApproval
from contracts.base import Contract, Request
from contracts.checkout import CancelOrder, PayOrder, PlaceOrder
from contracts.claims import OpenClaim
from contracts.commands import EditOrder, ReleaseOrder
from contracts.ids import HoldId, OrderId, ShipmentId
from contracts.reasons import HoldReason
from contracts.states import OrderStatus, ShipmentStatus


class Unanswered(Exception):
    """The API stayed away for longer than anybody waits for it."""


class TurnedDown(Exception):
    """The API understood and said no."""

    def __init__(self, status: int, problem: "Problem") -> None:
        super().__init__(f"{status} {problem.code}: {problem.detail}")
        self.status = status
        self.detail = problem.detail


class Axes(Contract):
    order: OrderStatus


class PlacedParcel(Contract):
    id: ShipmentId
    status: ShipmentStatus


class PlacedConsignment(Contract):
    parcels: list[PlacedParcel]


class PlacedHold(Contract):
    id: HoldId
    reason_code: HoldReason
    placed_at: AwareDatetime


class PlacedOrder(Contract):
    """What customers and staff read of an order."""

    id: OrderId
    number: int
    status: Axes
    allowed_actions: list[str]
    consignments: list[PlacedConsignment] = Field(default_factory=list)
    holds: list[PlacedHold] = Field(default_factory=list)


class Problem(BaseModel):
    """What is read of a problem+json; empty where the answer is none."""

    code: str = ""
    detail: str = ""


class Shop:
    """Behind a client that carries an API key. Seconds to wait in all, and before asking again."""

    def __init__(self, http: httpx2.AsyncClient, *, patience: float = 60, pause: float = 0.25) -> None:
        self._http = http
        self._patience = patience
        self._pause = pause

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, api_key: str) -> AsyncIterator["Shop"]:
        headers = {"Authorization": f"Bearer {api_key}"}
        async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=10, trust_env=False) as http:
            yield cls(http)

    async def place(self, order: PlaceOrder) -> PlacedOrder:
        """Raises TurnedDown, Unanswered."""
        answer = await self._ask("POST", "/v1/orders", order, key=order.external_id)
        return PlacedOrder.model_validate_json(answer)

    async def show(self, order_id: OrderId) -> PlacedOrder:
        """Raises TurnedDown, Unanswered."""
        return PlacedOrder.model_validate_json(await self._ask("GET", f"/v1/orders/{order_id}"))

    async def pay(self, order_id: OrderId, command: PayOrder) -> None:
        """Raises TurnedDown with status 409 if no payment method is asked for any more, Unanswered."""
        await self._ask("POST", f"/v1/orders/{order_id}:pay", command, key=f"{order_id}:pay")

    async def edit(self, order_id: OrderId, command: EditOrder, *, because: str = "edit") -> None:
        """`because` tells edits of one order apart.

        Raises TurnedDown with status 409 while it is too early, and once it is too late, Unanswered.
        """
        await self._ask("POST", f"/v1/orders/{order_id}:edit", command, key=f"{order_id}:{because}")

    async def release(self, order_id: OrderId, command: ReleaseOrder) -> None:
        """Raises TurnedDown with status 409 if it is released already, Unanswered."""
        await self._ask("POST", f"/v1/orders/{order_id}:release", command, key=f"{order_id}:release:{command.hold_id}")

    async def claim(self, order_id: OrderId, command: OpenClaim) -> None:
        """Raises TurnedDown with status 409 if it was not delivered lately, Unanswered."""
        await self._ask("POST", f"/v1/orders/{order_id}:claim", command, key=f"{order_id}:claim:{command.shipment_id}")

    async def cancel(self, order_id: OrderId, command: CancelOrder) -> None:
        """Raises TurnedDown with status 409 if it comes too late, Unanswered."""
        await self._ask("POST", f"/v1/orders/{order_id}:cancel", command, key=f"{order_id}:cancel")

    async def open_questions(self) -> list[ApprovalView]:
        """The soonest due first, at most 200 of them."""
        answer = await self._ask("GET", "/v1/approvals?status=pending&limit=200")
        return ApprovalPage.model_validate_json(answer).items

    async def decide(self, question: ApprovalView, decision: DecideApproval) -> None:
        """Raises TurnedDown with status 409 if the question is no longer open, Unanswered."""
        key = f"{question.id}:{decision.version}"
        await self._ask("POST", f"/v1/approvals/{question.id}/decision", decision, key=key)

    async def _ask(self, method: str, path: str, body: Request | None = None, key: str | None = None) -> bytes:
        headers = {} if key is None else {"Idempotency-Key": f'"{key}"'}
        sent = None if body is None else body.model_dump(mode="json")
        try:
            async with asyncio.timeout(self._patience):
                return await self._until_answered(method, path, sent, headers)
        except TimeoutError:
            raise Unanswered(f"the API did not answer {method} {path} for {self._patience} s") from None

    async def _until_answered(self, method: str, path: str, body: object, headers: dict[str, str]) -> bytes:
        while True:
            answer = await self._once(method, path, body, headers)
            if answer is not None:
                return answer
            await asyncio.sleep(self._pause)

    async def _once(self, method: str, path: str, body: object, headers: dict[str, str]) -> bytes | None:
        """The answer; None if there is none yet and asking again is right. Raises TurnedDown."""
        try:
            response = await self._http.request(method, path, json=body, headers=headers)
        except httpx2.RequestError:
            return None
        if response.is_success:
            return response.content
        problem = _problem(response)
        if response.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR or problem.code == "request_in_flight":
            return None
        raise TurnedDown(response.status_code, problem)


def _problem(response: httpx2.Response) -> Problem:
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        return Problem()
