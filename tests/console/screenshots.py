"""The pictures of the README, taken of a day at the small shop: `make screenshots`."""

from pathlib import Path
from typing import Final

from playwright.async_api import Browser, ViewportSize

from tests.console.browsing import somebody
from tests.console.day import a_day
from tests.console.office import open_office
from tests.console.pictures import picture_of
from tests.front_door import Caller

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"
SCREEN: Final = ViewportSize(width=1180, height=480)
TALLEST: Final = 1_760  # pixels
LARGEST: Final = 120_000  # bytes


async def test_the_pictures_are_small(caller: Caller, browser: Browser) -> None:
    async with open_office(caller) as office:
        held, shipped = await a_day(caller)
        paths = {"inbox": "/console", "case": held.path, "order": f"/console/orders/{shipped['id']}"}
        async with somebody(browser, office, viewport=SCREEN) as ana:
            await ana.be("ana")
            for name, path in paths.items():
                await ana.open(path)
                for unfolded in (await ana.page.locator("#fresh summary").all())[:1]:
                    await unfolded.click()
                picture = await picture_of(ana.page, tallest=TALLEST)
                assert len(picture) < LARGEST
                (PICTURES / f"{name}.png").write_bytes(picture)
