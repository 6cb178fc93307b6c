"""Somebody at a browser: signs in, opens pages, and everything that their pages fetch is on record."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Request, async_playwright

from console.sessions import PATH, SESSION
from tests.console.office import PASSWORD, Office

CHROMIUM: Final = Path("/usr/bin/chromium")
QUIETLY: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
SERIOUS: Final = {"serious", "critical"}
PATIENCE: Final = 10_000  # milliseconds


class Person:
    """One browser context, and what it asked for: nothing of it may leave the host."""

    def __init__(self, page: Page, office: Office) -> None:
        self.page = page
        self.office = office
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._note)
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.set_default_timeout(PATIENCE)

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.office.url}{path}")

    async def be(self, name: str) -> None:
        """Signed in, by a session that was opened elsewhere."""
        signed_in = await self.office.session_of(name)
        await self.page.context.add_cookies(
            [{"name": SESSION, "value": signed_in.token, "domain": "127.0.0.1", "path": PATH}]
        )

    async def lose_session(self) -> None:
        cookies = await self.page.context.cookies(f"{self.office.url}/console")
        (token,) = [cookie["value"] for cookie in cookies if cookie["name"] == SESSION]
        await self.office.staff.sign_out(token)

    async def give_password(self, name: str, password: str = PASSWORD) -> None:
        await self.page.get_by_label("Name").fill(name)
        await self.page.get_by_label("Password").fill(password)
        await self.page.get_by_role("button", name="Sign in").click()

    async def reads(self) -> str:
        return await self.page.locator("main").inner_text()

    async def heading(self) -> str:
        return await self.page.locator("h1").inner_text()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.office.url)

    @property
    def elsewhere(self) -> list[str]:
        """What was asked of other hosts."""
        return [url for url in self.asked if not url.startswith(self.office.url)]

    async def is_as_wide_as_the_screen(self) -> bool:
        wide: bool = await self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        return wide

    async def barriers(self) -> list[str]:
        """What axe finds serious on the page as it is."""
        found = await Axe().run(self.page)
        return [
            f"{each['id']}: {node['html']}"
            for each in found.response["violations"]
            if each["impact"] in SERIOUS
            for node in each["nodes"]
        ]


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        yield browser
        await browser.close()


@asynccontextmanager
async def somebody(browser: Browser, office: Office, **options: Any) -> AsyncIterator[Person]:
    """In a context of their own, with options as of playwright's `new_context`."""
    context = await browser.new_context(**options)
    try:
        yield Person(await context.new_page(), office)
    finally:
        await context.close()
