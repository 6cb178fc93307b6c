"""Accounts are made by a command, which says a password once; and the server stops though pages are open."""

import asyncio
import re

import httpx2
import pytest
from typer.testing import CliRunner, Result

from adapters.postgres.database import Database
from adapters.postgres.staff import PostgresStaff
from adapters.settings import Settings
from console.__main__ import app
from console.sessions import SESSION
from contracts.staff import SignedIn, SignIn, TurnedAway
from tests.console.office import Office, open_office


async def add_staff(database_url: str, *arguments: str, typed: str = "\n") -> Result:
    return await run(database_url, "add-staff", *arguments, typed=typed)


async def run(database_url: str, *arguments: str, typed: str = "") -> Result:
    needed = {f"STEWARD_{name}".upper(): "x" for name, field in Settings.model_fields.items() if field.is_required()}
    env = needed | {"STEWARD_DATABASE_URL": database_url, "COLUMNS": "300"}
    return await asyncio.to_thread(CliRunner().invoke, app, arguments, input=typed, env=env)


async def test_a_made_up_password_is_printed_and_signs_in(database_url: str, database: Database) -> None:
    made = await add_staff(database_url, "nina", "--role", "store")
    found = re.search(r"nina \(store\) can sign in with the password (\S{16,})", made.output)
    assert found is not None, made.output
    signed_in = await PostgresStaff(database).sign_in(SignIn(name="Nina ", password=found[1]))
    assert isinstance(signed_in, SignedIn)
    assert signed_in.session.member.role == "store"


async def test_a_typed_password_is_not_printed(database_url: str) -> None:
    made = await add_staff(database_url, "nina", "--role", "operations", typed="a long password\n")
    assert made.output.splitlines()[-1] == "nina (operations) can sign in"
    assert "a long password" not in made.output


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("Nina!", "--role", "store"), "\n", "small letters"),
        (("nina", "--role", "boss"), "\n", "boss"),
        (("nina", "--role", "store"), "short\n", "at least 12 characters"),
    ],
)
async def test_what_is_no_account_is_refused(arguments: tuple[str, ...], typed: str, said: str) -> None:
    refused = await add_staff("postgresql://nowhere", *arguments, typed=typed)
    assert refused.exit_code == 2
    assert said in refused.output


async def test_who_is_locked_out_is_out_at_once(database_url: str, database: Database) -> None:
    staff, nina = PostgresStaff(database), SignIn(name="nina", password="a long password")
    await add_staff(database_url, "nina", "--role", "support", typed="a long password\n")
    signed_in = await staff.sign_in(nina)
    assert isinstance(signed_in, SignedIn)
    assert (await run(database_url, "lock-out", "nina")).exit_code == 0
    assert await staff.session(signed_in.token) is None
    assert isinstance(await staff.sign_in(nina), TurnedAway)
    assert (await run(database_url, "lock-out", "nobody")).exit_code == 2


async def test_the_server_stops_while_somebody_looks(office: Office) -> None:
    """A page that is open waits for news without end, and a server that stops waits for its answers."""
    async with asyncio.timeout(10):
        async with open_office(office.caller) as closing:
            token = (await closing.session_of("ana")).token
            http = httpx2.AsyncClient(base_url=closing.url, cookies={SESSION: token})
            request = http.build_request("GET", "/console/live?of=inbox")
            looking = await http.send(request, stream=True)
            assert looking.headers["content-type"].startswith("text/event-stream")
        async for _ in looking.aiter_bytes():
            pass
        await http.aclose()
