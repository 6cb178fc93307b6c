"""Two orders of a small run as tables and books show them when all is well: one delivered, one canceled."""

from datetime import UTC, datetime

from simulation.carrier_books import LabelEntry
from simulation.node_books import RequestEntry
from simulation.payment_books import PaymentEntry
from simulation.tables import Balance, Moved, OrderRow, StockBooks

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
RENO_MUG = ("dc-reno", "MUG-01")


def order(number=1001, **changes):
    facts = {
        "order_id": f"ord_{number}",
        "number": number,
        "status": "completed",
        "payment_status": "captured",
        "cancel_reason": None,
        "total_minor": 4_823,
        "handed_over": True,
        "authorized_minor": 4_823,
        "captured_minor": 4_823,
        "refunded_minor": 0,
        "voided": False,
        "held": False,
        "consignments": 1,
        "tracking_codes": [f"trk_{number}"],
        "parcels": 1,
        "planned_at": NOW,
        "planned_cost": {"shipping_minor": 700},
    }
    return OrderRow.model_validate(facts | changes)


def canceled(number=1002, **changes):
    facts = {
        "status": "canceled",
        "payment_status": "voided",
        "cancel_reason": "customer",
        "handed_over": False,
        "captured_minor": 0,
        "voided": True,
        "consignments": 0,
        "parcels": 0,
    }
    return order(number, **(facts | changes))


def payment(number=1001, **changes):
    entry = PaymentEntry(
        authorization_ref=f"auth_{number}",
        key=f"order/{number}:authorize:t1",
        currency="USD",
        expires_at=NOW,
        authorized_minor=4_823,
        captures=1,
        captured_minor=4_823,
    )
    return entry.model_copy(update=changes)


def voided(number=1002, **changes):
    return payment(number, **({"captures": 0, "captured_minor": 0, "voided": True, "voided_minor": 4_823} | changes))


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


def stock(**changes):
    """Of ten mugs two were sold, three reserved and released, one is reserved for an order of another run."""

    def moved(from_bucket, to_bucket, quantity):
        return Moved(node_id="dc-reno", sku="MUG-01", from_bucket=from_bucket, to_bucket=to_bucket, quantity=quantity)

    books = StockBooks(
        balances=[Balance(node_id="dc-reno", sku="MUG-01", on_hand=7, reserved=1, sold=2)],
        moved=[
            moved(None, "on_hand", 10),
            moved("on_hand", "reserved", 6),
            moved("reserved", "on_hand", 3),
            moved("reserved", "sold", 2),
        ],
        promised={RENO_MUG: 1},
        sold={RENO_MUG: 2},
        delivered={"MUG-01": 2},
    )
    return books.model_copy(update=changes)
