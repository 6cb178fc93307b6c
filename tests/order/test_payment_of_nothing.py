"""An order that costs nothing: no provider is asked, and nothing is held, taken or given back."""

from typing import Any

from contracts.states import OrderStatus
from tests.order.business import Business
from tests.order.taken import taken_thrice
from tests.order.test_rejection import asked
from tests.order.test_steps import step_of, steps_of
from tests.shop import basket, usd


def for_nothing() -> dict[str, Any]:
    body = basket(MUG=1)
    body["lines"][0]["discount"], body["tenders"][0]["amount"] = usd(1_000), usd(0)
    return body


async def test_it_is_sent_and_no_provider_is_asked(business: Business) -> None:
    business.everybody_is_prompt()
    order = await business.place(for_nothing())
    assert (await business.result(order)).status is OrderStatus.COMPLETED
    assert business.payments.calls == {}
    await business.assert_nothing_is_left_open()


async def test_before_its_plan_there_is_nothing_to_void_at_a_provider(back_office: Business) -> None:
    order = await back_office.accept_order(for_nothing())
    step, steps = await step_of(back_office, order), steps_of(back_office)
    assert (await taken_thrice(lambda: steps.authorize_payment(step))).outcome == "authorized"
    await taken_thrice(lambda: steps.void_authorization(step))
    assert back_office.payments.calls == {}


async def test_it_is_canceled_at_its_node_and_no_provider_is_asked(business: Business) -> None:
    order = await business.place(for_nothing())
    await asked(business, order)
    await business.cancel(order)
    assert (await business.result(order)).status is OrderStatus.CANCELED
    assert business.payments.calls == {}
    await business.assert_nothing_is_left_open()
