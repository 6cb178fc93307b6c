"""Two people with keys of their own, at the real door: what takes two of them is decided, and not left to expire."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from contracts.clock import BusinessClock
from contracts.ids import OrderId
from simulation.baskets import Basket, BasketLine
from simulation.customers import Mood, Visit
from simulation.draws import happens
from simulation.launch import SCOPES
from simulation.reviewers import OFFICE, TAKES, YES, Reviewers
from simulation.shop import Shop
from simulation.wall import Wall
from tests.approvals.asked import ask, shown
from tests.desk import Desk
from tests.front_door import Caller
from tests.shop import order_body

FROM_TWO_ON = 500_000
BASKET = Basket(lines=(BasketLine(sku="MUG-01", quantity=1, unit_price_minor=100),))


async def person(caller: Caller, name: str) -> Shop:
    """With the key that this name has in the simulated world."""
    token = await caller.keys.issue(name, SCOPES[name])

    async def carry(request: httpx2.Request) -> httpx2.Response:
        answer = await caller.http.request(
            request.method, str(request.url), headers=request.headers, content=request.content
        )
        return httpx2.Response(answer.status_code, content=answer.content)

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    transport = httpx2.MockTransport(carry)
    return Shop(httpx2.AsyncClient(base_url="http://steward", headers=headers, transport=transport))


async def reviewers(caller: Caller, desk: Desk, mood: Mood = Mood.HONEST) -> Reviewers:
    now = datetime.now(UTC)
    wall = Wall(BusinessClock(wall_epoch=now, business_epoch=now, pace=1))
    placed = {OrderId(desk.step.order_id): Visit(1, "guest-1", BASKET, mood)}
    return Reviewers(await person(caller, "staff"), await person(caller, "lead"), wall, placed)


def tomorrow_at_noon() -> datetime:
    return datetime.now(OFFICE).replace(hour=12, minute=0) + timedelta(days=1)


async def test_what_two_have_to_approve_is_approved_by_two(caller: Caller) -> None:
    desk = Desk(caller.database, await caller.placed(order_body()))
    asked = await ask(caller.database, desk.step, amount_minor=FROM_TWO_ON)
    both = await reviewers(caller, desk)
    await both.look(tomorrow_at_noon())
    half = await shown(caller, asked)
    assert (half["status"], len(half["votes"])) == ("pending", 1)
    await both.look(tomorrow_at_noon())
    decided = await shown(caller, asked)
    assert decided["status"] == "approved"
    assert len({vote["actor"]["id"] for vote in decided["votes"]}) == 2


async def test_the_second_takes_as_long_as_the_first(caller: Caller) -> None:
    desk = Desk(caller.database, await caller.placed(order_body()))
    asked = await ask(caller.database, desk.step, amount_minor=FROM_TWO_ON)
    both = await reviewers(caller, desk)
    await both.look(tomorrow_at_noon())
    voted_at = tomorrow_at_noon()
    async with caller.database.connection() as connection:
        await connection.execute("update approval_votes set decided_at = $1", voted_at)
    await both.look(voted_at + TAKES - timedelta(seconds=1))
    assert (await shown(caller, asked))["status"] == "pending"
    await both.look(voted_at + TAKES)
    assert (await shown(caller, asked))["status"] == "approved"


@pytest.mark.parametrize(
    ("amount_minor", "mood", "status"),
    [(FROM_TWO_ON - 1, Mood.HONEST, "approved"), (FROM_TWO_ON, Mood.FRAUDULENT, "rejected")],
)
async def test_where_one_is_enough_the_second_is_not_asked(
    caller: Caller, amount_minor: int, mood: Mood, status: str
) -> None:
    desk = Desk(caller.database, await caller.placed(order_body()))
    asked = await ask(caller.database, desk.step, amount_minor=amount_minor)
    both = await reviewers(caller, desk, mood)
    await both.look(tomorrow_at_noon())
    decided = await shown(caller, asked)
    assert (decided["status"], len(decided["votes"])) == (status, 1)


async def test_what_no_customer_can_be_asked_about_is_decided_too(caller: Caller) -> None:
    desk = Desk(caller.database, await caller.placed(order_body()))
    asked = await ask(caller.database, desk.step, amount_minor=100)
    async with caller.database.connection() as connection:
        await connection.execute("update approvals set kind = 'dispute', subject = 'dp_1', required_role = 'payments'")
    await (await reviewers(caller, desk, Mood.FRAUDULENT)).look(tomorrow_at_noon())
    yes = happens(YES, 0, "dispute", str(desk.step.number), "1")
    assert (await shown(caller, asked))["status"] == ("approved" if yes else "rejected")
