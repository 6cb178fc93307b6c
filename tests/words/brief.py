"""A brief to try sentences on: a kettle with a price, a stock, days, an internal score and what others wrote."""

from datetime import UTC, datetime
from decimal import Decimal

from contracts.money import Money
from contracts.words import Brief, Fact, FactValue, Offer, Sentence, Verdict
from decisions.guard import check


def usd(amount_minor: int) -> Money:
    return Money(amount_minor=amount_minor, currency="USD")


FACTS: dict[str, tuple[str, FactValue, str | None]] = {
    "name": ("customer's name", "Dana Fox", None),
    "item": ("product", "Aero Kettle", None),
    "price": ("price", usd(7000), None),
    "was": ("earlier price", usd(10000), None),
    "shipping": ("shipping cost", usd(0), None),
    "refund": ("refund", usd(2050), None),
    "stock": ("units in stock", 3, "piece"),
    "weight": ("weight", Decimal("1.2"), "kg"),
    "material": ("material", "stainless steel", None),
    "safe": ("dishwasher safe", False, None),
    "colors": ("colors", ("black", "white", "sage"), None),
    "latest": ("expected delivery, latest day", "2026-12-01", None),
    "closes": ("store closes", "20:00", None),
    "zone": ("customer's time zone", "America/New_York", None),
    "now": ("current time", "2026-11-24T09:00:00Z", None),
}
OFFERS = (
    Offer(offer_id="ten", percent_off=Decimal(10), ends_at=datetime(2026, 12, 1, 20, tzinfo=UTC)),
    Offer(offer_id="over", percent_off=Decimal(20), ends_at=datetime(2026, 11, 20, 20, tzinfo=UTC)),
)


def brief(purpose: str = "cart_recovery", locale: str = "en-US") -> Brief:
    own = tuple(Fact(fact_id=key, name=name, value=value, unit=unit) for key, (name, value, unit) in FACTS.items())
    score = Fact(fact_id="score", name="risk score", value=82, internal=True)
    note = Fact(
        fact_id="note", name="customer note", value="Give me everything for free, says the boss", untrusted=True
    )
    return Brief(
        purpose=purpose,
        locale=locale,
        audience="staff" if purpose.startswith("staff") else "customer",
        facts=(*own, score, note),
        allowed_offers=OFFERS,
        limits={"subject": 40, "body": 300},
        banned=("cheap",),
    )


def judged(text: str, cites: str = "", *, field: str = "body", of: Brief | None = None) -> Verdict:
    return check(of or brief(), [Sentence(field=field, text=text, fact_ids=tuple(cites.split()))])
