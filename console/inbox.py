"""The inbox: what waits for a person, the soonest due first and then the most money."""

from typing import Final, Self

from fastapi import APIRouter
from starlette.responses import Response

from console import questions
from console.doors import AllDoors
from console.pages import Pages
from console.questions import Permission
from console.sessions import PATH, Session
from contracts.approvals import ApprovalView
from contracts.base import Contract
from contracts.door import Principal
from contracts.money import Money

router = APIRouter(prefix=PATH)

MOST_SHOWN: Final = 200


class Entry(Contract):
    """One question as the inbox shows it."""

    question: ApprovalView
    headline: str
    at_risk: Money | None
    permission: Permission
    has_approved: bool

    @classmethod
    def of(cls, question: ApprovalView, person: Principal) -> Self:
        return cls(
            question=question,
            headline=questions.headline(question),
            at_risk=questions.at_risk(question),
            permission=questions.permission(question, person),
            has_approved=questions.has_approved(question, person),
        )


@router.get("")
async def inbox(doors: AllDoors, session: Session) -> Response:
    pages = Pages(session, now=await doors.views.now(), zone=await doors.views.time_zone())
    shown = await doors.views.inbox(limit=MOST_SHOWN)
    entries = [Entry.of(question, session.member.principal) for question in shown.questions]
    return pages.show("inbox.html", entries=entries, more=shown.more, mark=shown.mark)
