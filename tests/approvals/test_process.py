"""A held order and the people it asks: two of them, somebody else in time, changes first, or a decision by hand."""

from typing import Any
from uuid import uuid4

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from contracts.approvals import ApprovalView, Choice, DecideApproval
from contracts.door import Knock, Principal
from contracts.order_view import OrderView
from contracts.policy import ApprovalPolicy, Policy
from contracts.reasons import CancelReason
from contracts.states import ApprovalStatus, OrderStatus
from tests.order.business import Business
from tests.order.chronicle import steps_done, timers
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.test_review import held, risky


async def question(business: Business) -> ApprovalView:
    (found,) = await business.questions()
    return found


async def say(business: Business, choice: Choice, *, by: str = "ana") -> None:
    """On the version that is the newest."""
    asked = await question(business)
    decision = DecideApproval(choice=choice, version=asked.version, note=None if choice == "approved" else "a reason")
    person = Principal(key_id=by, owner="staff", scopes=frozenset({"approvals:decide:risk"}))
    knock = Knock.of(person, f"POST /v1/approvals/{asked.id}/decision", uuid4().hex, decision)
    await business.deliver((await business._approval_door.decide(knock, asked.id, decision)).wakeups)


async def two_from(business: Business, amount_minor: int) -> None:
    limits = ApprovalPolicy(two_approvers_from_minor=amount_minor)
    await business.policies.store(Policy(approvals=limits))


async def assert_delivered(business: Business, order: OrderView) -> None:
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    await business.assert_nothing_is_left_open()


async def assert_still_waits(business: Business, order: OrderView) -> None:
    assert (await business.show(order)).status.order is OrderStatus.ON_HOLD
    await business.decide(order, "rejected")
    assert (await business.result(order)).reason is CancelReason.FRAUD


@both_ways
async def test_an_order_over_the_limit_goes_on_when_a_second_person_approves(business: Business) -> None:
    business.everybody_is_prompt()
    await two_from(business, 4_823)
    order = await held(business)
    await say(business, "approved", by="ana")
    assert (await question(business)).status is ApprovalStatus.PENDING
    assert business.payments.calls["authorize"] == 0
    await say(business, "approved", by="ben")
    await assert_delivered(business, order)
    story = happened(await business.show(order))
    assert story.index("approval.voted") < story.index("approval.decided") < story.index("payment.authorized")


async def test_an_order_under_the_limit_goes_on_when_one_person_approves(business: Business) -> None:
    business.everybody_is_prompt()
    await two_from(business, 4_824)
    order = await held(business)
    await say(business, "approved")
    await assert_delivered(business, order)


@both_ways
async def test_an_order_waits_on_after_changes_were_requested_and_is_decided_then(business: Business) -> None:
    business.everybody_is_prompt()
    order = await held(business)
    await say(business, "changes_requested")
    await business.until(order, lambda view: happened(view).count("approval.requested") == 2)
    anew = await question(business)
    assert (anew.status, anew.plan_version) == (ApprovalStatus.PENDING, 2)
    assert (await business.show(order)).status.order is OrderStatus.ON_HOLD
    await say(business, "approved")
    await assert_delivered(business, order)


@both_ways
async def test_a_question_nobody_answers_is_escalated_a_day_before_it_expires(business: Business) -> None:
    order = await business.place(risky(), skipping=True)
    assert (await business.result(order)).reason is CancelReason.OTHER
    asked = await question(business)
    assert (asked.status, asked.required_role) == (ApprovalStatus.EXPIRED, "lead")
    told = {entry.type: entry.occurred_at for entry in (await business.show(order)).timeline}
    before = asked.due_at - told["approval.escalated"]
    assert told["approval.escalated"] == asked.escalated_at
    assert ApprovalPolicy().escalate_before.total_seconds() - 60 < before.total_seconds()
    assert before <= ApprovalPolicy().escalate_before
    history = await business.process(order).fetch_history()
    assert len(timers(history)) == 2
    assert steps_done(history).count("approvals.settle") == 3


@both_ways
async def test_a_decision_by_hand_moves_the_order_that_asked(business: Business) -> None:
    business.everybody_is_prompt()
    order = await held(business)
    asked = await question(business)
    await business.process(order).signal("decide", {"approval_id": asked.id, "choice": "approved"})
    await assert_delivered(business, order)
    by = (await question(business)).decided_by
    assert by is not None
    assert (by.type, by.id) == ("user", "operator:unverified")


async def test_a_decision_by_hand_asks_for_changes_like_any(business: Business) -> None:
    order = await held(business)
    asked = await question(business)
    said = {"approval_id": asked.id, "choice": "changes_requested", "note": "a reason"}
    await business.process(order).signal("decide", said)
    await business.until(order, lambda view: happened(view).count("approval.requested") == 2)
    await assert_still_waits(business, order)


async def test_a_decision_by_hand_is_not_one_of_two(business: Business) -> None:
    await two_from(business, 0)
    order = await held(business)
    asked = await question(business)
    for _ in range(2):
        await business.process(order).signal("decide", {"approval_id": asked.id, "choice": "approved"})
    await business.until(order, lambda view: happened(view).count("approval.decide_ignored") == 2)
    assert (await question(business)).votes == []
    await assert_still_waits(business, order)


GARBAGE: list[list[Any]] = [
    [],
    [None],
    ["approved"],
    [["approved"]],
    [{}],
    [{"choice": "approved"}],
    [{"approval_id": "apr_0", "choice": "approved"}],
    [{"approval_id": {"id": "apr_0"}}, 5],
    [float("inf"), 10**30],
    [b"\xff\x00"],
]


@both_ways
async def test_garbage_by_hand_is_heard_and_changes_nothing(business: Business) -> None:
    order = await held(business)
    process = business.process(order)
    for given in GARBAGE:
        await process.signal("decide", args=given)
    await business.until_step(process, "approvals.decide_by_hand", len(GARBAGE))
    assert happened(await business.show(order)) == happened(order)
    await assert_still_waits(business, order)


async def test_garbage_about_its_question_is_recorded_and_changes_nothing(business: Business) -> None:
    order = await held(business)
    asked = await question(business)
    for said in ({"choice": "maybe"}, {"choice": "rejected"}, {"choice": "approved", "note": 5}, {}):
        await business.process(order).signal("decide", {"approval_id": asked.id, **said})
    shown = await business.until(order, lambda view: happened(view).count("approval.decide_ignored") == 4)
    assert [entry.facts for entry in shown.timeline[-4:]] == [{"reason": "invalid_decision"}] * 4
    assert (await question(business)).version == asked.version
    await assert_still_waits(business, order)


async def test_a_question_of_another_order_is_not_decided_by_hand_here(business: Business) -> None:
    order, other = await held(business), await held(business)
    (of_other,) = [item for item in await business.questions() if item.order_id == other.id]
    process = business.process(order)
    await process.signal("decide", {"approval_id": of_other.id, "choice": "approved"})
    await business.until_step(process, "approvals.decide_by_hand")
    assert [item.status for item in await business.questions()] == [ApprovalStatus.PENDING] * 2
    for each in (order, other):
        assert happened(await business.show(each)) == happened(each)
    await assert_still_waits(business, order)
    await assert_still_waits(business, other)


async def test_a_decision_by_hand_that_comes_too_late_is_recorded_and_stops_nothing(business: Business) -> None:
    order = await held(business)
    asked = await question(business)
    await say(business, "approved")
    await business.until_called(business.nodes.calls, "request")
    await business.process(order).signal("decide", {"approval_id": asked.id, "choice": "rejected", "note": "no"})
    await business.until_told(order, "approval.decide_ignored")
    assert (await question(business)).status is ApprovalStatus.APPROVED
    for fact in ("accepted", "packed"):
        await business.node_tells(business.consignment(order), fact)
    await business.until_told(order, "payment.captured")


async def test_what_no_converter_can_read_by_hand_stops_nothing(business: Business) -> None:
    order = await held(business)
    nobodys = Payload(metadata={"encoding": b"json/nobodys"}, data=b"?")
    await business.process(order).signal("decide", RawValue(nobodys))
    await assert_still_waits(business, order)
