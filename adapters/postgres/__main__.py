"""Migrates the database to this version: `python -m adapters.postgres`."""

import asyncio
import sys

from adapters.postgres.migrate import SchemaMismatch, migrate
from adapters.settings import SettingsMissing, load_settings

if __name__ == "__main__":
    try:
        applied = asyncio.run(migrate(load_settings().database_url.get_secret_value()))
    except (SchemaMismatch, SettingsMissing) as stop:
        sys.exit(str(stop))
    sys.stdout.write(f"applied: {', '.join(applied) or 'nothing, it is up to date'}\n")
