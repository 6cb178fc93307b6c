"""What every part of a past order does: let time go by, tell what happened, write to the customer."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from pydantic import JsonValue

from adapters.postgres.new_id import Prefix
from bench.history.rows import Rows
from bench.history.texts import VIOLATIONS, kind, sentences
from contracts.events import EventType
from contracts.ids import order_workflow_id
from contracts.outreach import Purpose

SHA256: Final = bytes(32)
STEWARD: Final = ("system", "steward")
_REJECTED: Final = 0.1  # share of messages whose first draft did not pass

Who = tuple[str, str]


class Chronicle:
    """Nothing that it tells happened after `until`."""

    def __init__(
        self, rows: Rows, chance: Random, *, number: int, recipient: str, placed_at: datetime, until: datetime
    ) -> None:
        self.rows = rows
        self.chance = chance
        self.number = number
        self.order_id = self.new_id("ord")
        self.now = placed_at
        self.until = until
        self.told = 0
        self._recipient = recipient
        self._written = 0

    @property
    def workflow_id(self) -> str:
        return order_workflow_id(self.number)

    def new_id(self, prefix: Prefix) -> str:
        return f"{prefix}_{self.chance.getrandbits(128):032x}"

    def later(self, **by: float) -> datetime:
        """So much later, give or take half of it."""
        self.now = min(self.until, self.now + timedelta(**by) * self.chance.uniform(0.5, 1.5))
        return self.now

    def tell(
        self,
        type_: EventType,
        *,
        by: Who = STEWARD,
        source: str = "process",
        subject: str | None = None,
        reason_code: str | None = None,
        facts: Mapping[str, JsonValue] | None = None,
    ) -> None:
        self.told += 1
        self.rows.add(
            "events",
            aggregate_id=self.order_id,
            sequence=self.told,
            type=type_,
            occurred_at=self.now,
            recorded_at=self.now,
            actor_type=by[0],
            actor_id=by[1],
            source=source,
            subject=subject,
            reason_code=reason_code,
            facts=json.dumps(facts) if facts else "{}",
        )

    def write(self, purpose: Purpose) -> None:
        """A message that was sent, at once or at the second attempt."""
        self._written += 1
        message_id = f"msg_{self.chance.getrandbits(128):032x}"
        attempts = 2 if self.chance.random() < _REJECTED else 1
        self.rows.add(
            "messages",
            message_id=message_id,
            number=f"{self.number}-{self._written}",
            order_id=self.order_id,
            purpose=purpose,
            kind=kind(purpose),
            status="sent",
            draft=attempts,
            facts_sha256=SHA256,
            created_at=self.now,
            sent_at=self.now,
        )
        for attempt in range(1, attempts + 1):
            self.rows.add(
                "drafts",
                message_id=message_id,
                attempt=attempt,
                writer="composer",
                version="1",
                sentences=sentences(purpose, self.number, self._recipient),
                violations="[]" if attempt == attempts else VIOLATIONS,
                facts_sha256=SHA256,
                written_at=self.now,
            )
