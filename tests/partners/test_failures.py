from datetime import timedelta

import httpx2
import pytest

from adapters.payments import HttpPayments
from contracts.partners import PartnerRefused, PartnerUnavailable
from contracts.payments import RefundRequest
from tests.partners.town import (
    HONOLULU,
    IMPATIENT,
    Wall,
    a_capture,
    a_card,
    a_consignment,
    a_free_port,
    a_label,
    dollars,
    open_town,
)


async def test_a_lost_answer_and_a_retry_capture_once_in_the_books(town):
    made = await town.payments.authorize(a_card())
    town.turn(lost_answers=1)
    with pytest.raises(PartnerUnavailable) as unavailable:
        await HttpPayments(town.http, IMPATIENT).capture(a_capture(made.authorization_ref))
    assert unavailable.value.retry_after is None
    (after_the_loss,) = await town.payment_books()
    town.turn()
    taken = await town.payments.capture(a_capture(made.authorization_ref))
    (after_the_retry,) = await town.payment_books()
    assert after_the_loss == after_the_retry
    assert (after_the_retry.captures, after_the_retry.captured_minor) == (1, taken.amount.amount_minor)


async def test_a_refund_whose_answer_was_lost_is_given_once(town):
    made = await town.payments.authorize(a_card())
    taken = await town.payments.capture(a_capture(made.authorization_ref))
    refund = RefundRequest(key="order/1001:refund:t1:2", capture_ref=taken.capture_ref, amount=dollars(1_000))
    town.turn(lost_answers=1)
    with pytest.raises(PartnerUnavailable):
        await HttpPayments(town.http, IMPATIENT).refund(refund)
    town.turn()
    await town.payments.refund(refund)
    assert [entry.refunded_minor for entry in await town.payment_books()] == [1_000]


async def test_several_captures_of_an_authorization_are_told_by_their_keys(town):
    made = await town.payments.authorize(a_card())
    keys = ("order/1001:capture:t1:1", "order/1001:capture:t1:2")
    for key in (*keys, *keys):
        await town.payments.capture(a_capture(made.authorization_ref, cents=2_000, key=key))
    (entry,) = await town.payment_books()
    assert (entry.capture_keys, entry.captured_minor) == (keys, 4_000)


async def test_an_outage_and_a_throttle_are_unavailability_and_the_wait_is_handed_on(town):
    town.turn(outages=1)
    with pytest.raises(PartnerUnavailable) as out:
        await town.carriers.services()
    town.turn(throttled=1)
    with pytest.raises(PartnerUnavailable) as throttled:
        await town.nodes.request(a_consignment())
    assert (out.value.partner, out.value.retry_after) == ("carriers", None)
    assert (throttled.value.partner, throttled.value.retry_after) == ("nodes", timedelta(seconds=1))


async def test_faults_strike_their_share_of_calls_and_asking_again_draws_again(town):
    town.turn(throttled=0.5)
    outcomes = []
    for i in range(40):
        for _ in range(20):
            try:
                await town.payments.authorize(a_card(f"order/{i}:authorize:t1"))
            except PartnerUnavailable:
                outcomes.append("throttled")
            else:
                outcomes.append("answered")
                break
    assert outcomes.count("answered") == 40
    assert 20 <= outcomes.count("throttled") <= 70


async def test_nobody_listening_is_unavailability():
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{a_free_port()}") as http:
        with pytest.raises(PartnerUnavailable):
            await HttpPayments(http).find_authorization("order/1001:authorize:t1")


async def test_what_a_partner_says_of_a_person_is_in_no_error():
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(200, json={"authorization_ref": HONOLULU.name})
        return httpx2.Response(422, json={"code": f"no such person: {HONOLULU.name}"})

    async with httpx2.AsyncClient(base_url="http://partner", transport=httpx2.MockTransport(answer)) as http:
        payments = HttpPayments(http)
        with pytest.raises(PartnerRefused) as refused:
            await payments.authorize(a_card())
        with pytest.raises(PartnerRefused) as unreadable:
            await payments.find_authorization("order/1001:authorize:t1")
    for error in (refused.value, unreadable.value):
        assert error.code == "unreadable_answer"
        assert HONOLULU.name not in f"{error!s} {error.__cause__!s}"


async def test_the_knobs_can_be_turned_over_http(town):
    turned = await town.http.put("/faults", json={"duplicated": 0.25})
    assert turned.status_code == 200
    assert town.panel.current.duplicated == 0.25
    assert (await town.http.put("/faults", json={"duplicated": 25})).status_code == 422


async def test_books_survive_a_restart_with_what_was_not_yet_told(tmp_path):
    wall, path = Wall(), tmp_path / "books.sqlite"
    async with open_town(path, wall) as town:
        made = await town.payments.authorize(a_card())
        label = await town.carriers.buy_label(a_label())
        town.shop.statuses = [503, 503]
        await town.deliver()
        refused = town.shop.seen
        before = await town.payment_books()
    wall.moment += timedelta(seconds=1)
    async with open_town(path, wall) as town:
        assert await town.payment_books() == before
        assert await town.payments.authorize(a_card()) == made
        assert await town.carriers.buy_label(a_label()) == label
        await town.deliver()
        assert sorted(town.shop.seen) == sorted(refused)
        assert len(refused) == 2
