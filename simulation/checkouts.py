"""An order as the shop sends it: who, where to, what, by when, at which price."""

from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from contracts.checkout import Address, Customer, OrderLine, PlaceOrder, Promise, Tender
from contracts.money import Money
from contracts.policy import RiskPolicy
from decisions.totals import totals
from simulation.cities import CITIES, City
from simulation.customers import DECLINED, RISKY, Mood, Visit
from simulation.draws import draw, happens
from simulation.gift_cards import gift_card_of, pays_with_gift_card

FREE_SHIPPING_FROM: Final = 10_000  # cents of goods
SHIPPING_MINOR: Final = 495
EXPRESS_MINOR: Final = 1_495
EXPRESS: Final = 0.1  # share of orders
PROMISED_DAYS: Final = {"express": 1, "standard": 2}
WITH_VOUCHER: Final = 0.15  # share of orders with a tenth off
MANY: Final = 6  # units of a line from which one in twenty is free
IN_A_HOUSE: Final = 0.7

_FIRST: Final = ("Ada", "Ben", "Cora", "Dan", "Femi", "Grace", "Hugo", "Ines", "Kofi", "Mei", "Olga", "Ravi", "Tess")
_LAST: Final = ("Abbott", "Bauer", "Castro", "Diallo", "Foster", "Hale", "Ito", "Kaur", "Lopez", "Novak", "Okafor")
_STREETS: Final = ("Alder Way", "Bridge Street", "Cedar Lane", "Depot Road", "Elm Avenue", "Foundry Row", "Mill Street")
_UNTAXED: Final = frozenset({"US-AK", "US-DE", "US-MT", "US-NH", "US-OR"})
_TAX_RATES: Final = ("0.0575", "0.0625", "0.07", "0.0825")
_DISPOSABLE: Final = RiskPolicy().disposable_domains[0]


def home_of(visit: Visit, seed: int) -> Address:
    """Where the customer of this visit has everything sent."""
    return _address(_home(visit.customer, seed), visit.customer, seed)


def order_of(visit: Visit, *, run: str, seed: int, now: datetime) -> PlaceOrder:
    """The order as the shop sends it at this business time; ids carry the run, so that no two runs share any."""
    risky = visit.mood in RISKY
    home = _home(visit.customer, seed)
    place = str(visit.position)
    service: Literal["standard", "express"] = (
        "express" if risky or happens(EXPRESS, seed, "express", place) else "standard"
    )
    promised = now.astimezone(ZoneInfo(home.time_zone)) + timedelta(days=PROMISED_DAYS[service])
    goods = sum(line.unit_price_minor * line.quantity for line in visit.basket.lines)
    draft = PlaceOrder(
        external_id=f"demo-{run}-{visit.position}",
        channel="web",
        locale="en-US",
        time_zone=home.time_zone,
        currency="USD",
        tax_mode="exclusive",
        customer=_person(visit, run, seed),
        shipping_address=home_of(visit, seed),
        billing_address=_address(_elsewhere(home, visit.customer, seed), "billing", seed) if risky else None,
        service_level=service,
        promise=Promise(latest=promised.date()),
        lines=_lines(visit, home),
        order_discount=_usd(goods // 10 if happens(WITH_VOUCHER, seed, "voucher", place) else 0),
        shipping=_usd(EXPRESS_MINOR if service == "express" else 0 if goods >= FREE_SHIPPING_FROM else SHIPPING_MINOR),
        shipping_tax_rate="0",
        tenders=[_card(visit.mood, 0)],
    )
    total_minor = totals(draft).total_minor
    if not pays_with_gift_card(visit, seed):
        return draft.model_copy(update={"tenders": [_card(visit.mood, total_minor)]})
    gift_card = gift_card_of(visit, run=run, total=_usd(total_minor))
    card = _card(visit.mood, total_minor - gift_card.amount.amount_minor)
    return draft.model_copy(update={"tenders": [card, gift_card]})


def _lines(visit: Visit, home: City) -> list[OrderLine]:
    rate = "0" if home.region in _UNTAXED else draw(0, "tax", home.region).choice(_TAX_RATES)
    return [
        OrderLine(
            line_id=str(number),
            sku=line.sku,
            quantity=line.quantity,
            unit_price=_usd(line.unit_price_minor),
            discount=_usd(line.unit_price_minor * line.quantity // 20 if line.quantity >= MANY else 0),
            tax_rate=rate,
        )
        for number, line in enumerate(visit.basket.lines, start=1)
    ]


def _person(visit: Visit, run: str, seed: int) -> Customer:
    chance = draw(seed, "person", visit.customer)
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    domain = _DISPOSABLE if visit.mood in RISKY else "example.com"
    return Customer(
        external_ref=f"{run}-{visit.customer}", name=f"{first} {last}", email=f"{first}.{last}@{domain}".lower()
    )


def _home(customer: str, seed: int) -> City:
    return draw(seed, "home", customer).choices(CITIES, weights=[city.population for city in CITIES])[0]


def _elsewhere(home: City, customer: str, seed: int) -> City:
    return draw(seed, "billing", customer).choice([city for city in CITIES if city.region != home.region])


def _address(city: City, customer: str, seed: int) -> Address:
    chance = draw(seed, "address", customer)
    return Address(
        line1=f"{chance.randint(1, 999)} {chance.choice(_STREETS)}",
        line2=None if chance.random() < IN_A_HOUSE else f"Apt {chance.randint(1, 60)}",
        city=city.name,
        region=city.region,
        postal_code=f"{city.postal_prefix}{chance.randint(1, 99):02}",
        country="US",
    )


def _card(mood: Mood, amount_minor: int) -> Tender:
    method = "pm_declined" if mood in DECLINED else "pm_card"
    return Tender(tender_id="t1", kind="card", amount=_usd(amount_minor), payment_method=method)


def _usd(amount_minor: int) -> Money:
    return Money(amount_minor=amount_minor, currency="USD")
