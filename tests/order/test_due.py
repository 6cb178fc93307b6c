"""What is due, and what a cancel takes: rule by rule, and one order driven through whatever can happen to it."""

import random
from collections import Counter
from collections.abc import Callable

import pytest

from contracts.additions import NewLine
from contracts.ids import FulfillmentId, Sku
from contracts.order_state import ConsignmentStage, ConsignmentState, Due, LineState, LineUnits, OrderState, Recall
from contracts.refunds import (
    CancelUnits,
    CapturePlan,
    PaidOrder,
    Purchase,
    PurchaseLine,
    PurchaseTender,
    Refused,
    ReversalPlan,
    TenderUse,
    UnitsOfLine,
    UnitState,
)
from contracts.states import OrderStatus
from decisions.addition import addition_of, with_addition
from decisions.cancellation import (
    after_canceling,
    after_losing,
    allowed_actions,
    cancelable,
    canceled_now,
    ends_the_order,
    open_units,
    with_cancel_requested,
)
from decisions.due import next_due, to_capture
from decisions.refunds import paid_order, plan_capture, plan_capture_of_the_rest, plan_reversal
from decisions.refunds.units import open_value
from decisions.totals import purchase_totals

Fits = Callable[[ConsignmentState], bool]
AT_NODE, ON_THE_WAY, DELIVERED = ConsignmentStage.AT_NODE, ConsignmentStage.ON_THE_WAY, ConsignmentStage.DELIVERED
MOST_LINES = 8
BACK, FAILED = ConsignmentStage.BACK, ConsignmentStage.FAILED


def consignment(number: int, stage: ConsignmentStage, recall: Recall = Recall.NONE, **units: int) -> ConsignmentState:
    return ConsignmentState(
        fulfillment_id=FulfillmentId(f"ful_{number}"), number=f"1001-{number}", stage=stage, recall=recall, units=units
    )


def state(*consignments: ConsignmentState, a: int = 3, b: int = 0, **changes: object) -> OrderState:
    lines = [LineState(line_id="a", quantity=a)] + ([LineState(line_id="b", quantity=b)] if b else [])
    return OrderState(lines=lines, consignments=list(consignments)).model_copy(update=changes)


def line(**changes: int) -> list[LineState]:
    return [LineState(line_id="a", quantity=3).model_copy(update=changes)]


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (state(), Due.PLAN),
        (state(on_hold=True), Due.WAIT),
        (state(waits_for_stock=True), Due.WAIT),
        (state(consignment(1, AT_NODE, a=3)), Due.WAIT),
        (state(consignment(1, AT_NODE, a=2)), Due.PLAN),
        (state(consignment(1, BACK, a=3)), Due.PLAN),
        (state(consignment(1, FAILED, a=3)), Due.PLAN),
        (state(consignment(1, ON_THE_WAY, a=3)), Due.CAPTURE),
        (state(consignment(1, ON_THE_WAY, a=3), lines=line(captured=3)), Due.WAIT),
        (state(consignment(1, DELIVERED, a=3), lines=line(captured=3)), Due.CLOSE),
        (state(consignment(1, DELIVERED, a=3), lines=line(captured=3), to_settle=True), Due.SETTLE),
        (state(consignment(1, DELIVERED, a=2), lines=line(captured=2, canceled=1)), Due.CLOSE),
        (state(lines=line(cancel_requested=3)), Due.CANCEL_UNITS),
        (state(consignment(1, AT_NODE, Recall.REQUESTED, a=3), lines=line(cancel_requested=1)), Due.WAIT),
        (state(consignment(1, AT_NODE, Recall.REFUSED, a=3), lines=line(cancel_requested=1)), Due.CANCEL_UNITS),
        (state(lines=line(canceled=3)), Due.CLOSE),
    ],
)
def test_what_is_due(at: OrderState, due: Due) -> None:
    assert next_due(at) is due


def test_units_that_left_are_captured_and_where_only_one_capture_is_possible_all_that_may_follow() -> None:
    half = state(consignment(1, ON_THE_WAY, a=1), consignment(2, AT_NODE, a=2), b=1)
    assert to_capture(half) == {"a": 1}
    assert to_capture(half.model_copy(update={"one_capture": True})) == {"a": 3, "b": 1}
    assert to_capture(state(consignment(1, AT_NODE, a=3), one_capture=True)) == {}


def test_where_only_one_capture_is_possible_what_was_added_after_it_is_captured_when_it_leaves() -> None:
    captured = [LineState(line_id="a", quantity=3, captured=3), LineState(line_id="b", quantity=2)]
    at_node = state(consignment(1, ON_THE_WAY, a=3), consignment(2, AT_NODE, b=1), one_capture=True)
    added = at_node.model_copy(update={"lines": captured})
    assert to_capture(added) == {}
    left = [each.model_copy(update={"stage": ON_THE_WAY}) for each in added.consignments]
    assert to_capture(added.model_copy(update={"consignments": left})) == {"b": 2}


def test_what_is_sent_again_is_not_captured_again() -> None:
    again = state(consignment(1, FAILED, a=3), consignment(2, ON_THE_WAY, a=3), lines=line(captured=3))
    assert to_capture(again) == {}


def test_what_left_or_will_not_be_given_back_cannot_be_canceled() -> None:
    mixed = state(
        consignment(1, ON_THE_WAY, a=1), consignment(2, AT_NODE, Recall.REFUSED, a=1), consignment(3, AT_NODE, a=2), a=5
    )
    assert cancelable(mixed) == {"a": 3}
    assert cancelable(with_cancel_requested(mixed, {"a": 2})) == {"a": 1}


def test_a_cancel_recalls_no_more_consignments_than_it_has_to() -> None:
    at = state(consignment(1, AT_NODE, a=1), consignment(2, AT_NODE, a=2, b=1), b=2, a=4)
    free = with_cancel_requested(at, {"a": 1})
    assert [each.recall for each in free.consignments] == [Recall.NONE, Recall.NONE]
    one = with_cancel_requested(at, {"a": 2})
    assert [each.recall for each in one.consignments] == [Recall.REQUESTED, Recall.NONE]
    other = with_cancel_requested(at, {"b": 2})
    assert [each.recall for each in other.consignments] == [Recall.NONE, Recall.REQUESTED]


def test_an_order_is_over_when_all_that_is_left_of_it_is_to_be_canceled() -> None:
    assert ends_the_order(with_cancel_requested(state(), {"a": 3}))
    assert not ends_the_order(with_cancel_requested(state(), {"a": 2}))


@pytest.mark.parametrize("status", OrderStatus)
def test_what_can_be_canceled_may_be_unless_the_order_is_closed(status: OrderStatus) -> None:
    assert allowed_actions(status, state()) == ([] if status.is_final else ["cancel", "edit", "hold"])
    assert allowed_actions(status, state(consignment(1, ON_THE_WAY, a=3))) == []


@pytest.mark.parametrize("status", OrderStatus)
def test_who_was_declined_may_pay_and_who_is_short_may_choose(status: OrderStatus) -> None:
    open_ones = [] if status.is_final else ["cancel", "edit", "hold"]
    pay = ["pay"] if status is OrderStatus.CUSTOMER_ACTION_REQUIRED else []
    assert set(allowed_actions(status, state(declined=True))) == {*open_ones, *pay}
    choose = [] if status.is_final else ["choose"]
    assert set(allowed_actions(status, state(short=True))) == {*open_ones, *choose}


def _made(number: int, units: Counter[str]) -> ConsignmentState:
    return consignment(number, AT_NODE).model_copy(update={"units": dict(units)})


class Order:
    """One order and its money, to which anything may happen that the world allows."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        bought = self._bought()
        paid = paid_order(bought)
        assert isinstance(paid, PaidOrder)
        self.money = paid
        self.state = OrderState(
            lines=[LineState(line_id=each.line_id, quantity=each.quantity) for each in bought.lines],
            consignments=[],
            one_capture=rng.random() < 0.2,
        )

    def _bought(self) -> Purchase:
        lines = tuple(
            PurchaseLine(
                line_id=line_id,
                quantity=self.rng.randint(1, 5),
                unit_price_minor=self.rng.randint(0, 5_000),
                discount_minor=0,
                tax_rate=self.rng.choice(["0", "0.0825", "0.19"]),
            )
            for line_id in "abc"[: self.rng.randint(1, 3)]
        )
        bought = Purchase(
            currency="USD",
            tax_mode=self.rng.choice(["exclusive", "inclusive"]),
            lines=lines,
            order_discount_minor=0,
            shipping_minor=self.rng.choice([0, 495]),
            shipping_tax_rate="0.0825",
            tenders=(),
        )
        total = purchase_totals(bought).total_minor
        gift = self.rng.randint(0, total) if self.rng.random() < 0.4 else 0
        tenders = [("card", total - gift), ("gift_card", gift)]
        return bought.model_copy(
            update={
                "tenders": tuple(
                    PurchaseTender.model_validate(
                        {"tender_id": kind, "kind": kind, "amount_minor": amount, "state": "authorized"}
                    )
                    for kind, amount in tenders
                )
            }
        )

    # What the world does

    def customer_cancels(self) -> None:
        possible = cancelable(self.state)
        wanted = {line_id: self.rng.randint(0, most) for line_id, most in possible.items()}
        if units := +Counter(wanted if self.rng.random() < 0.7 else possible):
            self.state = with_cancel_requested(self.state, units)

    def customer_adds(self) -> None:
        """While there is something that has not left, and the order is not to be canceled as a whole."""
        if not cancelable(self.state) or len(self.money.lines) > MOST_LINES:
            return
        number = len(self.money.tenders)
        more = NewLine(
            line_id=f"add{number}",
            sku=Sku("any"),
            quantity=self.rng.randint(1, 3),
            unit_price_minor=self.rng.randint(0, 5_000),
            discount_minor=0,
            tax_rate=self.rng.choice(["0", "0.0825", "0.19"]),
        )
        addition = addition_of([more], number=number, currency="USD", tax_mode=self.money.tax_mode)
        self.money = with_addition(self.money, addition)
        lines = [*self.state.lines, LineState(line_id=more.line_id, quantity=more.quantity)]
        self.state = self.state.model_copy(update={"lines": lines})

    def node_hands_over(self) -> None:
        self._move(AT_NODE, ON_THE_WAY, lambda each: each.recall is not Recall.REQUESTED)

    def node_gives_back(self) -> None:
        self._move(AT_NODE, BACK, lambda each: each.recall is Recall.REQUESTED)

    def node_refuses_to_give_back(self) -> None:
        if chosen := self._some(lambda each: each.stage is AT_NODE and each.recall is Recall.REQUESTED):
            self._change(chosen, recall=Recall.REFUSED)

    def node_rejects_some(self) -> None:
        if chosen := self._some(lambda each: each.stage is AT_NODE):
            left = {line_id: self.rng.randint(0, quantity) for line_id, quantity in chosen.units.items()}
            self._change(chosen, units=left, stage=AT_NODE if any(left.values()) else BACK)

    def carrier_delivers(self) -> None:
        self._move(ON_THE_WAY, DELIVERED, lambda _: True)

    def carrier_loses(self) -> None:
        """Some parcels of a consignment, or all: what is lost is sent again or, for half of them, given up."""
        self._lose(ON_THE_WAY, FAILED)

    def customer_claims(self) -> None:
        """What was delivered, the carrier says."""
        self._lose(DELIVERED, FAILED)

    def _lose(self, stage: ConsignmentStage, when_empty: ConsignmentStage) -> None:
        if chosen := self._some(lambda each: each.stage is stage):
            units = {line_id: self.rng.randint(0, quantity) for line_id, quantity in chosen.units.items()}
            self.state = after_losing(self.state, chosen.number, units, again=self.rng.random() < 0.5)
            (left,) = [each for each in self.state.consignments if each.number == chosen.number]
            if not any(left.units.values()):
                self._change(left, stage=when_empty)

    # What the process does

    def take_step(self) -> Due:
        match due := next_due(self.state):
            case Due.CANCEL_UNITS:
                self._cancel_units()
            case Due.CAPTURE:
                self._capture()
            case Due.PLAN:
                self._plan()
        return due

    def _cancel_units(self) -> None:
        units, after = canceled_now(self.state), after_canceling(self.state)
        assert after != self.state
        self.state = after
        if units:
            self._pay(plan_reversal(self.money, CancelUnits(units=wanted(units)), "gift_card_last"))

    def _capture(self) -> None:
        units = to_capture(self.state)
        whole = self.state.one_capture
        use: TenderUse = "gift_card_first"
        self._pay(plan_capture_of_the_rest(self.money, use) if whole else plan_capture(self.money, wanted(units), use))

    def _pay(self, plan: CapturePlan | ReversalPlan | Refused) -> None:
        assert not isinstance(plan, Refused), plan
        self.money = plan.after
        paid = {each.line_id: each.count(UnitState.CAPTURED) for each in self.money.lines}
        lines = [each.model_copy(update={"captured": paid[each.line_id]}) for each in self.state.lines]
        self.state = self.state.model_copy(update={"lines": lines})

    def _plan(self) -> None:
        parts: list[Counter[str]] = [Counter() for _ in range(self.rng.randint(1, 3))]
        for line_id in open_units(self.state).elements():
            self.rng.choice(parts)[line_id] += 1
        first = len(self.state.consignments) + 1
        made = [_made(number, part) for number, part in enumerate(filter(None, parts), start=first)]
        self.state = self.state.model_copy(update={"consignments": self.state.consignments + made})

    def _some(self, fits: Fits) -> ConsignmentState | None:
        fitting = [each for each in self.state.consignments if fits(each)]
        return self.rng.choice(fitting) if fitting else None

    def _move(self, source: ConsignmentStage, target: ConsignmentStage, fits: Fits) -> None:
        if chosen := self._some(lambda each: each.stage is source and fits(each)):
            self._change(chosen, stage=target)

    def _change(self, chosen: ConsignmentState, **changes: object) -> None:
        changed = [each.model_copy(update=changes) if each == chosen else each for each in self.state.consignments]
        self.state = self.state.model_copy(update={"consignments": changed})

    # What must always hold

    def check(self) -> None:
        for each in self.state.lines:
            assert open_units(self.state)[each.line_id] >= 0
            assert 0 <= each.canceled + each.cancel_requested <= each.quantity
        for tender in self.money.tenders:
            assert 0 <= tender.refunded_minor <= tender.captured_minor
            assert tender.captured_minor + tender.released_minor <= tender.amount_minor
        assert self.money.authorized_minor == open_value(self.money)

    def check_the_end(self) -> None:
        """What is kept of the money is what the delivered units are worth, with the shipping if there are any."""
        delivered = self.state.in_stages(DELIVERED)
        kept = sum(tender.held_minor for tender in self.money.tenders)
        for each in self.money.lines:
            assert each.count(UnitState.CAPTURED) == delivered[each.line_id]
            assert each.count(UnitState.OPEN) == 0
        if not +delivered:
            assert kept == 0
        assert self.money.authorized_minor == 0


def wanted(units: LineUnits) -> tuple[UnitsOfLine, ...]:
    return tuple(UnitsOfLine(line_id=line_id, quantity=quantity) for line_id, quantity in units.items())


def lead_a_life(seed: int) -> None:
    order = Order(random.Random(seed))
    world = [
        order.customer_cancels,
        order.customer_adds,
        order.node_hands_over,
        order.node_gives_back,
        order.node_refuses_to_give_back,
        order.node_rejects_some,
        order.carrier_delivers,
        order.carrier_loses,
    ]
    for _ in range(order.rng.randint(0, 25)):
        order.take_step() if order.rng.random() < 0.6 else order.rng.choice(world)()
        order.check()
    for _ in range(500):
        due = order.take_step()
        order.check()
        if due is Due.CLOSE:
            order.check_the_end()
            return
        if due is Due.WAIT:  # then there is somebody to be waited for, and the patient ones come to an end
            before = order.state
            for happens in (order.node_gives_back, order.node_hands_over, order.carrier_delivers):
                happens()
            assert order.state != before, f"nobody is waited for: {order.state}"
    raise AssertionError(f"it never ends: {order.state}")


def test_whatever_happens_to_an_order_its_units_and_money_add_up_and_it_ends() -> None:
    for seed in range(1_000):
        lead_a_life(seed)


@pytest.mark.long
def test_whatever_happens_to_ten_thousand_orders_they_add_up_and_end() -> None:
    for seed in range(1_000, 11_000):
        lead_a_life(seed)
