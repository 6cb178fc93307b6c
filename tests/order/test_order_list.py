"""Orders by the page, the newest first, filtered; and found by what people have of them."""

import base64
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from adapters.postgres.database import Database
from adapters.postgres.order_list import MOST_FOUND, PostgresOrderList
from contracts.states import OrderStatus
from tests.front_door import Caller
from tests.shipment.parcels import Parcels, asked, on_the_way
from tests.shop import order_body

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
CUSTOMER = {"external_ref": "c-ada", "name": "Ada Byron", "email": "ada@example.org"}


async def placed(caller: Caller, count: int, **changes: Any) -> list[str]:
    """The ids of that many orders, the newest first."""
    return [(await caller.placed(order_body(**changes)))["id"] for _ in range(count)][::-1]


async def listed(caller: Caller, query: str = "") -> list[str]:
    page = await caller.get(f"/v1/orders?{query}")
    assert page.status_code == 200, page.text
    return ids(page.json()["items"])


def ids(items: Iterable[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in items]


async def found(database: Database, text: str) -> list[str]:
    return [summary.id for summary in await PostgresOrderList(database).find(text)]


async def set_all(database: Database, assignment: str, *order_ids: str) -> None:
    async with database.connection() as connection:
        await connection.execute(f"update orders set {assignment} where order_id = any($1)", order_ids)  # noqa: S608


async def as_listed_and_shown(caller: Caller, consignment: Parcels) -> tuple[str, str]:
    """How far its consignment and its parcel are; all else is the same in both too."""
    order = await consignment.shown()
    (item,) = (await caller.get(f"/v1/orders?number={order['number']}")).json()["items"]
    assert item == {name: order[name] for name in item if name != "updated_at"} | {"updated_at": item["updated_at"]}
    assert item["waiting_on"].startswith("Warehouse Reno to ")
    return item["status"]["fulfillment"], item["status"]["shipment"]


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


async def test_an_order_in_a_list_is_as_it_shows_itself(caller: Caller) -> None:
    order = await caller.placed(order_body())
    (item,) = (await caller.get("/v1/orders")).json()["items"]
    updated = item.pop("updated_at")
    assert item == {name: order[name] for name in item}
    assert {"number", "status", "total", "placed_at", "waiting_on", "waiting_until"} <= set(item)
    assert datetime.fromisoformat(updated).tzinfo is not None


@pytest.mark.parametrize("sort", ["placed", "updated"])
async def test_every_order_is_on_one_page_also_where_many_came_at_the_same_moment(
    caller: Caller, database: Database, sort: str
) -> None:
    every = await placed(caller, 5)
    await set_all(database, f"{sort}_at = '2026-03-02 08:00Z'", *every[:3])
    await set_all(database, f"{sort}_at = '2026-03-01 08:00Z'", *every[3:])
    expected = sorted(every[:3], reverse=True) + sorted(every[3:], reverse=True)
    seen, path = [], f"/v1/orders?limit=2&sort={sort}"
    pages = 0
    while path:
        page = (await caller.get(path)).json()
        seen += ids(page["items"])
        pages += 1
        path = page["next_cursor"] and f"/v1/orders?limit=2&sort={sort}&cursor={page['next_cursor']}"
    assert (seen, pages) == (expected, 3)


async def test_a_page_goes_on_where_the_last_one_ended_though_new_orders_came(caller: Caller) -> None:
    old = await placed(caller, 3)
    first = (await caller.get("/v1/orders?limit=1")).json()
    await placed(caller, 2)
    assert [*ids(first["items"]), *await listed(caller, f"cursor={first['next_cursor']}")] == old


async def test_an_order_that_changes_is_the_first_of_those_sorted_by_it(caller: Caller) -> None:
    new, old = await placed(caller, 2)
    await caller.post(f"/v1/orders/{old}:hold", {"reason_code": "customer_request"})
    assert await listed(caller, "sort=updated") == [old, new]
    assert await listed(caller, "sort=placed") == [new, old]


async def test_orders_are_filtered_by_what_they_are(caller: Caller, database: Database) -> None:
    (one,) = await placed(caller, 1, channel="web", customer=CUSTOMER)
    (other,) = await placed(caller, 1, channel="pos")
    shown = (await caller.get(f"/v1/orders/{one}")).json()
    await set_all(database, "payment_status = 'disputed', status = 'completed'", one)
    assert await listed(caller, "channel=web") == [one]
    assert await listed(caller, f"customer_ref={shown['customer_ref']}") == [one]
    assert await listed(caller, f"external_id={shown['external_id']}") == [one]
    assert await listed(caller, f"number={shown['number']}") == [one]
    assert await listed(caller, "payment_status=disputed") == [one]
    assert await listed(caller, "payment_status=pending&status=pending&channel=pos") == [other]
    assert await listed(caller, "status=completed&channel=pos") == []
    assert await listed(caller, "status=completed") == [one]


@pytest.mark.parametrize("moment", ["placed", "updated"])
async def test_a_range_of_time_begins_with_its_first_moment_and_ends_before_its_last(
    caller: Caller, database: Database, moment: str
) -> None:
    early, late = await placed(caller, 2)
    await set_all(database, f"{moment}_at = '{MORNING.isoformat()}'", early)
    await set_all(database, f"{moment}_at = '{(MORNING + timedelta(hours=1)).isoformat()}'", late)
    at, later = quote(MORNING.isoformat()), "2026-03-02T09:00:00Z"
    assert await listed(caller, f"{moment}_from={at}&{moment}_before={later}") == [early]
    assert await listed(caller, f"{moment}_from={later}") == [late]
    assert await listed(caller, f"{moment}_before={at}") == []


async def test_an_order_with_a_hold_is_listed_as_on_hold_and_not_as_what_it_was(caller: Caller) -> None:
    held, free = await placed(caller, 2)
    due = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    response = await caller.post(f"/v1/orders/{held}:hold", {"reason_code": "customer_request", "due_at": due})
    assert response.status_code == 200, response.text
    order = (await caller.get(f"/v1/orders/{held}")).json()
    (item,) = (await caller.get("/v1/orders?status=on_hold")).json()["items"]
    assert {name: item[name] for name in ("id", "status", "waiting_on", "waiting_until")} == {
        name: order[name] for name in ("id", "status", "waiting_on", "waiting_until")
    }
    assert item["status"]["order"] == "on_hold"
    assert await listed(caller, "status=pending") == [free]


async def test_a_held_order_that_is_canceled_is_not_on_hold_any_more(caller: Caller) -> None:
    (order,) = await placed(caller, 1)
    await caller.post(f"/v1/orders/{order}:hold", {"reason_code": "customer_request"})
    await caller.post(f"/v1/orders/{order}:cancel", {})
    assert await listed(caller, "status=cancel_requested") == [order]
    assert await listed(caller, "status=on_hold") == []


async def test_a_list_shows_how_far_consignments_and_parcels_are_and_whom_they_wait_for(
    caller: Caller, database: Database
) -> None:
    consignment = await asked(caller, database)
    seen = [await as_listed_and_shown(caller, consignment)]
    await consignment.node("accepted")
    seen.append(await as_listed_and_shown(caller, consignment))
    await consignment.label()
    await consignment.leave()
    seen.append(await as_listed_and_shown(caller, consignment))
    for status, hours in (("in_transit", 1), ("delivered", 2)):
        await consignment.scan(status, hours)
        seen.append(await as_listed_and_shown(caller, consignment))
    assert seen == [
        ("open", None),
        ("in_progress", None),
        ("in_progress", "label_created"),
        ("in_progress", "in_transit"),
        ("in_progress", "delivered"),
    ]


async def test_an_order_is_listed_and_found_by_the_tracking_code_of_its_parcel(
    caller: Caller, database: Database
) -> None:
    consignment, _ = await on_the_way(caller, database), await on_the_way(caller, database)
    order, (code,) = await consignment.shown(), consignment.codes
    assert await listed(caller, f"tracking_code={code}") == [order["id"]]
    assert await found(database, code) == [order["id"]]


async def test_an_order_is_found_by_everything_that_people_have_of_it(caller: Caller, database: Database) -> None:
    order = await caller.placed(order_body(customer=CUSTOMER))
    await caller.placed(order_body())
    for text in (
        str(order["number"]),
        f" #{order['number']} ",
        order["id"],
        order["external_id"],
        order["customer_ref"],
        "c-ada",
    ):
        assert await found(database, text) == [order["id"]], text


async def test_the_order_of_that_number_comes_first_then_the_newest(caller: Caller, database: Database) -> None:
    numbered = await caller.placed(order_body())
    same = [await caller.placed(order_body(external_id=str(numbered["number"]), channel=c)) for c in ("web", "pos")]
    assert await found(database, str(numbered["number"])) == [numbered["id"], same[1]["id"], same[0]["id"]]


async def test_of_a_customer_with_many_orders_the_newest_are_found(caller: Caller, database: Database) -> None:
    every = await placed(caller, MOST_FOUND + 1, customer=CUSTOMER)
    assert await found(database, "c-ada") == every[:MOST_FOUND]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "#",
        "\x00",
        "a\x00b",
        "\ud800",
        "1" * 19,
        "#" + "9" * 400,
        "%",
        "' or true --",
        "\u0661\u0660\u0660\u0661",
        "Ada Byron",
    ],
)
async def test_any_text_can_be_looked_for(shared_caller: Caller, text: str) -> None:
    await shared_caller.placed(order_body())
    assert await found(shared_caller.database, text) == []


async def test_a_cursor_is_good_for_its_own_list_alone(caller: Caller) -> None:
    every = await placed(caller, 3)
    given = (await caller.get("/v1/orders?limit=1&channel=web")).json()["next_cursor"]
    assert await listed(caller, f"limit=2&channel=web&cursor={given}") == every[1:]
    for other in ("", "channel=pos", "channel=web&sort=updated", "channel=web&status=pending"):
        response = await caller.get(f"/v1/orders?{other}&cursor={given}")
        assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor"), other


MARK = "0" * 16


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("cursor=nonsense", 400, "invalid_cursor"),
        ("cursor=%C3%A4", 400, "invalid_cursor"),
        (f"cursor={cursor(f'{MARK} 2026-01-01T00:00:00 ord_1')}", 400, "invalid_cursor"),  # a moment without a zone
        (f"cursor={cursor(f'{MARK} 2026-01-01T00:00:00Z ord_1')}", 400, "invalid_cursor"),
        (f"cursor={cursor(f'{MARK} 0001-01-01T00:00:00+23:59 ord_1')}", 400, "invalid_cursor"),
        (f"cursor={cursor(f'{MARK} 2026-01-01T00:00:00Z ord_1%00')}", 400, "invalid_cursor"),
        ("limit=0", 422, "invalid_request"),
        ("limit=201", 422, "invalid_request"),
        ("status=lost", 422, "invalid_request"),
        ("number=0", 422, "invalid_request"),
        ("number=99999999999999999999", 422, "invalid_request"),
        ("channel=%00", 422, "invalid_request"),
        ("customer_ref=%00", 422, "invalid_request"),
        ("tracking_code=", 422, "invalid_request"),
        ("placed_from=yesterday", 422, "invalid_request"),
        ("placed_from=2026-03-02T08:00:00", 422, "invalid_request"),  # whose eight o'clock?
        ("updated_before=9999-12-31T23:59:59-23:59", 422, "invalid_request"),
        ("sort=total", 422, "invalid_request"),
        ("state=pending", 422, "invalid_request"),  # a filter that is not one is not passed over
    ],
)
async def test_a_list_that_cannot_be_given_is_refused(
    shared_caller: Caller, query: str, status: int, code: str
) -> None:
    response = await shared_caller.get(f"/v1/orders?{query}")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_a_list_needs_a_key_that_may_read_orders(shared_caller: Caller) -> None:
    other = await shared_caller.keys.issue("another", ["approvals:read"])
    assert (await shared_caller.get("/v1/orders", token=other)).status_code == 403
    assert (await shared_caller.http.get("/v1/orders")).status_code == 401


@pytest.mark.parametrize("status", OrderStatus)
async def test_orders_can_be_listed_by_every_status(shared_caller: Caller, status: OrderStatus) -> None:
    await shared_caller.placed(order_body())
    items = (await shared_caller.get(f"/v1/orders?status={status}")).json()["items"]
    assert {item["status"]["order"] for item in items} == ({"pending"} if status is OrderStatus.PENDING else set())
