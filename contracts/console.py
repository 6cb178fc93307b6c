"""What the staff's pages show, read in one moment: open questions, a question's case, an order's file."""

from typing import Literal

from pydantic import AwareDatetime

from contracts.approvals import ApprovalDetail, ApprovalView
from contracts.base import Contract
from contracts.ids import NodeId, Sku
from contracts.order_view import OrderView
from contracts.outreach import MessageView
from contracts.refunds import TenderKind
from contracts.stock import Bucket
from contracts.words import Sentence, WrittenBy


class Inbox(Contract):
    """The soonest due first, then the most money; `more` are open besides those shown. `mark` changes with them."""

    questions: list[ApprovalView]
    more: int
    mark: str


class CaseSummary(Contract):
    """A held order in sentences, by field; for staff alone."""

    sentences: tuple[Sentence, ...]
    written_by: WrittenBy


class TenderRow(Contract):
    """One card or gift card of an order: all amounts in minor units of the order's currency."""

    tender_id: str
    kind: TenderKind
    amount_minor: int
    authorized_minor: int
    captured_minor: int
    refunded_minor: int
    released_minor: int
    expires_at: AwareDatetime | None


class StockRow(Contract):
    """How many units of a product moved for a consignment, from where to where, and why."""

    consignment: str
    node_id: NodeId
    sku: Sku
    from_bucket: Bucket | None
    to_bucket: Bucket
    quantity: int
    reason: str
    occurred_at: AwareDatetime


class Person(Contract):
    """Where the order goes: the one place where staff see it."""

    recipient: str
    email: str
    address: list[str]
    external_ref: str
    earlier_orders: int


class Price(Contract):
    """What of an order's total neither its lines nor its shipping say. `tax_mode` exclusive: taxes come on top."""

    order_discount_minor: int
    tax_mode: Literal["exclusive", "inclusive"]


class Names(Contract):
    """What ids are called; keys by their owner."""

    keys: dict[str, str]
    products: dict[str, str]
    nodes: dict[str, str]
    staff: dict[str, str]


class OrderFile(Contract):
    """An order, and all that staff see beside it; `notes` are by the event that they came with."""

    order: OrderView
    time_zone: str
    person: Person
    price: Price
    tenders: list[TenderRow]
    stock: list[StockRow]
    handed_over: dict[str, AwareDatetime]
    notes: dict[int, str]
    questions: list[ApprovalView]
    messages: list[MessageView]
    names: Names
    mark: str


class Case(Contract):
    """A question with what there is to decide it by."""

    question: ApprovalDetail
    order: OrderFile
    summary: CaseSummary | None
