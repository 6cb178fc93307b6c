"""One question with what there is to decide it by, and the form that decides it, through the door of the API."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from console import questions, sums, timeline
from console.doors import AllDoors, ConsoleDoors
from console.effects import effects
from console.forms import Fields, refuse_forged
from console.pages import Pages
from console.refusals import Said, kindly
from console.sessions import PATH, SESSION, PresentSession, Session, SignInFirst
from console.words import listed, of_each
from contracts.approvals import DecideApproval
from contracts.base import Contract
from contracts.console import Case
from contracts.door import Knock
from contracts.ids import ApprovalId
from contracts.problems import Refused
from contracts.staff import StaffSession
from contracts.words import joined

router = APIRouter(prefix=f"{PATH}/cases")

SEE_OTHER: Final = 303
UNPROCESSABLE: Final = 422
LONGEST_KEY: Final = 64
_NO_REASON: Final = Said(
    headline="Please say why.", advice="A refusal and a request for changes need a reason. Nothing was decided yet."
)
_UNREADABLE: Final = Said(
    headline="That could not be read.", advice="A reason has at most 2,000 characters. Nothing was decided yet."
)


@router.get("/{approval_id}")
async def show(approval_id: ApprovalId, doors: AllDoors, session: Session) -> Response:
    draft = session.draft
    note = draft.note if draft is not None and draft.approval_id == approval_id else ""
    return await _page(doors, session, approval_id, note=note)


async def _signed_in(approval_id: ApprovalId, session: PresentSession, fields: Fields) -> StaffSession:
    if session is None:
        kept = {"approval_id": approval_id, "note": fields.get("note", "")}
        raise SignInFirst(f"{PATH}/cases/{approval_id}", kept)
    return session


@router.post("/{approval_id}/decision")
async def decide(
    request: Request,
    approval_id: ApprovalId,
    doors: AllDoors,
    session: Annotated[StaffSession, Depends(_signed_in)],
    fields: Fields,
) -> Response:
    """Once by the form's key: the second click gets the answer of the first."""
    refuse_forged(fields, session.csrf)
    note = fields.get("note", "").strip()
    try:
        decision = DecideApproval.model_validate(_decision(fields, note))
    except ValidationError as error:
        is_missing = any(each["type"] == "note_required" for each in error.errors())
        said = _NO_REASON if is_missing else _UNREADABLE
        return await _page(doors, session, approval_id, note=note, said=said, status=UNPROCESSABLE)
    knock = Knock.of(session.member.principal, f"POST {request.url.path}", _key(fields), decision)
    try:
        answer = await doors.questions.decide(knock, approval_id, decision)
    except Refused as refused:
        said = kindly(refused)
        return await _page(doors, session, approval_id, note=note, said=said, status=refused.status)
    if session.draft is not None:
        await doors.accounts.keep(request.cookies[SESSION], None)
    return RedirectResponse(
        f"{PATH}/cases/{approval_id}", SEE_OTHER, background=BackgroundTask(doors.wake, answer.wakeups)
    )


def _decision(fields: Mapping[str, str], note: str) -> dict[str, object]:
    version = fields.get("version", "")
    return {
        "choice": fields.get("choice"),
        "version": int(version) if version.isascii() and version.isdecimal() else None,
        "note": note or None,
    }


def _key(fields: Mapping[str, str]) -> str:
    """The one that the form was made with; a form without one is a request of its own."""
    key = fields.get("key", "")
    return key if 0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable() else secrets.token_urlsafe(16)


async def _page(
    doors: ConsoleDoors,
    session: StaffSession,
    approval_id: ApprovalId,
    *,
    note: str,
    said: Said | None = None,
    status: int = 200,
) -> Response:
    case = await doors.views.case(approval_id)
    pages = Pages(session, now=await doors.views.now(), zone=case.order.time_zone)
    return pages.show(
        "case.html",
        status=status,
        case=case,
        question=case.question,
        order=case.order.order,
        headline=questions.headline(case.question),
        at_risk=questions.at_risk(case.question),
        goods=listed(of_each(row.ordered, row.product) for row in sums.units(case.order)),
        effects=effects(case.question),
        needs=questions.needs(case.question),
        so_far=questions.votes_so_far(case.question),
        has_approved=questions.has_approved(case.question, session.member.principal),
        over=questions.over(case.question),
        permission=questions.permission(case.question, session.member.principal),
        votes=_votes(case, session),
        summary=_summary(case),
        entries=timeline.entries(case.order),
        key=secrets.token_urlsafe(16),
        note=note,
        said=said,
        mark=case.order.mark,
    )


def _votes(case: Case, session: StaffSession) -> list[tuple[str, str, object]]:
    """Who said what and when, the newest last."""
    me = session.member.principal.actor
    return [
        ("you" if vote.actor == me else timeline.called(vote.actor, case.order.names), vote.choice, vote)
        for vote in case.question.votes
    ]


class _Summary(Contract):
    """As it is read: a paragraph a field, and by whom it was written."""

    paragraphs: list[str]
    by: str


def _summary(case: Case) -> _Summary | None:
    if case.summary is None:
        return None
    sentences, by = case.summary.sentences, case.summary.written_by
    fields = dict.fromkeys(sentence.field for sentence in sentences)
    return _Summary(
        paragraphs=[joined(each.text for each in sentences if each.field == field) for field in fields],
        by=f"model {by.model}" if by.writer == "model" else "the composer",
    )
