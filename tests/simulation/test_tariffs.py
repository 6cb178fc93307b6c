import itertools

import pytest

from contracts.ids import NodeId, Sku
from contracts.routing import (
    LineToRoute,
    Node,
    OrderToRoute,
    PlannedConsignment,
    PlannedLine,
    PlannedOrder,
    RoutingPlan,
    RoutingProblem,
    StockLevel,
)
from decisions.routing import plan_cost
from simulation.cities import CITIES
from simulation.tariffs import SERVICES, distance_km, price_minor, zone_at

SOLD = [offer.service for offer in SERVICES]


def planned_price(service, origin, to, grams):
    """What the routing's cost formula says that this one parcel costs."""
    node = Node(
        node_id=NodeId("n"), kind="store", latitude=origin.latitude, longitude=origin.longitude,
        ready_in_minutes=0, handling_minor=0, pick_minor=0, activation_minor=0, capacity_parcels=None,
        capacity_units=None,
    )  # fmt: skip
    line = LineToRoute(line_id="1", sku=Sku("A"), quantity=1, weight_grams=grams)
    order = OrderToRoute(
        order_id="o", latitude=to.latitude, longitude=to.longitude, promised_in_minutes=0, late_minor=0,
        hour_minor=0, unfilled_minor=0, lines=(line,),
    )  # fmt: skip
    stock = StockLevel(node_id=node.node_id, sku=line.sku, quantity=1, scarcity_minor=0)
    problem = RoutingProblem(
        problem_id="p", currency="USD", allow_split=False, nodes=(node,), stock=(stock,), services=(service,),
        lanes=None, orders=(order,),
    )  # fmt: skip
    part = PlannedLine(line_id="1", quantity=1)
    parcel = PlannedConsignment(node_id=node.node_id, service_id=service.service_id, lines=(part,))
    planned = PlannedOrder(order_id="o", consignments=(parcel,), unfilled=())
    return plan_cost(problem, RoutingPlan(problem_id="p", orders=(planned,))).total_minor


@pytest.mark.parametrize("service", SOLD, ids=lambda service: service.service_id)
def test_a_label_costs_what_the_plan_reckoned(service):
    origin = CITIES[40]
    for to, grams in itertools.product(CITIES[::9], (1, 999, 1_000, 1_001, service.max_weight_grams)):
        zone = zone_at(service, distance_km(origin.latitude, origin.longitude, to.latitude, to.longitude))
        if zone is not None:
            assert price_minor(zone, grams) == planned_price(service, origin, to, grams)


def test_two_carriers_sell_slow_and_fast_and_nothing_takes_more_than_three_days():
    for carrier in {offer.carrier for offer in SERVICES}:
        p50 = sorted(offer.service.zones[-1].minutes_p50 for offer in SERVICES if offer.carrier == carrier)
        assert p50[0] * 1.5 < p50[-1]
    assert len({offer.carrier for offer in SERVICES}) == 2
    assert len({service.service_id for service in SOLD}) == len(SOLD)
    for service in SOLD:
        for zone in service.zones:
            assert zone.minutes_p50 < zone.minutes_p90 <= 3 * 24 * 60


def test_farther_and_heavier_never_costs_less_and_never_travels_faster():
    for service in SOLD:
        for near, far in itertools.pairwise(service.zones):
            assert near.base_minor < far.base_minor
            assert near.per_kg_minor < far.per_kg_minor
            assert near.minutes_p50 < far.minutes_p50
            assert near.minutes_p90 <= far.minutes_p90
