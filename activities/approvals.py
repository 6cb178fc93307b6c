"""The durable step of every question to a person: read what was answered, or let it expire."""

from typing import Protocol

from pydantic import AwareDatetime
from temporalio import activity

from activities.clock import Clock, business_now
from contracts.approvals import Settlement
from contracts.ids import ApprovalId


class Approvals(Protocol):
    async def settle(self, approval_id: ApprovalId, now: AwareDatetime) -> Settlement: ...


class ApprovalActivities:
    def __init__(self, *, approvals: Approvals, clock: Clock) -> None:
        self._approvals = approvals
        self._clock = clock

    @activity.defn(name="approvals.settle")
    async def settle(self, approval_id: ApprovalId) -> Settlement:
        """The recorded answer; a question that is due and has none expires here, and that is its answer."""
        return await self._approvals.settle(approval_id, await business_now(self._clock))
