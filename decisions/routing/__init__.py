"""Which node sends what to whom by which service: the cheapest plan, and the proof that none is cheaper."""

from decisions.routing.baselines import cheapest, fewest_splits, nearest
from decisions.routing.check import check_plan
from decisions.routing.cost import plan_cost
from decisions.routing.model import TooLargeForTheSolver
from decisions.routing.network import distance_km
from decisions.routing.solve import OutOfTime, plan_available, plan_complete_order, plan_order, prove_order
from decisions.routing.wave import Wave

__all__ = [
    "OutOfTime",
    "TooLargeForTheSolver",
    "Wave",
    "cheapest",
    "check_plan",
    "distance_km",
    "fewest_splits",
    "nearest",
    "plan_available",
    "plan_complete_order",
    "plan_cost",
    "plan_order",
    "prove_order",
]
