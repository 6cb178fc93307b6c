"""Servers for every test: Postgres with a fresh database a test, and the Temporal dev server that skips time."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import settings
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from adapters.embedded import postgres as launcher
from adapters.embedded import temporal as temporal_launcher
from adapters.embedded.ports import Port, choose
from adapters.embedded.supervisor import Supervisor
from adapters.embedded.wheels import temporal_binary
from adapters.postgres.clock import PostgresClock
from adapters.postgres.database import Database, open_database
from adapters.postgres.migrate import migrate
from adapters.postgres.policies import PostgresPolicies
from contracts.policy import Policy
from tests.front_door import Caller, open_door
from tests.shop import open_shop
from workflows.visibility import BUSINESS_STATUS, PROCESS, WAITING_ON, WAITING_UNTIL

# The same examples on every run, and no deadline: the machine that tests may be busy.
settings.register_profile("steward", derandomize=True, deadline=None)
settings.load_profile("steward")


@pytest.fixture(scope="session")
def state() -> Iterator[Path]:
    """A directory that `nobody`, who runs Postgres for root, can pass through."""
    directory = Path(tempfile.mkdtemp(prefix="steward-tests-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


@pytest_asyncio.fixture(scope="session")
async def template(state: Path) -> AsyncIterator[str]:
    """The URL of a migrated database with the small shop of `tests/shop.py`, to be cloned and never written to."""
    supervisor = Supervisor(state / "logs", {}, record=lambda _: None, report=lambda _: None)
    port = choose({})[Port.POSTGRES]
    url = await launcher.start(supervisor, state, port, "only for tests", launcher.FORGETFUL)
    await migrate(url)
    async with open_database(url, connections=2) as database:
        await PostgresPolicies(database).store(Policy())
        await PostgresClock(database).set_pace(1)
        await open_shop(database, now=datetime.now(UTC))
    yield url
    await supervisor.stop()


@pytest_asyncio.fixture
async def database_url(template: str) -> AsyncIterator[str]:
    """A database of its own for this test."""
    async with _clone(template) as url:
        yield url


@asynccontextmanager
async def _clone(template: str) -> AsyncIterator[str]:
    server, _, source = template.rpartition("/")
    name = f"test_{uuid4().hex}"
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(f"create database {name} template {source} strategy file_copy")
        yield f"{server}/{name}"
        await connection.execute(f"drop database {name} with (force)")
    finally:
        await connection.close()


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url, connections=20) as database:
        yield database


@pytest_asyncio.fixture
async def caller(database: Database) -> AsyncIterator[Caller]:
    """The API in this process, over the tables of this test, and a backend system that calls it."""
    async with open_door(database) as caller:
        yield caller


@pytest_asyncio.fixture(scope="session")
async def shared_caller(template: str) -> AsyncIterator[Caller]:
    """The same over tables that many tests share: for those that only count what they add."""
    async with _clone(template) as url, open_database(url, connections=20) as database, open_door(database) as caller:
        yield caller


@pytest_asyncio.fixture(scope="session")
async def staffed_caller(template: str) -> AsyncIterator[Caller]:
    """The same over tables of the console's tests, where a lot happens."""
    async with _clone(template) as url, open_database(url, connections=20) as database, open_door(database) as caller:
        yield caller


@pytest_asyncio.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """The dev server with time skipping per workflow: waits of days take milliseconds. One place to change it."""
    config = {**temporal_launcher.DYNAMIC_CONFIG, "frontend.workflowTimeSkippingEnabled": "true"}
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(temporal_binary()),
        data_converter=pydantic_data_converter,
        dev_server_log_level="error",
        dev_server_extra_args=[
            word for name, value in config.items() for word in ("--dynamic-config-value", f"{name}={value}")
        ],
        search_attributes=[PROCESS, BUSINESS_STATUS, WAITING_ON, WAITING_UNTIL],
    )
    yield environment
    await environment.shutdown()
