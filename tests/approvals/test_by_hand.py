"""A decision that somebody sent to the process itself: by the rules of the door, by nobody who is known."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from adapters.postgres.approvals import PostgresApprovals
from contracts.approvals import ByHand, Decision, Heard
from contracts.ids import ApprovalId, order_workflow_id
from tests.approvals.asked import DUE_IN, ask, say, shown, timeline
from tests.desk import Desk
from tests.front_door import Caller, counted
from tests.shop import order_body

YES = {"choice": "approved"}
OPERATOR = {"type": "user", "id": "operator:unverified"}


@pytest.fixture
def caller(shared_caller: Caller) -> Caller:
    return shared_caller


@pytest.fixture
async def desk(caller: Caller) -> Desk:
    return Desk(caller.database, await caller.placed(order_body()))


async def hear(
    caller: Caller,
    desk: Desk,
    approval_id: str,
    said: dict[str, Any],
    *,
    after: timedelta = timedelta(),
    key: str | None = None,
) -> Heard:
    """By the process of the desk's order."""
    by_hand = ByHand.read([{"approval_id": approval_id, **said}])
    assert by_hand is not None
    return await PostgresApprovals(caller.database).decide_by_hand(
        by_hand, order_workflow_id(desk.step.number), key=key or uuid4().hex, now=desk.step.now + after
    )


@pytest.mark.parametrize(
    "given",
    [
        [],
        [None],
        ["apr_1"],
        [[]],
        [[{"approval_id": "apr_1"}]],
        [{"approval_id": "apr_1", **YES}, {"approval_id": "apr_1", **YES}],
        [{}],
        [YES],
        [{"approval_id": 1, **YES}],
        [{"approval_id": None}],
        [{"approval_id": "ord_1", **YES}],
        [{"approval_id": "apr_1\0", **YES}],
        [{"approval_id": "apr_1\n", **YES}],
        [{"approval_id": "apr_" + "1" * 65, **YES}],
    ],
)
def test_what_names_no_question_cannot_be_attributed(given: list[object]) -> None:
    assert ByHand.read(given) is None


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"choice": "maybe"},
        {"choice": ["approved"]},
        {"choice": "rejected"},
        {"choice": "changes_requested", "note": None},
        {"choice": "approved", "note": 5},
        {"choice": "approved", "note": {"text": "yes"}},
        {"choice": "approved", "note": "\0"},
        {"choice": "approved", "note": "n" * 2_001},
        {"choice": "approved", "version": 1},
    ],
)
def test_what_is_no_decision_is_attributed_to_the_question_it_names(said: dict[str, Any]) -> None:
    assert ByHand.read([{"approval_id": "apr_1", **said}]) == ByHand(approval_id=ApprovalId("apr_1"), decision=None)


def test_a_decision_by_hand_is_read() -> None:
    assert ByHand.read([{"approval_id": "apr_1", "choice": "rejected", "note": "no"}]) == ByHand(
        approval_id=ApprovalId("apr_1"), decision=Decision(choice="rejected", note="no")
    )


@pytest.mark.parametrize("choice", ["approved", "rejected", "changes_requested"])
async def test_it_decides_what_one_person_may_decide_as_somebody_unverified(
    caller: Caller, desk: Desk, choice: str
) -> None:
    approval_id = await ask(caller.database, desk.step)
    heard = await hear(caller, desk, approval_id, {"choice": choice, "note": "by telephone"})
    assert heard == Heard(outcome="decided", approval_id=approval_id)
    found = await shown(caller, approval_id)
    assert (found["status"], found["decided_by"], found["note"]) == (choice, OPERATOR, "by telephone")
    last = (await timeline(caller, desk.step))[-1]
    assert (last["type"], last["actor"], last["facts"]) == ("approval.decided", OPERATOR, {"choice": choice})


async def test_the_step_taken_again_decides_and_tells_once(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step)
    heard = [await hear(caller, desk, approval_id, YES, key=f"{approval_id}:1") for _ in range(2)]
    assert [each.outcome for each in heard] == ["decided"] * 2
    assert [entry["type"] for entry in await timeline(caller, desk.step)].count("approval.decided") == 1


async def assert_ignored(caller: Caller, desk: Desk, approval_id: ApprovalId, reason: str) -> None:
    last = (await timeline(caller, desk.step))[-1]
    assert (last["type"], last["subject"], last["actor"]) == ("approval.decide_ignored", approval_id, OPERATOR)
    assert last["facts"] == {"reason": reason}


@pytest.mark.parametrize("said", [{"choice": "maybe"}, {"choice": "rejected"}, {"choice": "approved", "note": 5}])
async def test_what_nobody_can_read_is_recorded_and_decides_nothing(
    caller: Caller, desk: Desk, said: dict[str, Any]
) -> None:
    approval_id = await ask(caller.database, desk.step)
    before = await shown(caller, approval_id)
    assert (await hear(caller, desk, approval_id, said)).outcome == "ignored"
    await assert_ignored(caller, desk, approval_id, "invalid_decision")
    assert await shown(caller, approval_id) == before


async def test_where_two_have_to_approve_it_is_recorded_and_no_vote(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step, amount_minor=500_000)
    for said in (YES, {"choice": "rejected", "note": "no"}):
        assert (await hear(caller, desk, approval_id, said)).outcome == "ignored"
        await assert_ignored(caller, desk, approval_id, "two_approvers_required")
    found = await shown(caller, approval_id)
    assert (found["status"], found["version"], found["votes"]) == ("pending", 1, [])


async def test_what_is_due_or_decided_already_is_not_decided_by_hand(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step)
    assert (await hear(caller, desk, approval_id, YES, after=DUE_IN)).outcome == "ignored"
    await say(caller, approval_id, "rejected", note="no")
    assert (await hear(caller, desk, approval_id, YES)).outcome == "ignored"
    await assert_ignored(caller, desk, approval_id, "invalid_transition")
    assert (await shown(caller, approval_id))["status"] == "rejected"


async def test_a_question_of_nobody_or_of_another_order_is_left_alone(caller: Caller, desk: Desk) -> None:
    other = Desk(caller.database, await caller.placed(order_body()))
    of_another = await ask(caller.database, other.step)
    before = await counted(caller.database)
    for approval_id in ("apr_0", of_another):
        assert await hear(caller, desk, approval_id, YES) == Heard(outcome="unknown")
    assert await counted(caller.database) == before | {"effects": before["effects"] + 2}
    assert (await shown(caller, of_another))["status"] == "pending"
