from datetime import datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.partners.town import SECRETS, a_card, a_consignment, a_label


async def test_webhooks_are_signed_with_the_secret_of_their_source(town):
    # the shop of these tests verifies every webhook by its source's secret, and answers 500 to what does not verify
    await town.nodes.request(a_consignment())
    await town.carriers.buy_label(a_label())
    await town.payments.authorize(a_card())
    town.wait(timedelta(days=1))
    await town.deliver()
    assert sorted(town.shop.types) == [
        "authorization.created",
        "request.accepted",
        "request.packed",
        "tracking.scanned",
    ]
    headers, body = town.shop.raw[0]
    for secret in SECRETS.values():
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body + b" ", headers)


async def test_payment_news_name_the_authorization_the_key_and_the_amount(town):
    made = await town.payments.authorize(a_card())
    await town.payments.void("order/1001:void", made.authorization_ref)
    await town.deliver()
    assert town.shop.types == ["authorization.created", "authorization.voided"]
    assert town.shop.data[1] == {
        "authorization_ref": made.authorization_ref,
        "key": "order/1001:void",
        "amount": {"amount_minor": 4_823, "currency": "USD"},
        "occurred_at": town.shop.data[0]["occurred_at"],
    }


async def test_a_duplicate_keeps_its_id_and_its_content(town):
    town.turn(duplicated=1)
    await town.carriers.buy_label(a_label())
    await town.deliver()
    assert len(town.shop.seen) == 2
    assert len(set(town.shop.seen)) == 1
    assert town.shop.data[0] == town.shop.data[1]


async def test_what_the_shop_does_not_take_comes_again_later_under_the_same_id(town):
    town.shop.statuses = [500, 503]
    await town.carriers.buy_label(a_label())
    await town.deliver()
    assert len(town.shop.seen) == 1
    for pause in (0.2, 0.4):
        town.wall.moment += timedelta(seconds=pause - 0.05)
        await town.deliver()
        before = len(town.shop.seen)
        town.wall.moment += timedelta(seconds=0.05)
        await town.deliver()
        assert len(town.shop.seen) == before + 1
    town.wall.moment += timedelta(minutes=1)
    await town.deliver()
    assert len(town.shop.seen) == 3
    assert len(set(town.shop.seen)) == 1


async def test_nothing_is_told_before_it_happens_even_when_it_is_out_of_order(town):
    town.turn(reordered=1, delayed=0.5)
    for i in range(10):
        await town.nodes.request(a_consignment(f"{1001 + i}-1"))
    early = []
    for _ in range(48):
        town.wait(timedelta(minutes=15))
        told = len(town.shop.data)
        await town.deliver()
        now = town.wall.business_now()
        early += [d for d in town.shop.data[told:] if datetime.fromisoformat(d["occurred_at"]) > now]
    assert early == []
    of_each = [
        [kind for kind, data in zip(town.shop.types, town.shop.data, strict=True) if data["request_id"] == f"ful_{n}-1"]
        for n in range(1001, 1011)
    ]
    assert of_each == [["request.packed", "request.accepted"]] * 10
