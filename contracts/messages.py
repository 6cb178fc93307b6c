"""What the process of a message is started with, what its steps ask and answer, and the mail that leaves."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Self, TypeAlias

from pydantic import AwareDatetime

from contracts.base import Contract
from contracts.clock import BusinessClock
from contracts.ids import MessageId, OrderId
from contracts.order import OrderStep
from contracts.outreach import MessageKind, MessageStatus, Purpose, SuppressionReason
from contracts.partners import PartnerUnavailable
from contracts.words import Brief, Copy, Verdict, Violation, WrittenBy
from contracts.writers import WriterFailed


class MessageStage(StrEnum):
    """What the process waits for."""

    AWAITING_PERSON = "awaiting_person"
    DEFERRED = "deferred"


class MessageRef(Contract):
    """Which message, of which order: 1001-7 tells of the seventh event of order 1001."""

    message_id: MessageId
    number: str
    purpose: Purpose
    order_id: OrderId
    order_number: int
    policy_version: int

    def at(self, now: AwareDatetime) -> "MessageStep":
        return MessageStep(**dict(self), now=now)


class MessageStart(MessageRef):
    clock: BusinessClock

    @property
    def ref(self) -> MessageRef:
        return MessageRef.model_validate(dict(self))


class MessageStep(MessageRef):
    """A step of a message, at the business time at which it is taken."""

    now: AwareDatetime

    @property
    def of_order(self) -> OrderStep:
        return OrderStep(
            order_id=self.order_id, number=self.order_number, policy_version=self.policy_version, now=self.now
        )


Pen: TypeAlias = Literal["model", "composer"]
WhatNext: TypeAlias = Literal["send", "model", "composer", "ask", "done"]


class WriteRequest(Contract):
    """One attempt, the first is 1. `pen`: who is to write; without a model, or a budget for it, the composer does."""

    message: MessageRef
    attempt: int
    pen: Pen


@dataclass(frozen=True)
class Draft:
    """What was written on which brief, and the guard's verdict on it; no sentence if the model wrote none."""

    attempt: int
    brief: Brief
    copy: Copy
    verdict: Verdict

    @classmethod
    def not_written(cls, attempt: int, brief: Brief, failed: WriterFailed) -> Self:
        violation = Violation(code=failed.code, field="", words="", advice=str(failed))
        nothing = Copy(sentences=(), written_by=WrittenBy(writer="model", version="none"))
        return cls(attempt, brief, nothing, Verdict(violations=(violation,)))


class Attempt(Contract):
    """What came of it: who wrote, what the guard found (codes only: texts name people), and what is to be done next.

    `done`: what staff read is there to be read, or there is nothing to tell any more.
    """

    attempt: int
    written_by: WrittenBy | None = None
    verdict: Literal["passed", "rejected", "nothing_to_tell"]
    codes: tuple[str, ...] = ()
    next: WhatNext


class Standing(Contract):
    """What the gate knows of a message at the moment at which it would leave."""

    kind: MessageKind
    status: MessageStatus
    consents: bool
    bounced: bool
    told_already: bool
    purchased: bool
    time_zone: str
    now: AwareDatetime


class Gate(Contract):
    """What may happen to a message now."""

    outcome: Literal["send", "defer", "suppress"]
    until: AwareDatetime | None = None
    reason: SuppressionReason | None = None


class Mail(Contract):
    """A mail to one person, complete: `message_id` stays the same however often it is sent."""

    message_id: MessageId
    to: str
    recipient: str
    subject: str
    paragraphs: tuple[str, ...]
    written_by: WrittenBy
    sent_at: AwareDatetime


class Leaving(Contract):
    """What the gate decided, with the mail if it is to leave. `rewrite`: the facts are others by now.

    `tried`: it was let out before, and nobody knows whether a mail server took it.
    """

    outcome: Literal["send", "sent", "deferred", "suppressed", "bounced", "rewrite"]
    until: AwareDatetime | None = None
    reason: SuppressionReason | None = None
    mail: Mail | None = None
    tried: bool = False


class Sending(Contract):
    """What became of it, as the process hears it: no text, no person."""

    outcome: Literal["sent", "deferred", "suppressed", "bounced", "rewrite"]
    until: AwareDatetime | None = None
    reason: SuppressionReason | None = None


class MessageResult(Contract):
    number: str
    outcome: Literal["sent", "suppressed", "bounced", "read"]
    reason: SuppressionReason | None = None
    attempts: int


class MailNotTaken(PartnerUnavailable):
    """The mail server was not there, or said not now: it surely has not taken the mail."""


class MailBounced(Exception):
    """Its mail server will never take anything for this address."""

    def __init__(self, code: int) -> None:
        super().__init__(f"refused for good with {code}")
        self.code = code
