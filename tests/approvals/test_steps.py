"""What the process reads of a question: the answer, or its outcome when nobody answered in time."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest
import pytest_asyncio

from adapters.postgres import approvals
from adapters.postgres.approvals import PostgresApprovals
from adapters.postgres.database import Database
from contracts.approvals import Question, Settlement
from contracts.ids import ApprovalId
from contracts.states import ApprovalStatus
from tests.desk import Desk
from tests.front_door import Caller
from tests.shop import order_body

DUE_IN = timedelta(days=3)


@pytest_asyncio.fixture
async def desk(caller: Caller, database: Database) -> AsyncIterator[Desk]:
    yield Desk(database, await caller.placed(order_body()))


async def ask(database: Database, desk: Desk, on_expiry: Literal["approved", "rejected"] = "rejected") -> ApprovalId:
    question = Question(
        kind="risk_review", question="?", evidence=[], facts={}, on_expiry=on_expiry, required_role="risk"
    )
    async with database.transaction() as connection:
        return await approvals.ask(connection, desk.step, question, due_at(desk))


def due_at(desk: Desk) -> datetime:
    return desk.step.now + DUE_IN


async def settle(database: Database, approval_id: ApprovalId, now: datetime) -> Settlement:
    return await PostgresApprovals(database).settle(approval_id, now)


async def timeline(caller: Caller, desk: Desk) -> list[str]:
    return [entry["type"] for entry in await entries(caller, desk)]


async def entries(caller: Caller, desk: Desk) -> list[dict[str, Any]]:
    shown: Any = (await caller.get(f"/v1/orders/{desk.step.order_id}")).json()
    return list(shown["timeline"])


async def test_before_it_is_due_a_question_stays_open(database: Database, desk: Desk) -> None:
    approval_id = await ask(database, desk)
    just_before = due_at(desk) - timedelta(microseconds=1)
    settled = await settle(database, approval_id, just_before)
    assert (settled.status, settled.approved) == (ApprovalStatus.PENDING, None)


@pytest.mark.parametrize(("on_expiry", "approved"), [("rejected", False), ("approved", True)])
async def test_when_it_is_due_it_expires_with_its_declared_outcome_once(
    caller: Caller,
    database: Database,
    desk: Desk,
    on_expiry: Literal["approved", "rejected"],
    approved: bool,  # noqa: FBT001 - the expected answer
) -> None:
    approval_id = await ask(database, desk, on_expiry)
    for late in (timedelta(), timedelta(hours=1)):
        settlement = await settle(database, approval_id, due_at(desk) + late)
        assert settlement == Settlement(status=ApprovalStatus.EXPIRED, approved=approved)
    told = await timeline(caller, desk)
    assert told.count("approval.expired") == 1
    (expired,) = [entry for entry in await entries(caller, desk) if entry["type"] == "approval.expired"]
    assert (expired["reason_code"], expired["facts"]) == (None, {"choice": on_expiry})
    assert told.count("order.hold_released") == int(approved)


@pytest.mark.parametrize(("choice", "approved"), [("approved", True), ("rejected", False)])
async def test_a_decision_counts_however_late_it_is_read(
    caller: Caller,
    database: Database,
    desk: Desk,
    choice: str,
    approved: bool,  # noqa: FBT001 - the expected answer
) -> None:
    approval_id = await desk.question()
    body = {"choice": choice, "version": 1, "note": "called them"}
    await caller.post(f"/v1/approvals/{approval_id}/decision", body)
    for _ in range(2):
        settlement = await settle(database, approval_id, desk.step.now + timedelta(days=30))
        assert settlement == Settlement(status=ApprovalStatus(choice), approved=approved)
    told = await timeline(caller, desk)
    assert told.count("order.hold_released") == int(approved)
    assert "approval.expired" not in told


async def test_an_unknown_question_is_an_error(database: Database, desk: Desk) -> None:
    with pytest.raises(LookupError):
        await settle(database, ApprovalId("apr_none"), desk.step.now)
