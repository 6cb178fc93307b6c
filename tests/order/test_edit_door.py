"""Edits over HTTP: what is refused and why, and a preview that is the plan of the edit itself."""

from typing import Any

import pytest

from adapters.postgres.database import Database
from tests.desk import Desk
from tests.front_door import Caller, counted
from tests.shop import LAMP, line, order_body, usd

LAMPS = line(line_id="lamps", sku=LAMP, quantity=2, unit_price=usd(500), tax_rate="0.1")
MORE = [{"line_id": "1", "quantity": 3}]


async def edit(caller: Caller, order: dict[str, Any], body: dict[str, Any], query: str = "") -> Any:
    return await caller.post(f"/v1/orders/{order['id']}:edit{query}", body)


async def shown(caller: Caller, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await caller.get(f"/v1/orders/{order['id']}")).json()
    return found


async def paid(caller: Caller, database: Database, **changes: Any) -> dict[str, Any]:
    """As if it had been authorized."""
    order = await caller.placed(order_body(**changes))
    async with database.connection() as connection:
        await connection.execute("update orders set payment_status = 'authorized', status = 'confirmed'")
    return order


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "", "nothing_to_edit"),
        ({"version": 1}, "", "nothing_to_edit"),
        ({"payment_method": "pm_card"}, "", "nothing_to_edit"),
        ({"lines": []}, "/lines", "too_short"),
        ({"add": []}, "/add", "too_short"),
        ({"lines": [{"line_id": "1", "quantity": -1}]}, "/lines/0/quantity", "greater_than_equal"),
        ({"lines": [{"line_id": "1", "quantity": "2"}]}, "/lines/0/quantity", "int_type"),
        ({"lines": MORE * 2}, "/lines", "repeated_line_id"),
        ({"add": [LAMPS, LAMPS]}, "/add", "repeated_line_id"),
        ({"add": [LAMPS | {"quantity": 0}]}, "/add/0/quantity", "greater_than_equal"),
        ({"add": [LAMPS | {"line_id": "1"}]}, "/add/0/line_id", "repeated_line_id"),
        ({"add": [LAMPS | {"sku": "NO-1"}]}, "/add/0/sku", "unknown_sku"),
        ({"add": [LAMPS | {"discount": usd(1_001)}]}, "/add/0/discount", "discount_above_gross"),
        ({"lines": [{"line_id": "9", "quantity": 1}]}, "/lines/0/line_id", "unknown_line"),
        ({"add": [LAMPS | {"unit_price": usd(10**12)}]}, "/add", "amount_too_large"),
    ],
)
async def test_a_wrong_edit_is_told_where_and_why_and_leaves_nothing(
    caller: Caller, database: Database, body: dict[str, Any], pointer: str, code: str
) -> None:
    order = await paid(caller, database)
    before = await counted(database)
    for query in ("", "?dry_run=true"):
        response = await edit(caller, order, body, query)
        assert response.status_code == 422, response.text
        assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]
    assert await counted(database) == before


async def test_before_the_order_is_paid_for_nothing_is_added_but_units_may_be_less(caller: Caller) -> None:
    order = await caller.placed(order_body())
    for body in ({"add": [LAMPS]}, {"lines": MORE}):
        refused = await edit(caller, order, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
        assert refused.json()["detail"] == "not now: something can be added only once the order is paid for"
    assert (await edit(caller, order, {"lines": [{"line_id": "1", "quantity": 1}]})).status_code == 200
    assert (await shown(caller, order))["lines"][0]["cancel_requested"] == 1


async def test_an_edit_that_would_leave_nothing_of_the_order_adds_nothing(caller: Caller, database: Database) -> None:
    order = await paid(caller, database)
    refused = await edit(caller, order, {"lines": [{"line_id": "1", "quantity": 0}], "add": [LAMPS]})
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    assert "place another one" in refused.json()["detail"]
    gone = await edit(caller, order, {"lines": [{"line_id": "1", "quantity": 0}]})
    assert gone.json()["status"]["order"] == "cancel_requested"
    too_late = await edit(caller, order, {"add": [LAMPS]})
    assert (too_late.status_code, too_late.json()["allowed_actions"]) == (409, [])


async def test_units_that_left_cannot_be_less(caller: Caller, database: Database) -> None:
    order = await paid(caller, database, lines=[line(), line(line_id="2", sku=LAMP)], **_paid_with(9_151))
    async with database.connection() as connection:
        await connection.execute("update orders set ship_available = true")
        consignment = await Desk(database, order).reserve()
        left = "update fulfillments set handed_over_at = now() where fulfillment_id = $1"
        await connection.execute(left, consignment.fulfillment_id)
    refused = await edit(caller, order, {"lines": [{"line_id": "1", "quantity": 1}]})
    assert (refused.status_code, refused.json()["cancelable"]) == (409, {"2": 2})


async def test_a_stale_version_and_an_unknown_order_are_told(caller: Caller, database: Database) -> None:
    order = await paid(caller, database)
    await edit(caller, order, {"add": [LAMPS]})
    stale = await edit(caller, order, {"add": [LAMPS | {"line_id": "x"}], "version": order["version"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    unknown = await edit(caller, {"id": "ord_none"}, {"add": [LAMPS]})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


async def test_what_is_added_is_recorded_and_signaled_and_no_part_of_the_order_yet(
    caller: Caller, database: Database
) -> None:
    order = await paid(caller, database)
    taken = (await edit(caller, order, {"lines": MORE, "add": [LAMPS]})).json()
    assert (taken["total"], len(taken["lines"])) == (order["total"], 1)
    assert taken["timeline"][-1]["facts"] == {
        "to_add": [
            {"line_id": "lamps", "sku": LAMP, "quantity": 2},
            {"line_id": "add1:1", "sku": "MUG-01", "quantity": 1},
        ],
        "tender_id": "add1",
        "to_authorize": usd(1_100 + 2_164),
    }
    assert caller.engine.news[-1] == (f"order/{order['number']}", "commanded")
    again = await edit(caller, order, {"add": [LAMPS]})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "repeated_line_id")


async def test_the_tender_of_an_addition_has_a_name_of_its_own(caller: Caller, database: Database) -> None:
    named = order_body()["tenders"][0] | {"tender_id": "add1"}
    order = await paid(caller, database, tenders=[named])
    taken = (await edit(caller, order, {"add": [LAMPS]})).json()
    assert taken["timeline"][-1]["facts"]["tender_id"] == "add2"


async def test_an_order_without_a_card_needs_one_for_what_is_added(caller: Caller, database: Database) -> None:
    gift_card = order_body()["tenders"][0] | {"kind": "gift_card", "payment_method": "gc_1"}
    order = await paid(caller, database, tenders=[gift_card])
    refused = await edit(caller, order, {"add": [LAMPS]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/payment_method")
    assert refused.json()["errors"][0]["code"] == "payment_method_required"
    assert (await edit(caller, order, {"add": [LAMPS], "payment_method": "pm_card"})).status_code == 200


async def test_a_dry_run_shows_units_money_and_consignments_and_does_nothing(
    caller: Caller, database: Database
) -> None:
    order = await paid(caller, database)
    await Desk(database, order).reserve()
    before, counts = await shown(caller, order), await counted(database)
    less = {"lines": [{"line_id": "1", "quantity": 1}], "add": [LAMPS]}
    plan = await edit(caller, order, less, "?dry_run=true")
    assert (plan.status_code, plan.json()) == (
        200,
        {
            "units": {"1": 1},
            "recalled": [f"{order['number']}-1"],
            "refund": usd(0),
            "released": usd(2_164),
            "to_authorize": usd(1_100),
            "tenders": [{"tender_id": "t1", "action": "release", "amount_minor": 2_164}],
        },
    )
    elsewhere = {"shipping_address": order_body()["shipping_address"]}
    moved = (await edit(caller, order, elsewhere, "?dry_run=true")).json()
    assert (moved["recalled"], moved["units"], moved["tenders"]) == ([f"{order['number']}-1"], {}, [])
    assert (await shown(caller, order), await counted(database)) == (before, counts)
    assert (await edit(caller, order, less)).json()["timeline"][-1]["facts"] == {"units": {"1": 1}}


def _paid_with(amount_minor: int) -> dict[str, Any]:
    return {"tenders": [order_body()["tenders"][0] | {"amount": usd(amount_minor)}]}
