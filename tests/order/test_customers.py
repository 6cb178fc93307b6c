"""A later order of the same customer changes nothing of an earlier one, and channels do not share customers."""

from typing import Any

import pytest

from adapters.postgres.address_book import PostgresAddresses
from adapters.postgres.database import Database
from adapters.postgres.order_steps import PostgresOrders
from contracts.policy import RiskPolicy
from tests.desk import Desk
from tests.front_door import Caller
from tests.shop import order_body

AT_HOME = {"external_ref": "c-1", "name": "Ada Byron", "email": "ada@example.org"}
AT_WORK = {"external_ref": "c-1", "name": "A. King, Ockham Works", "email": "ada@mailinator.com"}


async def recipient(database: Database, order: dict[str, Any]) -> str:
    async with database.connection() as connection:
        ref = await connection.fetchval("select shipping_address_ref from orders where order_id = $1", order["id"])
    return (await PostgresAddresses(database).delivery_address(ref)).name


async def is_disposable(database: Database, order: dict[str, Any]) -> bool:
    facts = await PostgresOrders(database).risk_facts(Desk(database, order).step, RiskPolicy().disposable_domains)
    return facts.disposable_email


async def test_each_order_keeps_its_own_recipient_and_e_mail(caller: Caller, database: Database) -> None:
    first = await caller.placed(order_body(customer=AT_HOME))
    second = await caller.placed(order_body(customer=AT_WORK))
    assert first["customer_ref"] == second["customer_ref"]
    assert [await recipient(database, order) for order in (first, second)] == [AT_HOME["name"], AT_WORK["name"]]
    assert [await is_disposable(database, order) for order in (first, second)] == [False, True]


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"region": None}, False),
        ({"region": "US-NV"}, True),
        ({"country": "CA", "region": "CA-ON"}, True),
        ({"country": "CA", "region": None}, True),
        ({"line1": "2 Market Street"}, False),
    ],
)
async def test_a_billing_address_differs_by_country_and_by_region_if_both_are_given(
    caller: Caller, database: Database, changed: dict[str, Any], *, differs: bool
) -> None:
    order = await caller.placed(order_body(billing_address=order_body()["shipping_address"] | changed))
    facts = await PostgresOrders(database).risk_facts(Desk(database, order).step, RiskPolicy().disposable_domains)
    assert facts.billing_differs is differs


async def test_the_same_reference_in_another_channel_is_another_customer(caller: Caller) -> None:
    channels = [await caller.placed(order_body(customer=AT_HOME, channel=channel)) for channel in ("web", "app")]
    assert channels[0]["customer_ref"] != channels[1]["customer_ref"]
