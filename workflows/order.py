"""One order, from checkout to the doorstep."""

import asyncio
from typing import TypeAlias

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ChildWorkflowError

from activities.order import OrderActivities
from activities.planning import PlanningActivities
from activities.progress import ProgressActivities
from contracts.fulfillment import Consignment
from contracts.ids import shipment_workflow_id
from contracts.order import CloseCanceled, Closed, EndStatus, Next, OrderResult, OrderStage, OrderStart
from contracts.order_state import Due
from contracts.reasons import CancelReason
from contracts.shipment import ShipmentResult, ShipmentStart
from contracts.states import OrderStatus
from contracts.waiting import NOTHING, PLANNER, UNDOING, Wait, consignments
from workflows import cancellation, policies, visibility
from workflows.acceptance import Acceptance, OrderRefused
from workflows.approvals import Approvals
from workflows.commands import Commands
from workflows.patience import Patience
from workflows.shipment import ShipmentWorkflow

Shipment: TypeAlias = asyncio.Task[ShipmentResult]


@workflow.defn(name="order")
class OrderWorkflow:
    """Assess and authorize; then plan, ship, capture what left, take out what is canceled, until nothing is open."""

    @workflow.init
    def __init__(self, order: OrderStart) -> None:
        self._order = order
        self._patience = Patience(order.clock)
        self._approvals = Approvals(self._patience)
        self._shipments: dict[str, Shipment] = {}
        self._board = visibility.Board("order")
        self._commands = Commands(order.ref)
        self._handed_over = False
        self._stock_came = False
        self._own_wait = NOTHING
        self._ended = 0

    @workflow.run
    async def run(self, order: OrderStart) -> OrderResult:  # noqa: ARG002 - init already has it
        """An operator's cancel of the workflow itself is one more command."""
        return await cancellation.heard_between_steps(self._fulfill(), hear=self._commands.canceled_by_operator)

    async def _fulfill(self) -> OrderResult:
        try:
            await Acceptance(
                self._order.ref,
                board=self._board,
                commands=self._commands,
                approvals=self._approvals,
                patience=self._patience,
            ).run()
        except OrderRefused as refusal:
            return await self._close_refused(refusal.reason, refusal.note)
        return await self._carry_out()

    async def _carry_out(self) -> OrderResult:
        """From here on the rows say what is due: every fact moves the order forward, none unwinds it."""
        due = Due.PLAN
        while True:
            match due:
                case Due.ANSWER:
                    due = await self._take_answers()
                case Due.PLAN:
                    due = await self._plan()
                case Due.CANCEL_UNITS:
                    due = await self._cancel_units()
                case Due.CAPTURE | Due.SETTLE:
                    due = await self._settle()
                case Due.WAIT:
                    due = await self._wait()
                case Due.CLOSE:
                    closed = await self._close()
                    if closed.status is not None and not await self._was_told():
                        return self._ended_as(closed.status, closed.reason)
                    due = closed.due or await self._look()

    # Under way

    async def _take_answers(self) -> Due:
        answer = await workflow.execute_activity_method(
            ProgressActivities.take_answers, self._order.ref, summary="answers, and waits in vain", **policies.DATABASE
        )
        return self._go_on(answer)

    async def _plan(self) -> Due:
        self._board.enter(OrderStage.PLANNING, Wait(on=PLANNER))
        plan = await workflow.execute_activity_method(
            PlanningActivities.plan_and_reserve, self._order.ref, summary="where it ships from", **policies.SOLVER
        )
        return self._go_on(plan)

    async def _cancel_units(self) -> Due:
        self._board.enter(OrderStage.CANCELING, Wait(on=UNDOING))
        answer = await workflow.execute_activity_method(
            ProgressActivities.cancel_units, self._order.ref, summary="units that will not come", **policies.DATABASE
        )
        return self._go_on(answer)

    async def _settle(self) -> Due:
        answer = await workflow.execute_activity_method(
            ProgressActivities.settle, self._order.ref, summary="what is to be paid or given back", **policies.PARTNER
        )
        return self._go_on(answer)

    async def _close(self) -> Closed:
        return await workflow.execute_activity_method(
            ProgressActivities.close, self._order.ref, summary="if nothing is open", **policies.DATABASE
        )

    def _go_on(self, answer: Next) -> Due:
        """Every consignment under way has a child that sees it through."""
        for consignment in answer.consignments:
            if consignment.number not in self._shipments:
                self._shipments[consignment.number] = asyncio.create_task(self._ship(consignment))
        self._own_wait = answer.wait
        return answer.due

    async def _wait(self) -> Due:
        """Until something happened; what it was is read from the rows."""
        wait = self._waited_for()
        self._board.enter(OrderStage.DELIVERING, wait)
        in_time = await self._patience.until(self._has_news, deadline=wait.until, summary=wait.on or "news")
        if not in_time:
            return await self._take_answers()
        if self._handed_over:
            self._handed_over = False
            return Due.SETTLE
        if self._stock_came:
            self._stock_came = False
            return Due.PLAN
        self._ended = self._count_ended()
        if await self._was_told() or self._under_way:
            return await self._look()
        return Due.CLOSE

    async def _was_told(self) -> bool:
        """Of a command, or of an answer."""
        answered = await self._approvals.taken()
        return await self._commands.taken() or answered

    def _has_news(self) -> bool:
        told = self._commands.are_there() or self._approvals.are_there() or self._handed_over or self._stock_came
        return told or self._count_ended() > self._ended

    def _count_ended(self) -> int:
        return len(self._shipments) - len(self._under_way)

    def _waited_for(self) -> Wait:
        if self._own_wait != NOTHING:
            return self._own_wait
        return Wait(on=consignments(self._under_way)) if self._under_way else NOTHING

    @property
    def _under_way(self) -> list[str]:
        return [number for number, shipment in self._shipments.items() if not shipment.done()]

    async def _look(self) -> Due:
        answer = await workflow.execute_activity_method(
            ProgressActivities.look, self._order.ref, summary="what is due", **policies.DATABASE
        )
        return self._go_on(answer)

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

    async def _close_refused(self, reason: CancelReason, note: str | None) -> OrderResult:
        """Canceled before there was a plan."""
        closing = CloseCanceled(order=self._order.ref, reason=reason, note=note)
        closed = await workflow.execute_activity_method(
            OrderActivities.cancel, closing, summary=reason, **policies.DATABASE
        )
        return self._ended_as(OrderStatus.CANCELED, closed.reason)

    def _ended_as(self, status: EndStatus, reason: CancelReason | None) -> OrderResult:
        stage = OrderStage.COMPLETED if status is OrderStatus.COMPLETED else OrderStage.CANCELED
        self._board.enter(stage, NOTHING)
        return OrderResult(number=self._order.number, status=status, reason=reason)

    # What it is told

    @workflow.signal(description="A command was accepted at the door: look it up.")
    def commanded(self, *_: object) -> None:
        self._commands.accepted()

    @workflow.signal(description="A question was decided: look it up.")
    def decided(self, *approval_ids: object) -> None:
        self._approvals.told(*approval_ids)

    @workflow.signal(description="Decide a question by hand: one object {approval_id, choice, note}.")
    def decide(self, *given: object) -> None:
        self._approvals.decide_by_hand(*given)

    @workflow.signal(description="Units that the order waits for may have come.")
    def stock_came(self, *_: object) -> None:
        self._stock_came = True

    @workflow.signal(description="A consignment left its node.")
    def handed_over(self, *_: object) -> None:
        self._handed_over = True
