"""Waiting for a person: a question with a deadline, answered by a row and a thin signal."""

import asyncio
from collections.abc import Callable

from temporalio import workflow

from activities.approvals import ApprovalActivities
from contracts.approvals import Settlement
from contracts.risk import PendingApproval
from workflows import policies
from workflows.patience import Patience


class Approvals:
    """The questions of one process. Its `decided` signal only records; what was decided is read in a step."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._told: set[str] = set()
        self._hearing: set[asyncio.Task[None]] = set()

    def told(self, *refs: object) -> None:
        """Somebody says that these questions were decided."""
        self._told.update(ref for ref in refs if isinstance(ref, str))

    async def answer(self, question: PendingApproval, *, or_when: Callable[[], bool]) -> Settlement | None:
        """What a person decided, or what expiry did; None when the other condition came first."""
        while not or_when():
            self._told.discard(question.approval_id)
            settlement = await self._settle(question)
            if settlement.approved is not None:
                return settlement
            await self._patience.until(
                lambda: question.approval_id in self._told or or_when(),
                deadline=settlement.escalates_at or question.due_at,
                summary="time to decide before it is escalated" if settlement.escalates_at else "time to decide",
            )
        return None

    def are_there(self) -> bool:
        """Whether somebody decided something since the last look."""
        return bool(self._told)

    async def taken(self) -> bool:
        """Whether there was one; from now on only a new one counts. What is being heard counts once it is."""
        await workflow.wait_condition(lambda: not self._hearing)
        were_there = self.are_there()
        self._told.clear()
        return were_there

    def decide_by_hand(self, *given: object) -> None:
        """Somebody sent a decision, in whatever form: a step reads and records it, and no form of it can do harm."""
        hearing = asyncio.create_task(self._hear(given))
        self._hearing.add(hearing)
        hearing.add_done_callback(self._hearing.discard)

    async def _hear(self, given: tuple[object, ...]) -> None:
        readable = [None if isinstance(value, bytes) else value for value in given]
        heard = await workflow.execute_activity_method(
            ApprovalActivities.decide_by_hand, readable, summary="a decision by hand", **policies.DATABASE
        )
        self.told(heard.approval_id)

    async def _settle(self, question: PendingApproval) -> Settlement:
        return await workflow.execute_activity_method(
            ApprovalActivities.settle,
            question.approval_id,
            summary="the answer, if there is one",
            **policies.DATABASE,
        )
