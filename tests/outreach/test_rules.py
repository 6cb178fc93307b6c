"""When there is something to tell, who writes next, and when it may leave."""

from datetime import UTC, datetime, time
from typing import Any

import pytest

from contracts.actors import STEWARD
from contracts.events import Event, EventType
from contracts.messages import Standing
from contracts.outreach import MessageStatus, Purpose, SuppressionReason
from contracts.policy import OutreachPolicy, WordsPolicy
from contracts.reasons import HoldReason
from contracts.words import Brief, Copy, Fact, Sentence, Verdict, Violation, WrittenBy
from decisions.messages import (
    after_attempt,
    facts_sha256,
    kind_of,
    may_have_left,
    may_leave,
    paragraphs_of,
    purposes_of,
    subject_of,
)

NOON = datetime(2026, 11, 24, 20, tzinfo=UTC)  # in Los Angeles
POLICY = OutreachPolicy()
NIGHTS_FOR_ALL = OutreachPolicy(quiet_kinds=("marketing", "service"))
PASSED = Verdict()
REJECTED = Verdict(violations=(Violation(code="money", field="body", words="$1", advice="say $2"),))


def event(type_: EventType, *, reason_code: str | None = None, **facts: Any) -> Event:
    return Event(type=type_, occurred_at=NOON, actor=STEWARD, reason_code=reason_code, facts=facts)


def standing(**changes: Any) -> Standing:
    given = {
        "kind": "service",
        "status": MessageStatus.OWED,
        "consents": False,
        "bounced": False,
        "told_already": False,
        "purchased": False,
        "time_zone": "America/Los_Angeles",
        "now": NOON,
    }
    return Standing.model_validate(given | changes)


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        (event(EventType.ORDER_CONFIRMED), (Purpose.ORDER_CONFIRMATION,)),
        (event(EventType.FULFILLMENT_SHIPPED), (Purpose.SHIPPED,)),
        (event(EventType.SHIPMENT_DELIVERED), (Purpose.DELIVERED,)),
        (event(EventType.ORDER_CANCELED), (Purpose.CANCELED,)),
        (event(EventType.ORDER_UPDATED, canceled={"1": 1}), (Purpose.CANCELED,)),
        (event(EventType.ORDER_UPDATED, lines={"1": 3}), ()),
        (
            event(EventType.ORDER_ON_HOLD, reason_code=HoldReason.HIGH_RISK_OF_FRAUD),
            (Purpose.ORDER_HELD, Purpose.CASE_SUMMARY),
        ),
        (event(EventType.ORDER_ON_HOLD, reason_code=HoldReason.AWAITING_PAYMENT), (Purpose.CARD_DECLINED,)),
        (event(EventType.ORDER_ON_HOLD, reason_code=HoldReason.INVENTORY_OUT_OF_STOCK), (Purpose.BACKORDER_CHOICE,)),
        (event(EventType.ORDER_ON_HOLD, reason_code=HoldReason.CUSTOMER_REQUEST), ()),
        (event(EventType.PAYMENT_CAPTURED), ()),
        (event(EventType.MESSAGE_SENT), ()),
    ],
)
def test_what_an_event_makes_people_be_told(happened: Event, told: tuple[Purpose, ...]) -> None:
    assert purposes_of(happened) == told


def test_parcels_and_cancels_are_each_their_own_news_and_holds_are_not() -> None:
    def subject(type_: EventType) -> str | None:
        return subject_of(event(type_).model_copy(update={"subject": "of_1001"}), 7)

    assert [subject(EventType.FULFILLMENT_SHIPPED), subject(EventType.SHIPMENT_DELIVERED)] == ["of_1001", "of_1001"]
    assert subject(EventType.ORDER_UPDATED) == "7"
    assert subject(EventType.ORDER_ON_HOLD) is None


def test_a_case_is_for_staff_and_all_else_for_the_customer() -> None:
    assert [purpose for purpose in Purpose if kind_of(purpose) == "staff"] == [Purpose.CASE_SUMMARY]


def test_what_passed_is_sent_and_what_staff_read_is_done() -> None:
    assert after_attempt("service", "model", PASSED, by_model=1, policy=WordsPolicy()) == "send"
    assert after_attempt("staff", "composer", PASSED, by_model=0, policy=WordsPolicy()) == "done"


def test_a_summary_for_staff_is_no_question_to_staff() -> None:
    assert after_attempt("staff", "composer", REJECTED, by_model=2, policy=WordsPolicy()) == "done"


def test_the_model_repairs_as_often_as_the_policy_says_then_the_composer_writes_then_a_person_decides() -> None:
    policy = WordsPolicy(repairs=2)
    by_model = [after_attempt("service", "model", REJECTED, by_model=n, policy=policy) for n in (1, 2, 3)]
    assert by_model == ["model", "model", "composer"]
    assert after_attempt("service", "composer", REJECTED, by_model=3, policy=policy) == "ask"


@pytest.mark.parametrize("code", ["writer_declined", "writer_misused"])
def test_a_model_that_will_not_write_is_not_asked_to_repair(code: str) -> None:
    verdict = Verdict(violations=(Violation(code=code, field="", words="", advice="no"),))
    assert after_attempt("service", "model", verdict, by_model=1, policy=WordsPolicy(repairs=5)) == "composer"


@pytest.mark.parametrize("kind", ["service", "marketing"])
def test_nothing_is_said_twice_and_nothing_goes_to_a_dead_address(kind: str) -> None:
    assert (
        may_leave(standing(kind=kind, consents=True, told_already=True), POLICY).reason is SuppressionReason.DUPLICATE
    )
    assert may_leave(standing(kind=kind, consents=True, bounced=True), POLICY).reason is SuppressionReason.HARD_BOUNCE


def test_marketing_needs_consent_and_stops_at_the_purchase() -> None:
    assert may_leave(standing(kind="marketing"), POLICY).reason is SuppressionReason.NO_CONSENT
    bought = standing(kind="marketing", consents=True, purchased=True)
    assert may_leave(bought, POLICY).reason is SuppressionReason.PURCHASED
    assert may_leave(standing(kind="marketing", consents=True), POLICY).outcome == "send"


def test_a_service_message_needs_neither() -> None:
    assert may_leave(standing(purchased=True), POLICY).outcome == "send"


@pytest.mark.parametrize(
    ("local", "until"),
    [
        ("2026-11-24T20:59:59-08:00", None),
        ("2026-11-24T21:00:00-08:00", "2026-11-25T08:00:00-08:00"),
        ("2026-11-25T03:00:00-08:00", "2026-11-25T08:00:00-08:00"),
        ("2026-11-25T08:00:00-08:00", None),
        ("2026-10-31T23:30:00-07:00", "2026-11-01T08:00:00-08:00"),  # the night that is an hour longer
        ("2026-03-07T22:00:00-08:00", "2026-03-08T08:00:00-07:00"),  # the night that is an hour shorter
    ],
)
def test_what_comes_at_night_waits_for_the_customers_morning(local: str, until: str | None) -> None:
    gate = may_leave(standing(now=datetime.fromisoformat(local)), NIGHTS_FOR_ALL)
    assert gate.outcome == ("send" if until is None else "defer")
    assert gate.until == (None if until is None else datetime.fromisoformat(until))


def test_quiet_hours_may_lie_within_a_day() -> None:
    siesta = OutreachPolicy(quiet_from=time(12), quiet_until=time(14), quiet_kinds=("service",))
    assert may_leave(standing(), siesta).until == datetime(2026, 11, 24, 22, tzinfo=UTC)


def test_a_try_whose_end_is_not_known_counts_for_marketing_and_is_repeated_for_service() -> None:
    assert may_have_left(MessageStatus.SENDING, "marketing")
    assert not may_have_left(MessageStatus.SENDING, "service")
    assert not may_have_left(MessageStatus.OWED, "marketing")


def test_two_briefs_say_the_same_if_only_the_time_of_writing_differs() -> None:
    def brief(**values: str) -> Brief:
        facts = tuple(Fact(fact_id=name, name=name, value=value) for name, value in values.items())
        return Brief(purpose="shipped", locale="en-US", facts=facts, limits={"body": 100})

    assert facts_sha256(brief(order="1001", now="2026-11-24")) == facts_sha256(brief(order="1001", now="2026-11-25"))
    assert facts_sha256(brief(order="1001")) != facts_sha256(brief(order="1002"))


def test_a_mail_is_read_from_the_greeting_to_the_closing() -> None:
    words = [
        ("body", "It is on its way."),
        ("subject", "On its way"),
        ("greeting", "Hello Ada,"),
        ("body", "Enjoy it."),
    ]
    sentences = tuple(Sentence(field=field, text=text) for field, text in words)
    copy = Copy(sentences=sentences, written_by=WrittenBy(writer="composer", version="1"))
    assert paragraphs_of(copy) == ("Hello Ada,", "It is on its way. Enjoy it.")
