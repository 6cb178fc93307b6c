"""What a text may say: the facts of every occasion, and nothing that accuses or that nobody told."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from contracts.money import Money
from contracts.outreach import Canceled, Case, Item, Occasion, Purpose, Shipped
from contracts.reasons import CancelReason
from contracts.words import Brief, Fact, FactValue
from decisions.briefs import BANNED, brief_of
from tests.words.occasions import MAILS, occasion, occasions

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
KNOWN = {
    "brand": "Northwind",
    "locale": "en-US",
    "time_zone": "America/Los_Angeles",
    "now": NOW,
    "order_number": 1001,
    "recipient": "Ana Silva",
}
MUGS = (Item(name="Stoneware mug, 350 ml", quantity=2), Item(name="Desk lamp", quantity=1))


def shipped(**changes: object) -> Shipped:
    told = {
        "items": MUGS,
        "whole": True,
        "more_follows": False,
        "carrier": "Northstar Parcel",
        "tracking_codes": ("1Z1", "1Z2"),
        "city": "Portland",
        "earliest": date(2026, 11, 27),
        "latest": date(2026, 11, 30),
    }
    return Shipped.model_validate(KNOWN | told | changes)


def canceled(**changes: object) -> Canceled:
    told = {
        "items": MUGS,
        "whole": True,
        "reason": "inventory",
        "refund": {"amount_minor": 7000, "currency": "USD"},
        "refund_by": date(2026, 12, 4),
        "released": None,
    }
    return Canceled.model_validate(KNOWN | told | changes)


def values(brief: Brief) -> dict[str, object]:
    return {fact.fact_id: fact.value for fact in brief.facts}


def test_a_shipped_mail_may_say_what_left_with_whom_and_when_it_should_come():
    assert values(brief_of(shipped())) == {
        "order": "1001",
        "now": "2026-11-24T09:00:00Z",
        "recipient": "Ana Silva",
        "zone": "America/Los_Angeles",
        "brand": "Northwind",
        "event": "All of the order was sent, has left and is on its way.",
        "item1": "Stoneware mug, 350 ml",
        "count1": 2,
        "item2": "Desk lamp",
        "count2": 1,
        "units": 3,
        "carrier": "Northstar Parcel",
        "tracking1": "1Z1",
        "tracking2": "1Z2",
        "city": "Portland",
        "earliest": "2026-11-27",
        "latest": "2026-11-30",
    }


@pytest.mark.parametrize("purpose", Purpose)
def test_every_fact_has_an_id_of_its_own(purpose: Purpose):
    for seed in range(50):
        ids = Counter(fact.fact_id for fact in brief_of(occasion(purpose, seed)).facts)
        assert max(ids.values()) == 1


@pytest.mark.parametrize("purpose", Purpose)
def test_only_now_differs_between_two_times_of_the_same_occasion(purpose: Purpose):
    told = occasion(purpose, 7)
    later = brief_of(told.model_copy(update={"now": told.now + timedelta(days=2)}))
    differing = set(brief_of(told).facts) ^ set(later.facts)
    assert {fact.fact_id for fact in differing} == {"now"}
    assert brief_of(told).model_copy(update={"facts": ()}) == later.model_copy(update={"facts": ()})


@pytest.mark.parametrize("value", ["00123", "1001", "2.50", "1e5", "2026-11-24", 3, Decimal("2.5"), True, ("a", "1")])
def test_a_fact_that_is_a_text_stays_one_when_it_is_stored(value: FactValue):
    fact = Fact(fact_id="a", name="b", value=value)
    stored = Fact.model_validate_json(fact.model_dump_json())
    assert (stored, type(stored.value)) == (fact, type(value))


@pytest.mark.parametrize("purpose", Purpose)
def test_a_brief_survives_being_stored(purpose: Purpose):
    brief = brief_of(occasion(purpose, 3))
    assert Brief.model_validate_json(brief.model_dump_json()) == brief


@pytest.mark.parametrize("told", occasions(160, 0), ids=lambda told: told.purpose)
def test_counts_of_named_and_further_products_add_up_to_all_units(told: Occasion):
    facts = values(brief_of(told))
    if "units" in facts:
        counted = [number for fact_id, number in facts.items() if fact_id.startswith("count") or fact_id == "more"]
        assert sum(number for number in counted if isinstance(number, int)) == facts["units"]


def test_of_many_products_the_first_three_are_named_and_the_others_counted():
    many = tuple(Item(name=f"Thing {letter}", quantity=2) for letter in "ABCDE")
    facts = values(brief_of(shipped(items=many)))
    assert [facts[f"item{number}"] for number in (1, 2, 3)] == ["Thing A", "Thing B", "Thing C"]
    assert "item4" not in facts
    assert (facts["more"], facts["units"]) == (4, 10)


@pytest.mark.parametrize(
    ("locale", "spoken"), [("en-US", "en-US"), ("en-GB", "en-GB"), ("en", "en"), ("de-DE", "en-US"), ("enm", "en-US")]
)
def test_the_locale_is_the_orders_if_it_is_an_english_one(locale: str, spoken: str):
    assert brief_of(shipped(locale=locale)).locale == spoken


@pytest.mark.parametrize("reason", [CancelReason.FRAUD, CancelReason.STAFF, CancelReason.OTHER])
def test_a_reason_that_is_no_business_of_the_customers_is_not_given(reason: CancelReason):
    brief = brief_of(canceled(reason=reason))
    assert not [fact for fact in brief.facts if fact.fact_id.startswith("reason")]
    assert "fraud" not in brief.model_dump_json(exclude={"banned"})


def test_a_refund_is_given_with_its_day_and_no_refund_as_nothing_charged():
    assert {"refund", "refund_by"} <= values(brief_of(canceled())).keys()
    without = values(brief_of(canceled(refund=None, refund_by=None))).keys()
    assert "uncharged" in without
    assert not {"refund", "refund_by"} & without


def test_a_refund_of_nothing_is_none():
    facts = values(brief_of(canceled(refund=Money(amount_minor=0, currency="USD"))))
    assert "refund" not in facts
    assert "uncharged" in facts


def test_an_apology_is_for_what_the_customer_did_not_ask_for():
    assert brief_of(canceled()).tone == "sorry"
    assert brief_of(canceled(reason="customer")).tone == "plain"


@pytest.mark.parametrize("purpose", MAILS)
def test_a_mail_to_a_customer_knows_the_customer_and_bans_accusing_words(purpose: Purpose):
    brief = brief_of(occasion(purpose, 1))
    assert brief.audience == "customer"
    assert {"recipient", "zone", "now"} <= values(brief).keys()
    assert brief.banned == BANNED
    assert not any(fact.internal for fact in brief.facts)


@pytest.mark.parametrize("seed", range(20))
def test_a_case_gives_staff_every_signal_and_keeps_the_points_and_the_name_inside(seed: int):
    told = occasion(Purpose.CASE_SUMMARY, seed)
    assert isinstance(told, Case)
    brief = brief_of(told)
    facts = values(brief)
    assert brief.audience == "staff"
    assert {f"signal_{signal.code}" for signal in told.assessment.signals} <= facts.keys()
    assert [fact.fact_id for fact in brief.facts if fact.internal] == ["points"]
    assert told.recipient not in facts.values()
    assert facts["delivered_before"] == told.delivered_before
