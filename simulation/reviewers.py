"""The two people who decide held orders: they ring the customer up, and let pass what the customer knows of."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts.approvals import ApprovalView, Choice, DecideApproval
from contracts.ids import OrderId
from simulation.customers import Mood, Visit
from simulation.draws import happens
from simulation.shop import Shop, TurnedDown
from simulation.wall import Wall

LOOK_SECONDS: Final = 0.5
TAKES: Final = timedelta(hours=2)  # from the question to the answer, and from the first yes to the second
AT_WORK: Final = range(6, 23)  # an early shift and a late one
YES: Final = 0.8
OFFICE: Final = ZoneInfo("America/Chicago")

NO_LONGER_OPEN: Final = 409


class Reviewers:
    """`first` answers every question, `second` those that two have to approve, each with a key of their own.

    `placed` is who really ordered what; whose order is not in it cannot be reached.
    """

    def __init__(self, first: Shop, second: Shop, wall: Wall, placed: Mapping[OrderId, Visit], seed: int = 0) -> None:
        self._first = first
        self._second = second
        self._wall = wall
        self._placed = placed
        self._seed = seed
        self._asked = Counter[tuple[int, str]]()

    async def work(self) -> None:
        """Until canceled."""
        while True:
            await self.look(self._wall.business_now())
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, now: datetime) -> None:
        """Decide what has been open for long enough, if it is time to work."""
        if now.astimezone(OFFICE).hour in AT_WORK:
            for question in await self._first.open_questions():
                yeses = [vote for vote in question.votes if vote.plan_version == question.plan_version]
                person = self._second if yeses else self._first
                since = yeses[-1].decided_at if yeses else question.requested_at
                if since + TAKES <= now:
                    await self._decide(person, question)

    def _weighed(self, question: ApprovalView) -> DecideApproval:
        """What no customer can be asked about: mostly a yes."""
        about = (question.order_number, question.kind)
        self._asked[about] += 1
        yes = happens(YES, self._seed, question.kind, str(question.order_number), str(self._asked[about]))
        choice: Choice = "approved" if yes else "rejected"
        return DecideApproval(choice=choice, version=question.version, note="It was looked into.")

    async def _decide(self, person: Shop, question: ApprovalView) -> None:
        visit = self._placed.get(question.order_id)
        if question.kind != "risk_review":
            decision = self._weighed(question)
        elif visit is None:
            decision = DecideApproval(choice="rejected", version=question.version, note="Nobody answers the phone.")
        elif visit.mood is Mood.FRAUDULENT:
            decision = DecideApproval(choice="rejected", version=question.version, note="The customer did not order.")
        else:
            decision = DecideApproval(choice="approved", version=question.version, note="The customer confirms it.")
        try:
            await person.decide(question, decision)
        except TurnedDown as refusal:
            if refusal.status != NO_LONGER_OPEN:
                raise
