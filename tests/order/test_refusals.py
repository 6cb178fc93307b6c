"""What is wrong with an order is said by pointer and code, leaves nothing, and quotes nothing."""

import json
from typing import Any
from uuid import uuid4

import pytest

from adapters.postgres.database import Database
from tests.front_door import Caller, counted
from tests.shop import line, order_body, usd

pytestmark = pytest.mark.races

TENDER = order_body()["tenders"][0]
ADDRESS = order_body()["shipping_address"]
CUSTOMER = order_body()["customer"]


def eur(amount_minor: int) -> dict[str, Any]:
    return {"amount_minor": amount_minor, "currency": "EUR"}


def priced(amount: object) -> dict[str, Any]:
    return {"lines": [line(unit_price={"amount_minor": amount, "currency": "USD"})]}


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "float money": (priced(19.99), "/lines/0/unit_price/amount_minor", "invalid_money_format"),
    "whole float money": (priced(1999.0), "/lines/0/unit_price/amount_minor", "invalid_money_format"),
    "money as text": (priced("1999"), "/lines/0/unit_price/amount_minor", "invalid_money_format"),
    "boolean money": (priced(True), "/lines/0/unit_price/amount_minor", "invalid_money_format"),
    "money without currency": ({"shipping": 4.95}, "/shipping", "invalid_money_format"),
    "no amount": ({"shipping": {"currency": "USD"}}, "/shipping/amount_minor", "missing"),
    "negative money": (priced(-1), "/lines/0/unit_price/amount_minor", "greater_than_equal"),
    "huge money": (priced(10**13), "/lines/0/unit_price/amount_minor", "less_than_equal"),
    "negative quantity": ({"lines": [line(quantity=-1)]}, "/lines/0/quantity", "greater_than_equal"),
    "no quantity": ({"lines": [line(quantity=0)]}, "/lines/0/quantity", "greater_than_equal"),
    "boolean quantity": ({"lines": [line(quantity=True)]}, "/lines/0/quantity", "int_type"),
    "half a quantity": ({"lines": [line(quantity=1.5)]}, "/lines/0/quantity", "int_type"),
    "unknown currency": ({"currency": "XYZ"}, "/currency", "unknown_currency"),
    "unknown currency of a price": (
        {"lines": [line(unit_price={"amount_minor": 1, "currency": "usd"})]},
        "/lines/0/unit_price/currency",
        "unknown_currency",
    ),
    "foreign currency": ({"shipping": eur(495)}, "/shipping/currency", "currency_mismatch"),
    "unknown SKU": ({"lines": [line(sku="NO-1")]}, "/lines/0/sku", "unknown_sku"),
    "a cent too much": ({"tenders": [TENDER | {"amount": usd(4824)}]}, "/tenders", "totals_do_not_add_up"),
    "discount above gross": ({"lines": [line(discount=usd(3999))]}, "/lines/0/discount", "discount_above_gross"),
    "discount above net": ({"order_discount": usd(3999)}, "/order_discount", "discount_above_net"),
    "1,001 lines": ({"lines": [line(line_id=str(i)) for i in range(1001)]}, "/lines", "too_long"),
    "no lines": ({"lines": []}, "/lines", "too_short"),
    "repeated line id": ({"lines": [line(), line(sku="LMP-01")]}, "/lines/1/line_id", "repeated_line_id"),
    "unknown place": (
        {"shipping_address": ADDRESS | {"postal_code": "00000", "city": "Xanadu"}},
        "/shipping_address",
        "unknown_place",
    ),
    "half a place": ({"shipping_address": ADDRESS | {"latitude": 37.7}}, "/shipping_address", "half_a_place"),
    "boolean place": (
        {"shipping_address": ADDRESS | {"latitude": True, "longitude": 1}},
        "/shipping_address/latitude",
        "float_type",
    ),
    "no such latitude": (
        {"shipping_address": ADDRESS | {"latitude": 91, "longitude": 0}},
        "/shipping_address/latitude",
        "less_than_equal",
    ),
    "unknown field": ({"cupon/~code": "X"}, "/cupon~1~0code", "extra_forbidden"),
    "unknown field inside": ({"customer": CUSTOMER | {"phone": "1"}}, "/customer/phone", "extra_forbidden"),
    "unknown field of no character": ({"\ud800": 1}, "", "string_unicode"),
    "missing field": ({"channel": None}, "/channel", "string_type"),
    "unknown time zone": ({"time_zone": "Mars/Olympus"}, "/time_zone", "unknown_time_zone"),
    "rate above one": ({"lines": [line(tax_rate="1.1")]}, "/lines/0/tax_rate", "string_pattern_mismatch"),
    "float rate": ({"shipping_tax_rate": 0.1}, "/shipping_tax_rate", "string_type"),
    "two cards": ({"tenders": [TENDER, TENDER | {"tender_id": "t2"}]}, "/tenders/1/kind", "repeated_tender_kind"),
    "two tenders of one id": (
        {"tenders": [TENDER, TENDER | {"kind": "gift_card"}]},
        "/tenders/1/tender_id",
        "repeated_tender_id",
    ),
    "three tenders": ({"tenders": [TENDER] * 3}, "/tenders", "too_long"),
    "cash": ({"tenders": [TENDER | {"kind": "cash"}]}, "/tenders/0/kind", "literal_error"),
    "promise as a number": ({"promise": {"latest": 1_764_547_200}}, "/promise/latest", "date_format"),
    "promise at the end of time": ({"promise": {"latest": "9999-12-31"}}, "/promise/latest", "less_than"),
    "no e-mail": ({"customer": CUSTOMER | {"email": "ada"}}, "/customer/email", "string_pattern_mismatch"),
    "half a character": ({"customer": CUSTOMER | {"name": "\ud800"}}, "/customer/name", "string_unicode"),
}


@pytest.fixture
def caller(shared_caller: Caller) -> Caller:
    """What is refused leaves nothing, so these tests share their tables."""
    shared_caller.engine.told.clear()
    return shared_caller


@pytest.fixture
def database(caller: Caller) -> Database:
    return caller.database


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_order_is_told_where_and_why_and_leaves_nothing(
    caller: Caller, database: Database, wrong: str
) -> None:
    changes, pointer, code = WRONG[wrong]
    before, key = await counted(database), uuid4().hex
    body = order_body()
    response = await caller.place(body | changes, key=key)
    problem = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, problem["status"]) == (422, 422)
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in problem["errors"]]
    assert await counted(database) == before
    assert caller.engine.told == []
    assert (await caller.place(body, key=key)).status_code == 201


@pytest.mark.parametrize(
    ("wrong", "count"),
    [("a cent too much", 1), ("unknown SKU", 1), ("discount above gross", 1), ("foreign currency", 1),
     ("float money", 1), ("repeated line id", 2)],
)  # fmt: skip
async def test_one_mistake_is_told_once(caller: Caller, wrong: str, count: int) -> None:
    response = await caller.place(order_body(**WRONG[wrong][0]))
    assert len(response.json()["errors"]) == count


async def test_several_mistakes_are_told_together(caller: Caller) -> None:
    body = order_body(lines=[line(sku="NO-1"), line(line_id="2", sku="NO-2")], shipping=eur(1))
    found = [(error["pointer"], error["code"]) for error in (await caller.place(body)).json()["errors"]]
    assert sorted(found) == [
        ("/lines/0/sku", "unknown_sku"),
        ("/lines/1/sku", "unknown_sku"),
        ("/shipping/currency", "currency_mismatch"),
    ]


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def raw(**changes: Any) -> bytes:
    return json.dumps(order_body(**changes)).encode()


UNREADABLE: dict[str, tuple[bytes, int, str]] = {
    "broken JSON": (raw()[:-1], 400, "invalid_json"),
    "invalid UTF-8": (raw().replace(b"Ada", b"Ad\xff"), 400, "invalid_json"),
    "UTF-16": (json.dumps(order_body()).encode("utf-16"), 400, "invalid_json"),
    "NaN": (raw(shipping_address=ADDRESS | {"latitude": float("nan"), "longitude": 1}), 400, "invalid_json"),
    "Infinity": (raw(order_discount=float("-inf")), 400, "invalid_json"),
    "endless number": (raw().replace(b"4823", b"9" * 5000), 400, "invalid_json"),
    "NUL in a name": (raw(customer=CUSTOMER | {"name": "A\0"}), 400, "invalid_text"),
    "no body": (b"", 422, "invalid_request"),
    "no object": (b"[]", 422, "invalid_request"),
    "33 levels": (nested(33), 400, "too_deep"),
    "32 levels": (nested(32), 422, "invalid_request"),
    "a quarter of a megabyte and one": (raw().ljust(256 * 1024 + 1), 413, "body_too_large"),
}


@pytest.mark.parametrize("what", UNREADABLE)
async def test_an_unreadable_body_is_refused_before_anything_reads_it(
    caller: Caller, database: Database, what: str
) -> None:
    body, status, code = UNREADABLE[what]
    before = await counted(database)
    response = await caller.place(body)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert await counted(database) == before


async def test_a_body_of_exactly_the_limit_is_read(caller: Caller) -> None:
    assert (await caller.place(raw().ljust(256 * 1024))).status_code == 201


async def test_text_may_talk_about_nan_brackets_and_escapes(caller: Caller) -> None:
    name = 'NaN [[[ "Infinity" \\u0000 \\'
    assert (await caller.place(order_body(customer=CUSTOMER | {"name": name}))).status_code == 201


async def test_a_body_in_chunks_of_unknown_length_is_limited_too(caller: Caller) -> None:
    sent = 0

    async def chunks():
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b" " * 4096

    headers = {"Authorization": f"Bearer {caller.token}", "Idempotency-Key": "k", "Content-Type": "application/json"}
    response = await caller.http.post("/v1/orders", content=chunks(), headers=headers)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert sent == 65


async def test_a_form_is_told_to_come_as_json(caller: Caller) -> None:
    headers = {"Authorization": f"Bearer {caller.token}", "Idempotency-Key": "k"}
    response = await caller.http.post("/v1/orders", data={"a": "b"}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


async def test_no_error_quotes_what_was_sent(caller: Caller) -> None:
    planted = f"Zoë-{uuid4().hex}"
    everywhere: list[dict[str, Any]] = [
        {name: planted} for name in order_body() if name not in {"external_id", "channel"}
    ]
    everywhere += [
        {"customer": CUSTOMER | {"email": planted}},
        {"customer": CUSTOMER | {"external_ref": f"{planted} "}},
        {"shipping_address": ADDRESS | {"country": planted, "region": planted, "postal_code": planted}},
        {"shipping_address": ADDRESS | {"postal_code": "0", "city": planted, "line1": planted}},
        {"lines": [line(unit_price={"amount_minor": planted, "currency": planted}, tax_rate=planted)]},
        {"promise": {"latest": planted}},
    ]
    for changes in everywhere:
        response = await caller.place(order_body(**changes))
        assert response.status_code == 422
        assert planted not in json.dumps(response.json(), ensure_ascii=False), changes
    for path in ("orders/", "", "approvals/", "approvals?cursor="):
        response = await caller.get(f"/v1/{path}{planted}")
        assert response.status_code in {400, 404}
        assert planted not in json.dumps(response.json(), ensure_ascii=False), path
