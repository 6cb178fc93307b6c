"""What got a 2xx exists: the engine away, the API killed between the commit and telling the engine."""

import os
import signal

import pytest

from simulation.launch import Running
from tests.e2e.processes import down, server_pid
from tests.e2e.shopper import Shopper
from tests.shop import basket, line, order_body, usd

pytestmark = [pytest.mark.races, pytest.mark.xdist_group("stack"), pytest.mark.timeout(180)]


async def test_an_order_placed_while_temporal_is_down_starts_when_it_is_back(
    running: Running, shopper: Shopper
) -> None:
    with down(running, "temporal"):
        order_id = await shopper.place(basket(MUG=1))
        assert (await shopper.order(order_id))["status"]["order"] == "pending"
    await shopper.until_status(order_id, "completed")


async def test_an_api_killed_between_commit_and_start_loses_no_order(running: Running, shopper: Shopper) -> None:
    with down(running, "temporal"):
        order_id = await shopper.place(basket(MUG=1))
        os.kill(server_pid(running, "api"), signal.SIGKILL)
    await shopper.comes_back()
    await shopper.until_status(order_id, "completed")


async def test_an_api_killed_between_decision_and_signal_loses_no_decision(running: Running, shopper: Shopper) -> None:
    order_id = await shopper.place(_risky())
    question = await shopper.question_about(order_id)
    with down(running, "temporal"):
        decision = {"choice": "approved", "version": question["version"]}
        response = await shopper.post(f"/v1/approvals/{question['id']}/decision", decision, who="staff")
        assert response.status_code == 200, response.text
        os.kill(server_pid(running, "api"), signal.SIGKILL)
    await shopper.comes_back()
    await shopper.until_status(order_id, "completed")


async def test_an_api_killed_after_a_cancel_loses_no_cancel(running: Running, shopper: Shopper) -> None:
    order_id = await shopper.place(_risky())
    await shopper.until_status(order_id, "on_hold")
    with down(running, "temporal"):
        response = await shopper.post(f"/v1/orders/{order_id}:cancel", {"reason_code": "customer"})
        assert response.status_code == 200, response.text
        os.kill(server_pid(running, "api"), signal.SIGKILL)
    await shopper.comes_back()
    order = await shopper.until_status(order_id, "canceled")
    assert order["cancel_reason"] == "customer"


async def test_postgres_killed_under_way_comes_back_and_the_order_goes_on(running: Running, shopper: Shopper) -> None:
    order_id = await shopper.place(basket(MUG=1, LMP=1, TNT=1))
    os.kill(server_pid(running, "postgres"), signal.SIGKILL)
    await shopper.comes_back()
    await shopper.until_status(order_id, "completed")


def _risky() -> dict[str, object]:
    """A large first order from a disposable address: a person is asked."""
    body = order_body(
        lines=[line(quantity=1, unit_price=usd(90_000), tax_rate="0")],
        shipping=usd(0),
        tenders=[{"tender_id": "t1", "kind": "card", "amount": usd(90_000), "payment_method": "pm_card"}],
    )
    body["customer"]["email"] = "ada@mailinator.com"
    return body
