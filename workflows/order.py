"""One order, from checkout to the doorstep."""

import asyncio
from enum import Enum, auto
from typing import TypeAlias

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, ChildWorkflowError, FailureError

from activities.order import OrderActivities
from activities.planning import PlanningActivities
from contracts.fulfillment import Consignment
from contracts.ids import shipment_workflow_id
from contracts.order import CancelAnswer, CloseCanceled, OrderResult, OrderStage, OrderStart, PlanAnswer
from contracts.reasons import CancelReason
from contracts.risk import PendingApproval
from contracts.shipment import ShipmentResult, ShipmentStart
from contracts.states import ApprovalStatus, OrderStatus
from contracts.waiting import NOTHING, PAYMENT_PROVIDER, PLANNER, REVIEWER, RISK_CHECK, UNDOING, Wait, consignments
from workflows import cancellation, policies, visibility
from workflows.approvals import Approvals
from workflows.patience import Patience
from workflows.saga import Saga
from workflows.shipment import ShipmentWorkflow

Shipment: TypeAlias = asyncio.Task[ShipmentResult]


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
        self._approvals = Approvals(Patience(order.clock))
        self._shipments: dict[str, Shipment] = {}
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
        self._start_shipments(plan)
        while True:
            match await self._next_due():
                case Due.CAPTURE:
                    await self._capture_payment()
                case Due.ASK_FOR_OPERATOR:
                    await self._ask_for_operator()
                case Due.READ_COMMAND:
                    if reason := (await self._read_command()).reason:
                        return await self._recall(reason)
                case Due.COMPLETE:
                    return await self._complete()

    # Before the plan is reserved

    async def _assess_risk(self) -> None:
        self._enter(OrderStage.ASSESSING_RISK, Wait(on=RISK_CHECK))
        verdict = await workflow.execute_activity_method(
            OrderActivities.assess_risk, self._order.ref, summary="risk", **policies.DATABASE
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
            OrderActivities.authorize_payment, self._order.ref, summary="the whole amount", **policies.PARTNER
        )
        if answer.outcome == "declined":
            raise OrderRefused(CancelReason.PAYMENT_DECLINED)
        await self._refuse_if_canceled()

    async def _plan_and_reserve(self) -> PlanAnswer:
        self._enter(OrderStage.PLANNING, Wait(on=PLANNER))
        plan = await workflow.execute_activity_method(
            PlanningActivities.plan_and_reserve, self._order.ref, summary="where it ships from", **policies.SOLVER
        )
        if plan.outcome == "unfillable":
            raise OrderRefused(CancelReason.INVENTORY)
        return plan

    async def _void_authorization(self) -> None:
        self._enter(OrderStage.CANCELING, Wait(on=UNDOING))
        await workflow.execute_activity_method(
            OrderActivities.void_authorization, self._order.ref, summary="undo: authorization", **policies.UNDO
        )

    async def _release_stock(self) -> None:
        self._enter(OrderStage.CANCELING, Wait(on=UNDOING))
        await workflow.execute_activity_method(
            OrderActivities.release_stock, self._order.ref, summary="undo: reservation", **policies.DATABASE
        )

    # Once it is reserved

    def _start_shipments(self, plan: PlanAnswer) -> None:
        """One child a consignment."""
        self._enter(OrderStage.DELIVERING, Wait(on=consignments([part.number for part in plan.consignments])))
        for consignment in plan.consignments:
            self._shipments[consignment.number] = asyncio.create_task(self._ship(consignment))

    async def _ship(self, consignment: Consignment) -> ShipmentResult:
        """By one child, to its end. One that was ended by hand starts again: the rows say how far it was."""
        start = ShipmentStart(
            consignment=consignment,
            order_number=self._order.number,
            policy_version=self._order.policy_version,
            clock=self._order.clock,
        )
        while True:
            try:
                return await workflow.execute_child_workflow(
                    ShipmentWorkflow.run,
                    start,
                    id=shipment_workflow_id(consignment.number),
                    id_reuse_policy=WorkflowIDReusePolicy.TERMINATE_IF_RUNNING,  # one that a reset order left behind
                    task_queue="shipment",
                    static_summary=f"Consignment {consignment.number} from {consignment.node_name}",
                )
            except ChildWorkflowError:
                workflow.logger.exception("shipment.starts_again", extra={"consignment": consignment.number})
                await workflow.sleep(policies.PAUSE, summary=f"{consignment.number} starts again")

    async def _next_due(self) -> Due:
        while (due := self._due()) is None:
            await workflow.wait_condition(lambda: self._due() is not None)
        return due

    def _due(self) -> Due | None:
        if not self._captured and (self._handed_over or self._has("delivered")):
            return Due.CAPTURE
        if self._canceled_by_operator:
            return Due.ASK_FOR_OPERATOR
        if self._commanded or self._has("recalled"):  # a consignment may hear of a cancel before its order does
            return Due.READ_COMMAND
        if all(shipment.done() for shipment in self._shipments.values()):
            return Due.COMPLETE
        return None

    def _has(self, outcome: str) -> bool:
        return any(shipment.done() and shipment.result().outcome == outcome for shipment in self._shipments.values())

    async def _capture_payment(self) -> None:
        """The whole order once, at its first hand-over, of which there has to be a row; a refusal is on record, too."""
        self._handed_over = False
        answer = await workflow.execute_activity_method(
            OrderActivities.capture_payment, self._order.ref, summary="the whole amount", **policies.PARTNER
        )
        self._captured = answer.outcome != "not_yet"

    async def _recall(self, reason: CancelReason) -> OrderResult:
        """Canceled before anything left: every consignment comes back, then the money and the stock."""
        self._enter(OrderStage.CANCELING, Wait(on=UNDOING))
        await asyncio.gather(*[self._call_back(number) for number in self._shipments])
        await self._void_authorization()
        await self._release_stock()
        return await self._close_canceled(reason)

    async def _call_back(self, number: str) -> None:
        shipment = workflow.get_external_workflow_handle_for(ShipmentWorkflow.run, shipment_workflow_id(number))
        if not self._shipments[number].done():
            try:
                await shipment.signal(ShipmentWorkflow.recall)
            except FailureError:
                workflow.logger.exception("shipment.not_there", extra={"consignment": number})  # its rows tell it, too
        await self._shipments[number]

    async def _complete(self) -> OrderResult:
        await workflow.execute_activity_method(OrderActivities.complete, self._order.ref, **policies.DATABASE)
        self._enter(OrderStage.COMPLETED, NOTHING)
        return OrderResult(number=self._order.number, status=OrderStatus.COMPLETED)

    async def _close_canceled(self, reason: CancelReason, note: str | None = None) -> OrderResult:
        closing = CloseCanceled(order=self._order.ref, reason=reason, note=note)
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
        if not self._commanded:
            return
        cancel = await self._read_command()
        if cancel.reason and not cancel.nodes_asked:  # else it starts again, and its consignments hear of it themselves
            raise OrderRefused(cancel.reason)

    async def _read_command(self) -> CancelAnswer:
        """A signal is only a reason to look: the row decides."""
        self._commanded = False
        return await workflow.execute_activity_method(
            OrderActivities.read_command, self._order.ref, summary="command", **policies.DATABASE
        )

    async def _ask_for_operator(self) -> None:
        """An operator canceled the workflow itself: the question that the door asks, and then a command like any."""
        self._canceled_by_operator = False
        await workflow.execute_activity_method(
            OrderActivities.request_cancel, self._order.ref, summary="operator's cancel", **policies.DATABASE
        )
        self._commanded = True

    def _hear_operator(self) -> None:
        self._canceled_by_operator = True

    @workflow.signal(description="A command was accepted at the door: look it up.")
    def commanded(self, *_: object) -> None:
        self._commanded = True

    @workflow.signal(description="A question was decided: look it up.")
    def decided(self, *approval_ids: object) -> None:
        self._approvals.told(*approval_ids)

    @workflow.signal(description="A consignment left its node.")
    def handed_over(self, *_: object) -> None:
        self._handed_over = True

    def _enter(self, stage: OrderStage, wait: Wait) -> None:
        if stage is not self._stage:
            self._stage = stage
            visibility.show("order", stage, wait)
