"""What is captured of an order, what is given back, by which tender, and why."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints

from contracts.base import Contract
from contracts.money import Currency

Amount = Annotated[int, Field(strict=True)]  # minor units; below zero only in a purchase that is refused for it
FractionText = Annotated[
    str, StringConstraints(pattern=r"^([0-9]+(\.[0-9]*)?|\.[0-9]+|[0-9]+/[0-9]*[1-9][0-9]*)$", max_length=40)
]

TaxMode = Literal["exclusive", "inclusive"]
TenderKind = Literal["card", "gift_card"]
TenderPolicy = Literal["gift_card_last", "gift_card_first", "proportional"]
TenderUse = Literal["gift_card_first", "card_first"]


class PurchaseLine(Contract):
    """`discount_minor` is for the whole line, not per unit."""

    line_id: str
    quantity: Annotated[int, Field(strict=True)]
    unit_price_minor: Amount
    discount_minor: Amount
    tax_rate: FractionText


class PurchaseTender(Contract):
    tender_id: str
    kind: TenderKind
    amount_minor: Amount
    state: Literal["authorized", "captured"]


class Purchase(Contract):
    """An order as it was bought, sound or not; the ids of lines and of tenders are unique."""

    currency: Currency
    tax_mode: TaxMode
    lines: tuple[PurchaseLine, ...]
    order_discount_minor: Amount
    shipping_minor: Amount
    shipping_tax_rate: FractionText
    tenders: tuple[PurchaseTender, ...]


class UnitState(StrEnum):
    """Where a unit stands, and the shipping: open, then captured or canceled; what was captured may be refunded."""

    OPEN = "open"
    CAPTURED = "captured"
    CANCELED = "canceled"
    REFUNDED = "refunded"


class UnitRun(Contract):
    """Neighboring units of a line that are in the same state."""

    state: UnitState
    count: Annotated[int, Field(ge=1)]


class PaidLine(Contract):
    """`units` are the line's units in their order; amount and tax are those of the whole line."""

    line_id: str
    amount_minor: int
    tax_minor: int
    units: tuple[UnitRun, ...]

    @property
    def quantity(self) -> int:
        return sum(run.count for run in self.units)

    def count(self, *states: UnitState) -> int:
        return sum(run.count for run in self.units if run.state in states)


class PaidTender(Contract):
    tender_id: str
    kind: TenderKind
    amount_minor: int
    captured_minor: int = 0
    refunded_minor: int = 0
    released_minor: int = 0

    @property
    def authorized_minor(self) -> int:
        """What may still be captured."""
        return self.amount_minor - self.captured_minor - self.released_minor

    @property
    def held_minor(self) -> int:
        """What was captured and not refunded."""
        return self.captured_minor - self.refunded_minor


class PaidOrder(Contract):
    """An order's money: the state every plan starts from and leaves. `kept_minor` is fees and labels so far."""

    currency: Currency
    tax_mode: TaxMode
    lines: tuple[PaidLine, ...]
    shipping_minor: int
    shipping_tax_minor: int
    shipping: UnitState
    tenders: tuple[PaidTender, ...]
    kept_minor: int = 0
    canceled: bool = False

    @property
    def tender_kinds(self) -> frozenset[TenderKind]:
        """Of those that pay something."""
        return frozenset(tender.kind for tender in self.tenders if tender.amount_minor)

    @property
    def authorized_minor(self) -> int:
        return sum(tender.authorized_minor for tender in self.tenders)

    @property
    def refundable_minor(self) -> int:
        """The most that later refunds, fees and labels can come to as long as nothing more is captured."""
        return sum(tender.held_minor for tender in self.tenders) - self.kept_minor


class UnitsOfLine(Contract):
    """How many units of a line a step is about."""

    line_id: str
    quantity: Annotated[int, Field(strict=True)]


class Return(Contract):
    """Captured units come back; the fee is a rate of their value, the label an amount."""

    action: Literal["return"] = "return"
    units: tuple[UnitsOfLine, ...]
    refund_shipping: Annotated[bool, Field(strict=True)] = False
    restocking_fee_rate: FractionText = "0"
    return_label_minor: Annotated[int, Field(strict=True, ge=0)] = 0


class Cancel(Contract):
    """The whole order ends."""

    action: Literal["cancel"] = "cancel"


class CancelUnits(Contract):
    """Some units will not be sent: open ones first, then captured ones."""

    action: Literal["cancel_units"] = "cancel_units"
    units: tuple[UnitsOfLine, ...]


class Goodwill(Contract):
    """An amount given back for no unit."""

    action: Literal["goodwill"] = "goodwill"
    amount_minor: Amount


Reversal = Annotated[Return | Cancel | CancelUnits | Goodwill, Field(discriminator="action")]


class Refusal(StrEnum):
    INVALID_ORDER = "invalid_order"
    ALREADY_CANCELED = "already_canceled"
    NOT_CAPTURED = "not_captured"
    UNKNOWN_LINE = "unknown_line"
    INVALID_QUANTITY = "invalid_quantity"
    INVALID_AMOUNT = "invalid_amount"
    OVER_RETURN = "over_return"
    OVER_CANCEL = "over_cancel"
    OVER_CAPTURE = "over_capture"
    EXCEEDS_CAPTURED = "exceeds_captured"
    SHIPPING_ALREADY_REFUNDED = "shipping_already_refunded"
    NOTHING_TO_REFUND = "nothing_to_refund"
    NOTHING_TO_CANCEL = "nothing_to_cancel"
    NOTHING_TO_CAPTURE = "nothing_to_capture"


class Refused(Contract):
    """The step changes nothing."""

    result: Literal["refused"] = "refused"
    code: Refusal


class Value(Contract):
    """What units and shipping are worth; in inclusive mode the taxes are contained in goods and shipping."""

    goods_minor: int = 0
    tax_minor: int = 0
    shipping_minor: int = 0
    shipping_tax_minor: int = 0

    def __add__(self, other: Self) -> Self:
        names = type(self).model_fields
        return self.model_copy(update={name: getattr(self, name) + getattr(other, name) for name in names})

    def goods_charged(self, tax_mode: TaxMode) -> int:
        return self.goods_minor + (self.tax_minor if tax_mode == "exclusive" else 0)

    def charged(self, tax_mode: TaxMode) -> int:
        on_top = self.shipping_tax_minor if tax_mode == "exclusive" else 0
        return self.goods_charged(tax_mode) + self.shipping_minor + on_top


class TenderAction(Contract):
    """`void` ends an authorization of which nothing was captured, `release` gives up a part or the rest of one."""

    tender_id: str
    action: Literal["capture", "refund", "void", "release"]
    amount_minor: int


class CapturePlan(Contract):
    """`prepaid_minor` is the part of the value that tenders captured in advance pay; the rest is captured now."""

    result: Literal["ok"] = "ok"
    captured: Value
    prepaid_minor: int
    capture_minor: int
    capture_decimal: str
    tenders: tuple[TenderAction, ...]
    after: PaidOrder


class ReversalPlan(Contract):
    """`refunded` is the value that was captured, `released` the value that was still open. It all adds up:

    charged value of both = refund + release + fee + label + already given; a goodwill is a refund without a value.
    """

    result: Literal["ok"] = "ok"
    refunded: Value
    released: Value
    fee_minor: int
    label_minor: int
    already_given_minor: int
    released_minor: int
    refund_minor: int
    refund_decimal: str
    tenders: tuple[TenderAction, ...]
    after: PaidOrder
