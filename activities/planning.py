"""Where an order ships from: read, solve to optimality, reserve without overselling, or read and solve again."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from temporalio import activity

from activities.clock import Clock, business_now
from contracts.fulfillment import CarrierService
from contracts.ids import AddressRef
from contracts.order import Next, OrderRef, OrderStep
from contracts.planning import OrderToPlan, StockTaken, UnitsOnHand
from contracts.policy import BackorderPolicy, Policy
from contracts.routing import RoutingDecision, RoutingProblem
from decisions.plan import ConsignmentToCreate, consignments_of, problem_of
from decisions.routing import plan_available, plan_complete_order


class Policies(Protocol):
    async def version(self, version: int) -> Policy: ...


class Rates(Protocol):
    async def services(self) -> list[CarrierService]: ...


class Stock(Protocol):
    """Stock, and the order as the planner sees it."""

    async def order_to_plan(self, step: OrderStep) -> OrderToPlan:
        """Without lines if nothing is to be planned."""
        ...

    async def next(self, step: OrderStep) -> Next: ...

    async def reserve(
        self,
        step: OrderStep,
        decision: RoutingDecision,
        planned: list[ConsignmentToCreate],
        address_ref: AddressRef,
    ) -> Next:
        """All of the plan or nothing, with its receipt, to the address that it was made for.

        Raises StockTaken when a unit or the order is not as it was.
        """
        ...

    async def record_short(
        self, step: OrderStep, problem: RoutingProblem, seen: Sequence[UnitsOnHand], policy: BackorderPolicy
    ) -> Next:
        """Wait, or give up; raises StockTaken when there is more somewhere by now than was seen."""
        ...


class PlanningActivities:
    """Runs in the solver's own process: one at a time, on one thread."""

    def __init__(self, *, stock: Stock, rates: Rates, policies: Policies, clock: Clock) -> None:
        self._stock = stock
        self._rates = rates
        self._policies = policies
        self._clock = clock

    @activity.defn(name="planning.plan_and_reserve")
    async def plan_and_reserve(self, order: OrderRef) -> Next:
        """Plan what is open on the stock as it is, and reserve it; who loses the race for a unit plans again.

        Each attempt may think longer than the one before, should an order be too hard for the time it had.
        """
        step = order.at(await business_now(self._clock))
        whole = await self._policies.version(step.policy_version)
        policy = whole.routing
        seconds = policy.seconds_to_solve * activity.info().attempt
        for _ in range(policy.attempts):
            to_plan = await self._stock.order_to_plan(step)
            if not to_plan.lines:
                return await self._stock.next(step)  # asked before the carriers are: they may be away
            services = await self._rates.services()
            problem = problem_of(to_plan, services, policy, step.now)
            plan = plan_available if to_plan.ship_available else plan_complete_order
            decision = await asyncio.to_thread(plan, problem, seconds)
            try:
                if decision is None:
                    return await self._stock.record_short(step, problem, to_plan.on_hand, whole.backorder)
                planned = consignments_of(to_plan, services, decision)
                return await self._stock.reserve(step, decision, planned, to_plan.address_ref)
            except StockTaken:
                activity.logger.info("plan.race_lost", extra={"order": step.number})
        raise StockTaken(f"order {step.number} lost {policy.attempts} races for its units; it is planned again later")
