"""Messages to the shop on their way: written with the fact they tell of, sent when business time has come to them."""

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Final, Protocol

from pydantic import TypeAdapter

from contracts.base import Contract
from contracts.webhooks import WebhookSource
from simulation.books import Books, instant
from simulation.draws import draw, happens, reference
from simulation.faults import FaultPanel

LONGEST_DELAY: Final = timedelta(hours=6)
OVERTAKEN_BY: Final = timedelta(minutes=1)
FIRST_RETRY: Final = timedelta(seconds=0.2)
LONGEST_RETRY: Final = timedelta(seconds=30)


class News(Protocol):
    """What a partner has to say; it may lie in the future, then it is sent when it happens."""

    @property
    def occurred_at(self) -> datetime: ...

    def model_dump_json(self) -> str: ...


class Letter(Contract):
    """News as they go out: the same id and the same bytes at every attempt."""

    webhook_id: str
    source: WebhookSource
    subject: str
    body: str


_LETTERS: Final = TypeAdapter(list[Letter])


class Outbox:
    def __init__(self, books: Books, panel: FaultPanel, seed: int) -> None:
        self._books = books
        self._panel = panel
        self._seed = seed

    def post(self, source: WebhookSource, subject: str, *news: tuple[str, News]) -> None:
        """Typed news of one subject, in the order in which they happen."""
        bodies = [_body(kind, told) for kind, told in news]
        ids = [reference("msg", source, body) for body in bodies]
        happen_at = [told.occurred_at for _, told in news]
        for webhook_id, body, at, send_at in zip(ids, bodies, happen_at, self._times(ids, happen_at), strict=True):
            copies = 2 if self._strikes(self._panel.current.duplicated, "duplicated", webhook_id) else 1
            self._books.sql.execute(
                "insert into outbox (webhook_id, source, subject, body, occurred_at, send_at, copies)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (webhook_id, source, subject, body, instant(at), instant(send_at), copies),
            )

    def forget_what_will_not_happen(self, subject: str) -> None:
        """Of the subject's messages those that lie in the future; what happened is still told."""
        self._books.sql.execute(
            "delete from outbox where subject = ? and occurred_at > ?", (subject, instant(self._books.now()))
        )

    def untold(self, source: WebhookSource) -> Counter[str]:
        """How many messages of each subject are still to be taken, also such as lie in the future."""
        query = "select subject, count(*) from outbox where source = ? and sent < copies group by subject"
        return Counter(dict(self._books.sql.execute(query, (source,)).fetchall()))

    def due(self, wall: datetime, most: int) -> list[Letter]:
        """What is to be sent now, oldest first: business time says what happened, `wall` when to try again."""
        rows = self._books.sql.execute(
            "select webhook_id, source, subject, body from outbox"
            " where sent < copies and send_at <= ? and next_attempt_at <= ? order by send_at, message_id limit ?",
            (instant(self._books.now()), instant(wall), most),
        )
        return _LETTERS.validate_python([dict(row) for row in rows])

    def was_taken(self, letter: Letter) -> None:
        self._books.sql.execute("update outbox set sent = sent + 1 where webhook_id = ?", (letter.webhook_id,))

    def was_not_taken(self, letter: Letter, wall: datetime) -> None:
        """It is tried again, after twice as long each time."""
        (attempts,) = self._books.sql.execute(
            "update outbox set attempts = attempts + 1 where webhook_id = ? returning attempts", (letter.webhook_id,)
        ).fetchone()
        pause = min(FIRST_RETRY * 2 ** min(attempts - 1, 20), LONGEST_RETRY)
        self._books.sql.execute(
            "update outbox set next_attempt_at = ? where webhook_id = ?", (instant(wall + pause), letter.webhook_id)
        )

    def _times(self, ids: list[str], happen_at: list[datetime]) -> list[datetime]:
        """When each is sent: when it happens, unless a fault delays it or has the next one overtake it."""
        times = [at + self._delay(webhook_id) for webhook_id, at in zip(ids, happen_at, strict=True)]
        for i, webhook_id in enumerate(ids[:-1]):
            if self._strikes(self._panel.current.reordered, "reordered", webhook_id):
                times[i] = max(times[i], times[i + 1] + OVERTAKEN_BY)
        return times

    def _delay(self, webhook_id: str) -> timedelta:
        late = self._strikes(self._panel.current.delayed, "delayed", webhook_id)
        return LONGEST_DELAY * draw(self._seed, "delay", webhook_id).random() if late else timedelta()

    def _strikes(self, rate: float, fault: str, webhook_id: str) -> bool:
        return happens(rate, self._seed, fault, webhook_id)


def _body(kind: str, told: News) -> str:
    """{type, timestamp, data}: Standard Webhooks 1.0."""
    envelope = {"type": kind, "timestamp": instant(told.occurred_at), "data": json.loads(told.model_dump_json())}
    return json.dumps(envelope, separators=(",", ":"))
