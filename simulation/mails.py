"""What customers were told, held against the books of those who carried it and of those who made things up."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from adapters.postgres.database import Database
from contracts.base import Contract
from simulation.mailbox import ReceivedMail
from simulation.model import Untruth

_MESSAGES: Final = """
select m.message_id, o.number as order_number, m.kind, m.status, m.reason,
       coalesce(d.model, d.writer) as writer,
       (select count(*) from drafts r where r.message_id = m.message_id and r.violations <> '[]'
                                            and r.sentences <> '[]') as rejected
from messages m join orders o using (order_id) left join drafts d on (d.message_id, d.attempt) = (m.message_id, m.draft)
where o.external_id like $1 order by m.created_at, m.number
"""
UNDER_WAY: Final = frozenset({"owed", "sending"})


class MessageRow(Contract):
    """A message of the run as our tables tell it; `writer` is the model's name, or `composer`."""

    message_id: str
    order_number: int
    kind: str
    status: str
    reason: str | None
    writer: str | None
    rejected: int


class Post(Contract):
    """The mailbox, and what the model made up."""

    mails: list[ReceivedMail]
    untruths: list[Untruth]


class Told(Contract):
    """Counts. `guard_rejected` are drafts, `written_by` what was sent or is there for staff to read.

    `untruths` were made up by the model; `sent_again` are service mails that came twice, under one Message-ID.
    """

    messages_sent: int
    messages_suppressed: int
    messages_bounced: int
    guard_rejected: int
    written_by: dict[str, int]
    untruths: int
    untruths_sent: int
    sent_again: int


async def messages_of(database: Database, run: str) -> list[MessageRow]:
    """What people are told of the run's orders, and what became of it."""
    async with database.connection() as connection:
        rows = await connection.fetch(_MESSAGES, f"demo-{run}-%")
    return [MessageRow.model_validate(dict(row)) for row in rows]


def told(messages: Sequence[MessageRow], mails: Sequence[ReceivedMail], untruths: Sequence[Untruth]) -> Told:
    to_customers = [message for message in messages if message.kind != "staff"]
    return Told(
        messages_sent=sum(message.status == "sent" for message in to_customers),
        messages_suppressed=sum(message.status == "suppressed" for message in messages),
        messages_bounced=sum(message.status == "bounced" for message in messages),
        guard_rejected=sum(message.rejected for message in messages),
        written_by=dict(Counter(each.writer for each in messages if each.status == "sent" and each.writer)),
        untruths=len(untruths),
        untruths_sent=len(_reached(messages, mails, untruths)),
        sent_again=sum(times - 1 for times in _times(messages, mails).values() if times),
    )


def mail_differences(
    messages: Sequence[MessageRow], mails: Sequence[ReceivedMail], untruths: Sequence[Untruth]
) -> list[str]:
    """What is on record as sent and never came, came and is not on record, or came and is not so."""
    times = _times(messages, mails)
    by_id = {message.message_id: message for message in messages}
    missing = [each.message_id for each in messages if _was_mailed(each) and not times[each.message_id]]
    unknown = [message_id for message_id in times if times[message_id] and not _was_mailed(by_id[message_id])]
    twice = [m for m, count in times.items() if count > 1 and by_id[m].kind == "marketing"]
    reached = _reached(messages, mails, untruths)
    return [
        *(f"message {message_id} is on record as sent, and no mail came" for message_id in missing),
        *(f"a mail came of message {message_id}, which is not on record as sent" for message_id in unknown),
        *(f"message {message_id} is marketing and came more than once" for message_id in twice),
        *(f"a customer of order {each.order_number} was told: {each.text}" for each in reached),
    ]


def _was_mailed(message: MessageRow) -> bool:
    return message.status == "sent" and message.kind != "staff"


def _times(messages: Iterable[MessageRow], mails: Iterable[ReceivedMail]) -> Counter[str]:
    """How often each message of the run came: mails of other runs lie in the same mailbox."""
    ours = {message.message_id for message in messages}
    came = Counter(_message_id(mail) for mail in mails)
    return Counter({message_id: came[message_id] for message_id in ours})


def _reached(
    messages: Iterable[MessageRow], mails: Iterable[ReceivedMail], untruths: Iterable[Untruth]
) -> list[Untruth]:
    orders = {message.message_id: str(message.order_number) for message in messages}
    said = [(orders.get(_message_id(mail)), f"{mail.subject}\n{mail.body}") for mail in mails]
    return [each for each in untruths if any(order == each.order_number and each.text in text for order, text in said)]


def _message_id(mail: ReceivedMail) -> str:
    return mail.message_id.strip("<>").partition("@")[0]
