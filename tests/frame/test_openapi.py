"""The OpenAPI document says what a caller has to know: every route, its security, its key, its problems."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest

from contracts.money import LARGEST_AMOUNT
from contracts.webhooks import WEBHOOKS, WebhookSource
from tests.front_door import Caller

Security = list[dict[str, list[str]]]
Found: TypeAlias = Iterator[tuple[str, dict[str, Any]]]

BEARER: Security = [{"HTTPBearer": []}]
SIGNED: Security = [{"StandardWebhooks": []}]
OPEN = None
ROUTES = {
    ("post", "/v1/orders"): BEARER,
    ("get", "/v1/orders"): BEARER,
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


def integers(schema: Any, definitions: dict[str, Any], path: str = "", seen: frozenset[str] = frozenset()) -> Found:
    """Every whole number of a schema, by its path, with its description."""
    if isinstance(schema, list):
        for each in schema:
            yield from integers(each, definitions, path, seen)
    if not isinstance(schema, dict):
        return
    if (name := schema.get("$ref", "").rpartition("/")[2]) and name not in seen:
        yield from integers(definitions[name], definitions, path, seen | {name})
    if schema.get("type") == "integer":
        yield path, schema
    for keyword in ("anyOf", "oneOf", "allOf", "items", "additionalProperties"):
        yield from integers(schema.get(keyword), definitions, path, seen)
    for field, inner in schema.get("properties", {}).items():
        yield from integers(inner, definitions, f"{path}/{field}", seen)


def too_large(found: Found) -> list[str]:
    """Money is a bigint, all else an integer."""
    most = {"amount_minor": LARGEST_AMOUNT}
    return [
        path
        for path, schema in found
        if schema.get("maximum", float("inf")) > most.get(path.rpartition("/")[2], 2**31 - 1)
    ]


async def test_no_whole_number_that_a_caller_sends_is_larger_than_its_column(shared_caller: Caller) -> None:
    described = await document(shared_caller)
    definitions = described["components"]["schemas"]
    operations = [operation for operations in described["paths"].values() for operation in operations.values()]
    bodies = [operation["requestBody"]["content"] for operation in operations if "requestBody" in operation]
    parameters = [parameter for operation in operations for parameter in operation.get("parameters", [])]
    found = [
        *(each for body in bodies for media in body.values() for each in integers(media.get("schema"), definitions)),
        *(each for every in parameters for each in integers(every["schema"], definitions, every["name"])),
    ]
    assert {"/version", "/lines/quantity", "/tenders/amount/amount_minor", "limit"} <= {path for path, _ in found}
    assert too_large(iter(found)) == []


@pytest.mark.parametrize("source", WEBHOOKS)
def test_no_whole_number_that_a_partner_tells_is_larger_than_its_column(source: WebhookSource) -> None:
    schema = WEBHOOKS[source].json_schema()
    assert too_large(integers(schema, schema["$defs"])) == []
