"""The partners' books: what happened as facts that are never changed, and every answer given under a key."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from contracts.base import Contract
from contracts.webhooks import WebhookSource
from simulation.answers import Answer, Refusal

_SCHEMA: Final = """
create table if not exists facts (
    fact_id integer primary key, partner text not null, kind text not null, ref text not null, subject text not null,
    key text not null, occurred_at text not null, body text not null
);
create index if not exists facts_by_subject on facts (partner, subject);
create index if not exists facts_by_ref on facts (partner, ref);
create index if not exists facts_by_key on facts (partner, key);
create table if not exists answers (
    partner text not null, key text not null, question text not null, status integer not null, body text not null,
    primary key (partner, key)
);
create table if not exists outbox (
    message_id integer primary key, webhook_id text not null unique, source text not null, subject text not null,
    body text not null, occurred_at text not null, send_at text not null, copies integer not null,
    sent integer not null default 0, attempts integer not null default 0, next_attempt_at text not null default ''
);
create index if not exists outbox_waiting on outbox (send_at) where sent < copies;
"""


class Fact(Contract):
    """What happened at a partner: under its own `ref`, to a `subject`, by a call with `key`; `body` is its JSON."""

    partner: WebhookSource
    kind: str
    ref: str
    subject: str
    key: str
    occurred_at: AwareDatetime
    body: str


_FACTS: Final = TypeAdapter(list[Fact])


class Books:
    """One SQLite file, ours alone. Used from one thread; with no await between, a call is a transaction."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self.now = now
        path.touch(mode=0o600)
        path.chmod(0o600)  # one of an earlier version, too
        self.sql = sqlite3.connect(path, isolation_level=None)
        self.sql.row_factory = sqlite3.Row
        self.sql.execute("pragma journal_mode = wal")
        self.sql.execute("pragma synchronous = normal")
        self.sql.executescript(_SCHEMA)

    def close(self) -> None:
        self.sql.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.sql.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.sql.execute("rollback")
            raise
        self.sql.execute("commit")

    def once(self, partner: WebhookSource, key: str, question: str, work: Callable[[], Answer]) -> Answer:
        """The work's answer; the same key again gets the same answer without the work, if the question is the same.

        Of the question a hash is kept: it may hold an address.
        """
        asked = hashlib.sha256(question.encode()).hexdigest()
        with self.transaction():
            row = self.sql.execute(
                "select question, status, body from answers where partner = ? and key = ?", (partner, key)
            ).fetchone()
            if row is None:
                answer = work()
                self.sql.execute("insert into answers values (?, ?, ?, ?, ?)", (partner, key, asked, *answer))
                return answer
        if row["question"] != asked:
            raise Refusal(422, "idempotency_key_reused")
        return Answer(row["status"], row["body"])

    def record(
        self,
        partner: WebhookSource,
        kind: str,
        *,
        ref: str,
        subject: str,
        key: str,
        body: BaseModel | None = None,
        at: datetime | None = None,
    ) -> None:
        """It happened now, or will at that time."""
        self.sql.execute(
            "insert into facts (partner, kind, ref, subject, key, occurred_at, body) values (?, ?, ?, ?, ?, ?, ?)",
            (
                partner,
                kind,
                ref,
                subject,
                key,
                instant(at or self.now()),
                "{}" if body is None else body.model_dump_json(),
            ),
        )

    def facts_of(self, partner: WebhookSource, subject: str) -> list[Fact]:
        """Everything that happened to the subject, oldest first."""
        return self._facts("select * from facts where partner = ? and subject = ? order by fact_id", partner, subject)

    def all_facts(self, partner: WebhookSource) -> dict[str, list[Fact]]:
        """Every subject's facts, in the order in which the subjects appeared."""
        by_subject: dict[str, list[Fact]] = {}
        for fact in self._facts("select * from facts where partner = ? order by fact_id", partner):
            by_subject.setdefault(fact.subject, []).append(fact)
        return by_subject

    def named(self, partner: WebhookSource, ref: str) -> Fact | None:
        found = self._facts("select * from facts where partner = ? and ref = ?", partner, ref)
        return found[0] if found else None

    def under_key(self, partner: WebhookSource, key: str) -> list[Fact]:
        return self._facts("select * from facts where partner = ? and key = ? order by fact_id", partner, key)

    def _facts(self, query: str, *values: str) -> list[Fact]:
        return _FACTS.validate_python([dict(row) for row in self.sql.execute(query, values)])


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC, always with microseconds, so that the texts sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
