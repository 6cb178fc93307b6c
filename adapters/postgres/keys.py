"""API keys: `sk_<id>_<secret>`; of the secret only an HMAC is stored."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime

from adapters.postgres.database import Database
from contracts.door import Principal


class PostgresKeys:
    def __init__(self, database: Database, *, pepper: str) -> None:
        self._database = database
        self._pepper = pepper.encode()

    async def principal(self, token: str) -> Principal | None:
        """Who holds this key; None if it is unknown, wrong or expired."""
        match token.split("_", 2):
            case ["sk", key_id, secret]:
                pass
            case _:
                return None
        async with self._database.connection() as connection:
            row = await connection.fetchrow("select * from api_keys where key_id = $1", key_id)
        if row is None or not hmac.compare_digest(row["secret_hmac"], self._hmac(secret)):
            return None
        if row["expires_at"] is not None and row["expires_at"] <= datetime.now(UTC):
            return None
        return Principal(key_id=key_id, owner=row["owner"], scopes=frozenset(row["scopes"]))

    async def issue(self, owner: str, scopes: list[str], *, expires_at: datetime | None = None) -> str:
        """A new key. It is shown once: only its HMAC is kept."""
        token = f"sk_{secrets.token_hex(8)}_{secrets.token_urlsafe(32)}"
        await self.store(token, owner, scopes, expires_at=expires_at)
        return token

    async def store(self, token: str, owner: str, scopes: list[str], *, expires_at: datetime | None = None) -> None:
        """Let in a key that was made elsewhere, as the embedded stack does; the same key again is made as now said."""
        _, key_id, secret = token.split("_", 2)
        async with self._database.connection() as connection:
            await connection.execute(
                "insert into api_keys (key_id, owner, secret_hmac, scopes, expires_at) values ($1, $2, $3, $4, $5)"
                " on conflict (key_id) do update set owner = excluded.owner, secret_hmac = excluded.secret_hmac,"
                " scopes = excluded.scopes, expires_at = excluded.expires_at",
                key_id,
                owner,
                self._hmac(secret),
                scopes,
                expires_at,
            )

    def _hmac(self, secret: str) -> bytes:
        return hmac.digest(self._pepper, secret.encode(), hashlib.sha256)
