"""What the pages need: accounts, the door of questions, what the tables show, and the news of what changed."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request

from contracts.approvals import DecideApproval
from contracts.console import Case, Inbox, OrderFile
from contracts.door import Answer, Knock
from contracts.ids import ApprovalId, OrderId
from contracts.order_list import OrderSummary
from contracts.staff import Draft, SignedIn, SignIn, StaffSession, TurnedAway
from contracts.wakeups import Wakeup


class Accounts(Protocol):
    async def sign_in(self, who: SignIn) -> SignedIn | TurnedAway: ...

    async def session(self, token: str) -> StaffSession | None: ...

    async def sign_out(self, token: str) -> None: ...

    async def keep(self, token: str, draft: Draft | None) -> None: ...


class Questions(Protocol):
    async def decide(self, knock: Knock, approval_id: ApprovalId, decision: DecideApproval) -> Answer: ...


class Views(Protocol):
    async def now(self) -> datetime:
        """Business time."""
        ...

    async def time_zone(self) -> str: ...

    async def inbox(self, *, limit: int) -> Inbox: ...

    async def case(self, approval_id: ApprovalId) -> Case: ...

    async def order(self, order_id: OrderId) -> OrderFile | None: ...

    async def order_of_number(self, number: int) -> OrderId | None: ...


class Finder(Protocol):
    async def find(self, text: str) -> list[OrderSummary]: ...


class News(Protocol):
    def marks(self, topic: str, seen: str) -> AsyncGenerator[str, None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleDoors:
    """`wake` tells the engine what it is owed; `temporal_ui` is where its pages are, if that is known."""

    accounts: Accounts
    questions: Questions
    views: Views
    finder: Finder
    news: News
    wake: Callable[[list[Wakeup]], Awaitable[None]]
    temporal_ui: str | None = None


def _doors(request: Request) -> ConsoleDoors:
    doors: ConsoleDoors = request.app.state.doors
    return doors


AllDoors = Annotated[ConsoleDoors, Depends(_doors)]
