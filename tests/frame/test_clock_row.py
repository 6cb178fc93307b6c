"""The business clock's one row: set once, re-based on another pace, never jumping back."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.postgres import events
from adapters.postgres.clock import LONGEST_STOP, PostgresClock
from adapters.postgres.database import Connection, Database
from contracts.actors import STEWARD
from contracts.events import Event, EventType
from tests.front_door import Caller
from tests.shop import order_body

PATIENCE = 5.0  # seconds on the wall


async def test_a_clock_that_was_never_set_says_how_to_set_it(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("delete from business_clock")
    with pytest.raises(LookupError, match="migrate"):
        await PostgresClock(database).read()


async def test_at_pace_one_business_time_is_the_walls(database: Database) -> None:
    clock = await PostgresClock(database).read()
    wall = datetime.now(UTC)
    assert clock.at(wall) == wall


async def test_a_clock_is_started_once_and_a_running_one_left_alone(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("delete from business_clock")
    started = await asyncio.gather(*(PostgresClock(database).start() for _ in range(5)))
    assert started == [started[0]] * 5
    assert started[0].pace == 1
    fast = await PostgresClock(database).set_pace(60)
    assert await PostgresClock(database).start() == fast


async def test_the_same_pace_changes_nothing_and_another_goes_on_from_here(database: Database) -> None:
    clock = PostgresClock(database)
    first = await clock.read()
    assert await clock.set_pace(1) == first
    before = datetime.now(UTC)
    fast = await clock.set_pace(7_200)
    assert fast.business_epoch == fast.wall_epoch >= before
    assert await PostgresClock(database).read() == fast
    slow = await clock.set_pace(60)
    assert slow.business_epoch == fast.at(slow.wall_epoch)


async def test_a_pace_that_waited_for_another_does_not_jump_back(database: Database) -> None:
    async with database.transaction() as holder:
        await holder.execute("lock table business_clock in exclusive mode")
        waiting = asyncio.create_task(PostgresClock(database).set_pace(1))
        await _somebody_waits(database)
        wall = datetime.now(UTC)
        business = wall + timedelta(days=1)
        await holder.execute(
            "update business_clock set wall_epoch = $1, business_epoch = $2, pace = 100000", wall, business
        )
    clock = await waiting
    assert clock.business_epoch >= business


async def test_ten_paces_at_once_leave_one_that_goes_on(database: Database) -> None:
    clock = PostgresClock(database)
    set_to = await asyncio.gather(*(clock.set_pace(pace) for pace in range(1_000, 11_000, 1_000)))
    last = await clock.read()
    assert last in set_to
    assert last.business_epoch == max(each.business_epoch for each in set_to)


async def _somebody_waits(database: Database) -> None:
    async with asyncio.timeout(PATIENCE), database.connection() as connection:
        while not await _waits(connection):
            await asyncio.sleep(0.01)


async def _waits(connection: Connection) -> bool:
    return bool(await connection.fetchval("select exists (select from pg_locks where not granted)"))


async def test_at_a_fast_pace_a_long_stop_is_cut_short_and_the_next_start_goes_on_from_there(
    database: Database,
) -> None:
    clock = PostgresClock(database)
    begun = (await clock.set_pace(7_200)).business_epoch
    async with database.connection() as connection:
        await connection.execute("update business_clock set wall_epoch = wall_epoch - interval '3 days'")  # 59 years
    resumed = await clock.set_pace(7_200)
    assert resumed.business_epoch == begun + LONGEST_STOP
    assert await clock.set_pace(7_200) == resumed


async def test_after_a_long_stop_business_time_is_not_behind_the_newest_event(caller: Caller) -> None:
    clock = PostgresClock(caller.database)
    begun = (await clock.set_pace(7_200)).business_epoch
    order = await caller.placed(order_body())
    newest = begun + timedelta(days=400)
    scanned = Event(type=EventType.SHIPMENT_IN_TRANSIT, occurred_at=newest, actor=STEWARD)
    gone_wrong = Event(type=EventType.SHIPMENT_DELIVERED, occurred_at=begun.replace(year=9999), actor=STEWARD)
    async with caller.database.transaction() as connection:
        await events.append(connection, order["id"], scanned, gone_wrong)
        await connection.execute("update business_clock set wall_epoch = wall_epoch - interval '3 days'")  # 59 years
    assert (await clock.set_pace(7_200)).business_epoch == newest + LONGEST_STOP


async def test_at_a_fast_pace_a_short_stop_passes_as_time_does(database: Database) -> None:
    clock = PostgresClock(database)
    begun = await clock.set_pace(7_200)
    async with database.connection() as connection:
        await connection.execute("update business_clock set wall_epoch = wall_epoch - interval '5 minutes'")  # 25 days
    resumed = await clock.set_pace(7_200)
    assert resumed.business_epoch == begun.business_epoch
    assert resumed.wall_epoch == begun.wall_epoch - timedelta(minutes=5)
