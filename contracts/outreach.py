"""What a customer is told, and what staff read of a case: when, why, and what became of it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import AwareDatetime, Field

from contracts.base import Contract
from contracts.checkout import TimeZone
from contracts.ids import MessageId
from contracts.money import Money
from contracts.reasons import CancelReason
from contracts.risk import RiskAssessment, RiskFacts
from contracts.words import WrittenBy


class Purpose(StrEnum):
    ORDER_CONFIRMATION = "order_confirmation"
    ORDER_HELD = "order_held"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELED = "canceled"
    CARD_DECLINED = "card_declined"
    BACKORDER_CHOICE = "backorder_choice"
    CASE_SUMMARY = "case_summary"  # for staff


class Item(Contract):
    """So many of a product; `care` is its care tip, a sentence of its maker's."""

    name: str
    quantity: int
    care: str | None = None


class _Occasion(Contract):
    """What is known whatever there is to say. `recipient` is the customer's name; `time_zone` is theirs."""

    brand: str
    locale: str
    time_zone: TimeZone
    now: AwareDatetime
    order_number: int
    recipient: str


class Confirmation(_Occasion):
    """The order is paid for as far as that goes in advance: what is wanted of it, and what that costs in all."""

    purpose: Literal[Purpose.ORDER_CONFIRMATION] = Purpose.ORDER_CONFIRMATION
    items: tuple[Item, ...]
    total: Money
    shipping: Money
    promise_latest: date | None


class Held(_Occasion):
    """Somebody looks at the order before it goes on, until `decided_by` at the latest. Neutral: nobody is accused."""

    purpose: Literal[Purpose.ORDER_HELD] = Purpose.ORDER_HELD
    decided_by: AwareDatetime


class Shipped(_Occasion):
    """Some of the order left: `whole` if that is all of it, `more_follows` if some of it has not left yet.

    It comes from `earliest` to `latest`, days of the zone.
    """

    purpose: Literal[Purpose.SHIPPED] = Purpose.SHIPPED
    items: tuple[Item, ...]
    whole: bool
    more_follows: bool
    carrier: str
    tracking_codes: tuple[str, ...]
    city: str
    earliest: date
    latest: date


class Delivered(_Occasion):
    """One parcel came."""

    purpose: Literal[Purpose.DELIVERED] = Purpose.DELIVERED
    items: tuple[Item, ...]
    carrier: str
    delivered_at: AwareDatetime


class Canceled(_Occasion):
    """Some of the order will not come: `whole` if that is all of it.

    `refund` was charged and is given back, at the latest on `refund_by`, if that is known; `released` was set aside and
    never charged. `charged`: something was, whether or not it is we who give it back.
    """

    purpose: Literal[Purpose.CANCELED] = Purpose.CANCELED
    items: tuple[Item, ...]
    whole: bool
    reason: CancelReason
    charged: bool = False
    refund: Money | None
    refund_by: date | None
    released: Money | None


class CardDeclined(_Occasion):
    """The payment did not go through; another method may be named until `pay_by`, then the order is canceled."""

    purpose: Literal[Purpose.CARD_DECLINED] = Purpose.CARD_DECLINED
    amount: Money
    pay_by: AwareDatetime


class BackorderChoice(_Occasion):
    """Some of it is not there. The customer may wait, take what there is (if `can_ship_rest`), or cancel.

    Without a word by `choose_by` what is missing is canceled.
    """

    purpose: Literal[Purpose.BACKORDER_CHOICE] = Purpose.BACKORDER_CHOICE
    missing: tuple[Item, ...]
    can_ship_rest: bool
    choose_by: AwareDatetime


class Case(_Occasion):
    """A held order, for who decides on it: `time_zone` is the merchant's.

    `delivered_before` are earlier orders of the customer's that arrived.
    """

    purpose: Literal[Purpose.CASE_SUMMARY] = Purpose.CASE_SUMMARY
    items: tuple[Item, ...]
    total: Money
    facts: RiskFacts
    assessment: RiskAssessment
    delivered_before: int
    disputed_before: int
    decide_by: AwareDatetime


Occasion: TypeAlias = Annotated[
    Confirmation | Held | Shipped | Delivered | Canceled | CardDeclined | BackorderChoice | Case,
    Field(discriminator="purpose"),
]


class MessageStatus(StrEnum):
    """`asked`: nothing that was written may be sent, and a person decides. `sending`: the mail server is being told."""

    OWED = "owed"
    ASKED = "asked"
    DEFERRED = "deferred"
    SENDING = "sending"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    BOUNCED = "bounced"


MessageKind: TypeAlias = Literal["service", "marketing", "staff"]


class SuppressionReason(StrEnum):
    """`superseded`: what it was to tell is not so any more."""

    NO_CONSENT = "no_consent"
    PURCHASED = "purchased"
    QUIET_HOURS_EXPIRED = "quiet_hours_expired"
    FREQUENCY_CAP_EXPIRED = "frequency_cap_expired"
    OUT_OF_STOCK = "out_of_stock"
    PRICE_CHANGED = "price_changed"
    DUPLICATE = "duplicate"
    HOLDOUT = "holdout"
    HARD_BOUNCE = "hard_bounce"
    SUPERSEDED = "superseded"
    REFUSED = "refused"  # nothing that was written may be said: a person decided so, or for staff the guard alone


class MessageView(Contract):
    """A message as staff see it: `subject` and `text` as they were sent, or as the last draft that passed says them.

    `rejected_drafts` is how many were written that the guard did not let through.
    """

    id: MessageId
    purpose: Purpose
    kind: MessageKind
    status: MessageStatus
    reason: SuppressionReason | None
    subject: str | None
    text: str | None
    written_by: WrittenBy | None
    rejected_drafts: int
    created_at: AwareDatetime
    deferred_until: AwareDatetime | None
    sent_at: AwareDatetime | None
