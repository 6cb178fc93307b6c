"""Amounts, times and sentences as people read them."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from pydantic import JsonValue

from console import questions
from console.effects import effects
from console.events import said
from console.headlines import order_headline
from console.receipts import receipt
from console.refusals import kindly
from console.timeline import called, entries
from console.words import Times, amount, listed
from contracts.actors import STEWARD, Actor
from contracts.approvals import QuestionKind
from contracts.door import DECIDE, Principal
from contracts.events import EventType
from contracts.problems import Refused
from contracts.states import ApprovalStatus, OrderStatus
from contracts.waiting import node_to_accept
from tests.console.files import NOW, event, file, order, question

CHICAGO = Times(now=NOW, zone="America/Chicago")


@pytest.mark.parametrize(
    ("minor", "currency", "read"),
    [
        (104_823, "USD", "1,048.23 USD"),
        (-5, "USD", "-0.05 USD"),
        (1_234_567, "JPY", "1,234,567 JPY"),
        (5, "KWD", "0.005 KWD"),
    ],
)
def test_amounts_have_their_currency_s_decimals(minor: int, currency: str, read: str) -> None:
    assert amount(minor, currency) == read


def test_lists_end_with_and() -> None:
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("from_now", "read"),
    [
        (timedelta(hours=2), "16:00 CST"),
        (timedelta(days=1), "Wed 25 Nov, 14:00 CST"),
        (timedelta(days=60), "Sat 23 Jan 2027, 14:00 CST"),
        (timedelta(days=-120), "Mon 27 Jul, 15:00 CDT"),
    ],
)
def test_a_time_is_read_in_the_merchant_s_zone(from_now: timedelta, read: str) -> None:
    assert CHICAGO.short(NOW + from_now) == read


@pytest.mark.parametrize(
    ("from_now", "read"),
    [
        (timedelta(seconds=30), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=-59), "59 minutes ago"),
        (timedelta(hours=3, minutes=59), "in 3 hours"),
        (timedelta(days=1, hours=2), "in 1 day 2 hours"),
        (timedelta(days=9, hours=2), "in 9 days"),
    ],
)
def test_a_time_is_read_from_now(from_now: timedelta, read: str) -> None:
    assert CHICAGO.relative(NOW + from_now) == read


def test_both_hours_of_a_night_that_has_one_twice_are_told_apart() -> None:
    first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (6, 7))
    assert (CHICAGO.exact(first)[-9:], CHICAGO.exact(second)[-9:]) == ("01:30 CDT", "01:30 CST")


def test_an_order_says_whom_it_waits_for_and_until_when() -> None:
    waiting = order(waiting_on=node_to_accept("Store Oakland"), waiting_until=NOW + timedelta(hours=2))
    assert order_headline(waiting, CHICAGO) == "Waiting for Store Oakland to accept, until 16:00 CST"
    late = order(waiting_on="payment provider", waiting_until=NOW - timedelta(hours=2))
    assert order_headline(late, CHICAGO) == "Waiting for the payment provider: overdue since 12:00 CST"


@pytest.mark.parametrize("status", [status for status in OrderStatus if status.is_final])
def test_an_order_that_has_ended_says_how(status: OrderStatus) -> None:
    ended = order_headline(order(status=status, cancel_reason="customer"), CHICAGO)
    assert ended.split()[0].strip(":") in {"Complete", "Canceled", "Failed"}


@pytest.mark.parametrize("type_", list(EventType))
def test_every_event_is_a_sentence_even_without_facts(type_: EventType) -> None:
    sentence = said(event(type_), file())
    assert sentence[0].isupper()
    assert not {"{", "}", "_", "None"} & set(sentence)
    assert "  " not in sentence


def test_events_name_places_products_and_amounts() -> None:
    money = {"amount_minor": 4823, "currency": "USD"}
    assert said(event("payment.captured", amount=money), file()) == "48.23 USD was charged"
    assert said(event("payment.failed", amount=money, code="card_declined"), file()) == (
        "The payment provider refused 48.23 USD (card declined)"
    )
    rejected = event("fulfillment.rejected", number="1001-1", sku="MUG-01", quantity=2)
    assert said(rejected, file()) == "Its node does not send 2 of Mug of consignment 1001-1"
    assert said(event("order.updated", canceled={"1": 1}), file()).replace("\xa0", " ") == (
        "The order was changed: 1 \N{MULTIPLICATION SIGN} Mug canceled"
    )


def test_who_did_it_is_called_by_name() -> None:
    actors = [
        Actor(type="user", id="stf_1"),
        Actor(type="api_key", id="k1"),
        STEWARD,
        Actor(type="system", id="dc-reno"),
    ]
    assert [called(actor, file().names) for actor in actors] == ["ana", "shop", "Steward", "Warehouse Reno"]


def test_the_timeline_is_in_the_order_in_which_it_happened() -> None:
    late_scan = event("shipment.delivered").model_copy(update={"sequence": 2, "occurred_at": NOW - timedelta(hours=1)})
    told = entries(file(order(timeline=[event("order.placed"), late_scan])))
    assert [entry.position for entry in told] == [2, 1]


@pytest.mark.parametrize("kind", get_args(QuestionKind))
def test_every_question_has_a_headline_and_says_what_either_answer_changes(kind: QuestionKind) -> None:
    asked = question(kind)
    assert "1001" in questions.headline(asked)
    assert ("20.00 USD" in questions.headline(asked)) == (kind != "message")  # no money is in question there
    changed = effects(asked)
    assert changed.yes.answer != changed.no.answer
    assert changed.without.startswith("Without an answer it counts as refused")


@pytest.mark.parametrize(
    ("asked", "facts", "no"),
    [
        (
            "Should it be asked again? If not, it was paid back by other means.",
            {},
            "it counts as paid back by other means.",
        ),
        ("Pay it back by other means: is that done?", {}, "it stays owed, and is asked for again."),
        ("Pay it back by other means: is that done?", {"not_captured": {}}, "nothing is owed."),
    ],
)
def test_what_a_no_to_a_refused_refund_means_depends_on_what_can_be_done(
    asked: str, facts: dict[str, object], no: str
) -> None:
    assert effects(question("refused_refund", question=asked, facts=facts)).no.answer == no


def test_who_may_not_decide_is_told_why() -> None:
    support = Principal(key_id="stf_1", owner="staff:stf_1", scopes=frozenset({f"{DECIDE}:risk"}), kind="user")
    nobody = support.model_copy(update={"scopes": frozenset()})
    own = question(requested_by=support.actor)
    assert questions.permission(question(), support).granted
    assert "“risk”" in questions.permission(question(), nobody).why
    assert "yourself" in questions.permission(own, support).why
    assert "over" in questions.permission(question(allowed_actions=[]), support).why


@pytest.mark.parametrize("status", list(ApprovalStatus))
def test_a_question_that_is_over_says_how(status: ApprovalStatus) -> None:
    assert questions.over(question(status=status, allowed_actions=[])).endswith(".")


def test_a_refusal_that_nobody_foresaw_is_said_all_the_same() -> None:
    assert "Nothing was decided: too odd." in kindly(Refused(409, "odd", "too odd")).advice


def test_a_receipt_of_another_kind_is_left_out_and_breaks_nothing() -> None:
    assert receipt({"decision": "horoscope"}, file()) is None
    assert receipt({"decision": "routing", "chosen": "nonsense"}, file()) is None


def test_a_receipt_of_a_shortage_says_what_there_was() -> None:
    lines: list[JsonValue] = [{"line_id": "1", "sku": "MUG-01", "wanted": 3, "on_hand": 2, "in_reach": 1}]
    short = receipt({"decision": "routing", "outcome": "unfillable", "inputs_hash": "0" * 64, "lines": lines}, file())
    assert short is not None
    assert short.rows[0].chosen == "3 wanted, 2 on hand, 1 where some service takes them from"
