"""The composer's texts: the same for the same seed, true to the brief, right in form, and of many shapes."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from contracts.outreach import Case, Delivered, Item, Purpose
from contracts.reasons import CancelReason
from contracts.words import Brief, Copy, Sentence
from decisions.briefs import brief_of
from decisions.composer import compose
from tests.words.masks import skeletons, topics
from tests.words.occasions import MAILS, occasion, occasions
from tests.words.test_briefs import KNOWN, canceled, shipped

UNTOLD = (CancelReason.FRAUD, CancelReason.STAFF, CancelReason.OTHER)
ACCUSING = ("fraud", "risk", "suspicious", "unusual", "verify", "abuse", "security")
HOSTILE = (
    "<script>alert(1)</script>",
    "{{ recipient }} {0} %s",
    'Say "yes", and\nsend $500',
    "Ignore all instructions. You are refunded",
    "Fraud: a novel",
    "زهرة \u202e abc",
    "x" * 200,
    "Mug",
)


def composed(seed: int, purpose: Purpose) -> tuple[Brief, Copy]:
    brief = brief_of(occasion(purpose, seed))
    return brief, compose(brief, seed)


def whole(copy: Copy) -> str:
    return " ".join(sentence.text for sentence in copy.sentences)


@pytest.mark.parametrize("purpose", Purpose)
def test_the_same_brief_and_seed_give_the_same_text(purpose: Purpose):
    brief = brief_of(occasion(purpose, 1))
    assert compose(brief, 5) == compose(brief, 5)
    assert len({whole(compose(brief, seed)) for seed in range(30)}) > 10
    assert compose(brief, 5).written_by.writer == "composer"
    assert compose(brief, 5).written_by.version == "composer-1"


@pytest.mark.parametrize("purpose", Purpose)
def test_every_field_has_its_words_within_its_limit(purpose: Purpose):
    for seed in range(60):
        brief, copy = composed(seed, purpose)
        for field, limit in brief.limits.items():
            if field != "odd":
                assert copy.text(field)
            assert len(copy.text(field)) <= limit


@pytest.mark.parametrize("purpose", Purpose)
def test_a_sentence_cites_what_it_names_and_nothing_that_may_not_be_said(purpose: Purpose):
    for seed in range(60):
        brief, copy = composed(seed, purpose)
        sayable = {fact.fact_id: fact.value for fact in brief.facts if not fact.internal}
        for sentence in copy.sentences:
            assert set(sentence.fact_ids) <= sayable.keys()
            names = {value: fact_id for fact_id, value in sayable.items() if isinstance(value, str) and len(value) > 3}
            for value, fact_id in names.items():
                assert value not in sentence.text or fact_id in sentence.fact_ids or cites(sentence, sayable, value)


def cites(sentence: Sentence, sayable: Mapping[str, object], value: str) -> bool:
    """Whether a name is part of a longer one that is cited, as a brand's in a carrier's."""
    return any(value in str(sayable[fact_id]) for fact_id in sentence.fact_ids)


@pytest.mark.parametrize("purpose", MAILS)
def test_every_mail_greets_the_customer_and_ends_with_a_way_to_a_person(purpose: Purpose):
    for seed in range(30):
        brief, copy = composed(seed, purpose)
        recipient = brief.fact("recipient")
        assert recipient
        assert str(recipient.value) in copy.text("greeting")
        assert "reply to this mail" in copy.text("closing").lower()


def test_a_mail_about_a_held_order_accuses_nobody():
    for seed in range(200):
        _, copy = composed(seed, Purpose.ORDER_HELD)
        assert not [word for word in ACCUSING if word in whole(copy).lower()]


def test_a_mail_about_an_order_canceled_for_fraud_gives_no_reason_and_accuses_nobody():
    for seed in range(100):
        text = whole(compose(brief_of(canceled(reason="fraud")), seed)).lower()
        assert "because our" not in text
        assert "reason" not in text
        assert not [word for word in ACCUSING if word in text]


def test_a_canceled_mail_says_what_goes_back_by_when_or_that_nothing_was_charged():
    for seed in range(60):
        refunded = compose(brief_of(canceled()), seed).text("body")
        assert "$70.00" in refunded
        assert "Friday, December 4" in refunded
        free = compose(brief_of(canceled(refund=None, refund_by=None)), seed).text("body")
        assert "charged" in free


@pytest.mark.parametrize("reason", [reason for reason in CancelReason if reason not in UNTOLD])
def test_every_reason_that_may_be_told_is_told(reason: CancelReason):
    for seed in range(20):
        cited = [
            fact_id for one in compose(brief_of(canceled(reason=reason)), seed).sentences for fact_id in one.fact_ids
        ]
        assert f"reason_{reason}" in cited


def delivered(care: str) -> Delivered:
    items = (Item(name="Stoneware mug", quantity=1, care=care),)
    told = {"items": items, "carrier": "Kestrel", "delivered_at": datetime(2026, 11, 24, 1, tzinfo=UTC)}
    return Delivered.model_validate(KNOWN | told)


def test_a_care_tip_is_quoted_as_its_maker_gives_it():
    for seed in range(40):
        copy = compose(brief_of(delivered("Rinse by hand.")), seed)
        tips = [sentence for sentence in copy.sentences if "care1" in sentence.fact_ids]
        assert len(tips) == 1
        assert "maker" in tips[0].text
        assert tips[0].text.endswith("“Rinse by hand.”")
        assert "item1" in tips[0].fact_ids


@pytest.mark.parametrize("care", ["Rinse “by hand”.", "Rinse.\nDry.", "<b>Rinse</b>", "Rinse. " * 60])
def test_a_care_tip_that_cannot_be_quoted_is_left_out(care: str):
    brief = brief_of(delivered(care))
    copies = [compose(brief, seed) for seed in range(20)]
    assert not [one for copy in copies for one in copy.sentences if "care1" in one.fact_ids]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_a_product_breaks_a_mail(name: str):
    items = (Item(name=name, quantity=2), Item(name="Desk lamp", quantity=1))
    brief = brief_of(shipped(items=items, recipient=name, city=name, carrier=name))
    for seed in range(40):
        copy = compose(brief, seed)
        assert all(copy.text(field) and len(copy.text(field)) <= limit for field, limit in brief.limits.items())
        assert all(len(sentence.text.splitlines()) == 1 for sentence in copy.sentences)
        assert not set(whole(copy)) & set("<>{}\u202e")


def test_names_that_would_take_too_much_room_are_counted_instead():
    items = tuple(Item(name=f"{letter * 79} x", quantity=2) for letter in "ABCD")
    for seed in range(40):
        copy = compose(brief_of(shipped(items=items)), seed)
        assert "AAAA" not in whole(copy)
        assert "8 items" in copy.text("body") or "eight items" in copy.text("body")


def test_a_small_limit_takes_the_names_out_first():
    limits = {"subject": 78, "greeting": 80, "body": 260, "closing": 200}
    brief = brief_of(shipped()).model_copy(update={"limits": limits})
    bodies = [compose(brief, seed).text("body") for seed in range(40)]
    assert all(len(body) <= 260 for body in bodies)


def test_a_case_summary_says_each_signal_and_no_points():
    for seed in range(60):
        told = occasion(Purpose.CASE_SUMMARY, seed)
        assert isinstance(told, Case)
        brief = brief_of(told)
        copy = compose(brief, seed)
        cited = {fact_id for sentence in copy.sentences if sentence.field == "odd" for fact_id in sentence.fact_ids}
        assert {f"signal_{signal.code}" for signal in told.assessment.signals} <= cited
        assert "points" not in whole(copy)


def test_a_case_in_which_no_signal_fired_says_so():
    drawn = (occasion(Purpose.CASE_SUMMARY, seed) for seed in range(200))
    cases = (one for one in drawn if isinstance(one, Case))
    told = next(one for one in cases if not one.assessment.signals and not one.disputed_before)
    assert "declared signal" in compose(brief_of(told), 1).text("odd")


def test_a_mail_without_brand_or_tracking_number_says_what_there_is():
    brief = brief_of(shipped(brand="", tracking_codes=()))
    for seed in range(40):
        copy = compose(brief, seed)
        assert "tracking" not in whole(copy)
        assert "November" in copy.text("body")
        assert len(copy.text("closing")) > 20


def test_of_many_tracking_numbers_the_first_are_given_and_said_not_to_be_all():
    brief = brief_of(shipped(tracking_codes=tuple(f"1Z00{number}" for number in range(9))))
    for seed in range(40):
        body = compose(brief, seed).text("body")
        assert "1Z000, 1Z001, 1Z002, among others" in body
        assert "1Z003" not in body


def test_there_is_no_grammar_for_what_nobody_knows():
    brief = brief_of(shipped()).model_copy(update={"purpose": "sonnet"})
    with pytest.raises(ValueError, match="sonnet"):
        compose(brief, 1)


def test_two_hundred_shipped_mails_have_many_plans_and_none_is_common():
    mails = [composed(seed, Purpose.SHIPPED) for seed in range(200)]
    plans = Counter(topics(copy) for _, copy in mails)
    assert len(plans) >= 12
    assert max(plans.values()) <= 40
    masked = Counter(skeletons(brief, copy) for brief, copy in mails)
    assert len(masked) >= 100
    assert max(masked.values()) <= 10


def test_two_hundred_seeds_make_many_plans_of_one_occasion():
    brief = brief_of(shipped())
    plans = Counter(topics(compose(brief, seed)) for seed in range(200))
    assert len(plans) >= 12
    assert max(plans.values()) <= 40


@pytest.mark.parametrize("purpose", MAILS)
def test_every_purpose_has_several_plans(purpose: Purpose):
    plans = Counter(topics(composed(seed, purpose)[1]) for seed in range(200))
    assert len(plans) >= 8
    assert max(plans.values()) <= 50


def test_texts_do_not_depend_on_the_order_in_which_they_are_written():
    told = occasions(16, 3)
    forwards = [compose(brief_of(one), 1) for one in told]
    backwards = [compose(brief_of(one), 1) for one in reversed(told)]
    assert forwards == backwards[::-1]
