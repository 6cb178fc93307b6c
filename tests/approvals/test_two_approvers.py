"""Above a limit two different people have to say yes; one no is enough, unless it costs money as well."""

import asyncio

import pytest

from contracts.approvals import QuestionKind
from contracts.ids import ApprovalId
from tests.approvals.asked import ask, say, shown, told
from tests.desk import Desk
from tests.front_door import SCOPES, Caller, counted
from tests.shop import order_body

LIMIT = 500_000


@pytest.fixture
def caller(shared_caller: Caller) -> Caller:
    return shared_caller


@pytest.fixture
async def desk(caller: Caller) -> Desk:
    return Desk(caller.database, await caller.placed(order_body()))


@pytest.fixture
async def large(caller: Caller, desk: Desk) -> ApprovalId:
    return await ask(caller.database, desk.step, amount_minor=LIMIT)


@pytest.fixture
async def other(caller: Caller) -> str:
    return await caller.keys.issue("another", SCOPES)


def signals(caller: Caller, desk: Desk) -> int:
    return caller.engine.news.count((f"order/{desk.step.number}", "decided"))


async def test_up_to_the_limit_one_yes_decides(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step, amount_minor=LIMIT - 1)
    assert (await say(caller, approval_id)).json()["status"] == "approved"


async def test_the_first_yes_leaves_it_open_and_is_shown_and_told(
    caller: Caller, desk: Desk, large: ApprovalId
) -> None:
    first = (await say(caller, large)).json()
    assert (first["status"], first["version"], first["required_approvals"]) == ("pending", 2, 2)
    assert (first["decided_by"], first["decided_at"]) == (None, None)
    (vote,) = first["votes"]
    assert (vote["actor"]["type"], vote["choice"], vote["plan_version"]) == ("api_key", "approved", 1)
    assert vote["decided_at"] is not None
    assert first["allowed_actions"] == ["approved", "rejected", "changes_requested"]
    assert signals(caller, desk) == 0
    assert (await told(caller, desk.step))[-1] == "approval.voted"


async def test_the_second_yes_by_somebody_else_decides(
    caller: Caller, desk: Desk, large: ApprovalId, other: str
) -> None:
    await say(caller, large)
    second = (await say(caller, large, version=2, token=other)).json()
    assert (second["status"], second["version"], second["allowed_actions"]) == ("approved", 3, [])
    by = [vote["actor"]["id"] for vote in second["votes"]]
    assert len(set(by)) == 2
    assert second["decided_by"]["id"] == by[1]
    assert signals(caller, desk) == 1
    assert (await told(caller, desk.step))[-2:] == ["approval.voted", "approval.decided"]


async def test_the_same_person_twice_is_not_two(caller: Caller, desk: Desk, large: ApprovalId) -> None:
    await say(caller, large)
    before = await counted(caller.database)
    again = await say(caller, large, version=2)
    assert (again.status_code, again.json()["code"]) == (409, "already_approved")
    assert again.json()["allowed_actions"] == ["rejected", "changes_requested"]
    assert (await shown(caller, large))["status"] == "pending"
    assert await counted(caller.database) == before
    assert signals(caller, desk) == 0


async def test_ten_clicks_of_one_person_are_one_yes(caller: Caller, large: ApprovalId) -> None:
    answers = await asyncio.gather(*(say(caller, large) for _ in range(10)))
    assert [answer.status_code for answer in answers] == [200] * 10
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert len((await shown(caller, large))["votes"]) == 1


async def test_a_double_click_of_the_first_is_answered_after_the_second_decided(
    caller: Caller, large: ApprovalId, other: str
) -> None:
    await say(caller, large)
    await say(caller, large, version=2, token=other)
    again = await say(caller, large)
    assert (again.status_code, again.json()["status"], again.json()["version"]) == (200, "approved", 3)


async def test_of_two_who_approve_the_same_version_at_once_the_later_reads_again(
    caller: Caller, large: ApprovalId, other: str
) -> None:
    answers = await asyncio.gather(say(caller, large), say(caller, large, token=other))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert [answer.json()["code"] for answer in answers if answer.status_code == 409] == ["stale_version"]


@pytest.mark.parametrize("after_a_yes", [False, True])
async def test_one_no_decides_at_once(
    caller: Caller,
    desk: Desk,
    large: ApprovalId,
    other: str,
    after_a_yes: bool,  # noqa: FBT001 - the case
) -> None:
    if after_a_yes:
        await say(caller, large)
    response = await say(caller, large, "rejected", version=1 + after_a_yes, note="no", token=other)
    assert response.json()["status"] == "rejected"
    assert signals(caller, desk) == 1


async def test_who_said_yes_may_still_say_no(caller: Caller, large: ApprovalId) -> None:
    await say(caller, large)
    rejected = (await say(caller, large, "rejected", version=2, note="the address is a warehouse")).json()
    assert (rejected["status"], [vote["choice"] for vote in rejected["votes"]]) == ("rejected", ["rejected"])


@pytest.mark.parametrize("kind", ["refused_refund", "refused_capture", "dispute"])
async def test_a_no_that_costs_money_needs_two_as_well(
    caller: Caller, desk: Desk, other: str, kind: QuestionKind
) -> None:
    approval_id = await ask(caller.database, desk.step, amount_minor=LIMIT, kind=kind)
    first = (await say(caller, approval_id, "rejected", note="paid in cash")).json()
    assert (first["status"], first["version"], signals(caller, desk)) == ("pending", 2, 0)
    again = await say(caller, approval_id, "rejected", version=2, note="paid in cash")
    assert (again.status_code, again.json()["code"]) == (409, "already_rejected")
    assert again.json()["allowed_actions"] == ["approved", "changes_requested"]
    second = (await say(caller, approval_id, "rejected", version=2, note="it was", token=other)).json()
    assert (second["status"], signals(caller, desk)) == ("rejected", 1)
    assert (await told(caller, desk.step))[-2:] == ["approval.voted", "approval.decided"]


async def test_a_yes_and_a_no_are_not_two(caller: Caller, desk: Desk, other: str) -> None:
    approval_id = await ask(caller.database, desk.step, amount_minor=LIMIT, kind="refused_refund")
    await say(caller, approval_id)
    differs = (await say(caller, approval_id, "rejected", version=2, note="no", token=other)).json()
    assert (differs["status"], differs["version"]) == ("pending", 3)


async def test_below_the_limit_one_such_no_decides(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step, amount_minor=LIMIT - 1, kind="refused_refund")
    assert (await say(caller, approval_id, "rejected", note="paid in cash")).json()["status"] == "rejected"


async def test_who_asked_is_neither_of_the_two(caller: Caller, large: ApprovalId) -> None:
    async with caller.database.connection() as connection:
        await connection.execute(
            "update approvals set requested_by_type = 'api_key', requested_by_id = $2 where approval_id = $1",
            large,
            caller.token.split("_")[1],
        )
    assert (await say(caller, large)).json()["code"] == "own_request"
    assert (await shown(caller, large))["votes"] == []
