"""The office, and one browser for all tests of a worker."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.console.browsing import CHROMIUM, Person, open_browser, somebody
from tests.console.office import Office, open_office
from tests.front_door import Caller


class Hire(Protocol):
    """Somebody at a browser of their own, signed in if they have a name, at a page, with a context's options."""

    async def __call__(self, name: str | None = None, path: str = "/console", **options: Any) -> Person: ...


@pytest_asyncio.fixture(scope="session")
async def office(staffed_caller: Caller) -> AsyncIterator[Office]:
    """Each test asks its own question about its own order, so they share their tables."""
    async with open_office(staffed_caller) as office:
        yield office


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}: install Debian's chromium")
    async with open_browser() as browser:
        yield browser


@pytest_asyncio.fixture
async def hire(browser: Browser, office: Office) -> AsyncIterator[Hire]:
    async with AsyncExitStack() as at_work:

        async def hire(name: str | None = None, path: str = "/console", **options: Any) -> Person:
            person = await at_work.enter_async_context(somebody(browser, office, **options))
            if name is not None:
                await person.be(name)
            await person.open(path)
            return person

        yield hire
