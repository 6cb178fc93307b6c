"""Orders brought to where a page shows them, by the doors and the steps that real ones go through."""

from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.postgres.order_steps import PostgresOrders
from adapters.postgres.stock import PostgresStock
from contracts.fulfillment import Consignment
from contracts.ids import ApprovalId
from contracts.payments import Authorization
from contracts.policy import RiskPolicy, RoutingPolicy
from decisions.plan import consignments_of, problem_of
from decisions.risk import assess
from decisions.routing import plan_complete_order
from tests.desk import Desk
from tests.front_door import Caller
from tests.shipment.parcels import Parcels
from tests.shop import SERVICES, order_body, usd


def risky_body(**changes: Any) -> dict[str, Any]:
    """A first order, by express, from a disposable address, billed elsewhere: 60 points."""
    body = order_body(service_level="express", **changes)
    body["customer"]["email"] = "ada@mailinator.com"
    body["billing_address"] = {**body["shipping_address"], "city": "Albany", "region": "US-NY", "postal_code": "12207"}
    return body


def dear_body() -> dict[str, Any]:
    """Two people have to approve: over 5,000 USD."""
    body = risky_body()
    body["lines"][0]["unit_price"] = usd(300_000)
    total = 649_995  # two of them, 8.25 % tax, 4.95 shipping
    return {**body, "tenders": [{**body["tenders"][0], "amount": usd(total)}]}


class Held:
    """A placed order that a person has to look at, and the question about it."""

    def __init__(self, order: dict[str, Any], approval_id: ApprovalId, desk: Desk) -> None:
        self.order = order
        self.approval_id = approval_id
        self.desk = desk

    @property
    def path(self) -> str:
        return f"/console/cases/{self.approval_id}"

    @property
    def number(self) -> int:
        return int(self.order["number"])


async def hold(
    caller: Caller,
    body: dict[str, Any] | None = None,
    *,
    due_in: timedelta = timedelta(days=2),
    ahead: timedelta | None = None,
) -> Held:
    """Assessed as every order is, some days ago or `ahead` of the wall; the question is due that long from its now."""
    order = await caller.placed(body or risky_body())
    desk = Desk(caller.database, order)
    if ahead is not None:
        desk.step = desk.step.model_copy(update={"now": datetime.now(UTC) + ahead})
    orders, policy = PostgresOrders(caller.database), RiskPolicy()
    facts = await orders.risk_facts(desk.step, policy.disposable_domains)
    verdict = await orders.record_assessment(
        desk.step, assess(facts, policy, order["total"]["currency"]), datetime.now(UTC) + due_in
    )
    assert verdict.approval is not None
    return Held(order, verdict.approval.approval_id, desk)


async def authorize(caller: Caller, desk: Desk) -> None:
    """Every tender, as the provider would."""
    orders = PostgresOrders(caller.database)
    for asked in await orders.start_authorizations(desk.step):
        made = Authorization(
            authorization_ref=f"auth-{asked.key}", amount=asked.amount, expires_at=desk.step.now + timedelta(days=7)
        )
        await orders.record_authorization(desk.step, asked, made)


async def sent(caller: Caller, **changes: Any) -> dict[str, Any]:
    """An order of two parcels, planned as every order is: one delivered, the other on its way."""
    order = await caller.placed(order_body(**changes))
    desk = Desk(caller.database, order)
    await authorize(caller, desk)
    consignment = await plan(caller, desk)
    await desk.ask(consignment)
    parcels = Parcels(caller, desk, consignment)
    await parcels.node("accepted")
    await parcels.label()
    await parcels.leave()
    await parcels.scan("in_transit", 2)
    await parcels.scan("delivered", 20)
    return order


async def plan(caller: Caller, desk: Desk) -> Consignment:
    return (await plan_all(caller, desk))[0]


async def plan_all(caller: Caller, desk: Desk) -> list[Consignment]:
    """By the solver, with its receipt."""
    stock, policy = PostgresStock(caller.database), RoutingPolicy()
    to_plan = await stock.order_to_plan(desk.step)
    decision = plan_complete_order(problem_of(to_plan, SERVICES, policy, desk.step.now), policy.seconds_to_solve)
    assert decision is not None
    answer = await stock.reserve(desk.step, decision, consignments_of(to_plan, SERVICES, decision), to_plan.address_ref)
    return list(answer.consignments)
