"""A seeded world of nodes, services and orders in the United States, as a routing problem."""

from random import Random

from contracts.ids import NodeId, ServiceId, Sku
from contracts.routing import (
    LineToRoute,
    Node,
    OrderToRoute,
    RoutingProblem,
    Service,
    StockLevel,
    Zone,
)

# Latitude, longitude and roughly how many of a hundred customers live around there.
METROS = (
    (40.71, -74.01, 13),
    (34.05, -118.24, 11),
    (41.88, -87.63, 8),
    (32.78, -96.80, 7),
    (29.76, -95.37, 7),
    (38.91, -77.04, 6),
    (39.95, -75.17, 6),
    (33.75, -84.39, 6),
    (25.76, -80.19, 6),
    (33.45, -112.07, 5),
    (42.36, -71.06, 5),
    (37.77, -122.42, 5),
    (42.33, -83.05, 4),
    (47.61, -122.33, 4),
    (44.98, -93.27, 4),
    (39.74, -104.99, 3),
    (38.63, -90.20, 3),
    (36.16, -86.78, 2),
    (45.52, -122.68, 2),
    (39.10, -94.58, 2),
    (40.76, -111.89, 2),
    (39.53, -119.81, 1),
)
DAY = 1440
GRAMS = (150, 250, 400, 700, 1200, 2500, 6000)
#            service      grams   base  step  kg  first day, days a zone, spread p90
SERVICES = (
    ("ground", 30_000, 620, 110, 45, 1, 1),
    ("two_day", 20_000, 1150, 160, 120, 1, 0),
    ("overnight", 10_000, 2300, 260, 210, 0, 0),
)
ZONES_KM = (250, 500, 1000, 1600, 2300, 5000)


def generate(orders: int, nodes: int, seed: int, *, tight: bool) -> RoutingProblem:
    """A world with so many orders and nodes; tight: stock hardly covers the orders and rooms are small."""
    random = Random(seed)
    weights = {Sku(f"SKU-{number:03d}"): random.choice(GRAMS) for number in range(1, 41)}
    baskets = [_order(random, number, weights) for number in range(1, orders + 1)]
    places = [_node(random, number, orders, nodes, tight=tight) for number in range(1, nodes + 1)]
    return RoutingProblem(
        problem_id=f"seeded-{orders}-{nodes}-{seed}{'-tight' if tight else ''}",
        currency="USD",
        allow_split=True,
        nodes=tuple(places),
        stock=tuple(_stock(random, places, baskets, list(weights), tight=tight)),
        services=tuple(_service(*figures) for figures in SERVICES),
        lanes=None,
        orders=tuple(baskets),
    )


def _somewhere(random: Random, spread: float) -> tuple[float, float]:
    """A place around a metro, in degrees; the more people live there, the more often."""
    latitude, longitude, _ = random.choices(METROS, weights=[metro[2] for metro in METROS])[0]
    return round(random.gauss(latitude, spread), 4), round(random.gauss(longitude, spread), 4)


def _node(random: Random, number: int, orders: int, nodes: int, *, tight: bool) -> Node:
    """Every third node is a warehouse: cheaper to pick, larger, but with a start-up cost a day."""
    latitude, longitude = _somewhere(random, 0.3)
    warehouse = number % 3 == 1
    share = max(1, 3 * orders // (2 * nodes))
    return Node(
        node_id=NodeId(f"{'dc' if warehouse else 'store'}-{number:02d}"),
        kind="warehouse" if warehouse else "store",
        latitude=latitude,
        longitude=longitude,
        ready_in_minutes=random.choice((120, 240, 480) if warehouse else (60, 240, 960)),
        handling_minor=random.randrange(60, 120) if warehouse else random.randrange(120, 220),
        pick_minor=random.randrange(15, 35) if warehouse else random.randrange(30, 70),
        activation_minor=150 if warehouse else 0,
        capacity_parcels=share if tight else None if warehouse else 4 * share,
        capacity_units=4 * share if tight else None,
    )


def _order(random: Random, number: int, weights: dict[Sku, int]) -> OrderToRoute:
    latitude, longitude = _somewhere(random, 0.6)
    express = random.random() < 0.2  # noqa: PLR2004 -- a fifth of the customers is in a hurry
    skus = random.sample(list(weights), k=random.choices((1, 2, 3, 4), weights=(45, 30, 15, 10))[0])
    lines = tuple(
        LineToRoute(
            line_id=str(position),
            sku=sku,
            quantity=random.choices((1, 2, 3), weights=(75, 20, 5))[0],
            weight_grams=weights[sku],
        )
        for position, sku in enumerate(skus, start=1)
    )
    return OrderToRoute(
        order_id=f"o{number}",
        latitude=latitude,
        longitude=longitude,
        promised_in_minutes=2 * DAY if express else 5 * DAY,
        late_minor=1500 if express else 900,
        hour_minor=15 if express else 0,
        unfilled_minor=5000,
        lines=lines,
    )


def _stock(
    random: Random, nodes: list[Node], orders: list[OrderToRoute], skus: list[Sku], *, tight: bool
) -> list[StockLevel]:
    """Warehouses hold most products, stores half of them; what is scarce at a store is worth something there."""
    wanted = dict.fromkeys(skus, 0)
    for line in (line for order in orders for line in order.lines):
        wanted[line.sku] += line.quantity
    levels = []
    for node in nodes:
        for sku in skus:
            if random.random() < (0.75 if node.kind == "warehouse" else 0.45):
                share = -(-wanted[sku] * 2 // len(nodes))
                quantity = random.randint(0, share) if tight else random.randint(1, 4) + 3 * share
                scarcity = random.randrange(0, 60) if node.kind == "store" else 0
                levels.append(StockLevel(node_id=node.node_id, sku=sku, quantity=quantity, scarcity_minor=scarcity))
    return levels


def _service(name: str, grams: int, base: int, step: int, per_kg: int, days: int, days_a_zone: int) -> Service:
    zones = tuple(
        Zone(
            up_to_km=km,
            base_minor=base + step * number,
            per_kg_minor=per_kg + per_kg * number // 4,
            minutes_p50=DAY * (1 + days + days_a_zone * number) - DAY // 3,
            minutes_p90=DAY * (1 + days + days_a_zone * number) + (DAY // 2 if days else DAY // 6),
        )
        for number, km in enumerate(ZONES_KM)
    )
    return Service(service_id=ServiceId(name), max_weight_grams=grams, zones=zones)
