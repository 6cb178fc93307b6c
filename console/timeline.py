"""What happened to an order as one list of sentences: events, messages and decisions, with who it was."""

from datetime import datetime
from typing import Final, Literal, TypeAlias

from console import receipts
from console.events import said
from console.receipts import Receipt
from console.words import sentence, spaced
from contracts.actors import Actor
from contracts.base import Contract
from contracts.console import Names, OrderFile
from contracts.events import EventType
from contracts.order_view import TimelineEntry
from contracts.outreach import MessageStatus, MessageView

Badge: TypeAlias = Literal["person", "key", "system", "model", "message"]

_BADGES: Final[dict[str, Badge]] = {"user": "person", "api_key": "key", "system": "system", "model": "model"}
_SOURCES: Final = {"rest": "over the API", "console": "in the console", "assistant": "through the assistant"}


class Entry(Contract):
    """One thing that happened: `said` of it, by whom, how they came in, why, and what can be unfolded."""

    at: datetime
    said: str
    badge: Badge
    actor: str
    source: str = ""
    reason: str = ""
    note: str = ""
    receipt: Receipt | None = None
    message: MessageView | None = None
    position: int = 0


def entries(file: OrderFile) -> list[Entry]:
    """The newest last: in the order in which they happened, and were told.

    A message stands for the events of its own: it says the same, and can be read.
    """
    shown = {message.id for message in file.messages}
    happened = [_event(entry, file) for entry in file.order.timeline if entry.subject not in shown]
    told = [_message(message) for message in file.messages]
    return sorted([*happened, *told], key=lambda entry: (entry.at, entry.position))


def called(actor: Actor, names: Names) -> str:
    """Staff by the name they sign in with, nodes by theirs, keys by their owner."""
    match actor.type:
        case "user":
            return names.staff.get(actor.id, actor.id)
        case "api_key":
            return names.keys.get(actor.id, actor.id)
        case "system":
            return "Steward" if actor.id == "steward" else names.nodes.get(actor.id, sentence(actor.id))
        case "model":
            return actor.id


def _event(entry: TimelineEntry, file: OrderFile) -> Entry:
    is_decision = entry.type == EventType.DECISION_RECORDED
    return Entry(
        at=entry.occurred_at,
        said=said(entry, file),
        badge=_BADGES[entry.actor.type],
        actor=called(entry.actor, file.names),
        source=_SOURCES.get(entry.source, ""),
        reason=spaced(entry.reason_code or ""),
        note=file.notes.get(entry.sequence, ""),
        receipt=receipts.receipt(entry.facts, file) if is_decision else None,
        position=entry.sequence,
    )


def _message(message: MessageView) -> Entry:
    by = message.written_by
    written = "nobody yet" if by is None else (by.model or "model" if by.writer == "model" else "composer")
    return Entry(
        at=message.sent_at or message.created_at,
        said=_of_message(message),
        badge="message",
        actor=f"written by {written}",
        reason=spaced(message.reason or ""),
        message=message,
        position=1_000_000,
    )


def _of_message(message: MessageView) -> str:
    what = sentence(spaced(message.purpose))
    outcome = {
        MessageStatus.OWED: "is being written",
        MessageStatus.ASKED: "is not sent: nothing that was written may be, and a person decides",
        MessageStatus.DEFERRED: "waits for a better time",
        MessageStatus.SENDING: "is being sent",
        MessageStatus.SENT: "sent to the customer",
        MessageStatus.SUPPRESSED: "not sent",
        MessageStatus.BOUNCED: "could not be delivered to the customer's mailbox",
    }[message.status]
    return f"Message “{what}” {outcome}"
