"""Waiting for a person: a question with a deadline, answered by a row and a thin signal."""

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
                deadline=question.due_at,
                summary="time to decide",
            )
        return None

    async def _settle(self, question: PendingApproval) -> Settlement:
        return await workflow.execute_activity_method(
            ApprovalActivities.settle,
            question.approval_id,
            summary="the answer, if there is one",
            **policies.DATABASE,
        )
