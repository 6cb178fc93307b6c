"""The one layer of idempotency: key, body and answer in the transaction of the effect itself."""

from collections.abc import Awaitable, Callable

import asyncpg

from adapters.postgres.database import Connection, Database
from contracts.door import Answer, Knock
from contracts.problems import Refused

_CLAIM = """
insert into idempotency_keys (owner, route, key, body_sha256) values ($1, $2, $3, $4)
on conflict (owner, route, key) do nothing returning key
"""
_STORED = "select * from idempotency_keys where owner = $1 and route = $2 and key = $3"
_STORE = """
update idempotency_keys set status = $4, headers = $5, answer = $6 where owner = $1 and route = $2 and key = $3
"""


async def once_per_key(database: Database, knock: Knock, act: Callable[[Connection], Awaitable[Answer]]) -> Answer:
    """Act and keep the answer, or give the kept one; a refusal keeps nothing, so the key may be used again.

    The same key twice at once: the second waits for the first, at most 2 s. Raises Refused.
    """
    name = (knock.principal.owner, knock.route, knock.key)
    async with database.transaction() as connection:
        await connection.execute("set local lock_timeout = '2s'")
        try:
            claimed = await connection.fetchval(_CLAIM, *name, knock.body_sha256)
        except asyncpg.LockNotAvailableError:
            raise Refused(
                409, "request_in_flight", "a request with this Idempotency-Key is still running: try again in a moment"
            ) from None
        if claimed is None:
            return _replay(await connection.fetchrow(_STORED, *name), knock)
        await connection.execute("set local lock_timeout = '8s'")
        answer = await act(connection)
        await connection.execute(_STORE, *name, answer.status, answer.headers, answer.body)
        return answer


async def forget_old_keys(database: Database) -> int:
    """Keys are kept 7 days; answers how many were dropped."""
    async with database.connection() as connection:
        dropped = await connection.execute("delete from idempotency_keys where created_at < now() - interval '7 days'")
    return int(dropped.removeprefix("DELETE "))


def _replay(stored: asyncpg.Record | None, knock: Knock) -> Answer:
    if stored is None:
        raise Refused(409, "request_in_flight", "the key expired while it was looked up: try again")
    if stored["body_sha256"] != knock.body_sha256:
        raise Refused(
            422, "idempotency_key_reused", "this Idempotency-Key came with another body before: use a new key"
        )
    return Answer(status=stored["status"], body=stored["answer"], headers=stored["headers"], replayed=True)
