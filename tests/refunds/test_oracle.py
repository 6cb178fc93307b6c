"""The planner against the oracle: the same result for every step of seeded cases."""

from random import Random

import pytest

from bench.refunds import RefundCase, results
from contracts.refunds import CapturePlan, Refused
from tests.refunds.cases import journey, seeded
from tests.refunds.exact import Raw, bought, is_sound
from tests.refunds.oracle import expected, outcomes
from tests.refunds.planner import Plan, journey_of

FEW, MANY = 300, 10_000


def told(planned: Plan) -> Raw:
    """The plan in the oracle's words."""
    if isinstance(planned, Refused):
        return planned.model_dump(mode="json")
    ours = {"after", "capture_decimal"} if isinstance(planned, CapturePlan) else {"after"}
    return planned.model_dump(mode="json", exclude=ours)


def same_specified(seeds: range) -> None:
    for seed in seeds:
        case = seeded(Random(seed))
        found = results(RefundCase.model_validate(case | {"expect": []}))
        assert found == expected(case), seed


def same_journeys(seeds: range) -> None:
    for seed in seeds:
        case = journey(Random(seed))
        assert [told(each.plan) for each in journey_of(case)] == outcomes(case), seed


def test_returns_and_cancels_come_out_as_the_specification_says() -> None:
    same_specified(range(FEW))


def test_every_kind_of_step_in_any_order_comes_out_as_the_rules_say() -> None:
    same_journeys(range(FEW))


@pytest.mark.long
@pytest.mark.timeout(600)
def test_ten_thousand_cases_of_returns_and_cancels_do() -> None:
    same_specified(range(FEW, FEW + MANY))


@pytest.mark.long
@pytest.mark.timeout(600)
def test_ten_thousand_journeys_do() -> None:
    same_journeys(range(FEW, FEW + MANY))


def test_the_seeded_cases_meet_every_refusal_and_every_kind_of_action() -> None:
    cases = [seeded(Random(seed)) for seed in range(FEW)] + [journey(Random(seed)) for seed in range(FEW)]
    met = [result for case in cases for result in outcomes(case)]
    codes = {result["code"] for result in met if result["result"] == "refused"}
    assert codes == {
        "invalid_order", "already_canceled", "not_captured", "unknown_line", "invalid_quantity", "invalid_amount",
        "over_return", "over_cancel", "over_capture", "exceeds_captured", "shipping_already_refunded",
        "nothing_to_refund", "nothing_to_cancel", "nothing_to_capture",
    }  # fmt: skip
    done = [result for result in met if result["result"] == "ok"]
    assert {action["action"] for result in done for action in result["tenders"]} == {
        "capture", "refund", "void", "release",
    }  # fmt: skip
    assert all(any(result.get(figure) for result in done) for figure in ("prepaid_minor", "already_given_minor"))


def test_the_oracles_units_come_to_the_orders_total() -> None:
    """The oracle itself, where it can be checked without itself."""
    for seed in range(FEW):
        order = seeded(Random(seed))["order"]
        if not is_sound(order):
            continue
        pieces, shipping, total = bought(order)
        goods = sum(line["quantity"] * line["unit_price_minor"] - line["discount_minor"] for line in order["lines"])
        assert sum(piece.goods for piece in pieces) == goods - order["order_discount_minor"]
        on_top = sum(piece.tax for piece in pieces) + shipping.tax if order["tax_mode"] == "exclusive" else 0
        assert goods - order["order_discount_minor"] + shipping.goods + on_top == total
