"""What a merchant may set without a deploy: one versioned document, read in steps, never in workflow code."""

from datetime import time, timedelta
from typing import Final, Literal, get_args

from pydantic import Field, field_validator

from contracts.approvals import Role
from contracts.base import Contract
from contracts.checkout import TimeZone
from contracts.claims import Resolution
from contracts.money import Currency
from contracts.refunds import TenderKind, TenderPolicy, TenderUse
from contracts.writers import ModelPrices


class RiskPolicy(Contract):
    """Points per signal, and the number of points from which a person decides."""

    hold_from: int = 50
    velocity: int = 30
    velocity_orders_a_day: int = 3
    unusual_amount: int = 30
    unusual_amount_factor: int = 4
    unusual_first_amount_minor: int = 50_000
    address_mismatch: int = 20
    disposable_email: int = 25
    first_order_express: int = 15
    disposable_domains: tuple[str, ...] = ("mailinator.com", "trashmail.example", "tempmail.example")
    review_business_days: int = 3


class RoutingPolicy(Contract):
    """What a broken promise and an hour of waiting cost, in minor units; how often a lost race is planned again."""

    late_minor: int = 900
    hour_minor_standard: int = 0
    hour_minor_express: int = 40
    seconds_to_solve: float = 2.0
    attempts: int = 20


Remedy = Literal["send_again", "refund"]


class TransitPolicy(Contract):
    """How long after the carrier's own estimate a parcel counts as overdue; how long a capture may take to get through.

    An overdue parcel that nobody has scanned for `lost_after` is taken for lost. What is lost, and what came back to
    its sender, is sent again if there is stock, or else refunded.
    Nothing is handed over whose authorization lapses sooner than that.
    """

    patience: timedelta = timedelta(days=2)
    lost_after: timedelta = timedelta(days=7)
    lost: Remedy = "send_again"
    returned: Remedy = "refund"
    time_to_capture: timedelta = timedelta(hours=4)


class NodePolicy(Contract):
    """How long a node may take to say whether it will send; then it is taken for a no."""

    accept_within: timedelta = timedelta(hours=12)


class BackorderPolicy(Contract):
    """How long an order waits for what is missing, unasked and once its customer chose to; with 0 it does not wait."""

    patience: timedelta = timedelta(days=3)
    chosen: timedelta = timedelta(days=30)


class Capabilities(Contract):
    """What who holds a tender's money can do: capture of an authorization more than once, authorize what is left anew.

    A refund is asked for no later than `refund_within` after its capture; None: whenever.
    """

    several_captures: bool = True
    reauthorizes: bool = True
    refund_within: timedelta | None = timedelta(days=180)


CaptureMoment = Literal["per_consignment", "first_hand_over"]
MoneyQuestion = Literal["refused_capture", "refused_refund", "dispute"]

OUR_OWN: Final = Capabilities(refund_within=None)  # a gift card's money is ours: all is possible


def _usual_capabilities() -> dict[TenderKind, Capabilities]:
    return {"card": Capabilities(), "gift_card": OUR_OWN}


class PaymentPolicy(Contract):
    """`capabilities` of who holds the money, for every kind of tender.

    An order is captured per consignment, or once, for all of it, at the first hand-over: if that is wanted, or nothing
    else is possible. Which tender pays first, and which gets its money back first. How long after a decline another
    payment method is waited for; none cancels at once. How long before it lapses an authorization is made anew.
    `ask_about`: what a person is asked about; the rest is on record, and nothing comes of it by itself. They have so
    many business days for a refusal, and for a dispute until so long before the provider's own date.
    """

    capabilities: dict[TenderKind, Capabilities] = Field(default_factory=_usual_capabilities)
    capture: CaptureMoment = "per_consignment"
    tender_use: TenderUse = "gift_card_first"
    refund_to: TenderPolicy = "gift_card_last"
    method_patience: timedelta = timedelta(days=2)
    renew_before: timedelta = timedelta(days=1)
    ask_about: tuple[MoneyQuestion, ...] = get_args(MoneyQuestion)
    review_business_days: int = 2
    answer_disputes_before: timedelta = timedelta(days=1)

    @field_validator("capabilities")
    @classmethod
    def _is_complete(cls, stated: dict[TenderKind, Capabilities]) -> dict[TenderKind, Capabilities]:
        if missing := set(get_args(TenderKind)) - stated.keys():
            raise ValueError(f"capabilities are not stated for {', '.join(sorted(missing))}")
        return stated


class ClaimPolicy(Contract):
    """How long after its delivery a parcel may be claimed, and what is done if the claim is right.

    A person has so many business days to look at it; then it counts as decided by `on_expiry`.
    """

    within: timedelta = timedelta(days=60)
    resolution: Resolution = "replacement"
    review_business_days: int = 2
    on_expiry: Literal["approved", "rejected"] = "approved"


class ApprovalPolicy(Contract):
    """From which amount on two people have to approve; how long before it is due an open question goes to whom."""

    two_approvers_from_minor: int = 500_000
    escalate_before: timedelta = timedelta(days=1)
    escalate_to: Role = "lead"


class WordsPolicy(Contract):
    """How often a model may repair a text that the guard rejected, and what a day's texts may cost.

    `daily_budget_micros` in millionths of the currency's major unit; after it the composer writes.
    """

    repairs: int = 1
    prices: ModelPrices = ModelPrices(
        input_micros=3_000_000, cache_write_micros=3_750_000, cache_read_micros=300_000, output_micros=15_000_000
    )
    daily_budget_micros: int = 20_000_000
    review_business_days: int = 1


class OutreachPolicy(Contract):
    """Whose name texts bear, and how they are to sound. What kinds of messages wait for the morning, in the customer's
    zone. Within how many business days a refund is on the customer's account, at the latest.
    """

    brand: str = "Harbor & Pine"
    brand_guide: str = (
        "We are a small house for things that last. We write as we talk across the counter: calm, friendly, to the"
        " point. We say please and thank you, and never more than is needed."
    )
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    quiet_kinds: tuple[Literal["service", "marketing"], ...] = ("marketing",)
    refund_business_days: int = 10


class Policy(Contract):
    currency: Currency = "USD"
    time_zone: TimeZone = "America/Chicago"
    risk: RiskPolicy = Field(default_factory=RiskPolicy)
    routing: RoutingPolicy = Field(default_factory=RoutingPolicy)
    transit: TransitPolicy = Field(default_factory=TransitPolicy)
    payment: PaymentPolicy = Field(default_factory=PaymentPolicy)
    backorder: BackorderPolicy = Field(default_factory=BackorderPolicy)
    nodes: NodePolicy = Field(default_factory=NodePolicy)
    claims: ClaimPolicy = Field(default_factory=ClaimPolicy)
    approvals: ApprovalPolicy = Field(default_factory=ApprovalPolicy)
    words: WordsPolicy = Field(default_factory=WordsPolicy)
    outreach: OutreachPolicy = Field(default_factory=OutreachPolicy)
