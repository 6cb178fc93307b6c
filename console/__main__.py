"""Accounts of staff: `python -m console add-staff NAME --role support`, and `… lock-out NAME`."""

import asyncio
import secrets
import sys
from typing import Annotated, Final

import typer
from pydantic import TypeAdapter, ValidationError

from adapters.postgres.database import open_database
from adapters.postgres.staff import PostgresStaff
from adapters.settings import Settings, SettingsMissing, load_settings
from contracts.staff import StaffName, StaffRole

SHORTEST: Final = 12
_NAME: Final = TypeAdapter[str](StaffName)

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def add_staff(
    name: Annotated[str, typer.Argument(help="What they sign in with: small letters, digits, dots and dashes.")],
    role: Annotated[StaffRole, typer.Option(help="What they may decide: see docs/console.md.")],
) -> None:
    """Make an account, or give an existing one another role and password: its sessions end.

    Asks for the password; an empty one is made up and printed, once.
    """
    try:
        named = _NAME.validate_python(name)
    except ValidationError:
        raise typer.BadParameter("a name has small letters and digits, and dots and dashes between them") from None
    settings = load_settings()  # before anybody types a password in vain
    typed = typer.prompt("Password (empty: one is made)", default="", hide_input=True, show_default=False)
    if typed and len(typed) < SHORTEST:
        raise typer.BadParameter(f"a password has at least {SHORTEST} characters")
    password = typed or secrets.token_urlsafe(SHORTEST)
    asyncio.run(_add(settings, named, role, password))
    typer.echo(f"{named} ({role}) can sign in" + ("" if typed else f" with the password {password}"))


@app.command()
def lock_out(name: str) -> None:
    """End somebody's sessions and let them in no more, until the account is given a password again."""
    if not asyncio.run(_lock_out(load_settings(), name)):
        raise typer.BadParameter(f"there is no account {name}")
    typer.echo(f"{name} cannot sign in any more")


async def _add(settings: Settings, name: str, role: StaffRole, password: str) -> None:
    async with open_database(settings.database_url.get_secret_value(), connections=1) as database:
        await PostgresStaff(database).add(name, role, password)


async def _lock_out(settings: Settings, name: str) -> bool:
    async with open_database(settings.database_url.get_secret_value(), connections=1) as database:
        return await PostgresStaff(database).lock_out(name)


if __name__ == "__main__":
    try:
        app()
    except SettingsMissing as stop:
        sys.exit(str(stop))
