"""Canceling over HTTP: until the first hand-over, under the lock that hand-over takes too."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from adapters.postgres.database import Database
from tests.desk import Desk
from tests.front_door import Caller, counted
from tests.shop import order_body


async def cancel(caller: Caller, order: dict[str, Any], body: dict[str, Any] | None = None, **more: Any) -> Any:
    return await caller.post(f"/v1/orders/{order['id']}:cancel", body or {}, **more)


async def requested(database: Database) -> int:
    """How many cancels are on record."""
    async with database.connection() as connection:
        return int(await connection.fetchval("select count(*) from events where type = 'order.cancel_requested'"))


async def packed(caller: Caller, database: Database) -> tuple[dict[str, Any], Desk, Any]:
    """An order whose one parcel is packed and may leave."""
    order = await caller.placed(order_body())
    desk = Desk(database, order)
    consignment = await desk.reserve()
    await desk.ask(consignment)
    told = {"request_id": consignment.fulfillment_id, "occurred_at": desk.step.now.isoformat()}
    await caller.tell("nodes", "request.accepted", told)
    await desk.label(consignment)
    await caller.tell("nodes", "request.packed", told)
    return order, desk, consignment


async def test_a_cancel_is_accepted_recorded_and_signaled(caller: Caller) -> None:
    order = await caller.placed(order_body())
    response = await cancel(caller, order, {"reason_code": "duplicate", "version": order["version"]})
    canceled = response.json()
    assert response.status_code == 200
    assert canceled["status"]["order"] == "cancel_requested"
    assert (canceled["cancel_reason"], canceled["allowed_actions"]) == ("duplicate", [])
    assert canceled["version"] == order["version"] + 1
    assert canceled["timeline"][-1]["type"] == "order.cancel_requested"
    assert canceled["timeline"][-1]["reason_code"] == "duplicate"
    assert caller.engine.news[-1] == (f"order/{order['number']}", "commanded")
    assert canceled["timeline"][-1]["actor"]["type"] == "api_key"
    assert caller.engine.told[-1].payload == order["id"]


async def test_a_reserved_order_may_still_be_canceled(caller: Caller, database: Database) -> None:
    order = await caller.placed(order_body())
    await Desk(database, order).reserve()
    response = await cancel(caller, order)
    assert (response.status_code, response.json()["status"]["order"]) == (200, "cancel_requested")


async def test_after_the_first_hand_over_it_is_too_late(caller: Caller, database: Database) -> None:
    order, desk, consignment = await packed(caller, database)
    assert await desk.hand_over(consignment) == "handed_over"
    before = await counted(database)
    response = await cancel(caller, order, {"note": "please"})
    assert (response.status_code, response.json()["code"]) == (409, "invalid_transition")
    assert response.json()["allowed_actions"] == []
    assert await counted(database) == before
    assert (await caller.get(f"/v1/orders/{order['id']}")).json()["allowed_actions"] == []


async def test_cancel_and_hand_over_at_once_have_one_winner(caller: Caller, database: Database) -> None:
    order, desk, consignment = await packed(caller, database)
    answer, outcome = await asyncio.gather(cancel(caller, order), desk.hand_over(consignment))
    assert (answer.status_code, outcome) in {(200, "recalled"), (409, "handed_over")}
    shown = (await caller.get(f"/v1/orders/{order['id']}")).json()
    shipped = "fulfillment.shipped" in [entry["type"] for entry in shown["timeline"]]
    assert shipped == (outcome == "handed_over")


async def test_twice_under_one_key_is_one_cancel_and_under_another_is_told_so(
    caller: Caller, database: Database
) -> None:
    order, key = await caller.placed(order_body()), uuid4().hex
    first, again = [await cancel(caller, order, key=key) for _ in range(2)]
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    second = await cancel(caller, order)
    assert (second.status_code, second.json()["code"]) == (409, "invalid_transition")
    assert second.json()["allowed_actions"] == []
    assert await requested(database) == 1


async def test_ten_cancels_at_once_are_one(caller: Caller, database: Database) -> None:
    order = await caller.placed(order_body())
    answers = await asyncio.gather(*(cancel(caller, order) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert await requested(database) == 1


async def test_a_key_of_one_order_does_not_cancel_another(caller: Caller) -> None:
    orders, key = [await caller.placed(order_body()) for _ in range(2)], uuid4().hex
    answers = [await cancel(caller, order, key=key) for order in orders]
    assert [answer.json()["id"] for answer in answers] == [order["id"] for order in orders]


async def test_a_stale_version_is_409_with_the_new_state(caller: Caller, database: Database) -> None:
    order = await caller.placed(order_body())
    await Desk(database, order).reserve()
    response = await cancel(caller, order, {"version": order["version"]})
    problem = response.json()
    assert (response.status_code, problem["code"]) == (409, "stale_version")
    now = (await caller.get(f"/v1/orders/{order['id']}")).json()
    assert (problem["version"], problem["state"]) == (now["version"], now["status"]["order"])
    assert problem["allowed_actions"] == ["cancel", "edit", "hold"]
    assert (await cancel(caller, order, {"version": problem["version"]})).status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"reason_code": "other"}, "/note", "note_required"),
        ({"reason_code": "other", "note": ""}, "/note", "string_too_short"),
        ({"reason_code": "whim"}, "/reason_code", "literal_error"),
        ({"reason_code": "inventory"}, "/reason_code", "literal_error"),
        ({"version": "1"}, "/version", "int_type"),
        ({"why": "x"}, "/why", "extra_forbidden"),
    ],
)
async def test_a_wrong_cancel_is_told_where_and_why(
    caller: Caller, database: Database, body: dict[str, Any], pointer: str, code: str
) -> None:
    order = await caller.placed(order_body())
    before = await counted(database)
    response = await cancel(caller, order, body)
    assert response.status_code == 422
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]
    assert await counted(database) == before


async def test_the_reason_other_is_told_by_its_note(caller: Caller, database: Database) -> None:
    order = await caller.placed(order_body())
    response = await cancel(caller, order, {"reason_code": "other", "note": "changed their mind"})
    assert response.status_code == 200
    async with database.connection() as connection:
        note = await connection.fetchval("select body from notes join events using (note_ref)")
    assert note == "changed their mind"


async def test_an_unknown_order_cannot_be_canceled(caller: Caller) -> None:
    response = await cancel(caller, {"id": "ord_none"})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_with_the_engine_away_a_cancel_is_left_to_the_relay(caller: Caller, database: Database) -> None:
    order = await caller.placed(order_body())
    caller.engine.away = True
    assert (await cancel(caller, order)).status_code == 200
    async with database.connection() as connection:
        left = await connection.fetch("select kind, name from wakeups where done_at is null")
    assert [tuple(row) for row in left] == [("signal", "commanded")]


async def test_a_cancel_without_a_body_is_the_customers(caller: Caller) -> None:
    order = await caller.placed(order_body())
    response = await caller.post(f"/v1/orders/{order['id']}:cancel", b"")
    assert (response.status_code, response.json()["cancel_reason"]) == (200, "customer")


async def test_a_dry_run_shows_units_and_money_and_does_nothing(caller: Caller) -> None:
    order = await caller.placed(order_body())
    before = (await caller.get(f"/v1/orders/{order['id']}")).json()
    one = await caller.post(
        f"/v1/orders/{order['id']}:cancel?dry_run=true", {"lines": [{"line_id": "1", "quantity": 1}]}
    )
    assert (one.status_code, one.json()["units"], one.json()["recalled"]) == (200, {"1": 1}, [])
    assert one.json()["released"]["amount_minor"] == 2_164  # 19.99 USD and its tax
    whole = (await caller.post(f"/v1/orders/{order['id']}:cancel?dry_run=true", {})).json()
    assert (whole["units"], whole["released"], whole["refund"]["amount_minor"]) == ({"1": 2}, order["total"], 0)
    assert whole["tenders"] == [{"tender_id": "t1", "action": "void", "amount_minor": 4_823}]
    assert (await caller.get(f"/v1/orders/{order['id']}")).json() == before


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        ([{"line_id": "1", "quantity": 3}], 409, "invalid_transition"),
        ([{"line_id": "9", "quantity": 1}], 409, "invalid_transition"),
        ([{"line_id": "1", "quantity": 0}], 422, "invalid_request"),
        ([{"line_id": "1", "quantity": 1}, {"line_id": "1", "quantity": 1}], 422, "invalid_request"),
        ([], 422, "invalid_request"),
    ],
)
async def test_units_that_cannot_be_canceled_are_refused_and_nothing_is_asked_for(
    caller: Caller, lines: list[dict[str, Any]], status: int, code: str
) -> None:
    order = await caller.placed(order_body())
    for path in ("cancel", "cancel?dry_run=true"):
        refused = await caller.post(f"/v1/orders/{order['id']}:{path}", {"lines": lines})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert (await caller.get(f"/v1/orders/{order['id']}")).json()["version"] == order["version"]
