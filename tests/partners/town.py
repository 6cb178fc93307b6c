"""A town of partners on loopback, a shop that takes their webhooks, and a wall clock that only tests move."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import uvicorn
from fastapi import FastAPI, Response
from pydantic import JsonValue, TypeAdapter
from standardwebhooks import Webhook
from starlette.requests import Request

from adapters.carriers import DeliveryAddress, HttpCarriers
from adapters.nodes import HttpNodes
from adapters.payments import HttpPayments
from contracts.clock import BusinessClock
from contracts.fulfillment import Consignment, ConsignmentLine, LabelRequest, PackedParcel
from contracts.ids import AddressRef, FulfillmentId, NodeId, OrderId, ServiceId, ShipmentId, Sku
from contracts.money import Money
from contracts.payments import AuthorizationRequest, CaptureRequest
from contracts.webhooks import WebhookSource
from simulation.books import Books
from simulation.carrier_books import LabelEntry
from simulation.courier import Courier
from simulation.faults import FaultPanel, Faults
from simulation.mailbox import Mailbox
from simulation.node_books import RequestEntry
from simulation.outbox import Outbox
from simulation.partners import create_app
from simulation.payment_books import PaymentEntry

SEED = 7
PACE = 50_000  # a business week in twelve seconds, so that signatures stay within their five minutes
IMPATIENT = timedelta(seconds=1)
SECRETS: dict[WebhookSource, str] = {
    source: f"whsec_{base64.b64encode(source.encode() * 4).decode()}" for source in ("payments", "carriers", "nodes")
}
HONOLULU = DeliveryAddress(
    name="Leilani Testperson",
    line1="12 Plumeria Way",
    line2=None,
    city="Honolulu",
    region="US-HI",
    postal_code="96813",
    country="US",
    latitude=21.31,
    longitude=-157.86,
)
RENO = (39.53, -119.81)


class Wall:
    """Starts now, because signatures are checked by the real clock, and stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)
        self.clock = BusinessClock(wall_epoch=self.moment, business_epoch=self.moment, pace=PACE)

    def __call__(self) -> datetime:
        return self.moment

    def business_now(self) -> datetime:
        return self.clock.at(self.moment)


@dataclass
class Webhooks:
    """What the shop was sent, and what it answers: statuses one by one, then 200."""

    statuses: list[int] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)  # webhook-id, type
    data: list[dict[str, JsonValue]] = field(default_factory=list)
    raw: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, source: WebhookSource, request: Request) -> Response:
        body = await request.body()
        Webhook(SECRETS[source]).verify(body, dict(request.headers))
        told = json.loads(body)
        self.raw.append((dict(request.headers), body))
        self.seen.append((request.headers["webhook-id"], told["type"]))
        self.data.append(told["data"])
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)

    @property
    def types(self) -> list[str]:
        return [kind for _, kind in self.seen]


class Addresses:
    async def delivery_address(self, ref: AddressRef) -> DeliveryAddress:
        assert ref == "adr_honolulu"
        return HONOLULU

    async def node_place(self, node_id: NodeId) -> tuple[float, float]:
        assert node_id == "dc-reno"
        return RENO


@dataclass(frozen=True)
class Town:
    payments: HttpPayments
    carriers: HttpCarriers
    nodes: HttpNodes
    http: httpx2.AsyncClient
    books: Books
    panel: FaultPanel
    courier: Courier
    shop: Webhooks
    wall: Wall

    def turn(self, **rates: float) -> None:
        self.panel.current = Faults.model_validate(rates)

    def wait(self, duration: timedelta) -> None:
        self.wall.moment += duration / PACE

    async def deliver(self) -> None:
        while await self.courier.deliver_due():
            pass

    async def payment_books(self) -> list[PaymentEntry]:
        return TypeAdapter(list[PaymentEntry]).validate_json((await self.http.get("/payments/v1/books")).content)

    async def carrier_books(self) -> list[LabelEntry]:
        return TypeAdapter(list[LabelEntry]).validate_json((await self.http.get("/carriers/v1/books")).content)

    async def node_books(self) -> list[RequestEntry]:
        return TypeAdapter(list[RequestEntry]).validate_json((await self.http.get("/nodes/v1/books")).content)


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[str]:
    """The app on a free port of loopback; its URL.

    The protocol is named because asyncio sets TCP_NODELAY only then, and without it each answer takes 40 ms.
    """
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def open_town(path: Path, wall: Wall) -> AsyncIterator[Town]:
    panel, shop = FaultPanel(Faults()), Webhooks()
    town_and_shop = FastAPI()
    town_and_shop.add_api_route("/v1/webhooks/{source}", shop.take, methods=["POST"])
    async with AsyncExitStack() as stack:
        books = stack.enter_context(closing(Books(path, wall.business_now)))
        outbox = Outbox(books, panel, SEED)
        town_and_shop.mount("/", create_app(books, outbox, panel, Mailbox(books, panel, SEED), SEED))
        url = await stack.enter_async_context(listening(town_and_shop))
        http = await stack.enter_async_context(httpx2.AsyncClient(base_url=url))
        yield Town(
            payments=HttpPayments(http),
            carriers=HttpCarriers(http, Addresses()),
            nodes=HttpNodes(http),
            http=http,
            books=books,
            panel=panel,
            courier=Courier(outbox, http, SECRETS, wall),
            shop=shop,
            wall=wall,
        )


def a_free_port() -> int:
    """Nobody listens there, for now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def dollars(cents: int) -> Money:
    return Money(amount_minor=cents, currency="USD")


def a_card(key: str = "order/1001:authorize:t1", cents: int = 4_823, method: str = "pm_visa") -> AuthorizationRequest:
    return AuthorizationRequest(key=key, amount=dollars(cents), payment_method=method)


def a_capture(ref: str, cents: int = 4_823, key: str = "order/1001:capture:1") -> CaptureRequest:
    return CaptureRequest(key=key, authorization_ref=ref, amount=dollars(cents))


def a_consignment(number: str = "1001-1", node_id: str = "dc-reno", quantity: int = 2) -> Consignment:
    return Consignment(
        fulfillment_id=FulfillmentId(f"ful_{number}"),
        order_id=OrderId("ord_1"),
        number=number,
        node_id=NodeId(node_id),
        node_name="Warehouse Reno",
        carrier="Northway Parcel",
        service_id=ServiceId("northway-ground"),
        lines=[
            ConsignmentLine(line_id="1", sku=Sku("MUG-01"), quantity=quantity),
            ConsignmentLine(line_id="2", sku=Sku("MUG-01"), quantity=1),
        ],
    )


def a_label(key: str = "shipment/1001-1:label:1", service: str = "northway-ground", grams: int = 840) -> LabelRequest:
    """From Reno to Honolulu."""
    return LabelRequest(
        key=key,
        shipment_id=ShipmentId("shp_1"),
        position=1,
        service_id=ServiceId(service),
        node_id=NodeId("dc-reno"),
        address_ref=AddressRef("adr_honolulu"),
        grams=grams,
        units={"1": 2},
    )


def boxes(*tracking_codes: str) -> list[PackedParcel]:
    return [PackedParcel(tracking_code=code, units={Sku("MUG-01"): 1}) for code in tracking_codes]
