"""After a decline another payment method is waited for: named in time it is authorized anew, else the order ends."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from adapters.postgres.payment_door import PostgresPaymentDoor
from adapters.postgres.policies import PostgresPolicies
from contracts.checkout import PayOrder
from contracts.door import Knock
from contracts.order_view import OrderView
from contracts.policy import PaymentPolicy, Policy
from contracts.problems import Refused
from contracts.reasons import CancelReason
from contracts.states import OrderStatus, PaymentStatus
from contracts.wakeups import Wakeup
from tests.front_door import Caller
from tests.order.business import CUSTOMER, Business
from tests.order.fixtures import both_ways
from tests.order.onlooker import happened
from tests.order.taken import taken_thrice
from tests.order.test_steps import step_of, steps_of
from tests.shop import order_body

WAITS = "the customer to name another payment method"
GOOD = "pm_good"


async def name_method(office: Business, order: OrderView, method: str = GOOD, tender_id: str = "t1") -> list[Wakeup]:
    """The door alone: the row is written, the process not told yet."""
    command = PayOrder(tender_id=tender_id, payment_method=method)
    knock = Knock.of(CUSTOMER, f"POST /v1/orders/{order.id}:pay", uuid4().hex, command)
    return (await PostgresPaymentDoor(office.database, clock=office.clock).pay(knock, order.id, command)).wakeups


async def pay(business: Business, order: OrderView, method: str = GOOD, tender_id: str = "t1") -> None:
    await business.deliver(await name_method(business, order, method, tender_id))


def refusing_cards(office: Business) -> None:
    office.payments.declines = "insufficient_funds"
    office.payments.good = {GOOD}


async def waits_for_a_method(business: Business, order: OrderView) -> OrderView:
    return await business.until(order, lambda view: view.waiting_on == WAITS)


@both_ways
async def test_the_order_waits_for_another_method_and_goes_on_with_it(business: Business) -> None:
    business.everybody_is_prompt()
    refusing_cards(business)
    order = await business.place()
    waiting = await waits_for_a_method(business, order)
    assert waiting.status.order is OrderStatus.CUSTOMER_ACTION_REQUIRED
    assert waiting.status.payment is PaymentStatus.FAILED
    assert waiting.timeline[-1].reason_code == "awaiting_payment"
    failed = waiting.timeline[-2]
    assert failed.facts == {"tender_id": "t1", "attempted": "authorize", "code": "insufficient_funds"}
    assert waiting.waiting_until == failed.occurred_at + PaymentPolicy().method_patience

    await pay(business, order)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    paid = await business.show(order)
    assert happened(paid)[2:8] == [
        "payment.failed",
        "order.on_hold",
        "payment.method_changed",
        "order.hold_released",
        "payment.authorized",
        "order.confirmed",
    ]
    assert (paid.status.payment, paid.payment.captured) == (PaymentStatus.CAPTURED, order.total)
    assert list(business.payments.authorizations) == [f"order/{order.number}:authorize:t1:2"]
    await business.assert_nothing_is_left_open()


async def test_a_second_method_may_be_declined_too_and_a_third_is_taken(business: Business) -> None:
    business.everybody_is_prompt()
    refusing_cards(business)
    order = await business.place()
    await waits_for_a_method(business, order)
    await pay(business, order, "pm_worse")
    await business.until(order, lambda view: happened(view).count("order.on_hold") == 2)
    await pay(business, order)
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert list(business.payments.authorizations) == [f"order/{order.number}:authorize:t1:3"]
    await business.assert_nothing_is_left_open()


async def test_when_patience_is_over_it_is_canceled_and_says_so(business: Business) -> None:
    refusing_cards(business)
    order = await business.place(skipping=True)
    assert (await business.result(order)).reason is CancelReason.PAYMENT_DECLINED
    canceled = await business.show(order)
    assert happened(canceled)[-3:] == ["payment.failed", "order.on_hold", "order.canceled"]
    assert (canceled.status.order, canceled.waiting_until) == (OrderStatus.CANCELED, None)
    with pytest.raises(Refused):
        await name_method(business, order)


@both_ways
async def test_a_cancel_while_a_method_is_awaited_ends_the_order(business: Business) -> None:
    refusing_cards(business)
    order = await business.place()
    await waits_for_a_method(business, order)
    await business.cancel(order)
    assert (await business.result(order)).reason is CancelReason.CUSTOMER
    assert (await business.show(order)).cancel_reason is CancelReason.CUSTOMER
    with pytest.raises(Refused):
        await name_method(business, order)
    await business.assert_nothing_is_left_open()


async def test_a_cancel_right_after_a_method_was_named_undoes_what_it_authorized(business: Business) -> None:
    refusing_cards(business)
    order = await business.place()
    await waits_for_a_method(business, order)
    business.payments.losing = {"authorize"}
    named, canceled = await name_method(business, order), await business.accept_cancel(order)
    await business.deliver([*named, *canceled])
    assert (await business.result(order)).reason is CancelReason.CUSTOMER
    await business.assert_nothing_is_left_open()


async def test_words_without_a_method_change_nothing(business: Business) -> None:
    business.everybody_is_prompt()
    refusing_cards(business)
    order = await business.place()
    waiting = await waits_for_a_method(business, order)
    await business.process(order).signal("commanded", "by hand")
    await business.until_step(business.process(order), "order.authorize_payment", times=2)
    same = await business.show(order)
    assert (same.version, same.waiting_on, same.waiting_until) == (waiting.version, WAITS, waiting.waiting_until)
    await pay(business, order)
    assert (await business.result(order)).status is OrderStatus.COMPLETED


async def test_a_policy_without_patience_cancels_at_once(back_office: Business) -> None:
    order = await back_office.accept_order()
    impatient = Policy(payment=PaymentPolicy(method_patience=timedelta()))
    version = await PostgresPolicies(back_office.database).store(impatient)
    step = (await step_of(back_office, order)).model_copy(update={"policy_version": version})
    refusing_cards(back_office)
    assert (await taken_thrice(lambda: steps_of(back_office).authorize_payment(step))).patience_ends_at is None
    declined = await back_office.show(order)
    assert (declined.status.order, happened(declined)) == (OrderStatus.PENDING, ["order.placed", "payment.failed"])


async def test_a_decline_is_recorded_once_and_the_next_method_is_a_round_of_its_own(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    refusing_cards(back_office)
    declined = await taken_thrice(lambda: steps.authorize_payment(step))
    assert (declined.outcome, declined.patience_ends_at) == (
        "declined",
        (await back_office.show(order)).waiting_until,
    )
    await name_method(back_office, order)
    named = await back_office.show(order)
    assert (named.status.order, named.status.payment) == (OrderStatus.PENDING, PaymentStatus.PENDING)
    assert named.waiting_on == "payment provider"
    assert (await taken_thrice(lambda: steps.authorize_payment(step))).outcome == "authorized"
    assert happened(await back_office.show(order)).count("payment.authorized") == 1


async def test_every_round_whose_answer_may_be_lost_is_looked_up_and_voided_once(back_office: Business) -> None:
    order = await back_office.accept_order()
    step, steps = await step_of(back_office, order), steps_of(back_office)
    refusing_cards(back_office)
    await steps.authorize_payment(step)
    await name_method(back_office, order)
    back_office.payments.losing = {"authorize"}
    with pytest.raises(Exception, match="payments is not available"):
        await steps.authorize_payment(step)
    await taken_thrice(lambda: steps.void_authorization(step))
    assert back_office.payments.voids == {
        f"order/{order.number}:authorize:t1:2:void": f"auth:order/{order.number}:authorize:t1:2"
    }
    voided = await back_office.show(order)
    assert (happened(voided).count("payment.voided"), voided.status.payment) == (1, PaymentStatus.VOIDED)
    assert back_office.payments.still_held == set()


@pytest.mark.parametrize("first", ["the door", "the step"])
async def test_at_the_end_of_patience_either_the_method_is_taken_and_asked_for_or_it_is_refused(
    back_office: Business, first: str
) -> None:
    order = await back_office.accept_order()
    steps = steps_of(back_office)
    refusing_cards(back_office)
    await steps.authorize_payment(await step_of(back_office, order))
    if first == "the door":
        await name_method(back_office, order)
    async with back_office.database.connection() as connection:  # as if two days had gone by
        await connection.execute("update orders set waiting_until = $2 where order_id = $1", order.id, order.placed_at)
        await connection.execute(
            "update effects set result = jsonb_set(result, '{patience_ends_at}', to_jsonb($1::text))"
            " where result ? 'patience_ends_at'",
            order.placed_at.isoformat(),
        )
    answer = await steps.authorize_payment(await step_of(back_office, order))
    if first == "the door":
        assert answer.outcome == "authorized"
    else:
        assert (answer.outcome, answer.patience_ends_at) == ("declined", None)
        with pytest.raises(Refused) as refused:
            await name_method(back_office, order)
        assert refused.value.code == "invalid_transition"


async def declined_order(caller: Caller, office: Business) -> OrderView:
    order = OrderView.model_validate(await caller.placed(order_body()))
    refusing_cards(office)
    await steps_of(office).authorize_payment(await step_of(office, order))
    return await office.show(order)


async def test_over_http_the_method_is_taken_once_and_the_process_told(caller: Caller, back_office: Business) -> None:
    order, key = await declined_order(caller, back_office), uuid4().hex
    body = {"tender_id": "t1", "payment_method": GOOD, "version": order.version}
    answers = await asyncio.gather(*(caller.post(f"/v1/orders/{order.id}:pay", body, key=key) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json()["status"]["order"] == "pending"
    assert caller.engine.news[-1] == (f"order/{order.number}", "commanded")
    again = await caller.post(f"/v1/orders/{order.id}:pay", body | {"version": None})
    assert (again.status_code, again.json()["code"]) == (409, "invalid_transition")
    assert happened(await back_office.show(order)).count("payment.method_changed") == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"tender_id": "t2"}, 409, "invalid_transition"),
        ({"version": 1}, 409, "stale_version"),
        ({"payment_method": ""}, 422, "invalid_request"),
        ({"amount": 1}, 422, "invalid_request"),
    ],
)
async def test_over_http_what_is_not_waited_for_is_refused(
    caller: Caller, back_office: Business, change: dict[str, object], status: int, code: str
) -> None:
    order = await declined_order(caller, back_office)
    body = {"tender_id": "t1", "payment_method": GOOD}
    response = await caller.post(f"/v1/orders/{order.id}:pay", body | change)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert (await back_office.show(order)).version == order.version


async def test_an_order_that_does_not_wait_takes_no_method_and_an_unknown_one_is_not_found(caller: Caller) -> None:
    order = await caller.placed(order_body())
    body = {"tender_id": "t1", "payment_method": GOOD}
    refused = await caller.post(f"/v1/orders/{order['id']}:pay", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    assert "cancel" in refused.json()["allowed_actions"]
    assert (await caller.post("/v1/orders/ord_none:pay", body)).status_code == 404
