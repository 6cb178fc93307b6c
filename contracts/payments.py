"""What is said to a payment provider, and what it answers."""

from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime

from contracts.base import Contract
from contracts.money import Money
from contracts.refunds import TenderKind

NO_TO_THIS_PAYMENT: Final = {402, 409, 422}  # HTTP: declined, lapsed or used up, not possible


class CardDeclined(Exception):
    """The customer's bank said no; asking again will not help. Carries the provider's decline code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the card was declined: {code}")
        self.code = code


class AuthorizationStatus(StrEnum):
    """Where one round of asking for a tender's money stands; one that is `replaced` is to be voided."""

    ASKED = "asked"
    AUTHORIZED = "authorized"
    DECLINED = "declined"
    REPLACED = "replaced"
    VOIDED = "voided"
    LAPSED = "lapsed"


class AuthorizationRequest(Contract):
    """`key` makes it happen once, however often it is asked: order/1001:authorize:t1:1."""

    key: str
    amount: Money
    payment_method: str


class AskedAuthorization(AuthorizationRequest):
    """One round of asking for a tender's money."""

    tender_id: str
    kind: TenderKind
    round: int

    @property
    def void_key(self) -> str:
        return f"{self.key}:void"


class ReplacedAuthorization(AskedAuthorization):
    """One that is not needed any more, since another one was made in its place."""

    authorization_ref: str


class Authorization(Contract):
    """Money set aside at the provider; it lapses at `expires_at` (business time)."""

    authorization_ref: str
    amount: Money
    expires_at: AwareDatetime


class CaptureRequest(Contract):
    key: str
    authorization_ref: str
    amount: Money


class Capture(Contract):
    capture_ref: str
    amount: Money


class RefundRequest(Contract):
    """Money given back of one capture."""

    key: str
    capture_ref: str
    amount: Money


class Refund(Contract):
    refund_ref: str
    amount: Money


class CaptureRoom(Contract):
    """How much of a capture may be given back yet, in minor units."""

    capture_ref: str
    room_minor: int


class RefundPart(Contract):
    """What a refund gives back of one capture; without a capture it is the rest for which none has room."""

    capture_ref: str | None
    amount_minor: int


class MoneyMove(StrEnum):
    CAPTURE = "capture"
    REFUND = "refund"
    VOID = "void"
    RELEASE = "release"


class MoveStatus(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    REFUSED = "refused"


class PaymentFacts(Contract):
    """What the payment status is made of, in minor units: still to come, taken, given back, and not charged after all.

    `has_failed`: something was refused, and nothing came of that yet. `for_nothing`: units that cost nothing were sold.
    """

    may_be_captured: int
    captured: int
    refunded: int
    given_up: int = 0
    for_nothing: bool = False
    has_failed: bool = False
    is_disputed: bool = False


class RefusedMove(Contract):
    """What the provider will not do, or took back again: `given_back` is what was refunded of such a capture.

    `captured` and `not_captured` are what became of all there was to capture of that tender.
    """

    order_number: int
    kind: MoneyMove
    amount: Money
    code: str
    is_late: bool = False
    given_back: Money
    captured: Money
    not_captured: Money

    @property
    def is_doubtful(self) -> bool:
        """A refund of what was perhaps never captured: a person may say that it is not owed."""
        return self.code == "not_captured"

    @property
    def is_past_asking(self) -> bool:
        """A refund that the provider cannot make, however often it is asked."""
        return self.is_doubtful or self.code == "refund_window_over"


class PlannedMove(Contract):
    """What was decided to happen to a tender's money and has not happened yet.

    A card's refund is of one capture; `capture_ref` is the provider's reference of it. Times are business time.
    """

    move_id: int
    kind: MoneyMove
    tender_id: str
    tender_kind: TenderKind
    key: str
    amount: Money
    authorization_ref: str | None
    planned_at: AwareDatetime
    capture_ref: str | None = None
    captured_at: AwareDatetime | None = None

    @property
    def is_doubtful(self) -> bool:
        """A refund of what was not captured, or perhaps not: a person has to look before money is given back."""
        return self.kind is MoneyMove.REFUND and self.tender_kind == "card" and self.capture_ref is None
