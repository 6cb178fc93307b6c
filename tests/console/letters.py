"""Messages as they stand in the tables once they were written: attempts with their verdicts, and what was sent."""

from datetime import UTC, datetime
from uuid import uuid4

from adapters.postgres.database import Database
from contracts.words import Sentence, Violation

_MESSAGE = """
insert into messages (message_id, number, order_id, purpose, kind, status, draft, created_at, sent_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_DRAFT = """
insert into drafts (message_id, attempt, writer, model, version, sentences, violations, facts_sha256, written_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
LIE = Violation(code="number_unsupported", field="text", words="99", advice="No fact gives it.")


async def write(
    database: Database,
    order: dict[str, object],
    purpose: str,
    *attempts: tuple[str | None, list[Sentence], list[Violation]],
    status: str = "sent",
    at: datetime | None = None,
) -> None:
    """Attempts are who wrote (a model, or None: the composer), what, and what the guard had against it."""
    message_id, now = f"msg_{uuid4().hex}", at or datetime.now(UTC)
    kind, sent_at = ("staff", None) if purpose == "case_summary" else ("service", now if status == "sent" else None)
    draft = len(attempts) if sent_at else None
    number = f"{order['number']}-{uuid4().hex[:6]}"
    async with database.transaction() as connection:
        about = (message_id, number, order["id"], purpose, kind, status, draft, now, sent_at)
        await connection.execute(_MESSAGE, *about)
        for attempt, (model, sentences, violations) in enumerate(attempts, start=1):
            await connection.execute(
                _DRAFT,
                message_id,
                attempt,
                "composer" if model is None else "model",
                model,
                "v1",
                [each.model_dump(mode="json") for each in sentences],
                [each.model_dump(mode="json") for each in violations],
                b"",
                now,
            )


def sentences(**fields: str) -> list[Sentence]:
    """One sentence a field."""
    return [Sentence(field=field, text=text) for field, text in fields.items()]
