"""Changes are requested: the question is asked anew, as the next version of its plan, until the same date."""

from datetime import timedelta

import pytest

from adapters.postgres import approvals
from adapters.postgres.approvals import PostgresApprovals
from contracts.approvals import Settlement
from contracts.ids import ApprovalId
from contracts.states import ApprovalStatus
from tests.approvals.asked import DUE_IN, ask, say, shown, timeline, told
from tests.desk import Desk
from tests.front_door import SCOPES, Caller
from tests.shop import order_body

NOTE = "Which of the two addresses is it?"


@pytest.fixture
def caller(shared_caller: Caller) -> Caller:
    return shared_caller


@pytest.fixture
async def desk(caller: Caller) -> Desk:
    return Desk(caller.database, await caller.placed(order_body()))


async def settle(caller: Caller, desk: Desk, approval_id: ApprovalId, after: timedelta = timedelta()) -> Settlement:
    return await PostgresApprovals(caller.database).settle(approval_id, desk.step.now + after)


async def test_until_the_process_has_read_it_nobody_decides(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step)
    requested = (await say(caller, approval_id, "changes_requested", note=NOTE)).json()
    assert (requested["status"], requested["version"]) == ("changes_requested", 2)
    assert requested["allowed_actions"] == []
    assert caller.engine.news[-1] == (f"order/{desk.step.number}", "decided")
    response = await say(caller, approval_id, version=2)
    assert (response.status_code, response.json()["code"]) == (409, "invalid_transition")


async def test_the_process_asks_it_anew_once_with_the_note_kept_and_the_date_unchanged(
    caller: Caller, desk: Desk
) -> None:
    approval_id = await ask(caller.database, desk.step)
    before = await shown(caller, approval_id)
    requested = (await say(caller, approval_id, "changes_requested", note=NOTE)).json()
    read = [await settle(caller, desk, approval_id) for _ in range(2)]
    assert [(answer.status, answer.approved) for answer in read] == [("changes_requested", None), ("pending", None)]
    anew = await shown(caller, approval_id)
    assert (anew["status"], anew["version"], anew["plan_version"]) == ("pending", 3, 2)
    assert (anew["due_at"], anew["decided_by"], anew["decided_at"]) == (before["due_at"], None, None)
    assert (anew["note"], anew["votes"]) == (NOTE, requested["votes"])
    last = (await timeline(caller, desk.step))[-2:]
    assert [(entry["type"], entry["facts"]) for entry in last] == [
        ("approval.decided", {"choice": "changes_requested"}),
        ("approval.requested", {"plan_version": 2}),
    ]


async def test_a_person_may_ask_for_changes_and_then_decide(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step)
    await say(caller, approval_id, "changes_requested", note=NOTE)
    await settle(caller, desk, approval_id)
    stale = await say(caller, approval_id)
    assert (stale.json()["code"], stale.json()["version"]) == ("stale_version", 3)
    decided = (await say(caller, approval_id, version=3)).json()
    assert [(vote["plan_version"], vote["choice"]) for vote in decided["votes"]] == [
        (1, "changes_requested"),
        (2, "approved"),
    ]
    settled = await settle(caller, desk, approval_id)
    assert (settled.status, settled.approved) == (ApprovalStatus.APPROVED, True)


async def test_a_double_click_on_changes_requests_them_once(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step)
    await say(caller, approval_id, "changes_requested", note=NOTE)
    await settle(caller, desk, approval_id)
    again = await say(caller, approval_id, "changes_requested", note=NOTE)
    assert (again.status_code, again.json()["status"], again.json()["version"]) == (200, "pending", 3)


async def test_a_yes_to_the_plan_before_does_not_count(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step, amount_minor=500_000)
    other = await caller.keys.issue("another", SCOPES)
    await say(caller, approval_id)
    await say(caller, approval_id, "changes_requested", version=2, note=NOTE, token=other)
    await settle(caller, desk, approval_id)
    one = (await say(caller, approval_id, version=4, token=other)).json()
    assert one["status"] == "pending"
    two = (await say(caller, approval_id, version=5)).json()
    assert two["status"] == "approved"


async def test_what_is_due_before_the_process_reads_it_expires(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step)
    await say(caller, approval_id, "changes_requested", note=NOTE)
    assert await settle(caller, desk, approval_id, DUE_IN) == Settlement(status=ApprovalStatus.EXPIRED, approved=False)
    expired = await shown(caller, approval_id)
    assert (expired["status"], expired["plan_version"], expired["decided_by"]) == ("expired", 1, None)


async def test_a_canceled_order_takes_it_back(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step)
    await say(caller, approval_id, "changes_requested", note=NOTE)
    async with caller.database.transaction() as connection:
        await approvals.cancel_open(connection, desk.step.order_id, desk.step.now)
    assert (await settle(caller, desk, approval_id)).status is ApprovalStatus.CANCELED
    assert (await told(caller, desk.step))[-1] == "approval.canceled"
