from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from adapters.postgres.database import Database
from tests.order.business import WHOLE, Business, at_work, found
from tests.order.fixtures import back_office

__all__ = ["back_office"]


@pytest.fixture
async def business(
    request: pytest.FixtureRequest, temporal: WorkflowEnvironment, database: Database
) -> AsyncIterator[Business]:
    """A business that tells its customers; a parameter gives its model and its workers' options."""
    options: dict[str, Any] = dict(getattr(request, "param", {}))
    business = await found(temporal, database)
    business.model = options.pop("model", None)
    async with at_work(business, WHOLE, **options) as at_it:
        yield at_it
