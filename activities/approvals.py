"""The durable step of every question to a person: read what was answered, or let it expire."""

from typing import Protocol

from temporalio import activity

from contracts.approvals import SettleApproval, Settlement


class Approvals(Protocol):
    async def settle(self, settle: SettleApproval) -> Settlement: ...


class ApprovalActivities:
    def __init__(self, *, approvals: Approvals) -> None:
        self._approvals = approvals

    @activity.defn(name="approvals.settle")
    async def settle(self, settle: SettleApproval) -> Settlement:
        return await self._approvals.settle(settle)
