"""An effect happens once and answers the same ever after; an order's events are numbered without a gap."""

import asyncio

import pytest

from adapters.postgres import events
from adapters.postgres.database import Connection, Database
from adapters.postgres.effects import Done, once
from adapters.postgres.notes import store_note
from contracts.actors import STEWARD
from contracts.base import Contract
from contracts.events import Event, EventType
from contracts.ids import OrderId
from tests.front_door import Caller, counted
from tests.shop import order_body


class Count(Contract):
    """How often it was done by then."""

    times: int


class TheNodeIsOnFire(Exception):
    """What a step may run into."""


async def test_of_ten_at_once_one_acts_and_all_get_its_answer(database: Database) -> None:
    acted: list[int] = []

    async def effect(connection: Connection) -> Count:
        acted.append(1)
        await store_note(connection, "it happened")
        return Count(times=len(acted))

    answers = await asyncio.gather(*(once(database, "order/1:x", Count, effect) for _ in range(10)))
    assert answers == [Count(times=1)] * 10
    assert await once(database, "order/1:x", Count, effect) == Count(times=1)
    assert len(acted) == 1
    rows = await counted(database)
    assert (rows["notes"], rows["effects"]) == (1, 1)


async def test_different_keys_are_different_effects(database: Database) -> None:
    async def effect(connection: Connection) -> Done:
        await store_note(connection, "it happened")
        return Done()

    await asyncio.gather(*(once(database, f"order/{i}:x", Done, effect) for i in range(10)))
    assert (await counted(database))["notes"] == 10


async def test_an_effect_that_fails_leaves_nothing_and_may_be_tried_again(database: Database) -> None:
    fires = [True, False]

    async def effect(connection: Connection) -> Done:
        await store_note(connection, "it happened")
        if fires.pop(0):
            raise TheNodeIsOnFire
        return Done()

    with pytest.raises(TheNodeIsOnFire):
        await once(database, "order/1:x", Done, effect)
    assert (await counted(database))["notes"] == 0
    assert await once(database, "order/1:x", Done, effect) == Done()
    assert (await counted(database))["notes"] == 1


async def test_events_of_many_writers_at_once_are_numbered_without_a_gap(caller: Caller, database: Database) -> None:
    placed = await caller.placed(order_body())

    async def tell(position: int) -> None:
        happened = Event(
            type=EventType.DECISION_RECORDED, occurred_at=placed["placed_at"], actor=STEWARD, facts={"of": position}
        )
        async with database.transaction() as connection:
            await events.append(connection, OrderId(placed["id"]), *([happened] * (position % 3 + 1)))

    await asyncio.gather(*(tell(position) for position in range(12)))
    order = (await caller.get(f"/v1/orders/{placed['id']}")).json()
    assert [entry["sequence"] for entry in order["timeline"]] == list(range(1, 1 + 1 + 24))
    assert order["version"] == 25
    writers = [entry["facts"].get("of") for entry in order["timeline"][1:]]
    runs = [writer for i, writer in enumerate(writers) if i == 0 or writers[i - 1] != writer]
    assert sorted(runs) == list(range(12))  # what one transaction tells stands together


async def test_an_event_that_is_taken_back_leaves_no_gap(caller: Caller, database: Database) -> None:
    placed = await caller.placed(order_body())
    happened = Event(type=EventType.DECISION_RECORDED, occurred_at=placed["placed_at"], actor=STEWARD)

    async def tell_and_fail() -> None:
        async with database.transaction() as connection:
            await events.append(connection, OrderId(placed["id"]), happened)
            raise TheNodeIsOnFire

    with pytest.raises(TheNodeIsOnFire):
        await tell_and_fail()
    async with database.transaction() as connection:
        await events.append(connection, OrderId(placed["id"]), happened)
    order = (await caller.get(f"/v1/orders/{placed['id']}")).json()
    assert [entry["sequence"] for entry in order["timeline"]] == [1, 2]
