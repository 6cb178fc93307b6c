"""An order's file by hand: only what a test is about, the rest as dull as possible."""

from datetime import UTC, datetime
from typing import Any, Final

from contracts.actors import STEWARD, Actor
from contracts.approvals import ApprovalView
from contracts.console import Names, OrderFile, Person, Price, StockRow, TenderRow
from contracts.ids import ApprovalId, CustomerRef, NodeId, OrderId, Sku
from contracts.money import Money
from contracts.order_view import LineView, OrderView, PaymentView, StatusAxes, TimelineEntry
from contracts.states import ApprovalStatus, OrderStatus, PaymentStatus

NOW: Final = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)  # 14:00 in Chicago
MUG, RENO, OAKLAND = Sku("MUG-01"), NodeId("dc-reno"), NodeId("store-oakland")


def usd(minor: int) -> Money:
    return Money(amount_minor=minor, currency="USD")


_MUGS: Final = LineView(
    line_id="1",
    sku=MUG,
    quantity=2,
    canceled=0,
    cancel_requested=0,
    unit_price=usd(1_000),
    discount=usd(0),
)
_UNPAID: Final = PaymentView(
    status=PaymentStatus.PENDING,
    authorized=usd(0),
    captured=usd(0),
    refunded=usd(0),
    authorization_expires_at=None,
)


def order(**changes: Any) -> OrderView:
    """Two mugs over 20 USD, placed and nothing more."""
    nothing = usd(0)
    status = changes.pop("status", OrderStatus.PENDING)
    return OrderView(
        **{
            "id": OrderId("ord_1"),
            "number": 1001,
            "version": 1,
            "external_id": "shop-1",
            "channel": "web",
            "customer_ref": CustomerRef("cus_1"),
            "status": StatusAxes(order=status, payment=PaymentStatus.PENDING, fulfillment=None, shipment=None),
            "cancel_reason": None,
            "waiting_on": None,
            "waiting_until": None,
            "holds": [],
            "allowed_actions": [],
            "placed_at": NOW,
            "service_level": "standard",
            "promise_latest": None,
            "total": usd(2_000),
            "tax": nothing,
            "shipping": nothing,
            "lines": [_MUGS],
            "payment": _UNPAID,
            "consignments": [],
            "timeline": [],
            **changes,
        }
    )


def file(view: OrderView | None = None, **changes: Any) -> OrderFile:
    given = {
        "order": view or order(),
        "time_zone": "America/Chicago",
        "person": Person(
            recipient="Ada Byron",
            email="ada@example.org",
            address=["1 Market Street"],
            external_ref="c-1",
            earlier_orders=0,
        ),
        "price": Price(order_discount_minor=0, tax_mode="exclusive"),
        "tenders": [tender()],
        "stock": [],
        "handed_over": {},
        "notes": {},
        "questions": [],
        "messages": [],
        "names": Names(
            keys={"k1": "shop"},
            products={MUG: "Mug"},
            nodes={RENO: "Warehouse Reno", OAKLAND: "Store Oakland"},
            staff={"stf_1": "ana"},
        ),
        "mark": "1",
        **changes,
    }
    return OrderFile(**given)


def tender(**changes: Any) -> TenderRow:
    amounts = dict.fromkeys(("authorized_minor", "captured_minor", "refunded_minor", "released_minor"), 0)
    given = {"tender_id": "t1", "kind": "card", "amount_minor": 2_000, "expires_at": None, **amounts, **changes}
    return TenderRow.model_validate(given)


def moved(source: str | None, target: str, quantity: int, reason: str = "order planned") -> StockRow:
    return StockRow.model_validate(
        {
            "consignment": "1001-1",
            "node_id": RENO,
            "sku": MUG,
            "from_bucket": source,
            "to_bucket": target,
            "quantity": quantity,
            "reason": reason,
            "occurred_at": NOW,
        }
    )


def event(type_: str, *, by: Actor = STEWARD, subject: str | None = None, **facts: Any) -> TimelineEntry:
    return TimelineEntry(
        sequence=1,
        type=type_,
        occurred_at=NOW,
        recorded_at=NOW,
        actor=by,
        source="process",
        subject=subject,
        reason_code=None,
        facts=facts,
    )


def question(kind: str = "risk_review", **changes: Any) -> ApprovalView:
    given = {
        "id": ApprovalId("apr_1"),
        "kind": kind,
        "order_id": OrderId("ord_1"),
        "order_number": 1001,
        "question": "Should it go on?",
        "evidence": [],
        "facts": {"total": {"amount_minor": 2_000, "currency": "USD"}},
        "status": ApprovalStatus.PENDING,
        "version": 1,
        "due_at": NOW,
        "on_expiry": "rejected",
        "required_role": "risk",
        "required_approvals": 1,
        "requested_by": STEWARD,
        "requested_at": NOW,
        "decided_by": None,
        "decided_at": None,
        "allowed_actions": ["approved", "rejected", "changes_requested"],
        **changes,
    }
    return ApprovalView.model_validate(given)
