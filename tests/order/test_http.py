"""Orders over HTTP: placed once, however often and however many at once they are sent."""

import asyncio
from collections import Counter
from uuid import uuid4

import pytest

from adapters.postgres.database import Database
from adapters.postgres.door import forget_old_keys
from tests.front_door import SCOPES, Caller, counted
from tests.shop import line, order_body, usd

pytestmark = pytest.mark.races

ADDRESS = order_body()["shipping_address"]


async def test_an_order_is_answered_with_201_its_place_and_itself(caller: Caller) -> None:
    body = order_body()
    response = await caller.place(body)
    order = response.json()
    assert response.status_code == 201
    assert "Idempotent-Replayed" not in response.headers
    assert response.headers["Location"] == f"/v1/orders/{order['id']}"
    assert order["status"] == {"order": "pending", "payment": "pending", "fulfillment": None, "shipment": None}
    assert (order["external_id"], order["number"]) == (body["external_id"], 1001)
    assert (order["total"], order["tax"], order["shipping"]) == (usd(4823), usd(330), usd(495))
    assert order["allowed_actions"] == ["cancel", "edit", "hold"]
    assert order["waiting_on"] == "risk check"
    assert [(entry["type"], entry["actor"]["type"], entry["source"]) for entry in order["timeline"]] == [
        ("order.placed", "api_key", "rest")
    ]
    assert (await caller.get(response.headers["Location"])).json() == order


async def test_the_engine_is_told_to_start_the_order_after_it_is_stored(caller: Caller, database: Database) -> None:
    order = await caller.placed(order_body())
    (start,) = caller.engine.told
    assert (start.workflow_id, start.kind, start.name) == (f"order/{order['number']}", "start", "order")
    assert start.summary == f"Order {order['number']}: 2 units, 48.23 USD"
    async with database.connection() as connection:
        assert await connection.fetchval("select count(*) from wakeups where done_at is null") == 0


async def test_with_the_engine_away_an_order_is_answered_all_the_same_and_left_to_the_relay(
    caller: Caller, database: Database
) -> None:
    caller.engine.away = True
    order = await caller.placed(order_body())
    async with database.connection() as connection:
        left = await connection.fetch("select workflow_id, kind from wakeups where done_at is null")
    assert [tuple(row) for row in left] == [(f"order/{order['number']}", "start")]
    assert (await caller.get(f"/v1/orders/{order['id']}")).json()["id"] == order["id"]


async def test_ten_identical_posts_at_once_are_one_order_and_ten_times_201(caller: Caller, database: Database) -> None:
    body, key = order_body(), uuid4().hex
    answers = await asyncio.gather(*(caller.place(body, key=key) for _ in range(10)))
    assert [answer.status_code for answer in answers] == [201] * 10
    assert Counter(answer.headers.get("Idempotent-Replayed") for answer in answers) == {None: 1, "true": 9}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert (await counted(database))["orders"] == 1
    assert [wakeup.kind for wakeup in caller.engine.told] == ["start"]


@pytest.mark.parametrize("spelling", ['"{}"', "{}"], ids=["quoted", "bare"])
async def test_a_key_is_the_same_quoted_and_bare(caller: Caller, spelling: str) -> None:
    body, key = order_body(), uuid4().hex
    first = await caller.place(body, key=key)
    again = await caller.place(body, key=spelling.format(key))
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_the_same_body_spelled_differently_is_the_same_body(caller: Caller) -> None:
    body, key = order_body(), uuid4().hex
    await caller.place(body, key=key)
    shorter = {name: value for name, value in reversed(body.items()) if value is not None}
    assert (await caller.place(shorter, key=key)).headers["Idempotent-Replayed"] == "true"


async def test_the_same_key_with_another_body_is_422_and_changes_nothing(caller: Caller, database: Database) -> None:
    key = uuid4().hex
    await caller.place(order_body(), key=key)
    before = await counted(database)
    response = await caller.place(order_body(), key=key)
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert await counted(database) == before


async def test_a_key_belongs_to_its_owner(caller: Caller, database: Database) -> None:
    other, key = await caller.keys.issue("another shop", SCOPES), uuid4().hex
    answers = [await caller.place(order_body(), key=key), await caller.place(order_body(), key=key, token=other)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (await counted(database))["orders"] == 2


async def test_a_key_that_is_held_longer_than_two_seconds_is_409(caller: Caller, database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            "insert into idempotency_keys (owner, route, key, body_sha256) values ('shop', 'POST /v1/orders', 'k', '')"
        )
        response = await caller.place(order_body(), key="k")
    assert (response.status_code, response.json()["code"]) == (409, "request_in_flight")


async def test_a_key_is_forgotten_after_seven_days(caller: Caller, database: Database) -> None:
    young, old = uuid4().hex, uuid4().hex
    for key in (young, old):
        await caller.place(order_body(), key=key)
    async with database.connection() as connection:
        await connection.execute(
            "update idempotency_keys set created_at = now() - interval '7 days 1 second' where key = $1", old
        )
    assert await forget_old_keys(database) == 1
    assert (await caller.place(order_body(), key=young)).status_code == 422
    assert (await caller.place(order_body(), key=old)).status_code == 201


async def test_the_same_external_id_under_another_key_is_the_order_that_is_there(
    caller: Caller, database: Database
) -> None:
    body = order_body()
    order = await caller.placed(body)
    again = await caller.place(body)
    assert (again.status_code, again.json()["id"]) == (200, order["id"])
    assert again.headers["Location"] == f"/v1/orders/{order['id']}"
    assert (await counted(database))["orders"] == 1
    assert len(caller.engine.told) == 1


async def test_the_same_external_id_with_another_body_is_409(caller: Caller, database: Database) -> None:
    body = order_body()
    order = await caller.placed(body)
    before = await counted(database)
    response = await caller.place(body | {"locale": "es-US"})
    assert (response.status_code, response.json()["code"]) == (409, "external_id_taken")
    assert response.json()["order_id"] == order["id"]
    assert await counted(database) == before


async def test_an_external_id_is_unique_per_channel(caller: Caller) -> None:
    body = order_body()
    first, second = await caller.placed(body), await caller.placed(body | {"channel": "phone"})
    assert first["id"] != second["id"]


async def test_ten_keys_for_one_external_id_at_once_are_one_order(caller: Caller, database: Database) -> None:
    body = order_body()
    answers = await asyncio.gather(*(caller.place(body) for _ in range(10)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 9}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await counted(database))["orders"] == 1


async def test_of_two_bodies_for_one_external_id_at_once_one_is_taken(caller: Caller) -> None:
    body = order_body()
    answers = await asyncio.gather(caller.place(body), caller.place(body | {"locale": "es-US"}))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_a_customer_keeps_the_reference_over_orders(caller: Caller, database: Database) -> None:
    customer = order_body()["customer"]
    first, second = [await caller.placed(order_body(customer=customer)) for _ in range(2)]
    assert first["customer_ref"] == second["customer_ref"]
    assert (await counted(database))["customers"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"billing_address": {**order_body()["shipping_address"], "city": "Nowhere"}},
        {"billing_address": {**order_body()["shipping_address"], "latitude": 37.8, "longitude": -122.3}},
        {"shipping_address": {"line1": "1 Main", "city": "Xanadu", "postal_code": "0", "country": "MN"}
         | {"latitude": 47.9, "longitude": 106}},
        {"shipping_address": {**order_body()["shipping_address"], "postal_code": "00000"}},
        {"promise": {"latest": "2099-12-31"}},
        {"tax_mode": "inclusive", "tenders": [{**order_body()["tenders"][0], "amount": usd(4493)}]},
        {"lines": [line(line_id=str(i), quantity=1, unit_price=usd(1), tax_rate="0") for i in range(1000)],
         "tenders": [{**order_body()["tenders"][0], "amount": usd(1495)}]},
    ],
    ids=["billing elsewhere", "billing at a point", "own coordinates", "by city", "promised", "inclusive",
         "1,000 lines"],
)  # fmt: skip
async def test_an_order_may_have(caller: Caller, changes: dict[str, object]) -> None:
    response = await caller.place(order_body(**changes))
    assert response.status_code == 201, response.text


async def test_an_unknown_order_is_404(caller: Caller) -> None:
    response = await caller.get("/v1/orders/ord_none")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"shipping_address": ADDRESS | {"country": "ZZ", "region": None}}, "/shipping_address/country",
         "unknown_country"),
        ({"shipping_address": ADDRESS | {"region": "CA-ON"}}, "/shipping_address/region", "region_elsewhere"),
        ({"billing_address": ADDRESS | {"country": "FR"}}, "/billing_address/region", "region_elsewhere"),
        ({"time_zone": "Factory"}, "/time_zone", "unknown_time_zone"),
        ({"time_zone": "localtime"}, "/time_zone", "unknown_time_zone"),
        ({"promise": {"latest": "2020-01-01"}}, "/promise/latest", "promise_in_the_past"),
    ],
)  # fmt: skip
async def test_a_place_or_a_promise_that_cannot_be_is_told_and_leaves_nothing(
    caller: Caller, database: Database, changes: dict[str, object], pointer: str, code: str
) -> None:
    before = await counted(database)
    response = await caller.place(order_body(**changes))
    assert response.status_code == 422
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]
    assert await counted(database) == before
