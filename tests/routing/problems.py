"""Small routing problems: one to bend by hand, and seeded ones in which every rule of the format matters."""

import copy
import json
from random import Random
from typing import Any

from contracts.routing import RoutingProblem

Raw = dict[str, Any]


def a_node(node_id: str, **changes: Any) -> Raw:
    """At 0° north 0° east, ready at once, free of charge and of limits."""
    node = {
        "node_id": node_id,
        "kind": "warehouse",
        "latitude": 0.0,
        "longitude": 0.0,
        "ready_in_minutes": 0,
        "handling_minor": 0,
        "pick_minor": 0,
        "activation_minor": 0,
        "capacity_parcels": None,
        "capacity_units": None,
    }
    return node | changes


def stock(node_id: str, sku: str, quantity: int | None, scarcity_minor: int = 0) -> Raw:
    return {"node_id": node_id, "sku": sku, "quantity": quantity, "scarcity_minor": scarcity_minor}


def a_zone(up_to_km: int, **changes: Any) -> Raw:
    zone = {"up_to_km": up_to_km, "base_minor": 500, "per_kg_minor": 0, "minutes_p50": 60, "minutes_p90": 120}
    return zone | changes


def a_service(service_id: str, *zones: Raw, max_weight_grams: int = 30_000) -> Raw:
    return {"service_id": service_id, "max_weight_grams": max_weight_grams, "zones": list(zones)}


def a_line(line_id: str, sku: str, quantity: int, weight_grams: int = 100) -> Raw:
    return {"line_id": line_id, "sku": sku, "quantity": quantity, "weight_grams": weight_grams}


def an_order(order_id: str, *lines: Raw, **changes: Any) -> Raw:
    order = {
        "order_id": order_id,
        "latitude": 0.0,
        "longitude": 0.0,
        "promised_in_minutes": 10_000,
        "late_minor": 0,
        "hour_minor": 0,
        "unfilled_minor": 5000,
        "lines": list(lines),
    }
    return order | changes


def a_problem(nodes: list[Raw], stocked: list[Raw], services: list[Raw], *orders: Raw, **changes: Any) -> Raw:
    problem = {
        "problem_id": "p",
        "currency": "USD",
        "allow_split": True,
        "nodes": nodes,
        "stock": stocked,
        "services": services,
        "lanes": None,
        "orders": list(orders),
    }
    return problem | changes


def parsed(raw: Raw) -> RoutingProblem:
    """The raw problem as a contract, through JSON as every file comes."""
    return RoutingProblem.model_validate_json(json.dumps(raw))


def changed(raw: Raw, *path: str | int, to: Any) -> Raw:
    """A copy with one value set."""
    other = copy.deepcopy(raw)
    place: Any = other
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return other


def seeded(seed: int, orders: int = 1, nodes: int = 3) -> Raw:
    """A tiny problem with small, odd figures, so that ties, roundings, limits and splits decide."""
    random = Random(seed)
    node_ids = [f"n{number}" for number in range(random.randint(2, nodes))]
    skus = ["A", "B"]
    raw = a_problem(
        [_seeded_node(random, node_id) for node_id in node_ids],
        [
            stock(node_id, sku, random.choice((None, 0, 1, 1, 2, 3)), random.choice((0, 0, 7)))
            for node_id in node_ids
            for sku in skus
            if random.random() < 0.8
        ],
        [_seeded_service(random, service_id) for service_id in ("s", "t")],
        *(_seeded_order(random, f"o{number}", skus) for number in range(orders)),
        allow_split=random.random() < 0.8,
    )
    if random.random() < 0.2:
        pairs = [(n, o["order_id"]) for n in node_ids for o in raw["orders"] if random.random() < 0.8]
        lanes = [{"node_id": n, "order_id": o, "cost_minor": random.randint(0, 400)} for n, o in pairs]
        return raw | {"services": [], "lanes": lanes}
    return raw


def _seeded_node(random: Random, node_id: str) -> Raw:
    return a_node(
        node_id,
        latitude=random.choice((0.0, 0.5, 2.0)),
        longitude=random.choice((0.0, 1.5)),
        ready_in_minutes=random.choice((0, 30, 61)),
        handling_minor=random.choice((0, 13)),
        pick_minor=random.choice((0, 3, 11)),
        activation_minor=random.choice((0, 0, 90)),
        capacity_parcels=random.choice((None, None, None, 0, 1, 2)),
        capacity_units=random.choice((None, None, None, 1, 2, 3)),
    )


def _seeded_service(random: Random, service_id: str) -> Raw:
    zones = [
        a_zone(
            up_to_km,
            base_minor=random.choice((0, 40, 101, 160)),
            per_kg_minor=random.choice((0, 7, 90)),
            minutes_p50=random.choice((20, 60, 95)),
            minutes_p90=random.choice((60, 95, 130)),
        )
        for up_to_km in random.choice(((100, 400), (400,), (60, 200)))
    ]
    return a_service(service_id, *zones, max_weight_grams=random.choice((300, 700, 1500)))


def _seeded_order(random: Random, order_id: str, skus: list[str]) -> Raw:
    lines = [
        a_line(str(number), random.choice(skus), random.choice((0, 1, 2, 2, 3)), random.choice((0, 150, 301, 700)))
        for number in range(random.randint(1, 2))
    ]
    return an_order(
        order_id,
        *lines,
        promised_in_minutes=random.choice((60, 90, 120, 150)),
        late_minor=random.choice((0, 51, 201)),
        hour_minor=random.choice((0, 0, 7, 31)),
        unfilled_minor=random.choice((0, 90, 400, 900, 900)),
    )
