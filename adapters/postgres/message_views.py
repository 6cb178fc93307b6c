"""What customers were told of an order, and the summary that staff read of it."""

from typing import Final

import asyncpg

from adapters.postgres.database import Connection
from contracts.console import CaseSummary
from contracts.ids import MessageId, OrderId
from contracts.outreach import MessageView, Purpose
from contracts.words import Sentence, WrittenBy, joined

# The one that is sent, or else the newest that passed.
_MESSAGES: Final = """
select m.*, d.writer, d.model, d.version, d.sentences,
       (select count(*) from drafts r where r.message_id = m.message_id and r.violations <> '[]') as rejected_drafts
from messages m left join lateral (
    select * from drafts p where p.message_id = m.message_id and p.violations = '[]'
    order by p.attempt = m.draft desc nulls last, p.attempt desc limit 1
) d on true
where m.order_id = $1 order by m.created_at, m.number
"""


async def messages_of(connection: Connection, order_id: OrderId) -> tuple[list[MessageView], CaseSummary | None]:
    """What is for the customer, oldest first; and the newest summary for staff, if one was written."""
    rows = await connection.fetch(_MESSAGES, order_id)
    told = [_message(row) for row in rows if row["purpose"] != Purpose.CASE_SUMMARY]
    summaries = [_summary(row) for row in rows if row["purpose"] == Purpose.CASE_SUMMARY and row["sentences"]]
    return told, summaries[-1] if summaries else None


def _message(row: asyncpg.Record) -> MessageView:
    subject, text = _subject_and_text(_sentences(row))
    return MessageView(
        **dict(row) | {"subject": subject, "text": text},
        id=MessageId(row["message_id"]),
        written_by=_writer(row),
    )


def _summary(row: asyncpg.Record) -> CaseSummary:
    return CaseSummary(sentences=_sentences(row), written_by=WrittenBy.model_validate(dict(row)))


def _sentences(row: asyncpg.Record) -> tuple[Sentence, ...]:
    return tuple(Sentence.model_validate(each) for each in row["sentences"] or ())


def _writer(row: asyncpg.Record) -> WrittenBy | None:
    return None if row["writer"] is None else WrittenBy.model_validate(dict(row))


def _subject_and_text(sentences: tuple[Sentence, ...]) -> tuple[str | None, str | None]:
    """The sentences by field, each field a paragraph in the order in which they are read."""
    if not sentences:
        return None, None
    fields = dict.fromkeys(sentence.field for sentence in sentences)
    said = {field: joined(each.text for each in sentences if each.field == field) for field in fields}
    subject = said.pop("subject", None)
    return subject, "\n\n".join(said.values())
