"""What the routes need: doors to the tables, keys to let people in, and the engine to wake."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol

import structlog
from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from contracts.approvals import ApprovalPage, ApprovalView, DecideApproval
from contracts.checkout import CancelOrder, PayOrder, PlaceOrder
from contracts.claims import OpenClaim
from contracts.commands import CancelPreview, ChooseBackorder, EditOrder, EditPreview, HoldOrder, ReleaseOrder
from contracts.door import Answer, Knock, Principal
from contracts.ids import ApprovalId, OrderId
from contracts.order_list import ListOrders, OrderPage, OrderSummary
from contracts.order_view import OrderView
from contracts.states import ApprovalStatus
from contracts.wakeups import Wakeup
from contracts.webhooks import Told, Webhook, WebhookSource

log = structlog.stdlib.get_logger("api")


class OrderDoor(Protocol):
    async def place(self, knock: Knock, order: PlaceOrder) -> Answer: ...

    async def cancel(self, knock: Knock, order_id: OrderId, command: CancelOrder) -> Answer: ...

    async def preview_cancel(self, order_id: OrderId, command: CancelOrder) -> CancelPreview: ...

    async def show(self, order_id: OrderId) -> OrderView: ...


class OrderList(Protocol):
    async def page(self, asked: ListOrders) -> OrderPage: ...

    async def find(self, text: str) -> list[OrderSummary]: ...


class PaymentDoor(Protocol):
    async def pay(self, knock: Knock, order_id: OrderId, command: PayOrder) -> Answer: ...


class ClaimDoor(Protocol):
    async def open(self, knock: Knock, order_id: OrderId, command: OpenClaim) -> Answer: ...


class CommandDoor(Protocol):
    async def choose(self, knock: Knock, order_id: OrderId, command: ChooseBackorder) -> Answer: ...

    async def hold(self, knock: Knock, order_id: OrderId, command: HoldOrder) -> Answer: ...

    async def release(self, knock: Knock, order_id: OrderId, command: ReleaseOrder) -> Answer: ...


class EditDoor(Protocol):
    async def edit(self, knock: Knock, order_id: OrderId, edit: EditOrder) -> Answer: ...

    async def preview(self, order_id: OrderId, edit: EditOrder) -> EditPreview: ...


class ApprovalDoor(Protocol):
    async def page(self, status: ApprovalStatus | None, *, limit: int, cursor: str | None) -> ApprovalPage: ...

    async def show(self, approval_id: ApprovalId) -> ApprovalView: ...

    async def decide(self, knock: Knock, approval_id: ApprovalId, decision: DecideApproval) -> Answer: ...


class WebhookDoor(Protocol):
    async def receive(
        self, source: WebhookSource, webhook_id: str, raw: bytes, webhook: Webhook
    ) -> tuple[Told, list[Wakeup]]: ...


class Keys(Protocol):
    async def principal(self, token: str) -> Principal | None: ...


class Engine(Protocol):
    async def deliver(self, wakeup: Wakeup) -> None: ...


class Health(Protocol):
    async def ready(self) -> bool:
        """Whether requests can be accepted: the engine may be away, the database may not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    orders: OrderDoor
    order_list: OrderList
    payments: PaymentDoor
    commands: CommandDoor
    claims: ClaimDoor
    edits: EditDoor
    approvals: ApprovalDoor
    webhooks: WebhookDoor
    webhook_secrets: Mapping[WebhookSource, str]
    keys: Keys
    engine: Engine
    health: Health


def _doors(request: Request) -> Doors:
    doors: Doors = request.app.state.doors
    return doors


AllDoors = Annotated[Doors, Depends(_doors)]


def answered(answer: Answer, doors: Doors) -> JSONResponse:
    """The answer over HTTP; then, with the answer given, the engine is told. What fails there, the relay delivers."""
    headers = answer.headers | ({"Idempotent-Replayed": "true"} if answer.replayed else {})
    waking = BackgroundTask(wake, doors.engine, answer.wakeups)
    return JSONResponse(answer.body, status_code=answer.status, headers=headers, background=waking)


async def wake(engine: Engine, wakeups: list[Wakeup]) -> None:
    for wakeup in wakeups:
        try:
            await engine.deliver(wakeup)
        except Exception as error:  # noqa: BLE001 - whatever it is, the row is there and the relay tries again
            log.warning("wakeup.left_to_relay", wakeup_id=wakeup.wakeup_id, error=type(error).__name__)
