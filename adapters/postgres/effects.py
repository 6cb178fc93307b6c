"""Every effect once: what was done under a business key is done, and its answer stays the same."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from adapters.postgres.database import Connection, Database
from contracts.base import Contract

Answer = TypeVar("Answer", bound=Contract)


class Done(Contract):
    """The answer of an effect that has nothing to say."""


async def once(
    database: Database, key: str, answer: type[Answer], effect: Callable[[Connection], Awaitable[Answer]]
) -> Answer:
    """Run the effect and record its answer in one transaction; a key that is known gives the recorded answer.

    Two at the same time take turns on the key, so the second finds the answer of the first.
    """
    async with database.transaction() as connection:
        await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", key)
        recorded = await connection.fetchval("select result from effects where key = $1", key)
        if recorded is not None:
            return answer.model_validate(recorded)
        result = await effect(connection)
        await connection.execute(
            "insert into effects (key, result) values ($1, $2)", key, result.model_dump(mode="json")
        )
        return result
