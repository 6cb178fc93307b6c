"""A small shop to test with: two nodes, three products, a few places; and orders built by saying what differs."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from adapters.postgres.database import Database
from adapters.postgres.intake import PostgresIntake
from contracts.actors import Actor
from contracts.catalogue import NodeRow, PlaceRow, ProductRow, StockRow
from contracts.checkout import PlaceOrder
from contracts.fulfillment import CarrierService
from contracts.ids import NodeId, ServiceId, Sku
from contracts.routing import Service, Zone

MUG, LAMP, TENT = Sku("MUG-01"), Sku("LMP-01"), Sku("TNT-01")
RENO, OAKLAND = NodeId("dc-reno"), NodeId("store-oakland")

PRODUCTS = [
    ProductRow(sku=MUG, name="Mug", weight_grams=400),
    ProductRow(sku=LAMP, name="Lamp", weight_grams=1_500),
    ProductRow(sku=TENT, name="Tent", weight_grams=6_000),
]
NODES = [
    NodeRow(
        node_id=RENO,
        kind="warehouse",
        name="Warehouse Reno",
        latitude=39.53,
        longitude=-119.81,
        time_zone="America/Los_Angeles",
        ready_in_minutes=180,
        handling_minor=110,
        pick_minor=30,
    ),
    NodeRow(
        node_id=OAKLAND,
        kind="store",
        name="Store Oakland",
        latitude=37.80,
        longitude=-122.27,
        time_zone="America/Los_Angeles",
        ready_in_minutes=90,
        handling_minor=190,
        pick_minor=70,
    ),
]
PLACES = [
    PlaceRow(
        country="US",
        region="US-CA",
        city="San Francisco",
        postal_prefix="941",
        latitude=37.77,
        longitude=-122.42,
    )
]
STOCK = [  # the tent only in Oakland, the lamp only in Reno: both together are split
    StockRow(node_id=RENO, sku=MUG, quantity=100),
    StockRow(node_id=OAKLAND, sku=MUG, quantity=20),
    StockRow(node_id=RENO, sku=LAMP, quantity=50),
    StockRow(node_id=OAKLAND, sku=TENT, quantity=10),
]
SERVICES = [
    CarrierService(
        carrier="Swift",
        service=Service(
            service_id=ServiceId("swift-ground"),
            max_weight_grams=20_000,
            zones=(
                Zone(up_to_km=500, base_minor=600, per_kg_minor=90, minutes_p50=1_440, minutes_p90=2_880),
                Zone(up_to_km=6_000, base_minor=900, per_kg_minor=150, minutes_p50=2_880, minutes_p90=4_320),
            ),
        ),
    )
]


async def open_shop(database: Database, *, now: datetime) -> None:
    intake = PostgresIntake(database)
    await intake.store_products(PRODUCTS)
    await intake.store_nodes(NODES)
    await intake.store_places(PLACES)
    await intake.receive("opening", STOCK, actor=Actor(type="system", id="tests"), now=now)


def usd(amount_minor: int) -> dict[str, Any]:
    return {"amount_minor": amount_minor, "currency": "USD"}


def order_body(**changes: Any) -> dict[str, Any]:
    """The body of an order of two mugs to San Francisco over 48.23 USD, changed as said."""
    return {
        "external_id": f"shop-{uuid4().hex[:8]}",
        "channel": "web",
        "locale": "en-US",
        "time_zone": "America/Los_Angeles",
        "currency": "USD",
        "tax_mode": "exclusive",
        "customer": {"external_ref": f"c-{uuid4().hex[:8]}", "name": "Ada Byron", "email": "ada@example.org"},
        "shipping_address": {
            "line1": "1 Market Street",
            "line2": None,
            "city": "San Francisco",
            "region": "US-CA",
            "postal_code": "94105",
            "country": "US",
        },
        "billing_address": None,
        "service_level": "standard",
        "promise": None,
        "lines": [line()],
        "order_discount": usd(0),
        "shipping": usd(495),
        "shipping_tax_rate": "0",
        "tenders": [{"tender_id": "t1", "kind": "card", "amount": usd(4823), "payment_method": "pm_card"}],
        **changes,
    }


def line(**changes: Any) -> dict[str, Any]:
    return {
        "line_id": "1",
        "sku": MUG,
        "quantity": 2,
        "unit_price": usd(1999),
        "discount": usd(0),
        "tax_rate": "0.0825",
        **changes,
    }


def basket(**quantities: int) -> dict[str, Any]:
    """A body with these quantities per SKU (MUG=2, LMP=1, TNT=1), 10.00 USD each, no tax, no shipping."""
    skus = {"MUG": MUG, "LMP": LAMP, "TNT": TENT}
    lines = [
        line(line_id=str(i), sku=skus[name], quantity=quantity, unit_price=usd(1000), tax_rate="0")
        for i, (name, quantity) in enumerate(quantities.items(), start=1)
    ]
    total = 1000 * sum(quantities.values())
    tender = {"tender_id": "t1", "kind": "card", "amount": usd(total), "payment_method": "pm_card"}
    return order_body(lines=lines, shipping=usd(0), tenders=[tender])


def an_order(**changes: Any) -> PlaceOrder:
    return PlaceOrder.model_validate(order_body(**changes))
