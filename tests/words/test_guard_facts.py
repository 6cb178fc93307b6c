"""The guard holds amounts, days, names and claims against the facts that a sentence cites."""

import pytest

from decisions.guard import Code
from tests.words.brief import brief, judged


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("The Aero Kettle costs $70.", "item price"),
        ("It is 70.00 USD now, down from $100.", "price was"),
        ("You save 30%.", "price was"),
        ("That is $30 off.", "price was"),
        ("About $72.", "price"),
        ("Only three left in stock.", "stock"),
        ("It weighs 1,200 g.", "weight"),
        ("It weighs about 2.6 lb.", "weight"),
        ("Choose from three colors.", "colors"),
        ("It should reach you by Tuesday, December 1.", "latest"),
        ("It comes within a week.", "latest now"),
        ("The store closes at 8 p.m.", "closes"),
        ("Take 10% off until December 1, 3 p.m.", "ten"),
        ("With 10% off it comes to $63.", "price ten"),
        ("Shipping is free.", "shipping"),
        ("It is not dishwasher safe.", "safe"),
        ("It is made of stainless steel.", "material"),
        ("Hi Dana,", "name"),
    ],
)
def test_what_the_cited_facts_say_or_bear_passes(text: str, cites: str):
    assert judged(text, cites).violations == ()


@pytest.mark.parametrize(
    ("text", "cites", "code"),
    [
        ("The Aero Kettle costs $71.", "item price", Code.MONEY),
        ("It is 70 € now.", "price", Code.MONEY),
        ("You save 35%.", "price was", Code.PERCENT),
        ("Half price!", "price was", Code.NUMBER),
        ("It is now $30.", "price was", Code.MONEY),
        ("You save $70.", "price was", Code.MONEY),
        ("More than $70.", "price", Code.MONEY),
        ("Only four left in stock.", "stock", Code.COUNT),
        ("It weighs 1.2 g.", "weight", Code.UNIT),
        ("Choose from four colors.", "colors", Code.COUNT),
        ("It should reach you by Wednesday, December 1.", "latest", Code.DATE),
        ("It should reach you by 12/2/2026.", "latest", Code.DATE),
        ("The store closes at 8 a.m.", "closes", Code.DATE),
        ("Take 10% off until December 1, 8 p.m.", "ten", Code.DATE),
        ("Take 20% off.", "over", Code.OFFER),
        ("You get $25 back.", "refund", Code.MONEY),
        ("It is dishwasher safe.", "safe", Code.NEGATION),
        ("It is sold out.", "stock", Code.NEGATION),
        ("Selling fast!", "stock", Code.SCARCITY),
        ("Hi Diana,", "name", Code.NAME),
        ("It is made of copper.", "material", Code.UNPLACED),
    ],
)
def test_what_they_do_not_bear_is_refused_and_says_why(text: str, cites: str, code: Code):
    assert code in judged(text, cites).codes


@pytest.mark.parametrize(
    ("text", "cites", "fact_id"),
    [
        ("The Aero Kettle costs $70.", "item", "price"),
        ("Only three left.", "item", "stock"),
        ("It comes in a week.", "latest", "now"),
        ("It is made of stainless steel.", "", "material"),
        ("Shipping is free.", "", "shipping"),
        ("Hi Dana,", "", "name"),
    ],
)
def test_a_true_claim_that_cites_too_little_names_the_fact_to_cite(text: str, cites: str, fact_id: str):
    verdict = judged(text, cites)
    assert (Code.UNCITED, fact_id) in [(each.code, each.fact_id) for each in verdict.violations]


def test_an_id_that_is_neither_a_facts_nor_an_offers_is_refused():
    assert judged("Thank you!", "f9").codes == [Code.UNKNOWN_FACT]


def test_citing_more_than_needed_is_fine():
    assert judged("Only three left in stock.", "stock item price now").passed


@pytest.mark.parametrize("locale", ["en-US", "en-GB"])
def test_days_in_figures_are_read_as_the_locale_writes_them(locale: str):
    assert judged("By 12/1/2026.", "latest", of=brief(locale=locale)).passed is (locale == "en-US")


def test_numbers_are_read_as_the_locale_writes_them():
    german = brief(locale="de-DE")
    assert judged("Es wiegt 1,2 kg.", "weight", of=german).passed
    assert not judged("Es wiegt 1.2 kg.", "weight", of=german).passed


def test_every_violation_says_where_about_what_and_what_to_do():
    for each in judged("It costs $71, guaranteed!", "price").violations:
        assert each.field == "body"
        assert each.words in "It costs $71, guaranteed!".lower() or each.words in "It costs $71, guaranteed!"
        assert each.advice.endswith(".")
