"""Every plan of a tiny routing problem, costed straight from the format's text: the oracle of the solver.

It works on the raw JSON and shares no code with the decision it judges.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from tests.routing.problems import Raw


class Sent(NamedTuple):
    """A consignment: units by line position, and what it contributes to the order."""

    node_id: str
    service_id: str | None
    load: tuple[int, ...]
    parcels: int
    minor: int
    probability: Fraction
    minutes: int


class Way(NamedTuple):
    """One way to treat an order; the cost without activation."""

    sent: tuple[Sent, ...]
    unfilled: int
    minor: int

    @property
    def pairs(self) -> frozenset[tuple[str, str | None]]:
        return frozenset((one.node_id, one.service_id) for one in self.sent)

    @property
    def parcels(self) -> int:
        return sum(one.parcels for one in self.sent)


def plans(raw: Raw) -> Iterator[tuple[int, tuple[Way, ...]]]:
    """Every plan that keeps stock and capacities, with its whole cost."""
    activation = {node["node_id"]: node["activation_minor"] for node in raw["nodes"]}
    for chosen in itertools.product(*(list(ways(raw, order)) for order in raw["orders"])):
        if _fits(raw, chosen):
            used = {one.node_id for way in chosen for one in way.sent}
            yield sum(way.minor for way in chosen) + sum(activation[node_id] for node_id in used), chosen


def ways(raw: Raw, order: Raw) -> Iterator[Way]:
    wanted = [line["quantity"] for line in order["lines"]]
    options = [[None, *_from(raw, order, node)] for node in raw["nodes"]]
    for combination in itertools.product(*options):
        sent = tuple(one for one in combination if one is not None)
        rest = [units - sum(one.load[i] for one in sent) for i, units in enumerate(wanted)]
        if min(rest, default=0) < 0 or (len(sent) > 1 and not raw["allow_split"]):
            continue
        late = order["late_minor"] * max((one.probability for one in sent), default=Fraction(0))
        waiting = Fraction(order["hour_minor"] * max((one.minutes for one in sent), default=0), 60)
        minor = sum(one.minor for one in sent) + math.floor(late + Fraction(1, 2)) + math.ceil(waiting)
        yield Way(sent, sum(rest), minor + sum(rest) * order["unfilled_minor"])


def _from(raw: Raw, order: Raw, node: Raw) -> Iterator[Sent]:
    loads = itertools.product(*(range(line["quantity"] + 1) for line in order["lines"]))
    rates = list(_rates(raw, order, node))
    for load in loads:
        if any(load):
            yield from (sent for rate in rates if (sent := _sent(raw, order, node, rate, load)) is not None)


def _rates(raw: Raw, order: Raw, node: Raw) -> Iterator[tuple[str | None, Raw, int | None]]:
    if raw["lanes"] is not None:
        for lane in raw["lanes"]:
            if (lane["node_id"], lane["order_id"]) == (node["node_id"], order["order_id"]):
                yield None, {"base_minor": lane["cost_minor"], "per_kg_minor": 0}, None
        return
    for service in raw["services"]:
        for zone in service["zones"]:
            if zone["up_to_km"] >= _km(node, order):
                yield service["service_id"], zone, service["max_weight_grams"]
                break


def _sent(
    raw: Raw, order: Raw, node: Raw, rate: tuple[str | None, Raw, int | None], load: tuple[int, ...]
) -> Sent | None:
    service_id, zone, most = rate
    carried = [(line, units) for line, units in zip(order["lines"], load, strict=True) if units]
    weight = sum(line["weight_grams"] * units for line, units in carried)
    if most is not None and any(line["weight_grams"] > most for line, _ in carried):
        return None
    held = {level["sku"]: level for level in raw["stock"] if level["node_id"] == node["node_id"]}
    if any(line["sku"] not in held for line, _ in carried):
        return None
    parcels = 1 if most is None else max(1, math.ceil(Fraction(weight, most)))
    minor = parcels * (zone["base_minor"] + node["handling_minor"])
    minor += math.ceil(Fraction(zone["per_kg_minor"] * weight, 1000))
    minor += sum((node["pick_minor"] + held[line["sku"]]["scarcity_minor"]) * units for line, units in carried)
    if most is None:
        return Sent(node["node_id"], None, load, parcels, minor, Fraction(0), 0)
    p50, p90 = (node["ready_in_minutes"] + zone[key] for key in ("minutes_p50", "minutes_p90"))
    promised = order["promised_in_minutes"]
    probability = Fraction(0) if p90 <= promised else Fraction(1, 2) if p50 <= promised else Fraction(1)
    return Sent(node["node_id"], service_id, load, parcels, minor, probability, p50)


def _fits(raw: Raw, chosen: tuple[Way, ...]) -> bool:
    taken: Counter[Any] = Counter()
    for order, way in zip(raw["orders"], chosen, strict=True):
        for one in way.sent:
            taken["parcels", one.node_id] += one.parcels
            taken["units", one.node_id] += sum(one.load)
            for line, units in zip(order["lines"], one.load, strict=True):
                taken[one.node_id, line["sku"]] += units
    limits = {("parcels", node["node_id"]): node["capacity_parcels"] for node in raw["nodes"]}
    limits |= {("units", node["node_id"]): node["capacity_units"] for node in raw["nodes"]}
    limits |= {(level["node_id"], level["sku"]): level["quantity"] for level in raw["stock"]}
    return all(limit is None or taken[key] <= limit for key, limit in limits.items())


def _km(one: Raw, other: Raw) -> float:
    a, b = math.radians(one["latitude"]), math.radians(other["latitude"])
    across = math.radians(one["longitude"] - other["longitude"])
    h = math.sin((a - b) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1, math.sqrt(h)))
