"""Who may tell what by webhook: the signature is checked first, and each partner speaks of its own matters."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.postgres.database import Database
from tests.front_door import Caller, counted
from tests.shipment.parcels import asked, scan_of


@pytest.fixture
def caller(shared_caller: Caller) -> Caller:
    """What is refused leaves nothing, so these tests share their tables."""
    shared_caller.engine.told.clear()
    return shared_caller


@pytest.fixture
def database(caller: Caller) -> Database:
    return caller.database


@pytest.mark.parametrize(
    "tampered",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,!"},
        {"webhook-signature": "v2,AAAA"},
        {"webhook-signature": ""},
        {"webhook-id": "msg_other"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1764547200"},
        {"webhook-timestamp": "99999999999"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": ""},
    ],
    ids=str,
)
async def test_a_webhook_whose_signature_does_not_fit_is_401_and_not_kept(
    caller: Caller, database: Database, tampered: dict[str, str]
) -> None:
    response = await caller.send("carriers", '{"type": "tracking.scanned"}', tampered=tampered)
    assert (response.status_code, response.json()["code"]) == (401, "invalid_signature")
    assert (await counted(database))["inbound_webhooks"] == 0


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_signature_of_another_moment_is_refused_even_if_it_fits(
    caller: Caller, database: Database, minutes: int
) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    response = await caller.tell("carriers", "tracking.scanned", scan_of(), at=moment)
    assert (response.status_code, response.json()["code"]) == (401, "invalid_signature")
    assert (await counted(database))["inbound_webhooks"] == 0


async def test_no_partner_speaks_for_another(caller: Caller, database: Database) -> None:
    consignment = await asked(caller, database)
    answers = [
        await consignment.node("accepted", source="carriers"),
        await consignment.node("packed", source="payments"),
        await caller.tell("nodes", "tracking.scanned", scan_of()),
    ]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert (await counted(database))["inbound_webhooks"] == 0
    assert consignment.news == []


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        ("{", 400, "invalid_json"),
        ('{"type": NaN}', 400, "invalid_json"),
        ("[" * 33 + "]" * 33, 400, "too_deep"),
        ("[]", 422, "invalid_request"),
        ('{"type": "tracking.teleported"}', 422, "invalid_request"),
        ("{}".ljust(256 * 1024 + 1), 413, "body_too_large"),
    ],
    ids=["broken", "NaN", "deep", "no object", "unknown type", "large"],
)
async def test_a_signed_webhook_that_cannot_be_read_is_refused(
    caller: Caller, database: Database, raw: str, status: int, code: str
) -> None:
    response = await caller.send("carriers", raw)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert (await counted(database))["inbound_webhooks"] == 0


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"status": "teleported"}, "/data/status"),
        ({"occurred_at": "2026-12-01T10:00:00"}, "/data/occurred_at"),
        ({"tracking_code": 7}, "/data/tracking_code"),
    ],
)
async def test_a_wrong_webhook_is_told_where_and_quotes_nothing(
    caller: Caller, changes: dict[str, Any], pointer: str
) -> None:
    response = await caller.tell("carriers", "tracking.scanned", scan_of(**changes))
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert "teleported" not in response.text


async def test_an_unknown_source_has_no_door(caller: Caller) -> None:
    response = await caller.http.post("/v1/webhooks/aliens", json={})
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.status_code in {404, 422}
