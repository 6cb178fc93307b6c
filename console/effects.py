"""What either answer to a question changes: the money, the stock, and what the customer hears."""

from collections.abc import Callable, Mapping
from typing import Final

from console.questions import at_risk, remedy
from console.words import money
from contracts.approvals import ApprovalView, QuestionKind
from contracts.base import Contract
from contracts.states import ApprovalStatus


class Effect(Contract):
    """What one answer changes: the money, the stock, and what the customer hears of it."""

    answer: str
    money: str
    stock: str
    customer: str


class Effects(Contract):
    """`without` is what happens if nobody answers in time."""

    proposed: str
    yes: Effect
    no: Effect
    without: str


def effects(question: ApprovalView) -> Effects:
    about = at_risk(question)
    amount = money(about) if about else "the amount"
    yes, no = _changes(question, amount)
    expiry = "approved" if question.on_expiry == ApprovalStatus.APPROVED else "refused"
    done = yes if expiry == "approved" else no
    return Effects(
        proposed=_PROPOSED[question.kind],
        yes=yes,
        no=no,
        without=f"Without an answer it counts as {expiry}: {done.answer}",
    )


_PROPOSED: Final[Mapping[QuestionKind, str]] = {
    "risk_review": "Let the order go on.",
    "reroute": "Let the order go on to its new address.",
    "claim": "Make up for the parcel.",
    "refused_capture": "Ask the payment provider again.",
    "refused_refund": "See to it that the customer gets the money.",
    "dispute": "Contest the dispute.",
    "message": "Have it written again.",
}


def _changes(question: ApprovalView, amount: str) -> tuple[Effect, Effect]:
    return _CHANGES[question.kind](question, amount)


def _review(_: ApprovalView, amount: str) -> tuple[Effect, Effect]:
    return _goes_on(amount), Effect(
        answer="the order is canceled.",
        money=f"Nothing is charged. {amount} is not set aside, or released if it was.",
        stock="Nothing is reserved: no unit leaves.",
        customer="That the order is canceled and nothing was charged. No reason that accuses anybody.",
    )


def _reroute(_: ApprovalView, amount: str) -> tuple[Effect, Effect]:
    return _goes_on(amount), Effect(
        answer="what has not left of the order is canceled.",
        money="What was captured for it is refunded, the rest is released.",
        stock="Reserved units go back on the shelf; what has left stays on its way.",
        customer="What is canceled, and when the money is back.",
    )


def _message(_: ApprovalView, __: str) -> tuple[Effect, Effect]:
    yes = Effect(
        answer="it is written again, from the facts as they are then.",
        money="Nothing changes.",
        stock="Nothing changes.",
        customer="What was to be told, if the new text passes the check. None that does not is ever sent.",
    )
    no = Effect(
        answer="nothing is told.",
        money="Nothing changes.",
        stock="Nothing changes.",
        customer="Nothing of this. Tell them yourself if they should know.",
    )
    return yes, no


def _goes_on(amount: str) -> Effect:
    return Effect(
        answer="the order goes on.",
        money=f"{amount} is set aside now and charged when the goods leave.",
        stock="Units are reserved by the best plan, and their nodes are asked to send them.",
        customer="That the order is confirmed.",
    )


def _claim(question: ApprovalView, amount: str) -> tuple[Effect, Effect]:
    again = remedy(question) == "sent again"
    yes = Effect(
        answer="the parcel is sent again." if again else "the parcel is refunded.",
        money="Nothing more is charged." if again else f"{amount} is given back.",
        stock="Its units count as lost" + (", and the same ones are planned anew." if again else "."),
        customer="That it is on its way again." if again else "That the money is given back, and until when.",
    )
    no = Effect(
        answer="nothing is done.",
        money="Nothing is given back.",
        stock="Its units stay delivered.",
        customer="Nothing by itself: tell them why.",
    )
    return yes, no


def _dispute(_: ApprovalView, amount: str) -> tuple[Effect, Effect]:
    yes = Effect(
        answer="it is contested with what there is to show.",
        money=f"{amount} stays with the bank until it decides.",
        stock="Nothing changes.",
        customer="Nothing from us; their bank may ask.",
    )
    no = Effect(
        answer="it is accepted.",
        money=f"The customer keeps {amount}.",
        stock="Nothing changes.",
        customer="Nothing from us; their bank tells them.",
    )
    return yes, no


def _capture(_: ApprovalView, amount: str) -> tuple[Effect, Effect]:
    yes = Effect(
        answer="the provider is asked again.",
        money=f"{amount} is charged if the provider lets it.",
        stock="Nothing changes: the goods have left.",
        customer="Nothing, unless their bank tells them.",
    )
    no = Effect(
        answer="it is given up.",
        money=f"{amount} is never charged: we bear it.",
        stock="Nothing changes: the goods have left.",
        customer="Nothing.",
    )
    return yes, no


def _refund(question: ApprovalView, amount: str) -> tuple[Effect, Effect]:
    """What either answer means depends on what the provider can still do, and on what was captured."""
    again = Effect(
        answer="it stays owed, and is asked for again.",
        money=f"{amount} stays owed to the customer until it is paid back.",
        stock="Nothing changes.",
        customer="Nothing new.",
    )
    done = Effect(
        answer="it counts as paid back by other means.",
        money=f"{amount} is not owed any more. The note says how it was paid.",
        stock="Nothing changes.",
        customer="Nothing by itself: whoever paid tells them.",
    )
    never = Effect(
        answer="nothing is owed.",
        money=f"{amount} is not owed: it was never captured. The note says why.",
        stock="Nothing changes.",
        customer="Nothing.",
    )
    if "not_captured" in question.facts:
        return done, never
    return (done, again) if "by other means: is that done?" in question.question else (again, done)


_CHANGES: Final[Mapping[QuestionKind, Callable[[ApprovalView, str], tuple[Effect, Effect]]]] = {
    "risk_review": _review,
    "reroute": _reroute,
    "claim": _claim,
    "dispute": _dispute,
    "refused_capture": _capture,
    "refused_refund": _refund,
    "message": _message,
}
