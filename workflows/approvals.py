"""Waiting for a person: a question with a deadline, answered by a row and a thin signal."""

from collections.abc import Callable

from temporalio import workflow

from activities.approvals import ApprovalActivities
from contracts.approvals import SettleApproval, Settlement
from contracts.clock import BusinessClock
from contracts.risk import PendingApproval
from workflows import patience, policies


class Approvals:
    """The questions of one process. Its `decided` signal only records; what was decided is read in a step."""

    def __init__(self, clock: BusinessClock) -> None:
        self._clock = clock
        self._told: set[str] = set()

    def told(self, approval_id: str) -> None:
        """Somebody says that this question was decided."""
        self._told.add(approval_id)

    async def answer(self, question: PendingApproval, *, or_when: Callable[[], bool]) -> Settlement | None:
        """What a person decided, or what expiry did; None when the other condition came first."""
        while not or_when():
            await patience.until(
                lambda: question.approval_id in self._told or or_when(),
                clock=self._clock,
                deadline=question.due_at,
                summary="time to decide",
            )
            if or_when():
                break
            self._told.discard(question.approval_id)
            settlement = await self._settle(question)
            if settlement.approved is not None:
                return settlement
        return None

    async def _settle(self, question: PendingApproval) -> Settlement:
        return await workflow.execute_activity_method(
            ApprovalActivities.settle,
            SettleApproval(approval_id=question.approval_id, now=patience.now(self._clock)),
            **policies.DATABASE,
        )
