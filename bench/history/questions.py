"""A question that a past order raised: open, or answered with a yes."""

import json
from datetime import datetime
from typing import Final

from bench.history.chronicle import STEWARD, Chronicle
from contracts.approvals import Question
from contracts.events import EventType
from contracts.states import ApprovalStatus

_REVIEWER: Final = ("user", "ana")


class PastQuestion:
    def __init__(self, chronicle: Chronicle, question: Question, due_at: datetime) -> None:
        self._chronicle = chronicle
        self._id = chronicle.new_id("apr")
        self._row: dict[str, object] = {
            "approval_id": self._id,
            "kind": question.kind,
            "subject": question.subject,
            "order_id": chronicle.order_id,
            "workflow_id": chronicle.workflow_id,
            "question": question.question,
            "evidence": json.dumps(question.evidence),
            "facts": json.dumps(question.facts),
            "status": ApprovalStatus.PENDING,
            "version": 1,
            "plan_version": 1,
            "due_at": due_at,
            "on_expiry": question.on_expiry,
            "required_role": question.required_role,
            "required_approvals": 1,
            "escalate_to": "lead",
            "requested_by_type": STEWARD[0],
            "requested_by_id": STEWARD[1],
            "requested_at": chronicle.now,
        }
        chronicle.tell(EventType.APPROVAL_REQUESTED, subject=self._id)

    def approved(self) -> None:
        now = self._chronicle.now
        self._row |= {
            "status": ApprovalStatus.APPROVED,
            "version": 2,
            "decided_by_type": _REVIEWER[0],
            "decided_by_id": _REVIEWER[1],
            "decided_at": now,
            "applied_at": now,
        }
        facts = {"choice": "approved"}
        self._chronicle.tell(EventType.APPROVAL_DECIDED, by=_REVIEWER, source="console", subject=self._id, facts=facts)
        self._chronicle.tell(EventType.ORDER_HOLD_RELEASED, subject=self._id)

    def store(self) -> None:
        rows = self._chronicle.rows
        rows.add("approvals", **self._row)
        if self._row["status"] is ApprovalStatus.APPROVED:
            rows.add(
                "approval_votes",
                approval_id=self._id,
                plan_version=1,
                actor_type=_REVIEWER[0],
                actor_id=_REVIEWER[1],
                version=1,
                choice="approved",
                decided_at=self._row["decided_at"],
            )
