"""Prepares a database: `python -m adapters.postgres migrate`, then `… issue-key OWNER SCOPE…`."""

import asyncio
import sys
from typing import Annotated

import typer

from adapters.postgres.clock import PostgresClock
from adapters.postgres.database import open_database
from adapters.postgres.keys import PostgresKeys
from adapters.postgres.migrate import SchemaMismatch
from adapters.postgres.migrate import migrate as apply_missing
from adapters.postgres.policies import PostgresPolicies
from adapters.settings import Settings, SettingsMissing, load_settings
from contracts.door import SCOPES
from contracts.policy import Policy

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.command()
def migrate() -> None:
    """Bring the database to this version; on a new one, start the clock and store the first policy."""
    applied = asyncio.run(_migrate(load_settings()))
    typer.echo(f"applied: {', '.join(applied) or 'nothing, it is up to date'}")


@app.command()
def issue_key(owner: str, scopes: Annotated[list[str], typer.Argument(help="orders:write, approvals:read, …")]) -> None:
    """Make an API key and print it, once: only its hash is kept."""
    if unknown := set(scopes) - set(SCOPES):
        raise typer.BadParameter(f"no such scope: {', '.join(sorted(unknown))}; there are {', '.join(SCOPES)}")
    typer.echo(asyncio.run(_issue_key(load_settings(), owner, scopes)))


async def _migrate(settings: Settings) -> list[str]:
    url = settings.database_url.get_secret_value()
    applied = await apply_missing(url)
    async with open_database(url, connections=1) as database:
        await PostgresClock(database).start()
        await PostgresPolicies(database).store_first(Policy())
    return applied


async def _issue_key(settings: Settings, owner: str, scopes: list[str]) -> str:
    async with open_database(settings.database_url.get_secret_value(), connections=1) as database:
        keys = PostgresKeys(database, pepper=settings.api_key_pepper.get_secret_value())
        return await keys.issue(owner, scopes)


if __name__ == "__main__":
    try:
        app()
    except (SchemaMismatch, SettingsMissing) as stop:
        sys.exit(str(stop))
