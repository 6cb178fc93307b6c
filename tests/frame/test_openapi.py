"""The OpenAPI document says what a caller has to know: every route, its security, its key, its problems."""

from typing import Any

import pytest

from tests.front_door import Caller

Security = list[dict[str, list[str]]]

BEARER: Security = [{"HTTPBearer": []}]
SIGNED: Security = [{"StandardWebhooks": []}]
OPEN = None
ROUTES = {
    ("post", "/v1/orders"): BEARER,
    ("get", "/v1/orders/{order_id}"): BEARER,
    ("post", "/v1/orders/{order_id}:cancel"): BEARER,
    ("post", "/v1/orders/{order_id}:pay"): BEARER,
    ("post", "/v1/orders/{order_id}:choose"): BEARER,
    ("post", "/v1/orders/{order_id}:claim"): BEARER,
    ("post", "/v1/orders/{order_id}:edit"): BEARER,
    ("post", "/v1/orders/{order_id}:hold"): BEARER,
    ("post", "/v1/orders/{order_id}:release"): BEARER,
    ("get", "/v1/approvals"): BEARER,
    ("get", "/v1/approvals/{approval_id}"): BEARER,
    ("post", "/v1/approvals/{approval_id}/decision"): BEARER,
    ("post", "/v1/webhooks/{source}"): SIGNED,
    ("get", "/health"): OPEN,
    ("get", "/ready"): OPEN,
}


async def document(caller: Caller) -> dict[str, Any]:
    described: dict[str, Any] = (await caller.http.get("/openapi.json")).json()
    return described


async def test_every_route_is_described_with_its_security(shared_caller: Caller) -> None:
    described = await document(shared_caller)
    found = {
        (method, path): operation.get("security")
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
    }
    assert found == ROUTES
    assert set(described["components"]["securitySchemes"]) == {"HTTPBearer", "StandardWebhooks"}


@pytest.mark.parametrize(("method", "path"), [route for route, security in ROUTES.items() if security])
async def test_every_route_names_its_problems_and_its_idempotency_key(
    shared_caller: Caller, method: str, path: str
) -> None:
    described = await document(shared_caller)
    operation = described["paths"][path][method]
    for status in ("400", "401", "403", "404", "409", "413", "415", "422"):
        assert list(operation["responses"][status]["content"]) == ["application/problem+json"], status
    wants_key = method == "post" and ROUTES[method, path] == BEARER
    headers = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "header"]
    assert headers == (["Idempotency-Key"] if wants_key else [])


async def test_money_is_described_as_whole_minor_units(shared_caller: Caller) -> None:
    money = (await document(shared_caller))["components"]["schemas"]["Money"]
    assert money["required"] == ["amount_minor", "currency"]
    assert money["properties"]["amount_minor"]["type"] == "integer"
