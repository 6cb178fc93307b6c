"""Questions to people over HTTP: listed, shown, decided once, by whom they are for."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from api import problems
from api.access import IdempotencyKey, Route, holder_of
from api.doors import AllDoors, answered
from contracts.approvals import ApprovalDetail, ApprovalPage, ApprovalView, DecideApproval
from contracts.door import DECIDE, DECIDE_AS, Knock, Principal
from contracts.ids import ApprovalId
from contracts.states import ApprovalStatus

router = APIRouter(prefix="/v1/approvals", tags=["approvals"], responses=problems.RESPONSES)


Reader = Annotated[Principal, Depends(holder_of("approvals:read"))]
Decider = Annotated[Principal, Depends(holder_of(DECIDE, *DECIDE_AS))]  # the door knows whose question it is
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("", summary="List questions, the soonest due first")
async def page(
    _: Reader, doors: AllDoors, status: ApprovalStatus | None = None, limit: Limit = 50, cursor: str | None = None
) -> ApprovalPage:
    return await doors.approvals.page(status, limit=limit, cursor=cursor)


@router.get("/{approval_id}", response_model=ApprovalDetail, summary="Show a question, with its newest note")
async def show(approval_id: ApprovalId, _: Reader, doors: AllDoors) -> ApprovalView:
    return await doors.approvals.show(approval_id)


@router.post("/{approval_id}/decision", response_model=ApprovalView, summary="Decide a question")
async def decide(
    approval_id: ApprovalId,
    decision: DecideApproval,
    decider: Decider,
    key: IdempotencyKey,
    route: Route,
    doors: AllDoors,
) -> JSONResponse:
    """Once: on the version that was seen, before it is due, by somebody else than who asked.

    If two approvals are required, the first leaves it pending, and the second has to be another person's; one rejection
    decides. After `changes_requested` it is asked anew, as the next `plan_version`.
    """
    knock = Knock.of(decider, route, key, decision)
    return answered(await doors.approvals.decide(knock, approval_id, decision), doors)
