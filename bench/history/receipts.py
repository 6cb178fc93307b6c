"""Receipts of the decisions about a past order, in the form in which the product keeps them."""

from typing import Final

from pydantic import JsonValue

from bench.history.consignments import SERVICE, PastConsignment
from bench.history.sales import Sale
from contracts.policy import RiskPolicy
from contracts.risk import RiskAssessment, RiskFacts
from contracts.routing import PlanCost
from decisions.risk import assess

_QUIET: Final = RiskFacts(
    total_minor=0,
    orders_last_day=0,
    earlier_orders=2,
    average_minor=0,
    billing_differs=False,
    disposable_email=False,
    service_level="standard",
)
_ODD: Final = {"billing_differs": True, "disposable_email": True, "earlier_orders": 0, "service_level": "express"}


def quiet(sale: Sale) -> RiskAssessment:
    """Nothing is odd about the order."""
    facts = _QUIET.model_copy(update={"total_minor": sale.total_minor, "average_minor": sale.total_minor})
    return assess(facts, RiskPolicy(), sale.order.currency)


def odd(sale: Sale) -> RiskAssessment:
    """Enough is, for a person to look at it."""
    facts = _QUIET.model_copy(update=_ODD | {"total_minor": sale.total_minor})
    return assess(facts, RiskPolicy(), sale.order.currency)


def of_risk(assessment: RiskAssessment) -> dict[str, JsonValue]:
    return {"decision": "risk", **assessment.model_dump(mode="json")}


def of_plan(consignments: list[PastConsignment]) -> dict[str, JsonValue]:
    cost = PlanCost(shipping_minor=900 * len(consignments), pick_minor=60, consignments=len(consignments))
    chosen: list[JsonValue] = [
        {
            "node_id": each.node_id,
            "service_id": SERVICE,
            "lines": [{"line_id": line_id, "quantity": quantity} for line_id, quantity in each.units.items()],
        }
        for each in consignments
    ]
    return {
        "decision": "routing",
        "inputs_hash": "0" * 64,
        "status": "optimal",
        "lower_bound_minor": cost.shipping_minor + cost.pick_minor,
        "cost": cost.model_dump(mode="json"),
        "runner_up": None,
        "chosen": chosen,
    }
