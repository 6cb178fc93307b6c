"""The durable steps of a message: write it and hold it against the facts, put it to a person, let it leave."""

import hashlib
from datetime import date
from typing import Protocol

from temporalio import activity

from activities.clock import Clock, business_now
from contracts.messages import (
    Attempt,
    Draft,
    Leaving,
    Mail,
    MailBounced,
    MailNotTaken,
    MessageRef,
    MessageStep,
    Sending,
    WriteRequest,
)
from contracts.outreach import Occasion, SuppressionReason
from contracts.partners import PartnerUnavailable
from contracts.policy import OutreachPolicy, Policy, WordsPolicy
from contracts.risk import PendingApproval
from contracts.words import Brief
from contracts.writers import ModelPrices, Rejected, WriterBusy, WriterFailed, Written
from decisions.briefs import brief_of
from decisions.composer import compose
from decisions.guard import check
from decisions.spending import cost_micros


class Policies(Protocol):
    async def version(self, version: int) -> Policy: ...


class Model(Protocol):
    """A language model that writes. Raises WriterFailed."""

    async def write(self, brief: Brief, rejected: Rejected | None) -> Written: ...

    def worst_case_micros(self, brief: Brief, rejected: Rejected | None, prices: ModelPrices) -> int: ...


class Spending(Protocol):
    """What a day's texts cost, in millionths of the currency's major unit."""

    async def reserve(self, day: date, micros: int, limit_micros: int) -> bool: ...

    async def settle(self, day: date, reserved_micros: int, spent_micros: int) -> None: ...


class Messages(Protocol):
    """The message's rows. Every attempt and every way out is recorded once."""

    async def occasion(self, step: MessageStep) -> Occasion | None:
        """What there is to tell; None once it is not so any more."""
        ...

    async def recorded(self, step: MessageStep, attempt: int, policy: WordsPolicy) -> Attempt | None:
        """What came of this attempt, if it was made before."""
        ...

    async def last_rejected(self, step: MessageStep) -> Rejected | None: ...

    async def record_draft(self, step: MessageStep, draft: Draft, policy: WordsPolicy) -> Attempt: ...

    async def record_nothing_to_tell(self, step: MessageStep) -> None: ...

    async def ask(self, step: MessageStep, policy: Policy) -> PendingApproval: ...

    async def record_not_told(self, step: MessageStep, reason: SuppressionReason) -> None: ...

    async def leave(self, step: MessageStep, policy: OutreachPolicy) -> Leaving:
        """The one gate, a transaction under the customer's lock, which a purchase takes too."""
        ...

    async def record_sent(self, step: MessageStep) -> None: ...

    async def record_not_taken(self, step: MessageStep) -> None:
        """It is as if it had not been let out."""
        ...

    async def record_bounced(self, step: MessageStep, mail: Mail, code: int) -> None: ...


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Raises MailBounced for good, PartnerUnavailable where trying again later is right.

        MailNotTaken is the latter, where the mail server surely has not taken it.
        """
        ...


class OutreachActivities:
    """`model` is None where none is configured: then the composer writes everything."""

    def __init__(
        self,
        *,
        messages: Messages,
        mailer: Mailer,
        model: Model | None,
        spending: Spending,
        policies: Policies,
        clock: Clock,
    ) -> None:
        self._messages = messages
        self._mailer = mailer
        self._model = model
        self._spending = spending
        self._policies = policies
        self._clock = clock

    @activity.defn(name="outreach.write")
    async def write(self, request: WriteRequest) -> Attempt:
        """One attempt and its verdict. What was written is in the rows: texts name people."""
        step = await self._taken(request.message)
        policy = await self._policies.version(step.policy_version)
        if recorded := await self._messages.recorded(step, request.attempt, policy.words):
            return recorded
        occasion = await self._messages.occasion(step)
        if occasion is None:
            await self._messages.record_nothing_to_tell(step)
            return Attempt(attempt=request.attempt, verdict="nothing_to_tell", next="done")
        brief = brief_of(occasion).model_copy(update={"brand_guide": policy.outreach.brand_guide})
        draft = await self._draft(step, request, brief, policy.words)
        return await self._messages.record_draft(step, draft, policy.words)

    @activity.defn(name="outreach.ask")
    async def ask(self, message: MessageRef) -> PendingApproval:
        """Whether to try again, or to tell nothing."""
        step = await self._taken(message)
        return await self._messages.ask(step, await self._policies.version(step.policy_version))

    @activity.defn(name="outreach.drop")
    async def drop(self, message: MessageRef) -> None:
        """A person decided that nothing is told."""
        await self._messages.record_not_told(await self._taken(message), SuppressionReason.REFUSED)

    @activity.defn(name="outreach.send")
    async def send(self, message: MessageRef) -> Sending:
        """Through the gate, and to the mail server; again, after a failure, under the same Message-ID."""
        step = await self._taken(message)
        policy = (await self._policies.version(step.policy_version)).outreach
        leaving = await self._messages.leave(step, policy)
        if leaving.mail is None:
            return Sending.model_validate(leaving.model_dump(exclude={"mail", "tried"}))
        try:
            await self._mailer.send(leaving.mail)
        except MailBounced as bounced:
            await self._messages.record_bounced(step, leaving.mail, bounced.code)
            return Sending(outcome="bounced")
        except MailNotTaken:
            if not leaving.tried:
                await self._messages.record_not_taken(step)
            raise
        await self._messages.record_sent(step)
        return Sending(outcome="sent")

    async def _draft(self, step: MessageStep, request: WriteRequest, brief: Brief, policy: WordsPolicy) -> Draft:
        if request.pen == "model" and self._model is not None:
            written = await self._by_model(self._model, step, brief, policy)
            if isinstance(written, WriterFailed):
                activity.logger.warning("message.not_written", extra={"number": step.number, "because": str(written)})
                return Draft.not_written(request.attempt, brief, written)
            if written is not None:
                return Draft(request.attempt, brief, written.copy, check(brief, written.copy.sentences))
        return _composed(request.attempt, brief, _seed(step, request.attempt))

    async def _by_model(
        self, model: Model, step: MessageStep, brief: Brief, policy: WordsPolicy
    ) -> Written | WriterFailed | None:
        """None if the day's budget is spent. Of what was perhaps charged nobody knows, the reservation stays."""
        rejected = await self._messages.last_rejected(step)
        day, most = step.now.date(), model.worst_case_micros(brief, rejected, policy.prices)
        if not await self._spending.reserve(day, most, policy.daily_budget_micros):
            activity.logger.info("words.budget_spent", extra={"number": step.number})
            return None
        try:
            outcome: Written | WriterFailed = await model.write(brief, rejected)
        except WriterFailed as failed:
            outcome = failed
        if outcome.usage is not None:
            await self._spending.settle(day, most, cost_micros(outcome.usage, policy.prices))
        if isinstance(outcome, WriterBusy):
            raise PartnerUnavailable("model", outcome.retry_after) from None
        return outcome

    async def _taken(self, message: MessageRef) -> MessageStep:
        return message.at(await business_now(self._clock))


def _composed(attempt: int, brief: Brief, seed: int) -> Draft:
    """With the customer's name if that may be said, or else without it: nobody could answer a question about a name."""
    nameless = brief.model_copy(update={"facts": tuple(fact for fact in brief.facts if fact.fact_id != "recipient")})
    for given in (brief, nameless):
        copy = compose(given, seed=seed)
        verdict = check(brief, copy.sentences)
        if verdict.passed:
            break
    return Draft(attempt, brief, copy, verdict)


def _seed(step: MessageStep, attempt: int) -> int:
    """The same for one attempt at one message whenever it is taken, another one for the next."""
    return int.from_bytes(hashlib.sha256(f"{step.number}:{attempt}".encode()).digest()[:8])
