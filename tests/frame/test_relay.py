"""What the door owes the engine is paid: starts before signals, over outages, by one relay or two."""

import asyncio
from uuid import uuid4

import pytest
import structlog
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.database import Database
from adapters.postgres.wakeups import owe_signal
from adapters.temporal import StillOwed, TemporalEngine, WorkflowIdTaken
from contracts.problems import DatabaseAway
from contracts.wakeups import Wakeup
from tests.frame.engine import ORDER, Relay
from workers.relay import deliver_left_over
from workers.relay import relay as run_relay


@pytest.fixture
def relay(database: Database) -> Relay:
    return Relay(database)


async def test_a_start_is_delivered_before_the_signals_after_it(relay: Relay) -> None:
    await relay.start()
    await relay.signal("cmd_1")
    await relay.signal("cmd_2")
    await relay.round()
    assert relay.workflows.running == {ORDER: ["order", "commanded cmd_1", "commanded cmd_2"]}
    assert await relay.owed() == []


async def test_a_signal_that_overtakes_its_start_stays_owed_and_comes_after_it(relay: Relay) -> None:
    start, early = await relay.start(), await relay.signal("cmd_1")
    with pytest.raises(StillOwed):
        await relay.engine.deliver(early)
    assert await relay.owed() == [start.wakeup_id, early.wakeup_id]
    await relay.round()
    assert relay.workflows.running == {ORDER: ["order", "commanded cmd_1"]}


async def test_a_start_that_is_delivered_twice_is_one_workflow(relay: Relay) -> None:
    start = await relay.start()
    for _ in range(2):
        await relay.engine.deliver(start)
    assert relay.workflows.starts == 1


async def test_a_closed_workflow_is_owed_nothing_more(relay: Relay) -> None:
    await relay.start()
    await relay.round()
    relay.workflows.close(ORDER)
    await relay.signal("cmd_late")
    await relay.round()
    await relay.start()
    await relay.round()
    assert await relay.owed() == []
    assert relay.workflows.running == {}


async def test_while_the_engine_is_away_nothing_is_lost_and_when_it_is_back_all_of_it_comes(relay: Relay) -> None:
    numbers = [f"order/{number}" for number in range(1001, 1031)]
    for number in numbers:
        await relay.start(number)
        await relay.signal("cmd", number)
    relay.workflows.away = True
    for _ in range(3):
        await relay.round()
    assert len(await relay.owed()) == 60
    relay.workflows.away = False
    await relay.round()
    assert await relay.owed() == []
    assert relay.workflows.running == {number: ["order", "commanded cmd"] for number in numbers}


async def test_when_the_engine_goes_away_a_round_ends_early(relay: Relay) -> None:
    for number in range(50):
        await relay.start(f"order/{number}")
    relay.workflows.away = True
    await relay.round()
    assert relay.workflows.asked == 1


async def test_one_that_cannot_be_delivered_holds_up_no_other(relay: Relay) -> None:
    poison, _ = await relay.start("order/1"), await relay.start("order/2")
    relay.workflows.poison.add("order/1")
    await relay.round()
    assert await relay.owed() == [poison.wakeup_id]
    assert relay.workflows.running == {"order/2": ["order"]}


async def test_however_many_cannot_be_delivered_the_others_are(relay: Relay) -> None:
    poisoned = [await relay.start(f"order/{number}") for number in range(5)]
    relay.workflows.poison = {wakeup.workflow_id for wakeup in poisoned}
    await relay.start("order/9")
    await deliver_left_over(relay.wakeups, relay.engine, older_than=0, at_once=2)
    assert await relay.owed() == [wakeup.wakeup_id for wakeup in poisoned]
    assert relay.workflows.running == {"order/9": ["order"]}


async def test_an_id_that_another_order_has_is_an_error_and_its_wakeups_stay_owed(relay: Relay) -> None:
    relay.workflows.taken_by_another("order/1")
    start, signal = await relay.start("order/1"), await relay.signal("ord_1", "order/1")
    await relay.start("order/2")
    with structlog.testing.capture_logs() as logs:
        await relay.round()
    assert await relay.owed() == [start.wakeup_id, signal.wakeup_id]
    assert relay.workflows.running == {"order/1": ["of another order"], "order/2": ["order"]}
    assert [(each["event"], each["log_level"]) for each in logs] == [
        ("wakeup.id_taken", "error"),
        ("wakeup.delivered", "info"),
    ]
    assert "do not belong together" in logs[0]["error"]


async def test_a_signal_to_nobody_is_told_before_it_is_done(relay: Relay) -> None:
    signal = await relay.signal("ord_1")
    with structlog.testing.capture_logs() as logs:
        await relay.engine.deliver(signal)
    assert [(each["event"], each["workflow_id"]) for each in logs] == [("wakeup.not_waited_for", ORDER)]
    assert await relay.owed() == []


async def test_two_relays_at_once_deliver_everything_and_start_nothing_twice(relay: Relay) -> None:
    numbers = [f"order/{number}" for number in range(1001, 1041)]
    for number in numbers:
        await relay.start(number)
        await relay.signal("cmd", number)
    await asyncio.gather(relay.round(), relay.round())
    assert await relay.owed() == []
    assert relay.workflows.starts == 40
    told = [set(told) for told in relay.workflows.running.values()]
    assert told == [{"order", "commanded cmd"}] * 40


async def test_what_is_young_is_still_on_its_way_from_the_door(relay: Relay) -> None:
    await relay.start()
    await deliver_left_over(relay.wakeups, relay.engine, older_than=60)
    assert relay.workflows.running == {}


async def test_what_is_taken_back_with_its_fact_was_never_owed(relay: Relay, database: Database) -> None:
    async def store_and_fail() -> None:
        async with database.transaction() as connection:
            await owe_signal(connection, workflow_id=ORDER, signal="commanded", ref="cmd_1")
            raise LookupError("the fact could not be stored")

    with pytest.raises(LookupError):
        await store_and_fail()
    assert await relay.owed() == []


async def test_the_real_engine_does_the_same(relay: Relay, temporal: WorkflowEnvironment) -> None:
    engine = TemporalEngine(temporal.client, relay.wakeups)
    number = f"order/{uuid4().hex}"
    start, early = await relay.start(number), await relay.signal("cmd_1", number)
    with pytest.raises(StillOwed):
        await engine.deliver(early)
    for _ in range(2):
        await engine.deliver(start)
    await engine.deliver(early)
    handle = temporal.client.get_workflow_handle(number)
    signals = [
        event.workflow_execution_signaled_event_attributes.signal_name
        async for event in handle.fetch_history_events()
        if event.HasField("workflow_execution_signaled_event_attributes")
    ]
    assert signals == ["commanded"]
    await handle.terminate()
    await engine.deliver(await relay.signal("cmd_late", number))
    assert await relay.owed() == []


async def test_the_real_engine_knows_our_start_from_another_ones(relay: Relay, temporal: WorkflowEnvironment) -> None:
    engine = TemporalEngine(temporal.client, relay.wakeups)
    number = f"order/{uuid4().hex}"
    other = await temporal.client.start_workflow("order", {"number": "another"}, id=number, task_queue="nobody")
    start = await relay.start(number)
    with pytest.raises(WorkflowIdTaken, match=number):
        await engine.deliver(start)
    assert await relay.owed() == [start.wakeup_id]
    await other.terminate()


async def test_without_its_namespace_the_real_engine_takes_no_signal(
    relay: Relay, temporal: WorkflowEnvironment
) -> None:
    address = temporal.client.service_client.config.target_host
    elsewhere = await Client.connect(address, namespace="misspelled", lazy=True)
    signal = await relay.signal("ord_1")
    with pytest.raises(RPCError, match="misspelled"):
        await TemporalEngine(elsewhere, relay.wakeups).deliver(signal)
    assert await relay.owed() == [signal.wakeup_id]


async def test_a_relay_outlives_a_database_that_goes_away(relay: Relay) -> None:
    class AwayOnce:
        asked = 0

        async def overdue(self, *, seconds: float, limit: int, after: int) -> list[Wakeup]:
            self.asked += 1
            if self.asked == 1:
                raise DatabaseAway("ConnectionRefusedError")
            return await relay.wakeups.overdue(seconds=seconds, limit=limit, after=after)

    await relay.start()
    wakeups = AwayOnce()
    running = asyncio.create_task(run_relay(wakeups, relay.engine, older_than=0))
    async with asyncio.timeout(10):
        while await relay.owed():
            await asyncio.sleep(0.05)
    running.cancel()
    assert wakeups.asked >= 2
