"""What was written of a message, attempt by attempt, with the guard's verdict on each."""

from typing import Final

import asyncpg

from adapters.postgres.database import Connection
from contracts.ids import MessageId
from contracts.messages import Attempt, Draft, MessageStep, Pen
from contracts.outreach import MessageKind
from contracts.policy import WordsPolicy
from contracts.words import Copy, Sentence, Verdict, Violation, WrittenBy
from contracts.writers import Rejected
from decisions.messages import after_attempt, facts_sha256

_INSERT: Final = """
insert into drafts (message_id, attempt, writer, model, version, sentences, violations, facts_sha256, written_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing
"""
_ONE: Final = """
select d.*, m.kind, (select count(*) from drafts e where e.message_id = d.message_id and e.attempt <= d.attempt
                                                        and e.writer = 'model') as by_model
from drafts d join messages m using (message_id) where d.message_id = $1 and d.attempt = $2
"""
_LAST: Final = "select * from drafts where message_id = $1 order by attempt desc limit 1"


async def insert(connection: Connection, step: MessageStep, draft: Draft) -> None:
    """Once: a second text under the same attempt is thrown away."""
    by = draft.copy.written_by
    await connection.execute(
        _INSERT,
        step.message_id,
        draft.attempt,
        by.writer,
        by.model,
        by.version,
        [sentence.model_dump(mode="json") for sentence in draft.copy.sentences],
        [violation.model_dump(mode="json") for violation in draft.verdict.violations],
        facts_sha256(draft.brief),
        step.now,
    )


async def attempt_of(
    connection: Connection, message_id: MessageId, attempt: int, policy: WordsPolicy
) -> Attempt | None:
    row = await connection.fetchrow(_ONE, message_id, attempt)
    if row is None:
        return None
    verdict = verdict_of(row)
    kind: MessageKind = row["kind"]
    pen: Pen = row["writer"]
    return Attempt(
        attempt=attempt,
        written_by=written_by(row),
        verdict="passed" if verdict.passed else "rejected",
        codes=tuple(verdict.codes),
        next=after_attempt(kind, pen, verdict, by_model=row["by_model"], policy=policy),
    )


async def last(connection: Connection, message_id: MessageId) -> asyncpg.Record | None:
    return await connection.fetchrow(_LAST, message_id)


def rejected_of(row: asyncpg.Record | None) -> Rejected | None:
    """What a repair starts from: none without a text, and none after one that passed."""
    if row is None or not row["sentences"] or not row["violations"]:
        return None
    return Rejected(copy_of(row), verdict_of(row).violations)


def copy_of(row: asyncpg.Record) -> Copy:
    sentences = tuple(Sentence.model_validate(sentence) for sentence in row["sentences"])
    return Copy(sentences=sentences, written_by=written_by(row))


def written_by(row: asyncpg.Record) -> WrittenBy:
    return WrittenBy(writer=row["writer"], model=row["model"], version=row["version"])


def verdict_of(row: asyncpg.Record) -> Verdict:
    return Verdict(violations=tuple(Violation.model_validate(violation) for violation in row["violations"]))
