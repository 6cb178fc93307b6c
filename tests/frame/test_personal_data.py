"""A person is in three tables, and behind references everywhere else."""

from typing import Any, Final
from uuid import uuid4

from adapters.postgres.database import Database
from adapters.postgres.order_steps import PostgresOrders
from contracts.policy import RiskPolicy
from decisions.risk import assess
from tests.desk import Desk
from tests.front_door import Caller
from tests.shop import order_body

KEPT_IN: Final = {"orders", "addresses", "notes"}


async def test_no_row_but_of_the_three_tables_holds_a_planted_person(caller: Caller, database: Database) -> None:
    planted = {word: f"{word}-{uuid4().hex}" for word in ("name", "street", "city", "mail", "bill", "note", "reason")}
    order = await _a_life(caller, database, planted)

    async with database.connection() as connection:
        rows = {
            table: await connection.fetch(f'select t::text as row from "{table}" t')  # noqa: S608 - from the catalog
            for (table,) in await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        }
    holding = {table for table in rows for row in rows[table] if any(word in row["row"] for word in planted.values())}
    assert holding == KEPT_IN
    told_of = {"events": order["id"], "wakeups": order["id"], "effects": f"/{order['number']}"}
    for table, by in told_of.items():
        assert any(by in row["row"] for row in rows[table]), f"{table} tells nothing of the order"
    for told in caller.engine.told:
        assert not any(word in told.model_dump_json() for word in planted.values())


async def test_what_is_shown_of_an_order_and_of_a_question_names_nobody(caller: Caller, database: Database) -> None:
    planted = {word: f"{word}-{uuid4().hex}" for word in ("name", "street", "city", "mail", "bill", "note", "reason")}
    order = await _a_life(caller, database, planted)
    for path in (f"/v1/orders/{order['id']}", "/v1/approvals"):
        shown = (await caller.get(path)).text
        assert order["id"] in shown
        assert not any(word in shown for word in planted.values())


async def _a_life(caller: Caller, database: Database, planted: dict[str, str]) -> dict[str, Any]:
    """An order that was held, decided, reserved, shipped in part and asked to be canceled in vain; another canceled."""
    address = order_body()["shipping_address"]
    body = order_body(
        customer={
            "external_ref": f"c-{uuid4().hex}",
            "name": planted["name"],
            "email": f"{planted['mail']}@mailinator.com",
        },
        shipping_address=address | {"line1": planted["street"], "line2": planted["city"]},
        billing_address=address | {"line1": planted["bill"], "city": planted["city"], "region": "US-NV"},
        service_level="express",
    )
    order, other = await caller.placed(body), await caller.placed(body | {"external_id": uuid4().hex})
    desk = Desk(database, order)
    await _hold_and_decide(caller, database, desk, planted["note"])
    consignment = await desk.reserve()
    await desk.ask(consignment)
    told = {"request_id": consignment.fulfillment_id, "occurred_at": desk.step.now.isoformat()}
    await caller.tell("nodes", "request.packed", told)
    await desk.label(consignment)
    assert await desk.hand_over(consignment) == "handed_over"
    command = {"reason_code": "other", "note": planted["reason"]}
    answers = [await caller.post(f"/v1/orders/{each['id']}:cancel", command) for each in (order, other)]
    assert [answer.status_code for answer in answers] == [409, 200]
    return order


async def _hold_and_decide(caller: Caller, database: Database, desk: Desk, note: str) -> None:
    orders, policy = PostgresOrders(database), RiskPolicy()
    facts = await orders.risk_facts(desk.step, policy.disposable_domains)
    verdict = await orders.record_assessment(desk.step, assess(facts, policy, "USD"), desk.step.now.replace(year=2099))
    assert verdict.approval is not None
    decision = {"choice": "approved", "version": 1, "note": note}
    response = await caller.post(f"/v1/approvals/{verdict.approval.approval_id}/decision", decision)
    assert response.status_code == 200, response.text
