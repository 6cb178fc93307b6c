"""A question about a placed order, and what people say to it over HTTP."""

from datetime import timedelta
from typing import Any, Literal

import httpx2

from adapters.postgres import approvals
from adapters.postgres.database import Database
from contracts.approvals import Question, QuestionKind, Role
from contracts.ids import ApprovalId
from contracts.money import Money
from contracts.order import OrderStep
from tests.front_door import Caller

DUE_IN = timedelta(days=30)  # after the step, which itself is some days ago: open on the wall's clock, too


async def ask(
    database: Database,
    step: OrderStep,
    *,
    amount_minor: int | None = None,
    due_in: timedelta = DUE_IN,
    on_expiry: Literal["approved", "rejected"] = "rejected",
    role: Role = "risk",
    kind: QuestionKind = "risk_review",
) -> ApprovalId:
    """Asked at the step's moment."""
    question = Question(
        kind=kind,
        question="Should it go on?",
        evidence=[],
        facts={},
        on_expiry=on_expiry,
        required_role=role,
        amount=None if amount_minor is None else Money(amount_minor=amount_minor, currency="USD"),
    )
    async with database.transaction() as connection:
        return await approvals.ask(connection, step, question, step.now + due_in)


async def say(
    caller: Caller,
    approval_id: str,
    choice: str = "approved",
    version: int = 1,
    *,
    note: str | None = None,
    key: str | None = None,
    token: str | None = None,
) -> httpx2.Response:
    body = {"choice": choice, "version": version} | ({} if note is None else {"note": note})
    return await caller.post(f"/v1/approvals/{approval_id}/decision", body, key=key, token=token)


async def shown(caller: Caller, approval_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await caller.get(f"/v1/approvals/{approval_id}")).json()
    return found


async def timeline(caller: Caller, step: OrderStep) -> list[dict[str, Any]]:
    order: dict[str, Any] = (await caller.get(f"/v1/orders/{step.order_id}")).json()
    return list(order["timeline"])


async def told(caller: Caller, step: OrderStep) -> list[str]:
    return [entry["type"] for entry in await timeline(caller, step)]
