"""What our plans cost to ship, against the rule most shops start with, on the same orders and the same stock."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from contracts.base import Contract
from contracts.catalogue import NodeRow
from contracts.fulfillment import CarrierService
from contracts.planning import OrderToPlan
from contracts.policy import Policy
from contracts.routing import Node, OrderToRoute, PlanCost, RoutingPlan, RoutingProblem, StockLevel
from contracts.stock import Units
from decisions.plan import problem_of
from decisions.routing import nearest, plan_cost


class Comparison(Contract):
    """Over the orders that both fill completely, in minor units: carriers' prices and handling, and with the other
    costs of a plan (picking, broken promises, an express customer's waiting).
    """

    planned_orders: int
    compared_orders: int
    shipping_minor: int
    nearest_shipping_minor: int
    cost_minor: int
    nearest_cost_minor: int


def as_routed(order: OrderToPlan, services: list[CarrierService], policy: Policy, planned_at: datetime) -> OrderToRoute:
    """The order as its own plan saw it at that business time."""
    (routed,) = problem_of(order, services, policy.routing, planned_at).orders
    return routed


def morning_problem(
    orders: Sequence[OrderToRoute], stock: Units, nodes: Sequence[NodeRow], services: Sequence[CarrierService]
) -> RoutingProblem:
    """All planned orders in the order in which they were placed, on the stock before the first of them."""
    return RoutingProblem(
        problem_id="morning",
        currency="USD",
        allow_split=True,
        nodes=tuple(
            Node(
                **node.model_dump(exclude={"name", "time_zone"}),
                activation_minor=0,
                capacity_parcels=None,
                capacity_units=None,
            )
            for node in nodes
        ),
        stock=tuple(
            StockLevel(node_id=node_id, sku=sku, quantity=quantity, scarcity_minor=0)
            for (node_id, sku), quantity in stock.items()
        ),
        services=tuple(offer.service for offer in services),
        lanes=None,
        orders=tuple(orders),
    )


def against_nearest(problem: RoutingProblem, ours: Mapping[str, PlanCost]) -> Comparison:
    """`ours` is what each of the problem's orders costs by our plan, which fills it completely."""
    filled = [planned for planned in nearest(problem).plan.orders if not planned.unfilled]
    theirs = plan_cost(problem, RoutingPlan(problem_id=problem.problem_id, orders=tuple(filled)))
    same = sum((ours[planned.order_id] for planned in filled), start=PlanCost())
    return Comparison(
        planned_orders=len(ours),
        compared_orders=len(filled),
        shipping_minor=same.shipping_minor,
        nearest_shipping_minor=theirs.shipping_minor,
        cost_minor=same.total_minor,
        nearest_cost_minor=theirs.total_minor,
    )
