"""The business as a fixture, for every folder that tests a process."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.database import Database
from tests.order.business import Business, at_work, found

both_ways = pytest.mark.parametrize(
    "business",
    [
        pytest.param({}, id="cached"),
        pytest.param({"max_cached_workflows": 0}, id="replayed"),  # from its history, at every task
    ],
    indirect=True,
)


@pytest.fixture
async def business(
    request: pytest.FixtureRequest, temporal: WorkflowEnvironment, database: Database
) -> AsyncIterator[Business]:
    """A business at work; a parameter gives its workers' options."""
    options: dict[str, Any] = getattr(request, "param", {})
    async with at_work(await found(temporal, database), **options) as business:
        yield business


@pytest.fixture
async def back_office(temporal: WorkflowEnvironment, database: Database) -> Business:
    """The same without workers: a test takes the steps itself."""
    return await found(temporal, database)
