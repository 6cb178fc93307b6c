"""Policies: a version never changes, the newest is what counts, the same again is no new one."""

import asyncio

import pytest

from adapters.postgres.database import Database
from adapters.postgres.policies import PostgresPolicies
from contracts.policy import Policy, RiskPolicy


async def test_a_changed_policy_is_a_new_version_and_the_old_one_stays(database: Database) -> None:
    policies = PostgresPolicies(database)
    strict = Policy(risk=RiskPolicy(hold_from=10))
    assert await policies.store(strict) == 2
    assert await policies.newest() == (2, strict)
    assert await policies.version(1) == Policy()


async def test_the_newest_again_is_no_new_version_but_an_older_one_is(database: Database) -> None:
    policies = PostgresPolicies(database)
    assert await policies.store(Policy()) == 1
    assert await policies.store(Policy(currency="EUR")) == 2
    assert await policies.store(Policy()) == 3


async def test_ten_who_store_the_same_at_once_store_one(database: Database) -> None:
    stored = await asyncio.gather(*(PostgresPolicies(database).store(Policy(currency="EUR")) for _ in range(10)))
    assert set(stored) == {2}


async def test_the_first_policy_is_stored_on_a_new_database_only(database: Database) -> None:
    policies = PostgresPolicies(database)
    await policies.store_first(Policy(currency="EUR"))
    assert await policies.newest() == (1, Policy())


async def test_an_unknown_version_and_no_policy_at_all_are_errors(database: Database) -> None:
    with pytest.raises(LookupError, match="99"):
        await PostgresPolicies(database).version(99)
    async with database.connection() as connection:
        await connection.execute("delete from policies")
    with pytest.raises(LookupError, match="first version"):
        await PostgresPolicies(database).newest()
