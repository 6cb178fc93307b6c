"""One order, from checkout to the doorstep."""

import asyncio
from enum import Enum, auto
from typing import TypeAlias

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from activities.order import OrderActivities
from activities.planning import PlanningActivities
from contracts.ids import shipment_workflow_id
from contracts.order import CloseCanceled, OrderResult, OrderStage, OrderStart, OrderStep, PlanAnswer
from contracts.reasons import CancelReason
from contracts.risk import PendingApproval
from contracts.shipment import ShipmentResult, ShipmentStart
from contracts.states import ApprovalStatus, OrderStatus
from contracts.waiting import NOTHING, PAYMENT_PROVIDER, PLANNER, REVIEWER, RISK_CHECK, UNDOING, Wait, consignments
from workflows import cancellation, patience, policies, visibility
from workflows.approvals import Approvals
from workflows.saga import Saga
from workflows.shipment import ShipmentWorkflow

Shipment: TypeAlias = "workflow.ChildWorkflowHandle[ShipmentWorkflow, ShipmentResult]"


class OrderRefused(ApplicationError):
    """The business said no: the order ends canceled, and nobody has to be woken up."""

    def __init__(self, reason: CancelReason, note: str | None = None) -> None:
        super().__init__(reason.value, type="OrderRefused", non_retryable=True)
        self.reason = reason
        self.note = note


class Due(Enum):
    """What an order under way has to do next."""

    CAPTURE = auto()
    ASK_FOR_OPERATOR = auto()
    READ_COMMAND = auto()
    COMPLETE = auto()


@workflow.defn(name="order")
class OrderWorkflow:
    """Assess, authorize, plan and reserve; ship, capture at the first hand-over, and see everything delivered."""

    @workflow.init
    def __init__(self, order: OrderStart) -> None:
        self._order = order
        self._approvals = Approvals(order.clock)
        self._shipments: list[Shipment] = []
        self._stage: OrderStage | None = None
        self._commanded = False
        self._canceled_by_operator = False
        self._handed_over = False
        self._captured = False

    @workflow.run
    async def run(self, order: OrderStart) -> OrderResult:  # noqa: ARG002 - init already has it
        """An operator's cancel of the workflow itself is one more command."""
        return await cancellation.heard_between_steps(self._fulfill(), hear=self._hear_operator)

    async def _fulfill(self) -> OrderResult:
        try:
            plan = await self._prepare()
        except OrderRefused as refusal:
            return await self._close_canceled(refusal.reason, refusal.note)
        return await self._deliver(plan)

    async def _prepare(self) -> PlanAnswer:
        """Until the plan is reserved, everything can be undone; a refusal or a cancel undoes it."""
        async with Saga() as saga:
            await self._assess_risk()
            saga.undo_with(self._void_authorization)
            await self._authorize_payment()
            saga.undo_with(self._release_stock)
            plan = await self._plan_and_reserve()
            await self._refuse_if_canceled()
        return plan

    async def _deliver(self, plan: PlanAnswer) -> OrderResult:
        """From here on nothing unwinds: every fact moves the order forward."""
        await self._start_shipments(plan)
        while True:
            match await self._next_due():
                case Due.CAPTURE:
                    await self._capture_payment()
                case Due.ASK_FOR_OPERATOR:
                    await self._ask_for_operator()
                case Due.READ_COMMAND:
                    if reason := await self._requested_cancel():
                        return await self._recall(reason)
                case Due.COMPLETE:
                    return await self._complete()

    # Before the plan is reserved

    async def _assess_risk(self) -> None:
        self._enter(OrderStage.ASSESSING_RISK, Wait(on=RISK_CHECK))
        verdict = await workflow.execute_activity_method(
            OrderActivities.assess_risk, self._step(), summary="risk", **policies.DATABASE
        )
        if verdict.approval is not None:
            await self._await_review(verdict.approval)
        await self._refuse_if_canceled()

    async def _await_review(self, question: PendingApproval) -> None:
        self._enter(OrderStage.AWAITING_REVIEW, Wait(on=REVIEWER, until=question.due_at))
        answer = None
        while answer is None:
            answer = await self._approvals.answer(question, or_when=self._is_interrupted)
            await self._refuse_if_canceled()
        if answer.status is ApprovalStatus.REJECTED:
            raise OrderRefused(CancelReason.FRAUD)
        if not answer.approved:
            raise OrderRefused(CancelReason.OTHER, "nobody decided in time whether the order may go on")

    async def _authorize_payment(self) -> None:
        self._enter(OrderStage.AUTHORIZING, Wait(on=PAYMENT_PROVIDER))
        answer = await workflow.execute_activity_method(
            OrderActivities.authorize_payment, self._step(), summary="the whole amount", **policies.PARTNER
        )
        if answer.outcome == "declined":
            raise OrderRefused(CancelReason.PAYMENT_DECLINED)
        await self._refuse_if_canceled()

    async def _plan_and_reserve(self) -> PlanAnswer:
        self._enter(OrderStage.PLANNING, Wait(on=PLANNER))
        plan = await workflow.execute_activity_method(
            PlanningActivities.plan_and_reserve, self._step(), summary="where it ships from", **policies.SOLVER
        )
        if plan.outcome == "unfillable":
            raise OrderRefused(CancelReason.INVENTORY)
        return plan

    async def _void_authorization(self) -> None:
        self._enter(OrderStage.CANCELING, Wait(on=UNDOING))
        await workflow.execute_activity_method(
            OrderActivities.void_authorization, self._step(), summary="undo: authorization", **policies.UNDO
        )

    async def _release_stock(self) -> None:
        self._enter(OrderStage.CANCELING, Wait(on=UNDOING))
        await workflow.execute_activity_method(
            OrderActivities.release_stock, self._step(), summary="undo: reservation", **policies.DATABASE
        )

    # Once it is reserved

    async def _start_shipments(self, plan: PlanAnswer) -> None:
        """One child a consignment."""
        self._enter(OrderStage.DELIVERING, Wait(on=consignments([part.number for part in plan.consignments])))
        for consignment in plan.consignments:
            start = ShipmentStart(
                consignment=consignment,
                order_number=self._order.number,
                policy_version=self._order.policy_version,
                clock=self._order.clock,
            )
            shipment = await workflow.start_child_workflow(
                ShipmentWorkflow.run,
                start,
                id=shipment_workflow_id(consignment.number),
                task_queue="shipment",
                static_summary=f"Consignment {consignment.number} from {consignment.node_name}",
            )
            self._shipments.append(shipment)

    async def _next_due(self) -> Due:
        while (due := self._due()) is None:
            await workflow.wait_condition(lambda: self._due() is not None)
        return due

    def _due(self) -> Due | None:
        if self._handed_over and not self._captured:
            return Due.CAPTURE
        if self._canceled_by_operator:
            return Due.ASK_FOR_OPERATOR
        if self._commanded or any(_was_recalled(shipment) for shipment in self._shipments):
            return Due.READ_COMMAND
        if all(shipment.done() for shipment in self._shipments) and not self._may_still_be_canceled():
            return Due.COMPLETE
        return None

    def _may_still_be_canceled(self) -> bool:
        """A consignment that was ended by hand leaves the order open until something left or a cancel comes."""
        return not self._captured and any(shipment.exception() for shipment in self._shipments)

    async def _capture_payment(self) -> None:
        """The whole order once, at its first hand-over, of which there has to be a row; a refusal is on record, too."""
        self._handed_over = False
        answer = await workflow.execute_activity_method(
            OrderActivities.capture_payment, self._step(), summary="the whole amount", **policies.PARTNER
        )
        self._captured = answer.outcome != "not_yet"

    async def _recall(self, reason: CancelReason) -> OrderResult:
        """Canceled before anything left: every consignment comes back, then the money and the stock."""
        self._enter(OrderStage.CANCELING, Wait(on=UNDOING))
        failures = [failed for failed in await asyncio.gather(*map(self._call_back, self._shipments)) if failed]
        await self._void_authorization()
        await self._release_stock()
        result = await self._close_canceled(reason)
        if failures:
            raise failures[0]  # somebody ended that consignment by hand: a person must look after its labels
        return result

    async def _call_back(self, shipment: Shipment) -> FailureError | None:
        try:
            if not shipment.done():
                await shipment.signal(ShipmentWorkflow.recall)
            await shipment
        except FailureError as failure:
            return failure
        return None

    async def _complete(self) -> OrderResult:
        for shipment in self._shipments:
            await shipment
        await workflow.execute_activity_method(OrderActivities.complete, self._step(), **policies.DATABASE)
        self._enter(OrderStage.COMPLETED, NOTHING)
        return OrderResult(number=self._order.number, status=OrderStatus.COMPLETED)

    async def _close_canceled(self, reason: CancelReason, note: str | None = None) -> OrderResult:
        closing = CloseCanceled(**self._step().model_dump(), reason=reason, note=note)
        closed = await workflow.execute_activity_method(
            OrderActivities.cancel, closing, summary=reason, **policies.DATABASE
        )
        self._enter(OrderStage.CANCELED, NOTHING)
        return OrderResult(number=self._order.number, status=OrderStatus.CANCELED, reason=closed.reason)

    # Commands

    def _is_interrupted(self) -> bool:
        return self._commanded or self._canceled_by_operator

    async def _refuse_if_canceled(self) -> None:
        if self._canceled_by_operator:
            await self._ask_for_operator()
        if self._commanded and (reason := await self._requested_cancel()):
            raise OrderRefused(reason)

    async def _requested_cancel(self) -> CancelReason | None:
        """A signal is only a reason to look: the row decides."""
        self._commanded = False
        answer = await workflow.execute_activity_method(
            OrderActivities.read_command, self._step(), summary="command", **policies.DATABASE
        )
        return answer.reason

    async def _ask_for_operator(self) -> None:
        """An operator canceled the workflow itself: the question that the door asks, and then a command like any."""
        self._canceled_by_operator = False
        await workflow.execute_activity_method(
            OrderActivities.request_cancel, self._step(), summary="operator's cancel", **policies.DATABASE
        )
        self._commanded = True

    def _hear_operator(self) -> None:
        self._canceled_by_operator = True

    @workflow.signal(description="A command was accepted at the door: look it up.")
    def commanded(self, command_id: str) -> None:  # noqa: ARG002 - the order's row says all
        self._commanded = True

    @workflow.signal(description="A question was decided: look it up.")
    def decided(self, approval_id: str) -> None:
        self._approvals.told(approval_id)

    @workflow.signal(description="A consignment left its node.")
    def handed_over(self, number: str) -> None:  # noqa: ARG002 - the first one is what counts
        self._handed_over = True

    def _step(self) -> OrderStep:
        return OrderStep(
            order_id=self._order.order_id,
            number=self._order.number,
            policy_version=self._order.policy_version,
            now=patience.now(self._order.clock),
        )

    def _enter(self, stage: OrderStage, wait: Wait) -> None:
        if stage is not self._stage:
            self._stage = stage
            visibility.show("order", stage, wait)


def _was_recalled(shipment: Shipment) -> bool:
    """A consignment may hear of a cancel before its order does."""
    return shipment.done() and shipment.exception() is None and shipment.result().outcome == "recalled"
