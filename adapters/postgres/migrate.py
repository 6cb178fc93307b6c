"""Brings a database to this version: numbered SQL files, each once, in one transaction with its record."""

import asyncio
import hashlib
from pathlib import Path
from typing import Final

import asyncpg

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 7_236_417_021  # any constant: whoever holds it migrates
_TABLE: Final = """
create table if not exists schema_migrations (
    version     text primary key,
    checksum    text not null,
    applied_at  timestamptz not null default now()
)
"""


class SchemaMismatch(Exception):
    """The database was migrated by other files than these: an edited file, or a newer version of Steward."""


async def migrate(url: str) -> list[str]:
    """Apply what is missing and name it. Several at once take turns; raises SchemaMismatch."""
    connection = await asyncpg.connect(url)
    try:
        # Not pg_advisory_lock: a waiting statement holds a snapshot, which an index built concurrently waits for.
        while not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110 - polls a server
            await asyncio.sleep(0.05)
        await connection.execute(_TABLE)
        return await _apply_missing(connection)
    finally:
        await connection.close()


async def _apply_missing(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    applied = {row["version"]: row["checksum"] for row in await connection.fetch("select * from schema_migrations")}
    files = {path.stem: path.read_text() for path in sorted(MIGRATIONS.glob("*.sql"))}
    if ahead := sorted(applied.keys() - files.keys()):
        raise SchemaMismatch(f"the database has {', '.join(ahead)}, which this version does not know: update Steward")
    for version, sql in files.items():
        checksum = hashlib.sha256(sql.encode()).hexdigest()
        if version in applied and applied[version] != checksum:
            raise SchemaMismatch(f"{version}.sql was edited after it was applied: undo that, add a new file instead")
        if version not in applied:
            async with connection.transaction():
                await connection.execute(sql)
                await connection.execute("insert into schema_migrations values ($1, $2)", version, checksum)
    return [version for version in files if version not in applied]
