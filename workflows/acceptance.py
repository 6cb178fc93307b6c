"""An order until it may be planned: assessed, reviewed if need be, and paid for as far as that goes in advance."""

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.order import OrderActivities
from contracts.order import OrderRef, OrderStage
from contracts.reasons import CancelReason
from contracts.risk import PendingApproval
from contracts.states import ApprovalStatus
from contracts.waiting import CUSTOMER_TO_PAY, PAYMENT_PROVIDER, REVIEWER, RISK_CHECK, UNDOING, Wait
from workflows import policies
from workflows.approvals import Approvals
from workflows.commands import Commands
from workflows.patience import Patience
from workflows.saga import Saga
from workflows.visibility import Board


class OrderRefused(ApplicationError):
    """The business said no: the order ends canceled, and nobody has to be woken up."""

    def __init__(self, reason: CancelReason, note: str | None = None) -> None:
        super().__init__(reason.value, type="OrderRefused", non_retryable=True)
        self.reason = reason
        self.note = note


class Acceptance:
    """Until there is a plan, a refusal or a cancel undoes what was done."""

    def __init__(
        self, order: OrderRef, *, board: Board, commands: Commands, approvals: Approvals, patience: Patience
    ) -> None:
        self._order = order
        self._board = board
        self._commands = commands
        self._approvals = approvals
        self._patience = patience

    async def run(self) -> None:
        """Raises OrderRefused; what was done is then undone."""
        async with Saga() as saga:
            saga.undo_with(self._void_authorization)  # a process that starts again may have authorized before
            await self._assess_risk()
            await self._authorize_payment()

    async def _assess_risk(self) -> None:
        self._board.enter(OrderStage.ASSESSING_RISK, Wait(on=RISK_CHECK))
        verdict = await workflow.execute_activity_method(
            OrderActivities.assess_risk, self._order, summary="risk", **policies.DATABASE
        )
        if verdict.approval is not None:
            await self._await_review(verdict.approval)
        await self._refuse_if_canceled()

    async def _await_review(self, question: PendingApproval) -> None:
        self._board.enter(OrderStage.AWAITING_REVIEW, Wait(on=REVIEWER, until=question.due_at))
        answer = None
        while answer is None:
            answer = await self._approvals.answer(question, or_when=self._commands.are_there)
            await self._refuse_if_canceled()
        if answer.status is ApprovalStatus.REJECTED:
            raise OrderRefused(CancelReason.FRAUD)
        if not answer.approved:
            raise OrderRefused(CancelReason.OTHER, "nobody decided in time whether the order may go on")

    async def _authorize_payment(self) -> None:
        """After a decline another payment method is waited for, while the step says that it may still come."""
        while True:
            self._board.enter(OrderStage.AUTHORIZING, Wait(on=PAYMENT_PROVIDER))
            answer = await workflow.execute_activity_method(
                OrderActivities.authorize_payment, self._order, summary="the whole amount", **policies.PARTNER
            )
            if answer.outcome == "declined" and answer.patience_ends_at is None:
                raise OrderRefused(CancelReason.PAYMENT_DECLINED)
            if answer.patience_ends_at is not None:
                await self._await_payment_method(answer.patience_ends_at)
            await self._refuse_if_canceled()
            if answer.outcome == "authorized":
                return

    async def _await_payment_method(self, patience_ends_at: datetime) -> None:
        self._board.enter(OrderStage.AWAITING_PAYMENT, Wait(on=CUSTOMER_TO_PAY, until=patience_ends_at))
        await self._patience.until(
            self._commands.are_there, deadline=patience_ends_at, summary="time to name another payment method"
        )

    async def _void_authorization(self) -> None:
        self._board.enter(OrderStage.CANCELING, Wait(on=UNDOING))
        await workflow.execute_activity_method(
            OrderActivities.void_authorization, self._order, summary="undo: authorization", **policies.UNDO
        )

    async def _refuse_if_canceled(self) -> None:
        if await self._commands.taken():
            cancel = await self._commands.cancel()
            if cancel.reason and not cancel.planned:  # else it starts again, and what is due says the rest
                raise OrderRefused(cancel.reason)
