"""A question that is still open some time before it is due is escalated, once, to somebody else."""

from datetime import timedelta

import pytest

from adapters.postgres.approvals import PostgresApprovals
from contracts.approvals import Settlement
from contracts.ids import ApprovalId
from contracts.states import ApprovalStatus
from tests.approvals.asked import ask, say, shown, timeline, told
from tests.desk import Desk
from tests.front_door import Caller
from tests.shop import order_body

DUE_IN = timedelta(days=30)
ESCALATES_IN = DUE_IN - timedelta(days=1)
TICK = timedelta(microseconds=1)
OPEN = Settlement(status=ApprovalStatus.PENDING, approved=None)


@pytest.fixture
def caller(shared_caller: Caller) -> Caller:
    return shared_caller


@pytest.fixture
async def desk(caller: Caller) -> Desk:
    return Desk(caller.database, await caller.placed(order_body()))


async def settle(caller: Caller, desk: Desk, approval_id: ApprovalId, after: timedelta) -> Settlement:
    return await PostgresApprovals(caller.database).settle(approval_id, desk.step.now + after)


async def test_until_then_the_process_knows_when_to_look_again(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step, due_in=DUE_IN)
    settled = await settle(caller, desk, approval_id, ESCALATES_IN - TICK)
    assert settled == OPEN.model_copy(update={"escalates_at": desk.step.now + ESCALATES_IN})
    assert "approval.escalated" not in await told(caller, desk.step)


async def test_an_open_question_is_escalated_once_and_that_is_shown_listed_and_told(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step, due_in=DUE_IN)
    for late in (timedelta(), timedelta(hours=1)):
        assert await settle(caller, desk, approval_id, ESCALATES_IN + late) == OPEN
    found = await shown(caller, approval_id)
    assert (found["status"], found["version"], found["required_role"]) == ("pending", 2, "lead")
    assert found["escalated_at"] == (desk.step.now + ESCALATES_IN).isoformat().replace("+00:00", "Z")
    listed = (await caller.get("/v1/approvals?status=pending&limit=200")).json()["items"]
    assert [item["escalated_at"] for item in listed if item["id"] == approval_id] == [found["escalated_at"]]
    escalated = [entry for entry in await timeline(caller, desk.step) if entry["type"] == "approval.escalated"]
    assert [(entry["subject"], entry["facts"]) for entry in escalated] == [(approval_id, {"required_role": "lead"})]


@pytest.mark.parametrize("due_in", [timedelta(hours=1), timedelta(days=1)])
async def test_a_question_that_is_due_sooner_is_not_escalated(caller: Caller, desk: Desk, due_in: timedelta) -> None:
    approval_id = await ask(caller.database, desk.step, due_in=due_in)
    assert await settle(caller, desk, approval_id, due_in - TICK) == OPEN
    found = await shown(caller, approval_id)
    assert (found["escalated_at"], found["required_role"]) == (None, "risk")


async def test_what_was_decided_is_not_escalated(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step, due_in=DUE_IN)
    await say(caller, approval_id)
    settled = await settle(caller, desk, approval_id, ESCALATES_IN)
    assert settled == Settlement(status=ApprovalStatus.APPROVED, approved=True)
    assert "approval.escalated" not in await told(caller, desk.step)


async def test_what_is_looked_at_only_when_it_is_due_expires_and_is_not_escalated(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step, due_in=DUE_IN)
    assert (await settle(caller, desk, approval_id, DUE_IN)).status is ApprovalStatus.EXPIRED
    assert "approval.escalated" not in await told(caller, desk.step)


async def test_a_yes_of_before_counts_after_it_too(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step, due_in=DUE_IN, amount_minor=500_000)
    risk, lead = [await caller.keys.issue("staff", [f"approvals:decide:{role}"]) for role in ("risk", "lead")]
    await say(caller, approval_id, token=risk)
    await settle(caller, desk, approval_id, ESCALATES_IN)
    assert (await say(caller, approval_id, token=risk)).status_code == 200  # a double click, still
    assert (await say(caller, approval_id, version=3, token=lead)).json()["status"] == "approved"
