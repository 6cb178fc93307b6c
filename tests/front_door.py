"""The HTTP API in this process, on real tables, with an engine that records what it is told."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import httpx2
from standardwebhooks.webhooks import Webhook as Signature
from temporalio.service import RPCError, RPCStatusCode

from adapters.postgres.approval_door import PostgresApprovalDoor
from adapters.postgres.claim_door import PostgresClaimDoor
from adapters.postgres.clock import PostgresClock
from adapters.postgres.command_door import PostgresCommandDoor
from adapters.postgres.database import Database
from adapters.postgres.edit_door import PostgresEditDoor
from adapters.postgres.keys import PostgresKeys
from adapters.postgres.order_door import PostgresOrderDoor
from adapters.postgres.order_list import PostgresOrderList
from adapters.postgres.payment_door import PostgresPaymentDoor
from adapters.postgres.places import PostgresPlaces
from adapters.postgres.policies import PostgresPolicies
from adapters.postgres.wakeups import PostgresWakeups
from adapters.postgres.webhook_door import PostgresWebhookDoor
from api.app import create_app
from api.doors import Doors
from contracts.wakeups import Wakeup
from contracts.webhooks import WebhookSource

PEPPER: Final = "only for tests"
SCOPES: Final = ["orders:read", "orders:write", "approvals:read", "approvals:decide"]
SECRETS: Final[dict[WebhookSource, str]] = {
    "payments": "whsec_cGF5bWVudHMgb25seSBmb3IgdGhlc2UgdGVzdHM=",
    "carriers": "whsec_Y2FycmllcnMgb25seSBmb3IgdGhlc2UgdGVzdHM=",
    "nodes": "whsec_bm9kZXMgb25seSBmb3IgdGhlc2UgdGVzdHMsIG9r",
}


class RecordingEngine:
    """Told what the door owes it, or away."""

    def __init__(self, wakeups: PostgresWakeups) -> None:
        self._wakeups = wakeups
        self.told: list[Wakeup] = []
        self.away = False

    async def deliver(self, wakeup: Wakeup) -> None:
        if self.away:
            raise RPCError("nobody answers", RPCStatusCode.UNAVAILABLE, b"")
        self.told.append(wakeup)
        await self._wakeups.done(wakeup.wakeup_id)

    @property
    def news(self) -> list[tuple[str, str]]:
        """Which workflow was told what, in this order."""
        return [(wakeup.workflow_id, wakeup.name) for wakeup in self.told]


class Caller:
    """A backend system with a key, and partners with their secrets."""

    def __init__(
        self, http: httpx2.AsyncClient, database: Database, keys: PostgresKeys, engine: RecordingEngine, token: str
    ) -> None:
        self.http = http
        self.database = database
        self.keys = keys
        self.engine = engine
        self.token = token

    async def get(self, path: str, *, token: str | None = None) -> httpx2.Response:
        return await self.http.get(path, headers={"Authorization": f"Bearer {token or self.token}"})

    async def post(self, path: str, body: Any, *, key: str | None = None, token: str | None = None) -> httpx2.Response:
        """A body as an object, or as raw bytes that claim to be JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "Authorization": f"Bearer {token or self.token}",
            "Idempotency-Key": uuid4().hex if key is None else key,
            "Content-Type": "application/json",
        }
        return await self.http.post(path, content=raw, headers=headers)

    async def place(self, body: Any, *, key: str | None = None, token: str | None = None) -> httpx2.Response:
        return await self.post("/v1/orders", body, key=key, token=token)

    async def placed(self, body: Any) -> dict[str, Any]:
        response = await self.place(body)
        assert response.status_code == 201, response.text
        order: dict[str, Any] = response.json()
        return order

    async def tell(
        self,
        source: WebhookSource,
        type_: str,
        data: dict[str, Any],
        *,
        webhook_id: str | None = None,
        at: datetime | None = None,
    ) -> httpx2.Response:
        """A partner's webhook, properly signed, now or at another moment."""
        told = {"type": type_, "timestamp": datetime.now(UTC).isoformat(), "data": data}
        return await self.send(source, json.dumps(told), webhook_id=webhook_id, at=at)

    async def send(
        self,
        source: WebhookSource,
        raw: str,
        *,
        webhook_id: str | None = None,
        at: datetime | None = None,
        tampered: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """Any body, signed with the source's secret; `tampered` headers replace what was signed."""
        webhook_id = webhook_id or f"msg_{uuid4().hex}"
        now = at or datetime.now(UTC)
        signed = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Signature(SECRETS[source]).sign(webhook_id, now, raw),
        }
        headers = signed | (tampered or {})
        return await self.http.post(f"/v1/webhooks/{source}", content=raw.encode(), headers=headers)


def doors_over(database: Database, keys: PostgresKeys, engine: RecordingEngine) -> Doors:
    clock, policies = PostgresClock(database), PostgresPolicies(database)
    return Doors(
        orders=PostgresOrderDoor(database, clock=clock, places=PostgresPlaces(database), policies=policies),
        order_list=PostgresOrderList(database),
        payments=PostgresPaymentDoor(database, clock=clock),
        commands=PostgresCommandDoor(database, clock=clock),
        edits=PostgresEditDoor(database, clock=clock, places=PostgresPlaces(database)),
        claims=PostgresClaimDoor(database, clock=clock),
        approvals=PostgresApprovalDoor(database, clock=clock),
        webhooks=PostgresWebhookDoor(database, clock=clock),
        webhook_secrets=SECRETS,
        keys=keys,
        engine=engine,
        health=database,
    )


@asynccontextmanager
async def open_door(database: Database) -> AsyncIterator[Caller]:
    """The API over these tables, and a caller who may do everything."""
    keys, engine = PostgresKeys(database, pepper=PEPPER), RecordingEngine(PostgresWakeups(database))
    transport = httpx2.ASGITransport(create_app(doors_over(database, keys, engine)))
    token = await keys.issue("shop", SCOPES)
    async with httpx2.AsyncClient(transport=transport, base_url="http://steward") as http:
        yield Caller(http, database, keys, engine, token)


async def counted(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    async with database.connection() as connection:
        tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
        return {
            table: await connection.fetchval(f'select count(*) from "{table}"')  # noqa: S608 - names from the catalog
            for (table,) in tables
        }
