"""Who is let in: a key that is known, right, in time, and has the scope; of the secret nothing is kept."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from adapters.postgres.database import Database
from adapters.postgres.keys import PostgresKeys
from tests.front_door import PEPPER, SCOPES, Caller, counted
from tests.shop import order_body

ROUTES = [
    ("GET", "/v1/orders/ord_1", "orders:read"),
    ("POST", "/v1/orders", "orders:write"),
    ("POST", "/v1/orders/ord_1:cancel", "orders:write"),
    ("GET", "/v1/approvals", "approvals:read"),
    ("GET", "/v1/approvals/apr_1", "approvals:read"),
    ("POST", "/v1/approvals/apr_1/decision", "approvals:decide"),
]


@pytest.fixture
def caller(shared_caller: Caller) -> Caller:
    return shared_caller


@pytest.fixture
def database(caller: Caller) -> Database:
    return caller.database


@pytest.mark.parametrize(("method", "path", "scope"), ROUTES)
async def test_without_a_key_it_is_401_and_without_the_scope_403(
    caller: Caller, method: str, path: str, scope: str
) -> None:
    token = await caller.keys.issue("reader", [other for other in SCOPES if other != scope])
    nobody = await caller.http.request(method, path)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "invalid_api_key")
    assert nobody.headers["WWW-Authenticate"] == "Bearer"
    reader = await caller.http.request(method, path, headers={"Authorization": f"Bearer {token}"})
    assert (reader.status_code, reader.json()["code"]) == (403, "scope_missing")
    assert scope in reader.json()["detail"]


async def test_a_key_that_is_wrong_in_any_way_lets_nobody_in(caller: Caller, database: Database) -> None:
    token = await caller.keys.issue("shop", SCOPES)
    expired = await caller.keys.issue("shop", SCOPES, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    of_another_pepper = await PostgresKeys(database, pepper="another").issue("shop", SCOPES)
    prefix, key_id, secret = token.split("_", 2)
    wrong = [
        f"{token}x",
        token[:-1],
        f"{prefix}_{key_id}_",
        f"{prefix}_{uuid4().hex[:16]}_{secret}",
        f"pk_{key_id}_{secret}",
        secret,
        "sk",
        expired,
        of_another_pepper,
    ]
    for each in wrong:
        response = await caller.get("/v1/approvals", token=each)
        assert (response.status_code, response.json()["code"]) == (401, "invalid_api_key"), each
    assert (await caller.get("/v1/approvals", token=token)).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
async def test_a_key_comes_as_bearer(caller: Caller, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {caller.token}".strip()}
    assert (await caller.http.get("/v1/approvals", headers=headers)).status_code == 401


async def test_of_a_key_only_an_hmac_is_stored(caller: Caller, database: Database) -> None:
    secret = caller.token.split("_", 2)[2]
    async with database.connection() as connection:
        rows = await connection.fetch("select k::text as row, encode(secret_hmac, 'escape') as hmac from api_keys k")
    for row in rows:
        assert secret not in row["row"]
        assert secret not in row["hmac"]
        assert PEPPER not in row["row"]


async def test_the_scopes_of_a_key_from_elsewhere_can_be_changed(database: Database) -> None:
    keys, token = PostgresKeys(database, pepper=PEPPER), "sk_embedded_secret_with_underscores"
    await keys.store(token, "staff", ["orders:read"])
    await keys.store(token, "staff", ["orders:read", "orders:write"])
    holder = await keys.principal(token)
    assert holder is not None
    assert (holder.owner, holder.key_id) == ("staff", "embedded")
    assert holder.scopes == {"orders:read", "orders:write"}


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("", "idempotency_key_invalid"),
        ("k" * 256, "idempotency_key_invalid"),
        ("schlüssel", "idempotency_key_invalid"),
        ("two words", "idempotency_key_invalid"),
    ],
)
async def test_a_post_without_a_proper_idempotency_key_is_400_and_leaves_nothing(
    caller: Caller, database: Database, key: str | None, code: str
) -> None:
    before = await counted(database)
    headers = {"Authorization": f"Bearer {caller.token}"} | ({} if key is None else {"Idempotency-Key": key})
    encoded = {name.encode(): value.encode() for name, value in headers.items()}
    response = await caller.http.post("/v1/orders", json=order_body(), headers=encoded)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert await counted(database) == before


async def test_two_idempotency_keys_are_refused(caller: Caller, database: Database) -> None:
    before = await counted(database)
    headers = [("Authorization", f"Bearer {caller.token}"), ("Idempotency-Key", "one"), ("Idempotency-Key", "two")]
    response = await caller.http.post("/v1/orders", json=order_body(), headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_repeated")
    assert await counted(database) == before


@pytest.mark.parametrize("webhook_id", ["m" * 256, "m" * 8_000, "two words"])
async def test_a_webhook_whose_id_no_table_should_keep_is_400_however_well_it_is_signed(
    caller: Caller, database: Database, webhook_id: str
) -> None:
    before = await counted(database)
    response = await caller.send("nodes", "{}", webhook_id=webhook_id)
    assert (response.status_code, response.json()["code"]) == (400, "webhook_id_invalid")
    assert await counted(database) == before


@pytest.mark.parametrize("path", ["/v1/orders/{}:cancel", "/v1/approvals/{}/decision"])
async def test_an_endless_id_is_unknown_like_any_other(caller: Caller, path: str) -> None:
    endless = "".join(uuid4().hex for _ in range(100))  # nothing that an index could compress
    response = await caller.post(path.format(endless), {})
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/orders/%00", 404, "not_found"),
        ("GET", "/v1/orders/ord_%C3%A4", 404, "not_found"),
        ("GET", "/v1/approvals/%00", 404, "not_found"),
        ("GET", "/v1/orders/", 404, "not_found"),
        ("POST", "/v1/orders/", 404, "not_found"),
        ("GET", "/health/", 404, "not_found"),
        ("DELETE", "/v1/orders/ord_1", 405, "method_not_allowed"),
        ("DELETE", "/v1/orders", 405, "method_not_allowed"),
        ("PUT", "/v1/approvals", 405, "method_not_allowed"),
    ],
)
async def test_what_is_not_there_is_a_problem_too(
    caller: Caller, method: str, path: str, status: int, code: str
) -> None:
    response = await caller.http.request(method, path, headers={"Authorization": f"Bearer {caller.token}"})
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"], response.json()["status"]) == (status, code, status)
    assert response.json()["type"] == f"urn:steward:problem:{code}"


async def test_a_key_that_is_stored_again_has_the_owner_and_the_scopes_that_were_said_last(database: Database) -> None:
    keys = PostgresKeys(database, pepper=PEPPER)
    token = f"sk_{uuid4().hex}_secret"
    await keys.store(token, "shop", ["orders:read"])
    await keys.store(token, "staff", ["approvals:read"])
    principal = await keys.principal(token)
    assert principal is not None
    assert (principal.owner, principal.scopes) == ("staff", frozenset({"approvals:read"}))
