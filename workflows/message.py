"""One message: written until it is true to the facts, then sent once the gate lets it."""

from typing import Literal

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.outreach import OutreachActivities
from contracts.messages import Attempt, MessageResult, MessageStage, MessageStart, Pen, Sending, WriteRequest
from contracts.outreach import SuppressionReason
from contracts.waiting import SERVICE_TO_DECIDE, THE_MORNING, Wait
from workflows import cancellation, policies, visibility
from workflows.approvals import Approvals
from workflows.patience import Patience

Outcome = Literal["sent", "suppressed", "bounced", "read"]


@workflow.defn(name="message")
class MessageWorkflow:
    """Write, check, repair; else the composer; else a person. Then leave, now or when the customer may be told."""

    @workflow.init
    def __init__(self, message: MessageStart) -> None:
        self._message = message
        self._patience = Patience(message.clock)
        self._approvals = Approvals(self._patience)
        self._board = visibility.Board("message")
        self._attempts = 0

    @workflow.run
    async def run(self, message: MessageStart) -> MessageResult:  # noqa: ARG002 - init already has it
        """An operator's cancel of the workflow itself changes nothing: staff decide whether something is told."""
        return await cancellation.heard_between_steps(self._tell(), hear=self._hear_operator)

    async def _tell(self) -> MessageResult:
        while True:
            written = await self._write()
            if written.next == "done":
                return self._nothing_to_send(written)
            if written.next == "ask":
                if await self._is_dropped():
                    return self._result("suppressed", SuppressionReason.REFUSED)
                continue
            sending = await self._send()
            match sending.outcome:
                case "sent" | "suppressed" | "bounced" as outcome:
                    return self._result(outcome, sending.reason)
                case "rewrite" | "deferred":
                    continue

    async def _write(self) -> Attempt:
        """The model, as often as the step says; then the composer, who needs nobody."""
        pen: Pen = "model"
        while True:
            attempt = await self._attempt(pen)
            if attempt.next not in {"model", "composer"}:
                return attempt
            pen = "composer" if attempt.next == "composer" else "model"

    async def _attempt(self, pen: Pen) -> Attempt:
        self._attempts += 1
        request = WriteRequest(message=self._message.ref, attempt=self._attempts, pen=pen)
        if pen == "model":
            try:
                return await workflow.execute_activity_method(
                    OutreachActivities.write, request, summary=f"attempt {self._attempts}", **policies.MODEL
                )
            except ActivityError:
                workflow.logger.warning("message.model_away", extra={"number": self._message.number})
                request = request.model_copy(update={"pen": "composer"})
        return await workflow.execute_activity_method(
            OutreachActivities.write, request, summary=f"attempt {self._attempts}, composer", **policies.DATABASE
        )

    async def _is_dropped(self) -> bool:
        """Whether a person wants nothing told; if not, it is written again."""
        question = await workflow.execute_activity_method(
            OutreachActivities.ask, self._message.ref, summary="nothing may be sent", **policies.DATABASE
        )
        self._board.enter(MessageStage.AWAITING_PERSON, Wait(on=SERVICE_TO_DECIDE, until=question.due_at))
        answer = await self._approvals.answer(question, or_when=lambda: False)
        if answer is not None and answer.approved:
            return False
        await workflow.execute_activity_method(
            OutreachActivities.drop, self._message.ref, summary="nothing is told", **policies.DATABASE
        )
        return True

    async def _send(self) -> Sending:
        """Once the gate lets it: it may ask to wait for the customer's morning."""
        while True:
            sending = await workflow.execute_activity_method(
                OutreachActivities.send, self._message.ref, summary="gate, mail server", **policies.PARTNER
            )
            if sending.until is None:
                return sending
            self._board.enter(MessageStage.DEFERRED, Wait(on=THE_MORNING, until=sending.until))
            await self._patience.until(lambda: False, deadline=sending.until, summary=THE_MORNING)

    def _nothing_to_send(self, written: Attempt) -> MessageResult:
        """What staff read needs no gate; what is not so any more, or may not be said, needs no reader."""
        match written.verdict:
            case "passed":
                return self._result("read")
            case "rejected":
                return self._result("suppressed", SuppressionReason.REFUSED)
            case "nothing_to_tell":
                return self._result("suppressed", SuppressionReason.SUPERSEDED)

    def _result(self, outcome: Outcome, reason: SuppressionReason | None = None) -> MessageResult:
        return MessageResult(number=self._message.number, outcome=outcome, reason=reason, attempts=self._attempts)

    def _hear_operator(self) -> None:
        workflow.logger.warning("message.cancel_ignored")

    # What it is told

    @workflow.signal(description="A question was decided: look it up.")
    def decided(self, *approval_ids: object) -> None:
        self._approvals.told(*approval_ids)

    @workflow.signal(description="Decide a question by hand: one object {approval_id, choice, note}.")
    def decide(self, *given: object) -> None:
        self._approvals.decide_by_hand(*given)
