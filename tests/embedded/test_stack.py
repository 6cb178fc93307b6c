"""The bare stack, started and ended in every way: rows, workflows and addresses outlive it, processes do not."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowExecutionStatus

from adapters.embedded.ports import LOOPBACK, Port
from adapters.embedded.processes import is_alive
from adapters.embedded.stack import EmbeddedStack
from adapters.embedded.state import Stack
from adapters.embedded.temporal import RETENTION
from adapters.search_attributes import SEARCH_ATTRIBUTES
from tests.embedded.running import ROOT, Runner, all_gone, eventually, family

Run = Callable[..., Runner]


async def sql(stack: Stack, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(stack.database_url, timeout=10)
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


async def test_a_restart_keeps_rows_workflows_addresses_and_secrets(run: Run) -> None:
    runner = run()
    before = runner.ready()
    await sql(before, "CREATE TABLE kept AS SELECT 7 AS number")
    client = await Client.connect(before.temporal_address)
    await client.start_workflow("Waits", id="order/1001", task_queue="nobody-listens")
    everybody = family(runner.process.pid)
    assert runner.end(signal.SIGTERM) == 0
    assert all_gone(everybody, within=0)

    after = run().ready()
    assert [row["number"] for row in await sql(after, "SELECT number FROM kept")] == [7]
    client = await Client.connect(after.temporal_address)
    kept = await client.get_workflow_handle("order/1001").describe()
    assert kept.status == WorkflowExecutionStatus.RUNNING
    changing = {"supervisor", "children"}
    assert after.model_dump(exclude=changing) == before.model_dump(exclude=changing)


async def test_temporal_keeps_histories_for_30_days_and_knows_our_search_attributes(standing: Runner) -> None:
    client = await Client.connect(standing.ready().temporal_address)
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
    assert described.config.workflow_execution_retention_ttl.ToJsonString() == RETENTION
    known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    assert SEARCH_ATTRIBUTES.keys() <= known.custom_attributes.keys()


def test_ctrl_c_leaves_nothing_and_kill_9_nothing_within_five_seconds(run: Run) -> None:
    for number, status in ((signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 0)):
        runner = run()
        runner.ready()
        everybody = family(runner.process.pid)
        assert len(everybody) > 8  # two guardians, Temporal, PostgreSQL and its workers
        assert runner.end(number) == status
        assert all_gone(everybody, within=5 if number == signal.SIGKILL else 0)


def test_killed_together_with_its_guardians_it_is_cleared_away_by_the_next_start(run: Run) -> None:
    runner = run()
    left = runner.ready()
    for child in left.children.values():
        assert child.guardian
        os.kill(child.guardian.pid, signal.SIGSTOP)
    everybody = family(runner.process.pid)
    runner.end(signal.SIGKILL)
    for child in left.children.values():
        assert child.guardian
        os.kill(child.guardian.pid, signal.SIGKILL)
    assert any(child.server and is_alive(child.server) for child in left.children.values())
    assert run().ready().children != left.children
    assert all_gone(everybody, within=1)


async def test_killed_servers_come_back_with_what_was_committed(standing: Runner) -> None:
    before = standing.ready()
    await sql(before, "CREATE TABLE kept AS SELECT 7 AS number")
    for child in before.children.values():
        assert child.server
        os.kill(child.server.pid, signal.SIGKILL)
    assert eventually(lambda: {"postgres is back", "temporal is back"} <= set(standing.said()), within=20)
    assert [row["number"] for row in await sql(before, "SELECT number FROM kept")] == [7]
    client = await Client.connect(before.temporal_address)
    assert await client.service_client.check_health()


def test_a_second_start_names_the_first_and_leaves_it_alone(run: Run, standing: Runner) -> None:
    before = standing.ready()
    second = run(standing.state)
    assert second.process.wait(30) == 2
    assert second.said() == [f"A stack runs on {standing.state} already, pid {standing.process.pid}"]
    assert standing.ready() == before


@pytest.mark.long
def test_a_taken_port_is_chosen_anew(run: Run) -> None:
    runner = run()
    before = runner.ready()
    runner.end(signal.SIGTERM)
    with socket.create_server((LOOPBACK, before.ports[Port.POSTGRES])):
        after = run().ready()
    assert after.ports[Port.POSTGRES] != before.ports[Port.POSTGRES]
    assert str(after.ports[Port.POSTGRES]) in after.database_url
    assert after.temporal_address == before.temporal_address


@pytest.mark.long
def test_an_interrupted_first_start_is_done_again(run: Run, place: Path) -> None:
    state = place / "state"
    state.mkdir()
    (state / "postgres.new").mkdir()
    (state / "postgres.new" / "PG_VERSION").write_text("18\n")
    (state / "postgres.password").write_text("of the interrupted one")
    state.chmod(0o711)
    run().ready()
    assert not (state / "postgres.password").exists()


@pytest.mark.parametrize("module", ["adapters.embedded", "simulation.up", "simulation.demo"])
@pytest.mark.parametrize("wrong", ["logs", "temporal"])
def test_a_file_in_the_place_of_a_directory_inside_ends_a_start_with_one_line(
    place: Path, module: str, wrong: str
) -> None:
    state = place / "state"
    state.mkdir(mode=0o711)
    (state / wrong).write_text("")
    environ = {"PATH": os.environ["PATH"], "STEWARD_STATE": str(state), "STEWARD_DATABASE_URL": "postgresql://db/one"}
    started = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-m", module], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert started.returncode == 2
    assert started.stderr == (
        f"{state} cannot be used: {state}/{wrong}: Not a directory. Mend that, or choose another STEWARD_STATE\n"
    )


async def test_servers_of_your_own_are_used_instead(place: Path) -> None:
    own = {
        "STEWARD_STATE": str(place / "state"),
        "STEWARD_DATABASE_URL": "postgresql://db.example/steward",
        "TEMPORAL_ADDRESS": "temporal.example:7233",
    }
    async with EmbeddedStack.open(own, report=pytest.fail) as stack:
        facts = stack.facts
    assert (facts.database_url, facts.temporal_address) == (own["STEWARD_DATABASE_URL"], own["TEMPORAL_ADDRESS"])
    assert facts.temporal_ui is None
    assert facts.children == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user")
def test_an_ordinary_user_runs_it_too(run: Run, place: Path) -> None:
    imports = [sys.executable, "-c", "import adapters.embedded.stack"]
    try:
        subprocess.run(imports, cwd=ROOT, user="nobody", capture_output=True, check=True)  # noqa: S603 - our own code
    except (PermissionError, subprocess.CalledProcessError) as refused:
        pytest.skip(f"nobody cannot run this checkout: {refused}")
    home = place / "home"
    home.mkdir()
    shutil.chown(home, "nobody")
    runner = run(home / "state", user="nobody")
    runner.ready()
    everybody = family(runner.process.pid)
    runner.end(signal.SIGKILL)
    assert all_gone(everybody, within=5)


@pytest.mark.long
def test_without_its_stack_json_the_database_is_not_guessed_at(run: Run) -> None:
    first = run()
    first.ready()
    first.end(signal.SIGTERM)
    (first.state / "stack.json").unlink()
    second = run()
    assert second.process.wait(30) == 2
    assert "has another password than stack.json" in second.said()[-1]
