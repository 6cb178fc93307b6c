"""One past order: what became of it, told event by event, and the rows that this left."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue

from bench.history import receipts
from bench.history.chronicle import Chronicle
from bench.history.consignments import CARRIER, PastConsignment
from bench.history.placed import store_address, store_lines, store_order, store_tender
from bench.history.questions import PastQuestion
from bench.history.sales import Sale
from contracts.catalogue import NodeRow
from contracts.disputes import DeliveredParcel, DisputeFacts
from contracts.events import EventType
from contracts.ids import CustomerRef
from contracts.money import Money
from contracts.outreach import Purpose
from contracts.reasons import CancelReason, HoldReason
from contracts.states import OrderStatus, PaymentStatus, ShipmentStatus
from contracts.waiting import CUSTOMER_TO_PAY, PLANNER, REVIEWER, RISK_CHECK, STOCK_OR_CHOICE, UNDOING
from decisions.briefing import dispute_question, risk_question

SPLIT: Final = 0.15  # share of the orders of several lines that leave from two nodes
THREE_DAYS: Final = timedelta(days=3)
_SHOP: Final = ("api_key", "shop")
_STAFF: Final = ("user", "ana")
_PAYMENTS: Final = ("system", "payments")


class PastOrder:
    """Made as it was placed; then each method is what happened next, and `store` is the last."""

    def __init__(
        self, chronicle: Chronicle, sale: Sale, nodes: Sequence[NodeRow], *, customer_ref: CustomerRef, channel: str
    ) -> None:
        self._chronicle = chronicle
        self._sale = sale
        self._nodes = nodes
        self._customer_ref = customer_ref
        self._channel = channel
        self._placed_at = chronicle.now
        self._address_ref = chronicle.new_id("adr")
        self._consignments: list[PastConsignment] = []
        self._questions: list[PastQuestion] = []
        self._order: dict[str, object] = {"payment_status": PaymentStatus.PENDING}
        self._tender: dict[str, object] = {"authorized_minor": 0, "captured_minor": 0, "released_minor": 0}
        self._money = sale.open
        self._canceled = self._cancel_requested = 0
        self._wait(OrderStatus.PENDING, RISK_CHECK)
        chronicle.tell(EventType.ORDER_PLACED, by=_SHOP, source="rest")

    def assessed(self) -> None:
        self._chronicle.later(seconds=5)
        self._chronicle.tell(EventType.DECISION_RECORDED, facts=receipts.of_risk(receipts.quiet(self._sale)))

    def held(self) -> None:
        """Until a person has decided."""
        self._chronicle.later(seconds=5)
        assessment = receipts.odd(self._sale)
        self._chronicle.tell(EventType.DECISION_RECORDED, facts=receipts.of_risk(assessment))
        self._chronicle.tell(EventType.ORDER_ON_HOLD, reason_code=HoldReason.HIGH_RISK_OF_FRAUD)
        due_at = self._chronicle.until + THREE_DAYS * self._chronicle.chance.random()
        self._wait(OrderStatus.ON_HOLD, REVIEWER, until=due_at)
        question = risk_question(self._chronicle.number, self._total, assessment)
        self._questions.append(PastQuestion(self._chronicle, question, due_at))
        self._chronicle.write(Purpose.ORDER_HELD)
        self._chronicle.write(Purpose.CASE_SUMMARY)

    def let_go(self) -> None:
        """By the person who was asked."""
        self._chronicle.later(hours=2)
        self._questions[-1].approved()
        self._wait(OrderStatus.PENDING, None)

    def authorized(self) -> None:
        now = self._chronicle.later(seconds=10)
        self._tender |= {
            "authorized_minor": self._sale.total_minor,
            "authorization_ref": f"auth_{self._chronicle.number}",
            "expires_at": now + timedelta(days=7),
        }
        self._authorization("authorized", authorization_ref=self._tender["authorization_ref"], authorized_at=now)
        self._chronicle.tell(EventType.PAYMENT_AUTHORIZED, facts={"tender_id": "t1", "round": 1})
        self._chronicle.tell(EventType.ORDER_CONFIRMED)
        self._pay(PaymentStatus.AUTHORIZED)
        self._wait(OrderStatus.CONFIRMED, PLANNER)
        self._chronicle.write(Purpose.ORDER_CONFIRMATION)

    def declined(self) -> None:
        now = self._chronicle.later(seconds=10)
        self._authorization("declined", declined_code="insufficient_funds")
        self._chronicle.tell(EventType.PAYMENT_FAILED, reason_code="insufficient_funds", facts={"tender_id": "t1"})
        self._chronicle.tell(EventType.ORDER_ON_HOLD, reason_code=HoldReason.AWAITING_PAYMENT)
        self._pay(PaymentStatus.FAILED)
        self._wait(OrderStatus.CUSTOMER_ACTION_REQUIRED, CUSTOMER_TO_PAY, until=now + THREE_DAYS)
        self._chronicle.write(Purpose.CARD_DECLINED)

    def short(self) -> None:
        now = self._chronicle.later(minutes=1)
        line = self._sale.order.lines[0]
        missing: JsonValue = [{"line_id": line.line_id, "missing": 1}]
        receipt: dict[str, JsonValue] = {"decision": "routing", "outcome": "unfillable", "lines": missing}
        self._chronicle.tell(EventType.DECISION_RECORDED, facts=receipt)
        self._chronicle.tell(EventType.ORDER_ON_HOLD, reason_code=HoldReason.INVENTORY_OUT_OF_STOCK)
        self._wait(OrderStatus.CUSTOMER_ACTION_REQUIRED, STOCK_OR_CHOICE, until=now + THREE_DAYS)
        self._order |= {"waits_for_stock": True, "short_since": now, "short_until": now + THREE_DAYS}
        self._chronicle.write(Purpose.BACKORDER_CHOICE)

    def planned(self) -> None:
        self._chronicle.later(minutes=1)
        lines, chance = self._sale.order.lines, self._chronicle.chance
        parts = [lines[:1], lines[1:]] if len(lines) > 1 and chance.random() < SPLIT else [lines]
        self._consignments = [
            PastConsignment(self._chronicle, position, node, part, address_ref=self._address_ref)
            for position, (node, part) in enumerate(zip(chance.sample(self._nodes, 2), parts, strict=False), start=1)
        ]
        self._chronicle.tell(EventType.DECISION_RECORDED, facts=receipts.of_plan(self._consignments))
        units = sum(line.quantity for line in lines)
        self._chronicle.tell(EventType.INVENTORY_RESERVED, facts={"units": units})
        self._wait(OrderStatus.PROCESSING, None)
        for consignment in self._consignments:
            consignment.created()
            consignment.asked()

    def accepted(self) -> None:
        self._chronicle.later(hours=1)
        for consignment in self._consignments:
            consignment.accepted()
            consignment.labeled()

    def sent(self) -> None:
        """All of it, and its money is captured, whole."""
        now = self._order["handed_over_at"] = self._chronicle.later(hours=4)
        for consignment in self._consignments:
            consignment.handed_over()
        self._tender["captured_minor"] = self._sale.total_minor
        self._money = self._sale.captured
        self._chronicle.rows.add(
            "money_moves",
            move_id=self._chronicle.number,
            order_id=self._chronicle.order_id,
            tender_id="t1",
            round=1,
            kind="capture",
            key=f"{self._chronicle.workflow_id}:capture:1",
            amount_minor=self._sale.total_minor,
            reason="handed over",
            status="done",
            provider_ref=f"cap_{self._chronicle.number}",
            planned_at=now,
            done_at=now,
        )
        self._chronicle.tell(EventType.PAYMENT_CAPTURED, facts={"amount_minor": self._sale.total_minor})
        self._pay(PaymentStatus.CAPTURED)
        self._chronicle.write(Purpose.SHIPPED)

    def scanned(self, status: ShipmentStatus, **after: float) -> None:
        self._chronicle.later(**after)
        for consignment in self._consignments:
            consignment.scanned(status)

    def completed(self) -> None:
        self._chronicle.write(Purpose.DELIVERED)
        self._wait(OrderStatus.COMPLETED, None)
        self._chronicle.tell(EventType.ORDER_COMPLETED, facts={"delivered": len(self._consignments)})

    def disputed(self) -> None:
        """Open, and a person is asked about it."""
        now = self._chronicle.later(days=5)
        respond_by = self._chronicle.until + timedelta(days=10) * self._chronicle.chance.random()
        dispute_ref = f"dis_{self._chronicle.number}"
        self._chronicle.rows.add(
            "disputes",
            dispute_ref=dispute_ref,
            order_id=self._chronicle.order_id,
            move_id=self._chronicle.number,
            amount_minor=self._sale.total_minor,
            reason="not_received",
            respond_by=respond_by,
            opened_at=now,
            status="open",
            unbooked_minor=0,
        )
        self._chronicle.tell(EventType.PAYMENT_DISPUTED, by=_PAYMENTS, source="webhook", subject=dispute_ref)
        self._pay(PaymentStatus.DISPUTED)
        facts = DisputeFacts(
            order_number=self._chronicle.number,
            amount=self._total,
            reason="not_received",
            captured=self._total,
            given_back=self._total.model_copy(update={"amount_minor": 0}),
            delivered=[
                DeliveredParcel(carrier=CARRIER, tracking_code=each.tracking_code, delivered_at=now)
                for each in self._consignments
            ],
        )
        question = dispute_question(facts).model_copy(update={"subject": dispute_ref})
        self._questions.append(PastQuestion(self._chronicle, question, respond_by))

    def canceled(self) -> None:
        """By its customer, before anything was planned."""
        now = self._chronicle.later(minutes=20)
        self._cancel_by_customer()
        self._tender |= {"released_minor": self._sale.total_minor, "voided_at": now}
        self._money, self._canceled = self._sale.canceled, 1
        self._chronicle.tell(EventType.PAYMENT_VOIDED, facts={"tender_id": "t1"})
        self._chronicle.tell(EventType.ORDER_CANCELED, reason_code="customer")
        self._pay(PaymentStatus.VOIDED)
        self._wait(OrderStatus.CANCELED, None)
        self._chronicle.write(Purpose.CANCELED)

    def recalled(self) -> None:
        """Its customer has canceled what nodes have, and they have not given it back yet."""
        self._chronicle.later(minutes=20)
        for consignment in self._consignments:
            consignment.recalled()
        self._cancel_requested = 1
        self._cancel_by_customer()
        self._wait(OrderStatus.CANCEL_REQUESTED, UNDOING)

    def held_by_staff(self) -> None:
        now, hold_id = self._chronicle.later(minutes=20), self._chronicle.new_id("hld")
        self._chronicle.rows.add(
            "order_holds",
            hold_id=hold_id,
            order_id=self._chronicle.order_id,
            reason=HoldReason.CUSTOMER_REQUEST,
            owner_type=_STAFF[0],
            owner_id=_STAFF[1],
            due_at=now + THREE_DAYS,
            placed_at=now,
        )
        reason = HoldReason.CUSTOMER_REQUEST
        self._chronicle.tell(EventType.ORDER_ON_HOLD, by=_STAFF, source="console", subject=hold_id, reason_code=reason)

    def store(self) -> None:
        store_address(self._chronicle, self._sale, self._address_ref)
        store_order(
            self._chronicle,
            self._sale,
            self._order | {"money": self._money},
            customer_ref=self._customer_ref,
            channel=self._channel,
            address_ref=self._address_ref,
            placed_at=self._placed_at,
        )
        store_lines(self._chronicle, self._sale, canceled=self._canceled, cancel_requested=self._cancel_requested)
        store_tender(self._chronicle, self._sale, self._tender)
        for consignment in self._consignments:
            consignment.store()
        for question in self._questions:
            question.store()

    def _cancel_by_customer(self) -> None:
        self._chronicle.tell(EventType.ORDER_CANCEL_REQUESTED, by=_SHOP, source="rest", reason_code="customer")
        self._order |= {"cancel_reason": CancelReason.CUSTOMER, "cancel_requested": True}

    @property
    def _total(self) -> Money:
        return Money(amount_minor=self._sale.total_minor, currency=self._sale.order.currency)

    def _pay(self, status: PaymentStatus) -> None:
        self._order["payment_status"] = status

    def _wait(self, status: OrderStatus, on: str | None, until: datetime | None = None) -> None:
        self._order |= {"status": status, "waiting_on": on, "waiting_until": until}

    def _authorization(self, status: str, **answer: object) -> None:
        self._chronicle.rows.add(
            "authorizations",
            order_id=self._chronicle.order_id,
            tender_id="t1",
            round=1,
            key=f"{self._chronicle.workflow_id}:authorize:t1:1",
            payment_method="pm_card",
            amount_minor=self._sale.total_minor,
            status=status,
            **answer,
        )
