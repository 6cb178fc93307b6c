"""Questions to people over HTTP: decided once, in time, on the version that was seen."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from adapters.postgres import approvals
from adapters.postgres.database import Database
from contracts.ids import ApprovalId
from tests.desk import Desk
from tests.front_door import SCOPES, Caller, counted
from tests.shop import order_body


@pytest.fixture
def caller(shared_caller: Caller) -> Caller:
    """Each test asks its own question about its own order, so they share their tables."""
    return shared_caller


@pytest.fixture
def database(caller: Caller) -> Database:
    return caller.database


@pytest_asyncio.fixture
async def desk(caller: Caller, database: Database) -> AsyncIterator[Desk]:
    yield Desk(database, await caller.placed(order_body()))


async def decide(caller: Caller, approval_id: str, choice: str = "approved", version: int = 1, **more: Any) -> Any:
    note = more.pop("note", None)
    body = {"choice": choice, "version": version} | ({} if note is None else {"note": note})
    return await caller.post(f"/v1/approvals/{approval_id}/decision", body, **more)


@pytest.mark.parametrize("choice", ["approved", "rejected", "changes_requested"])
async def test_a_decision_is_recorded_with_who_made_it_and_signaled(caller: Caller, desk: Desk, choice: str) -> None:
    approval_id = await desk.question()
    response = await decide(caller, approval_id, choice, note="called them")
    decided = response.json()
    assert (response.status_code, decided["status"], decided["version"]) == (200, choice, 2)
    assert decided["decided_by"]["type"] == "api_key"
    assert decided["allowed_actions"] == []
    assert caller.engine.news[-1] == (f"order/{desk.step.number}", "decided")
    assert caller.engine.told[-1].payload == approval_id
    last = (await caller.get(f"/v1/orders/{desk.step.order_id}")).json()["timeline"][-1]
    assert (last["type"], last["subject"], last["facts"]) == ("approval.decided", approval_id, {"choice": choice})
    assert last["actor"] == decided["decided_by"]
    assert (await caller.get(f"/v1/approvals/{approval_id}")).json()["note"] == "called them"


async def test_a_note_is_shown_with_its_question_and_kept_in_one_place(
    caller: Caller, desk: Desk, database: Database
) -> None:
    approval_id, note = await desk.question(), f"called them: {uuid4().hex}"
    assert (await caller.get(f"/v1/approvals/{approval_id}")).json()["note"] is None
    response = await decide(caller, approval_id, "rejected", note=note)
    shown = (await caller.get(f"/v1/approvals/{approval_id}")).json()
    assert shown == response.json() | {"note": note}
    assert note not in (await caller.get("/v1/approvals?status=rejected&limit=200")).text
    async with database.connection() as connection:
        kept = [
            table
            for (table,) in await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
            if await connection.fetchval(f'select exists (select from "{table}" t where t::text like $1)', f"%{note}%")  # noqa: S608 - from the catalog
        ]
    assert kept == ["notes"]


async def test_a_double_click_gets_the_same_answer_and_decides_once(
    caller: Caller, desk: Desk, database: Database
) -> None:
    approval_id, key = await desk.question(), uuid4().hex
    first = await decide(caller, approval_id, key=key)
    before = await counted(database)
    same_key = await decide(caller, approval_id, key=key)
    other_key = await decide(caller, approval_id)
    assert same_key.headers["Idempotent-Replayed"] == "true"
    assert [answer.status_code for answer in (first, same_key, other_key)] == [200] * 3
    assert first.json() == same_key.json() == other_key.json()
    assert caller.engine.news.count((f"order/{desk.step.number}", "decided")) == 1
    assert await counted(database) == before | {"idempotency_keys": before["idempotency_keys"] + 1}


async def test_ten_clicks_at_once_decide_once(caller: Caller, desk: Desk) -> None:
    approval_id = await desk.question()
    answers = await asyncio.gather(*(decide(caller, approval_id) for _ in range(10)))
    assert [answer.status_code for answer in answers] == [200] * 10
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert caller.engine.news.count((f"order/{desk.step.number}", "decided")) == 1


async def test_of_two_people_who_disagree_the_first_decides(caller: Caller, desk: Desk) -> None:
    approval_id, other = await desk.question(), await caller.keys.issue("another", SCOPES)
    answers = await asyncio.gather(
        decide(caller, approval_id, "approved"), decide(caller, approval_id, "rejected", token=other, note="no")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert [answer.json()["code"] for answer in answers if answer.status_code == 409] == ["invalid_transition"]


async def test_the_same_choice_by_somebody_else_is_no_double_click(caller: Caller, desk: Desk) -> None:
    approval_id, other = await desk.question(), await caller.keys.issue("another", SCOPES)
    await decide(caller, approval_id)
    response = await decide(caller, approval_id, token=other)
    assert (response.status_code, response.json()["code"]) == (409, "invalid_transition")


async def test_a_stale_version_is_409_with_the_new_state(caller: Caller, desk: Desk, database: Database) -> None:
    approval_id = await desk.question()
    async with database.connection() as connection:
        await connection.execute("update approvals set version = 3 where approval_id = $1", approval_id)
    response = await decide(caller, approval_id)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (409, "stale_version")
    assert (problem["version"], problem["state"]) == (3, "pending")
    assert problem["allowed_actions"] == ["approved", "rejected", "changes_requested"]


async def test_after_the_due_date_nobody_decides(caller: Caller, desk: Desk) -> None:
    approval_id = await desk.question(due_in=timedelta(seconds=-1))
    response = await decide(caller, approval_id)
    assert (response.status_code, response.json()["code"]) == (409, "invalid_transition")
    assert response.json()["allowed_actions"] == []
    assert (await caller.get(f"/v1/approvals/{approval_id}")).json()["allowed_actions"] == []


async def test_a_question_about_a_canceled_order_is_closed(caller: Caller, desk: Desk, database: Database) -> None:
    approval_id = await desk.question()
    async with database.transaction() as connection:
        await approvals.cancel_open(connection, desk.step.order_id, desk.step.now)
    response = await decide(caller, approval_id)
    assert (response.status_code, response.json()["code"]) == (409, "invalid_transition")
    assert (await caller.get(f"/v1/approvals/{approval_id}")).json()["status"] == "canceled"


async def test_who_asks_cannot_answer(caller: Caller, desk: Desk, database: Database) -> None:
    approval_id = await desk.question()
    key_id = caller.token.split("_")[1]
    async with database.connection() as connection:
        await connection.execute(
            "update approvals set requested_by_type = 'api_key', requested_by_id = $2 where approval_id = $1",
            approval_id,
            key_id,
        )
    response = await decide(caller, approval_id)
    assert (response.status_code, response.json()["code"]) == (403, "own_request")


async def test_an_unknown_question_is_404(caller: Caller) -> None:
    approval_id = ApprovalId("apr_none")
    answers = [await caller.get(f"/v1/approvals/{approval_id}"), await decide(caller, approval_id)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not_found")] * 2


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"choice": "maybe", "version": 1}, "/choice"),
        ({"choice": "approved"}, "/version"),
        ({"choice": "approved", "version": True}, "/version"),
        ({"choice": "approved", "version": 1, "note": ""}, "/note"),
        ({"choice": "rejected", "version": 1}, "/note"),
        ({"choice": "rejected", "version": 1, "note": None}, "/note"),
        ({"choice": "changes_requested", "version": 1}, "/note"),
    ],
)
async def test_a_wrong_decision_is_told_where_and_leaves_nothing(
    caller: Caller, desk: Desk, database: Database, body: dict[str, Any], pointer: str
) -> None:
    approval_id = await desk.question()
    before = await counted(database)
    response = await caller.post(f"/v1/approvals/{approval_id}/decision", body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert await counted(database) == before


async def test_a_version_larger_than_any_is_refused_as_invalid(caller: Caller, desk: Desk) -> None:
    response = await decide(caller, await desk.question(), version=10**20)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/version")
