"""Nothing is lost, doubled or refunded beyond what was captured, whatever the order and the steps."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.refunds import CapturePlan, PaidOrder, Refused, ReversalPlan, UnitState
from decisions.refunds.units import worth_of_first
from tests.refunds.cases import POLICIES, USES, a_case, a_return, journey
from tests.refunds.exact import Raw, bought
from tests.refunds.planner import Taken, journey_of

RANDOM = st.randoms(use_true_random=False)
unhurried = settings(deadline=None)


def waiting(random: Random) -> Raw:
    """A sound order of which every tender is authorized."""
    order: Raw = journey(random)["order"]
    return order | {"tenders": [tender | {"state": "authorized"} for tender in order["tenders"]]}


def shuffled_units(random: Random, order: Raw) -> list[str]:
    line_ids = [line["line_id"] for line in order["lines"] for _ in range(line["quantity"])]
    random.shuffle(line_ids)
    return line_ids


def partition(random: Random, order: Raw) -> list[list[Raw]]:
    """The order's units in consignments of any size."""
    consignments: list[list[Raw]] = []
    for line_id in shuffled_units(random, order):
        if not consignments or random.random() < 0.4:
            consignments.append([])
        consignments[-1].append({"line_id": line_id, "quantity": 1})
    return consignments


def captures(random: Random, order: Raw) -> list[Raw]:
    """Captures of every unit; of the shipping alone where there is none."""
    parts = partition(random, order)
    steps = [{"action": "capture", "units": part, "tender_use": random.choice(USES)} for part in parts]
    return steps or [{"action": "capture_rest", "tender_use": random.choice(USES)}]


def accepted(steps: list[Taken]) -> list[CapturePlan | ReversalPlan]:
    plans = [taken.plan for taken in steps if not isinstance(taken.plan, Refused)]
    assert len(plans) == len(steps)
    return plans


@given(amount=st.integers(0, 10**9), quantity=st.integers(1, 10**6), data=st.data())
def test_units_are_worth_the_amount_together_and_differ_by_at_most_one(
    amount: int, quantity: int, data: st.DataObject
) -> None:
    assert worth_of_first(amount, quantity, quantity) == amount
    assert worth_of_first(amount, quantity, 0) == 0
    unit = data.draw(st.integers(1, quantity))
    worth = worth_of_first(amount, quantity, unit) - worth_of_first(amount, quantity, unit - 1)
    assert worth - amount // quantity in {0, 1}


@unhurried
@given(RANDOM)
def test_no_tender_gives_more_than_it_has_and_all_refunds_and_deductions_stay_within_the_total(random: Random) -> None:
    case = journey(random)
    total = bought(case["order"])[2]
    for taken in journey_of(case):
        for tender in taken.after.tenders:
            assert 0 <= tender.refunded_minor <= tender.captured_minor
            assert tender.authorized_minor >= 0
            assert tender.released_minor >= 0
        refunds = sum(tender.refunded_minor for tender in taken.after.tenders)
        assert taken.after.kept_minor >= 0
        assert refunds + taken.after.kept_minor <= total
        assert taken.after.refundable_minor >= 0


@unhurried
@given(RANDOM)
def test_a_plan_adds_up_and_its_tenders_carry_exactly_what_it_says(random: Random) -> None:
    case = journey(random)
    mode = case["order"]["tax_mode"]
    for taken in journey_of(case):
        plan = taken.plan
        if isinstance(plan, CapturePlan):
            assert plan.captured.charged(mode) == plan.prepaid_minor + plan.capture_minor
            assert _sum(plan, "capture") == plan.capture_minor
        elif isinstance(plan, ReversalPlan):
            given_back = plan.refund_minor + plan.released_minor + plan.fee_minor + plan.label_minor
            value = plan.refunded.charged(mode) + plan.released.charged(mode)
            goodwill = taken.step["amount_minor"] if taken.step["action"] == "goodwill" else 0
            assert value + goodwill == given_back + plan.already_given_minor
            assert _sum(plan, "refund") == plan.refund_minor
            assert _sum(plan, "void") + _sum(plan, "release") == plan.released_minor
            assert min(plan.fee_minor, plan.label_minor, plan.refund_minor, plan.already_given_minor) >= 0


@unhurried
@given(RANDOM)
def test_a_refused_step_changes_nothing(random: Random) -> None:
    case = journey(random)
    taken = journey_of(case)
    fine = [each for each in taken if not isinstance(each.plan, Refused)]
    again = journey_of(case | {"steps": [each.step for each in fine]})
    assert [each.plan for each in again] == [each.plan for each in fine]


@unhurried
@given(RANDOM)
def test_captures_of_any_partition_come_to_the_total_and_its_returns_give_it_all_back(random: Random) -> None:
    order = waiting(random)
    steps = captures(random, order)
    returns = [a_return() | {"units": part} for part in partition(random, order)]
    returns.append(a_return(shipping=True))
    taken = journey_of(a_case(order, *steps, *returns, policy=random.choice(POLICIES)))
    accepted(taken)
    paid_in_full = taken[len(steps) - 1].after
    assert [tender.captured_minor for tender in paid_in_full.tenders] == [
        tender["amount_minor"] for tender in order["tenders"]
    ]
    assert [tender.held_minor for tender in taken[-1].after.tenders] == [0] * len(order["tenders"])


@unhurried
@given(RANDOM)
def test_after_a_cancel_nothing_is_authorized_and_only_fees_and_labels_are_held(random: Random) -> None:
    case = journey(random)
    taken = journey_of(case | {"steps": [*case["steps"], {"action": "cancel"}]})
    after = taken[-1].after
    assert after.canceled
    assert after.authorized_minor == after.refundable_minor == 0
    for tender in after.tenders:
        assert tender.captured_minor + tender.released_minor == tender.amount_minor
    assert all(line.count(UnitState.OPEN, UnitState.CAPTURED) == 0 for line in after.lines)


@unhurried
@given(RANDOM)
def test_canceling_unit_by_unit_comes_to_the_same_as_canceling_the_order(random: Random) -> None:
    order = waiting(random)
    started = captures(random, order)[: random.randint(0, 2)]
    single = [
        {"action": "cancel_units", "units": [{"line_id": line_id, "quantity": 1}]}
        for line_id in shuffled_units(random, order)
    ]
    by_unit = journey_of(a_case(order, *started, *single, {"action": "cancel"}))[-1].after
    at_once = journey_of(a_case(order, *started, {"action": "cancel"}))[-1].after
    assert by_unit == at_once


@unhurried
@given(RANDOM)
def test_everything_captured_at_once_is_the_specifications_order(random: Random) -> None:
    order = waiting(random)
    returns = [step for step in journey(random)["steps"] if step["action"] in {"return", "cancel"}]
    paid = order | {"tenders": [tender | {"state": "captured"} for tender in order["tenders"]]}
    policy = random.choice(POLICIES)
    everything = {"action": "capture_rest", "tender_use": random.choice(USES)}
    _, *later = journey_of(a_case(order, everything, *returns, policy=policy))
    assert [taken.plan for taken in later] == [
        taken.plan for taken in journey_of(a_case(paid, *returns, policy=policy))
    ]


@unhurried
@given(RANDOM)
def test_the_order_of_returns_changes_neither_their_sum_nor_what_is_left(random: Random) -> None:
    order = waiting(random)
    everything = {"action": "capture_rest", "tender_use": "card_first"}
    returns = [a_return() | {"units": part} for part in partition(random, order)[: random.randint(0, 4)]]
    other_way = random.sample(returns, len(returns))
    ends = [journey_of(a_case(order, everything, *steps))[-1].after for steps in (returns, other_way)]
    assert _held(ends[0]) == _held(ends[1])
    assert ends[0].lines == ends[1].lines


def _sum(plan: CapturePlan | ReversalPlan, action: str) -> int:
    return sum(each.amount_minor for each in plan.tenders if each.action == action)


def _held(order: PaidOrder) -> list[int]:
    return [tender.held_minor for tender in order.tenders]
