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
from simulation.cancels import cancel_of
from simulation.catalogue import CATALOGUE
from simulation.checkouts import order_of
from simulation.cities import CITIES
from simulation.customers import DECLINED, RISKY, Mood, visits
from simulation.edits import edit_of
from simulation.gift_cards import BALANCE_MINOR, issue_all
from simulation.scenarios import HARD
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


def test_a_hard_morning_has_more_who_want_a_part_back_and_of_every_mood():
    stock = stock_of(11)
    coming = visits(drawn_baskets(200, stock, 11), stock, 11, HARD.shares)
    moods = Counter(visit.mood for visit in coming)
    assert moods.keys() == set(Mood)
    assert moods[Mood.PICKY] == 24
    assert moods[Mood.CONTENT] > 90


def test_a_picky_customer_cancels_a_line_or_a_unit_of_it_and_others_all():
    stock = stock_of(7)
    of_lines, of_units = 0, 0
    for visit in visits(drawn_baskets(200, stock, 7), stock, 7, HARD.shares):
        command = cancel_of(visit, 7)
        if visit.mood is not Mood.PICKY:
            assert command.lines is None
            continue
        assert command.lines
        (wanted,) = command.lines
        ordered_line = visit.basket.lines[int(wanted.line_id) - 1]
        assert 1 <= wanted.quantity <= ordered_line.quantity
        of_lines += wanted.quantity == ordered_line.quantity
        of_units += wanted.quantity < ordered_line.quantity
    assert min(of_lines, of_units) >= 5


def test_an_undecided_customer_wants_a_unit_less_or_more_or_a_line_that_was_forgotten():
    stock = stock_of(7)
    coming = visits(drawn_baskets(800, stock, 7), stock, 7, HARD.shares)
    wishes = Counter[str]()
    for visit in (each for each in coming if each.mood is Mood.UNDECIDED):
        edit = edit_of(visit, 7)
        ordered_units = {str(i): line.quantity for i, line in enumerate(visit.basket.lines, start=1)}
        if edit.add:
            (added,) = edit.add
            assert added.line_id not in ordered_units
            assert added.sku in {line.sku for line in visit.basket.lines}
            wishes["add"] += 1
        else:
            (wanted,) = edit.lines or []
            assert wanted.quantity >= 1
            wishes["more" if wanted.quantity > ordered_units[wanted.line_id] else "less"] += 1
        wishes["declined"] += edit.payment_method == "pm_declined"
    assert min(wishes[wish] for wish in ("add", "more", "less", "declined")) >= 2


def test_whoever_is_declined_comes_with_a_card_that_is_declined():
    for visit in morning(7):
        card = ordered(visit, 7).tenders[0]
        assert (card.tender_id, card.payment_method == "pm_declined") == ("t1", visit.mood in DECLINED)


def test_a_tenth_of_the_orders_is_paid_in_part_with_a_gift_card_of_its_own_and_never_more_than_half():
    stock = stock_of(11)
    both = [order.tenders for order in (ordered(v, 11) for v in visits(drawn_baskets(200, stock, 11), stock, 11))]
    gift_cards = [tenders[1] for tenders in both if len(tenders) > 1]
    assert 10 <= len(gift_cards) <= 30
    assert {card.kind for card in gift_cards} == {"gift_card"}
    assert len({card.payment_method for card in gift_cards}) == len(gift_cards)
    for tenders in both:
        if len(tenders) > 1:
            card, gift_card = (tender.amount.amount_minor for tender in tenders)
            assert gift_card == min(BALANCE_MINOR, (card + gift_card) // 2)


async def test_whoever_pays_with_a_gift_card_was_given_one_with_enough_on_it(database):
    coming = morning(7)
    await issue_all(database, coming, run="a1", seed=7, now=NOW)
    async with database.connection() as connection:
        rows = await connection.fetch("select card_ref, balance_minor from gift_cards")
    balances = {row["card_ref"]: row["balance_minor"] for row in rows}
    tenders = [tender for visit in coming for tender in ordered(visit, 7).tenders if tender.kind == "gift_card"]
    assert {tender.payment_method for tender in tenders} == balances.keys()
    assert all(tender.amount.amount_minor <= balances[tender.payment_method] for tender in tenders)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9, 11])
def test_a_small_morning_has_somebody_content_then_one_of_each_mood(count):
    moods = Counter(visit.mood for visit in morning(1, count))
    assert moods[Mood.CONTENT] >= 1
    assert len(moods) == min(count, len(Mood))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_order_is_one_that_the_door_takes(seed):
    for visit in morning(seed):
        order = ordered(visit, seed)
        assert problems(order, known_skus=SKUS, currency="USD", now=NOW) == []
        assert sum(tender.amount.amount_minor for tender in order.tenders) == totals(order).total_minor > 0
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
