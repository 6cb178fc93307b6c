"""The planner on raw cases, step by step."""

from typing import NamedTuple

from pydantic import TypeAdapter

from contracts.refunds import (
    CapturePlan,
    PaidOrder,
    Purchase,
    Refused,
    Reversal,
    ReversalPlan,
    TenderPolicy,
    UnitsOfLine,
)
from decisions.refunds import paid_order, plan_capture, plan_capture_of_the_rest, plan_reversal
from tests.refunds.exact import Raw

Plan = CapturePlan | ReversalPlan | Refused
REVERSAL: TypeAdapter[Reversal] = TypeAdapter(Reversal)
POLICY: TypeAdapter[TenderPolicy] = TypeAdapter(TenderPolicy)


class Taken(NamedTuple):
    """A step that was planned, and the states around it."""

    step: Raw
    before: PaidOrder
    plan: Plan
    after: PaidOrder


def paid(order: Raw) -> PaidOrder:
    found = paid_order(Purchase.model_validate(order))
    assert isinstance(found, PaidOrder), found
    return found


def plan(order: PaidOrder, step: Raw, policy: str) -> Plan:
    match step["action"]:
        case "capture":
            wanted = [UnitsOfLine.model_validate(each) for each in step["units"]]
            return plan_capture(order, wanted, step["tender_use"])
        case "capture_rest":
            return plan_capture_of_the_rest(order, step["tender_use"])
        case _:
            return plan_reversal(order, REVERSAL.validate_python(step), POLICY.validate_python(policy))


def journey_of(case: Raw) -> list[Taken]:
    """Every step on the state that the earlier ones left; each plan through JSON, as it travels."""
    order, taken = paid(case["order"]), []
    for step in case["steps"]:
        planned = plan(order, step, case["tender_policy"])
        planned = type(planned).model_validate_json(planned.model_dump_json())
        after = order if isinstance(planned, Refused) else planned.after
        taken.append(Taken(step, order, planned, after))
        order = after
    return taken


def reversals_of(case: Raw) -> list[ReversalPlan]:
    """The plans of a case in which nothing is refused."""
    plans = [taken.plan for taken in journey_of(case)]
    assert not [each for each in plans if isinstance(each, Refused)], plans
    return [each for each in plans if isinstance(each, ReversalPlan)]


def codes_of(case: Raw) -> list[str]:
    """What becomes of each step: ok, or why it is refused."""
    return [each.plan.code.value if isinstance(each.plan, Refused) else "ok" for each in journey_of(case)]


def moves(planned: Plan) -> list[tuple[str, str, int]]:
    assert not isinstance(planned, Refused), planned
    return [(each.tender_id, each.action, each.amount_minor) for each in planned.tenders]
