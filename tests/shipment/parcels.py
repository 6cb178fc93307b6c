"""One consignment of a placed order, and what its node and its carrier tell of it over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from adapters.postgres.database import Database
from contracts.fulfillment import Consignment
from contracts.webhooks import WebhookSource
from tests.desk import Desk
from tests.front_door import Caller
from tests.shop import order_body


class Parcels:
    """The consignment, its parcels by position, and the news of it."""

    def __init__(self, caller: Caller, desk: Desk, consignment: Consignment) -> None:
        self._caller = caller
        self._desk = desk
        self._consignment = consignment
        self.codes: list[str] = []
        self.workflow = f"shipment/{consignment.number}"

    async def node(self, fact: str, *, source: WebhookSource = "nodes") -> Any:
        data = {"request_id": self._consignment.fulfillment_id, "occurred_at": self._desk.step.now.isoformat()}
        return await self._caller.tell(source, f"request.{fact}", data)

    async def scan(
        self, status: str, hours: float, *, parcel: int = 0, scan_id: str | None = None, webhook_id: str | None = None
    ) -> str:
        """A scan that many business hours after the labels; the outcome."""
        data = {
            "scan_id": scan_id or uuid4().hex,
            "tracking_code": self.codes[parcel],
            "status": status,
            "occurred_at": (self._desk.step.now + timedelta(hours=hours)).isoformat(),
        }
        response = await self._caller.tell("carriers", "tracking.scanned", data, webhook_id=webhook_id)
        assert response.status_code == 202, response.text
        outcome: str = response.json()["outcome"]
        return outcome

    async def recall(self) -> None:
        await self._desk.recall(self._consignment)

    async def label(self) -> None:
        self.codes = await self._desk.label(self._consignment)

    async def leave(self) -> None:
        """Packed and handed over."""
        await self.node("packed")
        assert await self._desk.hand_over(self._consignment) == "handed_over"

    async def shown(self) -> Any:
        return (await self._caller.get(f"/v1/orders/{self._desk.step.order_id}")).json()

    async def statuses(self) -> list[str]:
        """Of each parcel."""
        return [parcel["status"] for parcel in (await self.shown())["consignments"][0]["parcels"]]

    @property
    def news(self) -> list[str]:
        """The signals to the shipment's workflow."""
        return [name for workflow_id, name in self._caller.engine.news if workflow_id == self.workflow]


async def asked(caller: Caller, database: Database, *, parcels: int = 1) -> Parcels:
    """A consignment whose node was asked for it."""
    desk = Desk(database, await caller.placed(order_body()))
    consignment = await desk.reserve(parcels=parcels)
    await desk.ask(consignment)
    return Parcels(caller, desk, consignment)


async def labeled(caller: Caller, database: Database, *, parcels: int = 1) -> Parcels:
    """A consignment that was accepted, and whose parcels have labels."""
    consignment = await asked(caller, database, parcels=parcels)
    await consignment.node("accepted")
    await consignment.label()
    return consignment


async def on_the_way(caller: Caller, database: Database, *, parcels: int = 1) -> Parcels:
    """A consignment that was handed over to its carrier."""
    consignment = await labeled(caller, database, parcels=parcels)
    await consignment.leave()
    return consignment


def scan_of(code: str = "SW1", **changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {"scan_id": "s1", "tracking_code": code, "status": "in_transit", "occurred_at": now, **changes}
