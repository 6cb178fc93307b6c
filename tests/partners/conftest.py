from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.partners.town import Town, Wall, open_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path / "books.sqlite", Wall()) as town:
        yield town
