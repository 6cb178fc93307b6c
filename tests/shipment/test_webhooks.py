"""Partners' webhooks: stored once, applied in order of what happened, and told to the process that waits."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import permutations
from typing import Final

import pytest
import pytest_asyncio

from adapters.postgres.database import Database
from tests.front_door import Caller, counted
from tests.shipment.parcels import Parcels, asked, labeled, on_the_way, scan_of

JOURNEY: Final = ["info_received", "in_transit", "exception", "in_transit", "out_for_delivery", "delivered"]


@pytest_asyncio.fixture
async def parcels(caller: Caller, database: Database) -> AsyncIterator[Parcels]:
    yield await on_the_way(caller, database)


async def test_the_nodes_acceptance_is_recorded_and_wakes_the_shipment(caller: Caller, database: Database) -> None:
    consignment = await asked(caller, database)
    response = await consignment.node("accepted")
    assert (response.status_code, response.json()) == (202, {"outcome": "applied"})
    shown = await consignment.shown()
    assert (shown["consignments"][0]["request"], shown["consignments"][0]["status"]) == ("accepted", "in_progress")
    assert shown["timeline"][-1]["type"] == "fulfillment.accepted"
    assert shown["timeline"][-1]["actor"] == {"type": "system", "id": "dc-reno"}
    assert consignment.news == ["accepted"]


async def test_packed_before_accepted_is_both_and_the_late_acceptance_changes_nothing(
    caller: Caller, database: Database
) -> None:
    consignment = await asked(caller, database)
    assert (await consignment.node("packed")).json() == {"outcome": "applied"}
    assert (await consignment.node("accepted")).json() == {"outcome": "stored"}
    assert (await consignment.node("packed")).json() == {"outcome": "stored"}
    assert consignment.news == ["packed"]
    assert (await consignment.shown())["consignments"][0]["request"] == "accepted"


async def test_what_a_node_tells_after_a_recall_is_stored_and_wakes_nobody(caller: Caller, database: Database) -> None:
    consignment = await asked(caller, database)
    await consignment.recall()
    for fact in ("accepted", "packed"):
        assert (await consignment.node(fact)).json() == {"outcome": "stored"}
    assert consignment.news == []
    assert (await consignment.shown())["consignments"][0]["status"] == "canceled"


async def test_a_webhook_that_comes_twice_is_applied_once(caller: Caller, database: Database) -> None:
    parcels = await on_the_way(caller, database)
    first = await parcels.scan("in_transit", 1, webhook_id="msg_1")
    before = await counted(database)
    again = await asyncio.gather(*(parcels.scan("in_transit", 1, webhook_id="msg_1") for _ in range(5)))
    assert (first, again) == ("applied", ["duplicate"] * 5)
    assert await counted(database) == before


async def test_five_copies_of_a_webhook_at_once_are_applied_once(parcels: Parcels) -> None:
    copies = [parcels.scan("delivered", 1, scan_id="s1", webhook_id="msg_1") for _ in range(5)]
    assert sorted(await asyncio.gather(*copies)) == ["applied"] + ["duplicate"] * 4
    assert parcels.news.count("delivered") == 1


async def test_the_same_scan_in_another_webhook_is_stored_once(parcels: Parcels, database: Database) -> None:
    assert await parcels.scan("in_transit", 1, scan_id="s1") == "applied"
    assert await parcels.scan("in_transit", 1, scan_id="s1") == "stored"
    assert (await counted(database))["scans"] == 1


async def test_a_scan_of_a_parcel_that_is_not_known_yet_is_applied_when_it_comes_again(
    caller: Caller, database: Database
) -> None:
    consignment = await asked(caller, database)
    await consignment.node("accepted")
    early = scan_of("SWearly")
    response = await caller.tell("carriers", "tracking.scanned", early, webhook_id="msg_1")
    assert (response.status_code, response.json()["code"]) == (404, "unknown_reference")
    await consignment.label()
    await consignment.leave()
    async with database.connection() as connection:
        await connection.execute("update shipments set tracking_code = 'SWearly'")
    again = [await caller.tell("carriers", "tracking.scanned", early, webhook_id="msg_1") for _ in range(2)]
    assert [answer.json()["outcome"] for answer in again] == ["applied", "duplicate"]
    assert await consignment.statuses() == ["in_transit"]


async def test_news_of_an_unknown_consignment_is_404_and_kept(caller: Caller, database: Database) -> None:
    now = datetime.now(UTC).isoformat()
    response = await caller.tell("nodes", "request.accepted", {"request_id": "ful_none", "occurred_at": now})
    assert (response.status_code, response.json()["code"]) == (404, "unknown_reference")
    async with database.connection() as connection:
        assert await connection.fetchval("select outcome from inbound_webhooks") == "unmatched"


async def test_what_the_payment_provider_tells_is_kept(caller: Caller, database: Database) -> None:
    fact = {
        "authorization_ref": "auth_1",
        "key": "order/1001:authorize:t1",
        "amount": {"amount_minor": 4823, "currency": "USD"},
        "occurred_at": datetime.now(UTC).isoformat(),
    }
    response = await caller.tell("payments", "authorization.created", fact)
    assert (response.status_code, response.json()) == (202, {"outcome": "stored"})
    assert (await counted(database))["inbound_webhooks"] == 1


@pytest.mark.parametrize(
    ("scans", "outcomes", "ends"),
    [
        ([("in_transit", 2), ("info_received", 1)], ["applied", "stored"], "in_transit"),
        ([("in_transit", 2), ("info_received", 3)], ["applied", "stored"], "in_transit"),
        ([("in_transit", 2), ("in_transit", 3)], ["applied", "stored"], "in_transit"),
        ([("in_transit", 24 * 5 + 2), ("delivered", 24 * 9)], ["applied", "applied"], "delivered"),
        ([("in_transit", -24)], ["applied"], "in_transit"),
        ([("out_for_delivery", 2), ("delivered", 1.9)], ["applied", "applied"], "delivered"),
        ([("out_for_delivery", 2), ("exception", 3)], ["applied", "applied"], "exception"),
        ([("exception", 2), ("in_transit", 3)], ["applied", "applied"], "in_transit"),
        ([("in_transit", 2), ("exception", 3), ("info_received", 4)], ["applied", "applied", "stored"], "exception"),
        ([("attempt_failed", 2), ("in_transit", 3)], ["applied", "applied"], "in_transit"),
        ([("delivered", 2), ("exception", 3), ("lost", 4)], ["applied", "stored", "stored"], "delivered"),
        ([("lost", 2), ("delivered", 3)], ["applied", "applied"], "delivered"),
    ],
    ids=["late", "backward", "doubled", "from the future", "from before our labels", "by another device",
         "an exception at the door", "on after an exception", "not back to before an exception",
         "on after a failed attempt", "after delivery", "after a loss"],
)  # fmt: skip
async def test_scans_move_a_parcel_forward_only(
    parcels: Parcels, database: Database, scans: list[tuple[str, float]], outcomes: list[str], ends: str
) -> None:
    assert [await parcels.scan(status, hours) for status, hours in scans] == outcomes
    assert await parcels.statuses() == [ends]
    assert (await counted(database))["scans"] == len(scans)
    told = [entry["type"] for entry in (await parcels.shown())["timeline"] if entry["source"] == "webhook"]
    assert len(told) == 2 + outcomes.count("applied")  # what the node told, and each scan that moved something


@pytest.mark.parametrize("seed", range(6))
async def test_in_whatever_order_a_journey_is_told_it_ends_delivered_and_is_told_once(
    parcels: Parcels, seed: int
) -> None:
    shuffled = list(permutations(enumerate(JOURNEY, start=1)))[seed * 119 + 3]
    for hours, status in shuffled:
        await parcels.scan(status, hours)
    assert await parcels.statuses() == ["delivered"]
    assert parcels.news == ["accepted", "packed", "delivered"]


async def test_a_scan_from_the_future_is_told_as_of_now(parcels: Parcels) -> None:
    before = datetime.now(UTC)
    await parcels.scan("in_transit", 24 * 365)
    told = (await parcels.shown())["timeline"][-1]
    assert told["type"] == "shipment.in_transit"
    assert before <= datetime.fromisoformat(told["occurred_at"]) <= datetime.now(UTC)


async def test_what_still_lies_at_its_node_can_be_known_to_its_carrier_and_no_more(
    caller: Caller, database: Database
) -> None:
    parcels = await labeled(caller, database)
    assert await parcels.scan("delivered", 1) == "stored"
    assert await parcels.scan("info_received", 2) == "applied"
    assert (await parcels.statuses(), parcels.news) == (["info_received"], ["accepted"])
    await parcels.leave()
    assert await parcels.scan("delivered", 3) == "applied"


async def test_a_scan_of_a_parcel_whose_label_is_void_is_stored_and_moves_nothing(
    caller: Caller, database: Database
) -> None:
    parcels = await labeled(caller, database)
    await parcels.recall()
    assert await parcels.scan("in_transit", 1) == "stored"
    assert await parcels.statuses() == ["label_created"]
    assert (await counted(database))["scans"] == 1


async def test_only_the_last_parcel_wakes_the_shipment_and_once(caller: Caller, database: Database) -> None:
    parcels = await on_the_way(caller, database, parcels=3)
    assert await parcels.scan("delivered", 1, parcel=1) == "applied"
    assert parcels.news == ["accepted", "packed"]
    await asyncio.gather(parcels.scan("delivered", 2, parcel=0), parcels.scan("delivered", 2, parcel=2))
    await parcels.scan("delivered", 3, parcel=2)
    assert parcels.news == ["accepted", "packed", "delivered"]
    assert await parcels.statuses() == ["delivered"] * 3


async def test_with_the_engine_away_the_news_are_accepted_and_left_to_the_relay(
    caller: Caller, database: Database
) -> None:
    parcels = await on_the_way(caller, database)
    caller.engine.away = True
    assert await parcels.scan("delivered", 1) == "applied"
    async with database.connection() as connection:
        left = await connection.fetch("select workflow_id, name from wakeups where done_at is null and kind = 'signal'")
    assert [tuple(row) for row in left] == [(parcels.workflow, "delivered")]


@pytest.mark.parametrize(
    "absurd",
    [
        {"scan_id": "s" * 5_000},
        {"occurred_at": "0001-01-01T00:00:00+23:59"},
        {"occurred_at": "9999-12-31T23:59:59-23:59"},
    ],
    ids=["an endless id", "before time", "after time"],
)
async def test_what_no_carrier_can_mean_is_refused_and_not_kept(
    caller: Caller, database: Database, absurd: dict[str, str]
) -> None:
    parcels = await on_the_way(caller, database)
    before = await counted(database)
    response = await caller.tell("carriers", "tracking.scanned", scan_of(parcels.codes[0], **absurd))
    assert response.status_code == 422
    assert await counted(database) == before
