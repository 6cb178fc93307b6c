from collections import Counter
from datetime import UTC, datetime

import pytest

from contracts.checkout import Address, Customer
from contracts.ids import NodeId, Sku
from contracts.policy import RiskPolicy
from contracts.risk import RiskFacts
from decisions.intake import problems
from decisions.risk import assess
from decisions.totals import totals
from simulation.baskets import Basket, BasketLine, drawn_baskets, must_split
from simulation.catalogue import CATALOGUE
from simulation.checkouts import order_of
from simulation.cities import CITIES
from simulation.customers import RISKY, Mood, visits
from simulation.world import first_morning

NOW = datetime(2026, 3, 7, 23, 30, tzinfo=UTC)
SEEDS = range(12)
SKUS = frozenset(product.sku for product in CATALOGUE)


def stock_of(seed):
    return {(row.node_id, row.sku): row.quantity for row in first_morning(seed).stock}


def morning(seed, count=40):
    stock = stock_of(seed)
    return visits(drawn_baskets(count, stock, seed), stock, seed)


def ordered(visit, seed, run="a1"):
    return order_of(visit, run=run, seed=seed, now=NOW)


@pytest.mark.parametrize("seed", SEEDS)
def test_forty_customers_are_of_every_mood_and_somebody_content_must_get_two_consignments(seed):
    coming = morning(seed)
    assert len(coming) == 40
    assert {visit.mood for visit in coming} == set(Mood)
    stock = stock_of(seed)
    assert any(visit.mood is Mood.CONTENT and must_split(visit.basket, stock) for visit in coming)
    assert all(visit.position <= 27 for visit in coming if visit.mood in RISKY)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_a_small_morning_has_somebody_content_then_one_of_each_mood(count):
    moods = Counter(visit.mood for visit in morning(1, count))
    assert moods[Mood.CONTENT] >= 1
    assert len(moods) == min(count, len(Mood))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_order_is_one_that_the_door_takes(seed):
    for visit in morning(seed):
        order = ordered(visit, seed)
        assert problems(order, known_skus=SKUS, currency="USD", now=NOW) == []
        assert order.tenders[0].amount.amount_minor == totals(order).total_minor > 0
        assert order.promise.latest > NOW.date()
        place = order.shipping_address
        assert any((place.region, place.city) == (city.region, city.name) for city in CITIES)


def test_odd_baskets_come_to_valid_totals_too():
    lines = tuple(BasketLine(sku=sku, quantity=12, unit_price_minor=price) for price, sku in enumerate(SKUS, start=1))
    baskets = [Basket(lines=lines * 3), Basket(lines=lines[:1]), Basket(lines=lines[5:6], customer="not / a code")]
    for visit in visits(baskets, stock_of(1), seed=1):
        assert problems(ordered(visit, 1), known_skus=SKUS, currency="USD", now=NOW) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_risky_customers_are_held_at_their_first_order_and_modest_content_ones_are_not(seed):
    policy = RiskPolicy()
    for visit in morning(seed):
        order = ordered(visit, seed)
        billing = order.billing_address
        facts = RiskFacts(
            total_minor=totals(order).total_minor,
            orders_last_day=0,
            earlier_orders=0,
            average_minor=0,
            billing_differs=billing is not None and billing.region != order.shipping_address.region,
            disposable_email=order.customer.email.partition("@")[2] in policy.disposable_domains,
            service_level=order.service_level,
        )
        assert assess(facts, policy, "USD").hold is (visit.mood in RISKY)


def test_risky_customers_are_strangers_and_some_others_come_again():
    coming = morning(3, count=60)
    times = Counter(visit.customer for visit in coming)
    assert all(times[visit.customer] == 1 for visit in coming if visit.mood in RISKY)
    assert max(times.values()) > 1


def test_the_same_customer_has_one_name_and_one_address():
    regulars: dict[str, tuple[Customer, Address]] = {}
    for visit in morning(3, count=60):
        order = ordered(visit, 3)
        said = order.customer, order.shipping_address
        assert regulars.setdefault(visit.customer, said) == said


def test_a_known_customer_of_an_invoice_stays_the_same_customer():
    basket = Basket(lines=(BasketLine(sku=CATALOGUE[0].sku, quantity=1, unit_price_minor=100),), customer="17850")
    coming = visits([basket] * 40, stock_of(1), seed=1)
    assert {visit.customer for visit in coming if visit.mood not in RISKY} == {"17850"}


def test_two_runs_share_neither_orders_nor_customers():
    one = [ordered(visit, 7, run="a1") for visit in morning(7)]
    other = [ordered(visit, 7, run="b2") for visit in morning(7)]
    assert len({order.external_id for order in one + other}) == 80
    assert {order.customer.external_ref for order in one}.isdisjoint(order.customer.external_ref for order in other)


def test_the_same_seed_is_the_same_morning():
    assert morning(7) == morning(7)
    assert [ordered(visit, 7) for visit in morning(7)] == [ordered(visit, 7) for visit in morning(7)]
    assert morning(7) != morning(8)


def test_a_basket_must_be_split_if_no_node_has_all_of_it_while_all_together_have():
    reno, oakland = NodeId("reno"), NodeId("oakland")
    mug, lamp, tent = Sku("MUG"), Sku("LAMP"), Sku("TENT")
    stock = {(reno, mug): 2, (reno, lamp): 1, (oakland, mug): 3, (oakland, tent): 1}

    def basket(**quantities):
        return Basket(lines=[BasketLine(sku=sku, quantity=n, unit_price_minor=1) for sku, n in quantities.items()])

    assert must_split(basket(LAMP=1, TENT=1), stock)
    assert must_split(basket(MUG=4), stock)
    assert not must_split(basket(MUG=3, TENT=1), stock)
    assert not must_split(basket(LAMP=2, TENT=1), stock)
    twice = Basket(lines=basket(MUG=2).lines * 2)
    assert must_split(twice, stock)


def test_what_little_is_left_is_drawn_and_of_nothing_nothing():
    last = NodeId("dc-reno"), CATALOGUE[0].sku
    assert {line.sku for basket in drawn_baskets(40, {last: 1}, 5) for line in basket.lines} == {CATALOGUE[0].sku}
    assert drawn_baskets(40, {last: 0}, 5) == []


def test_a_world_that_others_have_bought_from_still_has_baskets_that_must_be_split():
    stock = {place: 1 for place, quantity in stock_of(5).items() if quantity > 6}
    coming = visits(drawn_baskets(40, stock, 5), stock, 5)
    assert any(visit.mood is Mood.CONTENT and must_split(visit.basket, stock) for visit in coming)
