"""Questions to people as they are shown and listed: the soonest due first, page by page."""

import base64
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from adapters.postgres.database import Database
from tests.desk import Desk
from tests.front_door import Caller
from tests.shop import order_body


@pytest_asyncio.fixture
async def desk(caller: Caller, database: Database) -> AsyncIterator[Desk]:
    yield Desk(database, await caller.placed(order_body()))


async def decide(caller: Caller, approval_id: str, choice: str) -> None:
    decision = {"choice": choice, "version": 1, "note": "called them"}
    response = await caller.post(f"/v1/approvals/{approval_id}/decision", decision)
    assert response.status_code == 200, response.text


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


async def test_a_question_shows_what_a_person_needs_to_decide(caller: Caller, desk: Desk) -> None:
    approval_id = await desk.question()
    shown = (await caller.get(f"/v1/approvals/{approval_id}")).json()
    assert shown["question"] == "Should it go on?"
    assert (shown["evidence"], shown["facts"]) == (["It looks odd."], {"points": 55})
    assert (shown["status"], shown["version"], shown["on_expiry"]) == ("pending", 1, "rejected")
    assert (shown["order_id"], shown["order_number"]) == (desk.step.order_id, desk.step.number)
    assert (shown["required_role"], shown["required_approvals"], shown["votes"]) == ("risk", 1, [])
    assert (shown["plan_version"], shown["escalated_at"], shown.pop("note")) == (1, None, None)
    assert shown["allowed_actions"] == ["approved", "rejected", "changes_requested"]
    assert (await caller.get("/v1/approvals")).json() == {"items": [shown], "next_cursor": None}


async def test_questions_are_listed_page_by_page_the_soonest_due_first(caller: Caller, desk: Desk) -> None:
    asked = [await desk.question(due_in=timedelta(days=days)) for days in (5, 1, 3, 2, 4)]
    by_due = [asked[i] for i in (1, 3, 2, 4, 0)]
    seen, path = [], "/v1/approvals?limit=2"
    pages = 0
    while path:
        page = (await caller.get(path)).json()
        seen += [item["id"] for item in page["items"]]
        pages += 1
        path = page["next_cursor"] and f"/v1/approvals?limit=2&cursor={page['next_cursor']}"
    assert (seen, pages) == (by_due, 3)


async def test_a_page_goes_on_where_the_last_one_ended_though_questions_left_it(caller: Caller, desk: Desk) -> None:
    asked = [await desk.question(due_in=timedelta(days=days)) for days in (1, 2, 3)]
    first = (await caller.get("/v1/approvals?limit=1&status=pending")).json()
    await decide(caller, asked[0], "approved")
    rest = (await caller.get(f"/v1/approvals?status=pending&cursor={first['next_cursor']}")).json()
    assert [item["id"] for item in rest["items"]] == asked[1:]


async def test_questions_are_listed_by_status(caller: Caller, desk: Desk) -> None:
    answered, still_open = await desk.question(), await desk.question()
    await decide(caller, answered, "rejected")
    for status, expected in (("pending", [still_open]), ("rejected", [answered]), ("approved", [])):
        page = (await caller.get(f"/v1/approvals?status={status}")).json()
        assert [item["id"] for item in page["items"]] == expected


async def test_a_question_that_is_due_offers_nothing_any_more(caller: Caller, desk: Desk) -> None:
    await desk.question(due_in=timedelta(seconds=-1))
    (shown,) = (await caller.get("/v1/approvals")).json()["items"]
    assert (shown["status"], shown["allowed_actions"]) == ("pending", [])


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("cursor=nonsense", 400, "invalid_cursor"),
        ("cursor=%C3%A4", 400, "invalid_cursor"),
        ("cursor=MjAyNi0wMS0wMVQwMDowMDowMCBhcHJfMQ==", 400, "invalid_cursor"),  # a moment without a zone
        ("cursor=MjAyNi0wMS0wMVQwMDowMDowMFogYXByXwAx", 400, "invalid_cursor"),  # an id with the character U+0000
        (f"cursor={cursor('0001-01-01T00:00:00+23:59 apr_1')}", 400, "invalid_cursor"),
        (f"cursor={cursor('9999-12-31T23:59:59-23:59 apr_1')}", 400, "invalid_cursor"),
        ("limit=0", 422, "invalid_request"),
        ("limit=201", 422, "invalid_request"),
        ("status=lost", 422, "invalid_request"),
    ],
)
async def test_a_list_that_cannot_be_given_is_refused(
    shared_caller: Caller, query: str, status: int, code: str
) -> None:
    response = await shared_caller.get(f"/v1/approvals?{query}")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (status, code)
