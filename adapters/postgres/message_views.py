"""What people are told of an order, as staff see it."""

from typing import Final

import asyncpg

from adapters.postgres import drafts
from adapters.postgres.database import Connection
from contracts.ids import MessageId, OrderId
from contracts.outreach import MessageView
from decisions.messages import paragraphs_of

# The draft that is sent, or else the newest that passed.
_MESSAGES: Final = """
select m.*, d.writer, d.model, d.version, d.sentences,
       (select count(*) from drafts r where r.message_id = m.message_id and r.violations <> '[]') as rejected_drafts
from messages m left join lateral (
    select * from drafts p where p.message_id = m.message_id and p.violations = '[]'
    order by p.attempt = m.draft desc nulls last, p.attempt desc limit 1
) d on true
where m.order_id = $1 order by m.created_at, m.number
"""


async def messages_of(connection: Connection, order_id: OrderId) -> list[MessageView]:
    """Oldest first, what is for staff among them."""
    return [_view(row) for row in await connection.fetch(_MESSAGES, order_id)]


def _view(row: asyncpg.Record) -> MessageView:
    copy = None if row["writer"] is None else drafts.copy_of(row)
    return MessageView(
        **dict(row) | {"subject": copy and copy.text("subject"), "text": copy and "\n\n".join(paragraphs_of(copy))},
        id=MessageId(row["message_id"]),
        written_by=copy and copy.written_by,
    )
