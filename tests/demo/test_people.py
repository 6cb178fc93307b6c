"""Customers and the reviewers against an API of a few lines, which loses answers and says no."""

import json
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from contracts.checkout import CancelOrder
from contracts.clock import BusinessClock
from contracts.ids import OrderId
from simulation.baskets import Basket, BasketLine
from simulation.customers import Mood, Visit
from simulation.morning import Morning
from simulation.reviewers import TAKES, Reviewers
from simulation.shop import Shop, TurnedDown, Unanswered
from simulation.wall import Wall

NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)
WALL = Wall(BusinessClock(wall_epoch=NOON, business_epoch=NOON, pace=1))
BASKET = Basket(lines=(BasketLine(sku="MUG-01", quantity=1, unit_price_minor=100),))


class Api:
    """Answers what it is told, one after the other, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def __call__(self, request):
        self.asked.append(request)
        status, body = self.answers.pop(0)
        if status == 0:
            raise httpx2.ReadError("the answer never came", request=request)
        return httpx2.Response(status, json=body)

    def shop(self):
        client = httpx2.AsyncClient(base_url="http://api", transport=httpx2.MockTransport(self))
        return Shop(client, patience=0.5, pause=0.001)

    def decisions(self):
        return [json.loads(request.content)["choice"] for request in self.asked if request.method == "POST"]


async def test_what_got_no_answer_is_asked_again_under_the_same_key():
    api = Api((0, None), (503, {}), (409, {"code": "request_in_flight", "detail": "wait"}), (200, {}))
    await api.shop().cancel("ord_1", CancelOrder())
    assert [request.headers["Idempotency-Key"] for request in api.asked] == ['"ord_1:cancel"'] * 4


async def test_a_no_is_told_and_not_asked_again():
    api = Api((409, {"code": "invalid_transition", "detail": "it was handed over"}))
    with pytest.raises(TurnedDown, match="it was handed over") as refusal:
        await api.shop().cancel("ord_1", CancelOrder())
    assert refusal.value.status == 409
    assert len(api.asked) == 1


async def test_an_api_that_stays_away_is_given_up():
    with pytest.raises(Unanswered):
        await Api(*[(0, None)] * 10_000).shop().cancel("ord_1", CancelOrder())


def question(order_id, **changes):
    return {
        "id": f"apr_{order_id}",
        "kind": "risk_review",
        "order_id": order_id,
        "order_number": 1001,
        "question": "Should it go on?",
        "evidence": [],
        "facts": {},
        "status": "pending",
        "version": 1,
        "due_at": (NOON + timedelta(days=3)).isoformat(),
        "on_expiry": "rejected",
        "required_role": "risk",
        "required_approvals": 1,
        "requested_by": {"type": "system", "id": "steward"},
        "requested_at": (NOON - TAKES).isoformat(),
        "decided_by": None,
        "decided_at": None,
        "allowed_actions": ["approved", "rejected"],
    } | changes


async def look(api, now=NOON):
    placed = {OrderId(f"ord_{mood}"): Visit(1, "guest-1", BASKET, mood) for mood in Mood}
    await Reviewers(api.shop(), Api().shop(), WALL, placed).look(now)


async def test_the_reviewers_let_pass_what_a_customer_knows_of_and_reject_the_rest():
    open_ones = [question(f"ord_{mood}") for mood in (Mood.HONEST, Mood.FRAUDULENT, Mood.CONTENT)]
    api = Api((200, {"items": [*open_ones, question("ord_of_another_run")], "next_cursor": None}), *[(200, {})] * 4)
    await look(api)
    assert api.decisions() == ["approved", "rejected", "approved", "rejected"]


async def test_the_reviewers_take_time_and_go_home_at_night():
    young = question("ord_honest", requested_at=(NOON - TAKES + timedelta(minutes=1)).isoformat())
    api = Api((200, {"items": [young], "next_cursor": None}))
    await look(api)
    assert api.decisions() == []
    asleep = Api()
    await look(asleep, NOON + timedelta(hours=14))
    assert asleep.asked == []


async def test_a_question_that_was_closed_meanwhile_is_left():
    api = Api((200, {"items": [question("ord_honest")], "next_cursor": None}), (409, {"code": "invalid_transition"}))
    await look(api)
    assert api.decisions() == ["approved"]


class Looks(Wall):
    """A wall that tells these times, one a look."""

    def __init__(self, *times):
        self._times = list(times)

    def business_now(self):
        return self._times.pop(0)


async def test_a_promise_that_passed_while_nobody_answered_is_made_anew_under_the_same_key():
    later = NOON + timedelta(days=14)
    api = Api((422, {"code": "invalid_order"}), (422, {"code": "invalid_order"}))
    morning = Morning(api.shop(), Looks(NOON, later, later, later), run="a1", seed=7, tell=pytest.fail)
    with pytest.raises(ExceptionGroup):  # the second no is not about the promise
        await morning.place_all([Visit(0, "guest-1", BASKET, Mood.CONTENT)])
    first, second = (json.loads(request.content) for request in api.asked)
    assert first["promise"]["latest"] < second["promise"]["latest"]
    assert len({request.headers["Idempotency-Key"] for request in api.asked}) == 1


def shown(status, *allowed_actions):
    return {"id": "ord_1", "number": 1001, "status": {"order": status}, "allowed_actions": list(allowed_actions)}


async def ordered_by(mood, *answers, tell=lambda _: None):
    """What such a customer asks of an API that takes the order and then answers this."""
    api = Api((201, shown("pending", "cancel")), *answers)
    morning = Morning(api.shop(), WALL, run="a1", seed=7, tell=tell)
    await morning.place_all([Visit(0, "guest-1", BASKET, mood)])
    return [(request.method, request.url.path) for request in api.asked[1:]], api


async def test_a_resourceful_customer_names_another_card_when_one_is_asked_for():
    said: list[str] = []
    asked, api = await ordered_by(
        Mood.RESOURCEFUL, (200, shown("customer_action_required", "cancel", "pay")), (200, {}), tell=said.append
    )
    assert asked == [("GET", "/v1/orders/ord_1"), ("POST", "/v1/orders/ord_1:pay")]
    assert json.loads(api.asked[-1].content) == {"tender_id": "t1", "payment_method": "pm_card", "version": None}
    assert said == ["order 1001 is paid with another card"]


async def test_a_card_that_is_named_too_late_is_no_failure_of_the_run():
    asks = (200, shown("customer_action_required", "pay"))
    too_late = (409, {"code": "invalid_transition", "detail": "nobody waits for it"})
    asked, _ = await ordered_by(Mood.RESOURCEFUL, asks, too_late, (200, shown("canceled")), tell=pytest.fail)
    assert [method for method, _ in asked] == ["GET", "POST", "GET"]


async def test_nobody_pays_for_an_order_that_is_at_its_end():
    asked, _ = await ordered_by(Mood.RESOURCEFUL, (200, shown("canceled")))
    assert asked == [("GET", "/v1/orders/ord_1")]


async def test_an_undecided_customer_edits_as_soon_as_the_order_is_paid_for():
    said: list[str] = []
    early = (409, {"code": "invalid_transition", "detail": "it is not paid for"})
    look = (200, shown("pending", "cancel", "edit"))
    asked, _ = await ordered_by(Mood.UNDECIDED, look, early, look, (200, {}), tell=said.append)
    assert [method for method, _ in asked] == ["GET", "POST", "GET", "POST"]
    assert asked[-1] == ("POST", "/v1/orders/ord_1:edit")
    assert said == ["order 1001 is edited by its customer"]


async def test_nobody_edits_what_has_left():
    asked, _ = await ordered_by(Mood.UNDECIDED, (200, shown("processing")), tell=pytest.fail)
    assert [method for method, _ in asked] == ["GET"]


async def test_a_declined_customer_who_has_no_other_card_never_answers():
    asked, _ = await ordered_by(Mood.DECLINED)
    assert asked == []
