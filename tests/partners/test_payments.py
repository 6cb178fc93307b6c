from datetime import timedelta

import pytest

from contracts.partners import PartnerRefused
from contracts.payments import CardDeclined
from tests.partners.town import a_capture, a_card, dollars


async def test_the_same_key_twice_is_one_authorization(town):
    first = await town.payments.authorize(a_card())
    town.wait(timedelta(hours=3))
    assert await town.payments.authorize(a_card()) == first
    assert await town.payments.find_authorization(a_card().key) == first
    assert [entry.authorized_minor for entry in await town.payment_books()] == [4_823]


async def test_the_same_key_for_another_amount_is_refused(town):
    await town.payments.authorize(a_card())
    with pytest.raises(PartnerRefused) as refused:
        await town.payments.authorize(a_card(cents=4_824))
    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")


async def test_a_decline_is_remembered_and_leaves_no_authorization(town):
    for _ in range(2):
        with pytest.raises(CardDeclined) as declined:
            await town.payments.authorize(a_card(method="pm_declined_expired_card"))
        assert declined.value.code == "expired_card"
    with pytest.raises(PartnerRefused):
        await town.payments.authorize(a_card(method="pm_visa"))
    assert await town.payments.find_authorization(a_card().key) is None
    assert await town.payment_books() == []


async def test_a_capture_never_exceeds_the_authorization(town):
    made = await town.payments.authorize(a_card())
    with pytest.raises(PartnerRefused) as refused:
        await town.payments.capture(a_capture(made.authorization_ref, cents=4_824))
    assert refused.value.code == "amount_above_authorized"
    taken = await town.payments.capture(a_capture(made.authorization_ref))
    assert taken.amount == dollars(4_823)
    with pytest.raises(PartnerRefused) as again:
        await town.payments.capture(a_capture(made.authorization_ref, cents=1, key="order/1001:capture:2"))
    assert again.value.code == "amount_above_authorized"
    (entry,) = await town.payment_books()
    assert (entry.captures, entry.captured_minor) == (1, 4_823)


async def test_what_is_captured_cannot_be_voided_and_what_is_voided_cannot_be_captured(town):
    captured = await town.payments.authorize(a_card("order/1:authorize:t1"))
    await town.payments.capture(a_capture(captured.authorization_ref))
    voided = await town.payments.authorize(a_card("order/2:authorize:t1"))
    for key in ("order/2:void", "order/2:void", "order/2:void:again"):
        await town.payments.void(key, voided.authorization_ref)
    with pytest.raises(PartnerRefused, match="already_captured"):
        await town.payments.void("order/1:void", captured.authorization_ref)
    with pytest.raises(PartnerRefused, match="authorization_voided"):
        await town.payments.capture(a_capture(voided.authorization_ref, key="order/2:capture:1"))
    assert [(entry.captured_minor, entry.voided_minor) for entry in await town.payment_books()] == [
        (4_823, 0),
        (0, 4_823),
    ]


async def test_an_authorization_lapses_after_seven_business_days(town):
    made = await town.payments.authorize(a_card())
    assert made.expires_at == town.wall.business_now() + timedelta(days=7)
    town.wait(timedelta(days=7))
    with pytest.raises(PartnerRefused, match="authorization_expired"):
        await town.payments.capture(a_capture(made.authorization_ref))


async def test_refunds_never_exceed_the_capture(town):
    made = await town.payments.authorize(a_card())
    taken = await town.payments.capture(a_capture(made.authorization_ref))
    path = f"/payments/v1/captures/{taken.capture_ref}/refunds"
    statuses = []
    for key, cents in (("r1", 4_000), ("r1", 4_000), ("r2", 824), ("r3", 823)):
        body = {"amount": dollars(cents).model_dump()}
        statuses.append((await town.http.post(path, json=body, headers={"Idempotency-Key": key})).status_code)
    assert statuses == [201, 201, 409, 201]
    assert [entry.refunded_minor for entry in await town.payment_books()] == [4_823]
    await town.deliver()
    assert town.shop.types.count("refund.created") == 2


async def test_an_amount_that_is_no_integer_is_refused(town):
    body = {"amount": {"amount_minor": 10.0, "currency": "USD"}, "payment_method": "pm_visa"}
    response = await town.http.post("/payments/v1/authorizations", json=body, headers={"Idempotency-Key": "k"})
    assert response.status_code == 422
