"""The durable steps of every question to a person: read what was answered, or hear what was decided by hand."""

from typing import Protocol

from pydantic import AwareDatetime
from temporalio import activity

from activities.clock import Clock, business_now
from contracts.approvals import ByHand, Heard, Settlement
from contracts.ids import ApprovalId


class Approvals(Protocol):
    async def settle(self, approval_id: ApprovalId, now: AwareDatetime) -> Settlement: ...

    async def decide_by_hand(self, by_hand: ByHand, workflow_id: str, *, key: str, now: AwareDatetime) -> Heard: ...


class ApprovalActivities:
    def __init__(self, *, approvals: Approvals, clock: Clock) -> None:
        self._approvals = approvals
        self._clock = clock

    @activity.defn(name="approvals.settle")
    async def settle(self, approval_id: ApprovalId) -> Settlement:
        """The recorded answer; a question that is due and has none expires here, and that is its answer."""
        return await self._approvals.settle(approval_id, await business_now(self._clock))

    @activity.defn(name="approvals.decide_by_hand")
    async def decide_by_hand(self, given: list[object]) -> Heard:
        """Whatever somebody sent to the process: what is about none of its questions is logged, without its words."""
        info = activity.info()
        heard = Heard(outcome="unknown")
        by_hand = ByHand.read(given)
        if by_hand and info.workflow_id:
            heard = await self._approvals.decide_by_hand(
                by_hand,
                info.workflow_id,
                key=f"{info.workflow_id}:decide:{info.workflow_run_id}:{info.activity_id}",
                now=await business_now(self._clock),
            )
        if heard.outcome == "unknown":
            activity.logger.warning("approval.decide_of_no_question", extra={"values": len(given)})
        return heard
