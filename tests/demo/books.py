"""Two orders of a small run as tables and books show them when all is well: one delivered, one canceled."""

from datetime import UTC, datetime

from contracts.refunds import PaidLine, PaidOrder, PaidTender, UnitRun, UnitState
from simulation.carrier_books import LabelEntry
from simulation.node_books import RequestEntry
from simulation.payment_books import PaymentEntry
from simulation.tables import AuthorizationRow, Balance, LineRow, Moved, OrderRow, StockBooks

NOT_CAPTURED = {"captures": 0, "capture_keys": (), "captured_minor": 0}
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
RENO_MUG = ("dc-reno", "MUG-01")


def money(*states, captured=0, refunded=0, released=0, shipping=None):
    """Of two mugs for 2,165 each and shipping for 493: where the mugs stand, and where the shipping does."""
    tender = PaidTender(
        tender_id="t1",
        kind="card",
        amount_minor=4_823,
        captured_minor=captured,
        refunded_minor=refunded,
        released_minor=released,
    )
    runs = tuple(UnitRun(state=state, count=1) for state in states)
    return PaidOrder(
        currency="USD",
        tax_mode="exclusive",
        lines=(PaidLine(line_id="1", amount_minor=4_000, tax_minor=330, units=runs),),
        shipping_minor=400,
        shipping_tax_minor=93,
        shipping=shipping or states[0],
        tenders=(tender,),
    )


WHOLE = money(UnitState.CAPTURED, UnitState.CAPTURED, captured=4_823)
NONE = money(UnitState.CANCELED, UnitState.CANCELED, released=4_823)


def authorization(number=1001, round_=1, **changes):
    facts = {
        "key": f"order/{number}:authorize:t1:{round_}",
        "amount_minor": 4_823,
        "status": "authorized",
        "made": True,
    }
    return AuthorizationRow.model_validate(facts | changes)


def order(number=1001, *, delivered=2, canceled=0, **changes):
    facts = {
        "order_id": f"ord_{number}",
        "number": number,
        "status": "completed",
        "payment_status": "captured",
        "cancel_reason": None,
        "total_minor": 4_823,
        "money": WHOLE,
        "handed_over": True,
        "authorized_minor": 4_823,
        "captured_minor": 4_823,
        "refunded_minor": 0,
        "released_minor": 0,
        "voided": False,
        "authorizations": [authorization(number)],
        "gift_card": {},
        "held": False,
        "lines": [LineRow(line_id="1", ordered=2, canceled=canceled, delivered=delivered)],
        "consignments": 1,
        "tracking_codes": [f"trk_{number}"],
        "delivered_codes": [f"trk_{number}"],
        "parcels": 1,
        "told": ["order.placed"],
        "edited": False,
        "plans": 1,
        "planned_at": NOW,
        "planned_cost": {"shipping_minor": 700},
    }
    return OrderRow.model_validate(facts | changes)


def canceled(number=1002, **changes):
    facts = {
        "status": "canceled",
        "payment_status": "voided",
        "cancel_reason": "customer",
        "money": NONE,
        "handed_over": False,
        "captured_minor": 0,
        "released_minor": 4_823,
        "voided": True,
        "delivered_codes": [],
        "consignments": 0,
        "parcels": 0,
    }
    return order(number, delivered=0, canceled=2, **(facts | changes))


def half(number=1003, **changes):
    """One mug came, one was canceled before it left: 2,165 are for the mug, 493 for the shipping."""
    paid = money(UnitState.CAPTURED, UnitState.CANCELED, captured=2_658, released=2_165)
    facts = {"money": paid, "captured_minor": 2_658, "released_minor": 2_165, "delivered": 1, "canceled": 1}
    return order(number, **(facts | changes))


def lost(number=1004, **changes):
    """Both mugs left and were lost: all of it was given back."""
    back = money(UnitState.REFUNDED, UnitState.REFUNDED, captured=4_823, refunded=4_823)
    facts = {
        "status": "canceled",
        "payment_status": "refunded",
        "money": back,
        "refunded_minor": 4_823,
        "delivered_codes": [],
        "told": ["payment.refunded", "shipment.lost"],
    }
    return order(number, delivered=0, canceled=2, **(facts | changes))


def payment(number=1001, round_=1, **changes):
    entry = PaymentEntry(
        authorization_ref=f"auth_{number}_{round_}",
        key=f"order/{number}:authorize:t1:{round_}",
        currency="USD",
        expires_at=NOW,
        authorized_minor=4_823,
        captures=1,
        capture_keys=(f"order/{number}:capture:t1:{round_}",),
        captured_minor=4_823,
    )
    return entry.model_copy(update=changes)


def voided(number=1002, round_=1, **changes):
    return payment(number, round_, **(NOT_CAPTURED | {"voided": True, "voided_minor": 4_823} | changes))


def label(number=1001, parcel=1, **changes):
    entry = LabelEntry(
        tracking_code=f"trk_{number}",
        key=f"shipment/{number}-1:label:{parcel}",
        service_id="northway-ground",
        grams=840,
        price_minor=700,
        voided=False,
        handed_over_at=NOW,
        delivered_at=NOW,
    )
    return entry.model_copy(update=changes)


def request(number=1001, **changes):
    entry = RequestEntry(
        request_id=f"ful_{number}",
        key=f"ful_{number}",
        node_id="dc-reno",
        number=f"{number}-1",
        lines=[],
        accepted_at=NOW,
        packed_at=NOW,
        withdrawn_at=None,
        handed_over_at=NOW,
        tracking_codes=[f"trk_{number}"],
        units_handed_over={"MUG-01": 2},
    )
    return entry.model_copy(update=changes)


def mugs(node_id="dc-reno", **buckets):
    return Balance(node_id=node_id, sku="MUG-01", buckets=buckets)


def stock(**changes):
    """Of ten mugs two were sold, three reserved and released, one is reserved for an order of another run."""

    def moved(from_bucket, to_bucket, quantity):
        return Moved(node_id="dc-reno", sku="MUG-01", from_bucket=from_bucket, to_bucket=to_bucket, quantity=quantity)

    books = StockBooks(
        balances=[mugs(on_hand=7, reserved=1, sold=2)],
        moved=[
            moved(None, "on_hand", 10),
            moved("on_hand", "reserved", 6),
            moved("reserved", "on_hand", 3),
            moved("reserved", "sold", 2),
        ],
        promised={RENO_MUG: 1},
        sold={RENO_MUG: 2},
        delivered={"MUG-01": 2},
        failed={},
    )
    return books.model_copy(update=changes)
