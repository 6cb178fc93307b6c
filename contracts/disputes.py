"""Disputes: a customer's bank takes a capture back, or part of it, until it is decided who was right."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from contracts.base import Contract
from contracts.money import Money

DisputeOutcome = Literal["won", "lost"]
DisputeChoice = Literal["contest", "accept"]


class DisputeStatus(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class DisputeAnswer(Contract):
    """What the provider is to be told of a dispute, once under its key."""

    key: str
    dispute_ref: str
    answer: DisputeChoice


class DisputeView(Contract):
    """`answer` is what was decided to say, `respond_by` until when the provider hears it."""

    dispute_ref: str
    amount: Money
    reason: str
    status: DisputeStatus
    answer: DisputeChoice | None
    respond_by: AwareDatetime
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None


class DeliveredParcel(Contract):
    carrier: str
    tracking_code: str
    delivered_at: AwareDatetime


class DisputeFacts(Contract):
    """What is known of a disputed capture: how much of it was given back before, and what has arrived."""

    order_number: int
    amount: Money
    reason: str
    captured: Money
    given_back: Money
    delivered: list[DeliveredParcel]
