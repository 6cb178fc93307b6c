"""The durable steps of an order under way: what is due by its rows, its money, the units it loses, and its end."""

from typing import Protocol

from temporalio import activity

from activities.clock import Clock, business_now
from contracts.disputes import DisputeAnswer
from contracts.order import CancelAnswer, Closed, Next, OrderRef, OrderStep
from contracts.partners import PartnerRefused
from contracts.payments import (
    NO_TO_THIS_PAYMENT,
    AskedAuthorization,
    Authorization,
    AuthorizationRequest,
    AuthorizationStatus,
    Capture,
    CaptureRequest,
    CardDeclined,
    MoneyMove,
    PlannedMove,
    Refund,
    RefundRequest,
    ReplacedAuthorization,
)
from contracts.policy import PaymentPolicy, Policy
from decisions.payment import not_to_ask_for


class Policies(Protocol):
    async def version(self, version: int) -> Policy: ...


class Captures(Protocol):
    """A payment provider's second half. Every call is safe to repeat under its key."""

    async def authorize(self, request: AuthorizationRequest) -> Authorization: ...

    async def capture(self, request: CaptureRequest) -> Capture: ...

    async def refund(self, request: RefundRequest) -> Refund: ...

    async def void(self, key: str, authorization_ref: str) -> None: ...

    async def answer_dispute(self, answer: DisputeAnswer) -> None: ...


class Progress(Protocol):
    """The order's rows. Whatever is due is decided on them, so a step that is taken again finds nothing left to do."""

    async def next(self, step: OrderStep) -> Next: ...

    async def request_cancel(self, step: OrderStep) -> CancelAnswer: ...

    async def record_canceled_units(self, step: OrderStep, policy: PaymentPolicy) -> None: ...

    async def give_up_waiting(self, step: OrderStep) -> None:
        """Cancel what is still missing, if that was waited for long enough."""
        ...

    async def record_closed(self, step: OrderStep) -> Closed: ...


class Questions(Protocol):
    """What people were asked about an order that goes on meanwhile."""

    async def carry_out(self, step: OrderStep) -> None:
        """Do what was decided, each answer once; escalate and expire what is due."""
        ...


class Disputes(Protocol):
    """What the provider is to be told of captures that are disputed."""

    async def to_answer(self, step: OrderStep) -> list[DisputeAnswer]: ...

    async def record_answer(self, step: OrderStep, given: DisputeAnswer) -> None: ...

    async def record_unheard(self, step: OrderStep, given: DisputeAnswer, code: str) -> None: ...


class Settlement(Protocol):
    """What is to happen to the order's money: planned first, recorded when it is done."""

    async def plan_captures(self, step: OrderStep, policy: PaymentPolicy) -> None: ...

    async def next_move(self, step: OrderStep) -> PlannedMove | None: ...

    async def record_move(self, step: OrderStep, move: PlannedMove, provider_ref: str | None) -> None: ...

    async def record_lapsed(self, step: OrderStep, void: PlannedMove) -> None:
        """There is nothing left to void: what was set aside is free."""
        ...

    async def record_refused_move(self, step: OrderStep, move: PlannedMove, code: str) -> None: ...

    async def renewals(self, step: OrderStep, policy: PaymentPolicy) -> list[AskedAuthorization]:
        """What is to be authorized anew, since it lapses soon; on record before it is asked for."""
        ...

    async def record_renewal(self, step: OrderStep, asked: AskedAuthorization, made: Authorization) -> None: ...

    async def record_declined_renewal(self, step: OrderStep, asked: AskedAuthorization, code: str) -> None: ...

    async def replaced(self, step: OrderStep) -> list[ReplacedAuthorization]: ...

    async def record_replaced(
        self, step: OrderStep, old: ReplacedAuthorization, status: AuthorizationStatus
    ) -> None: ...


class Additions(Protocol):
    """What was added to the order at the door: a part of it once its money is authorized."""

    async def to_ask(self, step: OrderStep) -> list[AskedAuthorization]:
        """What is asked for, and whose outcome is not known: also of what nobody wants any more."""
        ...

    async def record_authorized(self, step: OrderStep, asked: AskedAuthorization, made: Authorization) -> None: ...

    async def record_declined(self, step: OrderStep, asked: AskedAuthorization, code: str) -> None: ...

    async def to_void(self, step: OrderStep) -> list[ReplacedAuthorization]:
        """What was authorized and is not wanted any more."""
        ...

    async def record_voided(self, step: OrderStep, old: ReplacedAuthorization) -> None: ...


class ProgressActivities:
    def __init__(
        self,
        *,
        progress: Progress,
        questions: Questions,
        settlement: Settlement,
        additions: Additions,
        disputes: Disputes,
        payments: Captures,
        policies: Policies,
        clock: Clock,
    ) -> None:
        self._progress = progress
        self._questions = questions
        self._settlement = settlement
        self._additions = additions
        self._disputes = disputes
        self._payments = payments
        self._policies = policies
        self._clock = clock

    @activity.defn(name="order.look")
    async def look(self, order: OrderRef) -> Next:
        """What the rows say is due."""
        return await self._progress.next(await self._taken(order))

    @activity.defn(name="order.request_cancel")
    async def request_cancel(self, order: OrderRef) -> CancelAnswer:
        """The door's question, asked by an operator who canceled the workflow itself: what did not leave yet?"""
        return await self._progress.request_cancel(await self._taken(order))

    @activity.defn(name="order.take_answers")
    async def take_answers(self, order: OrderRef) -> Next:
        """What was waited for: do what people decided, and give up what was waited for long enough."""
        step = await self._taken(order)
        await self._questions.carry_out(step)
        await self._progress.give_up_waiting(step)
        return await self._progress.next(step)

    @activity.defn(name="order.cancel_units")
    async def cancel_units(self, order: OrderRef) -> Next:
        """Take the units out that are to be canceled and are free, and plan what happens to their money."""
        step = await self._taken(order)
        policy = await self._policies.version(step.policy_version)
        await self._progress.record_canceled_units(step, policy.payment)
        return await self._progress.next(step)

    @activity.defn(name="order.settle")
    async def settle(self, order: OrderRef) -> Next:
        """Capture what left, do what else is planned, ask for what is added, make anew what lapses soon; each once."""
        step = await self._taken(order)
        policy = await self._policies.version(step.policy_version)
        for answer in await self._disputes.to_answer(step):
            await self._answer(step, answer)
        await self._settlement.plan_captures(step, policy.payment)
        while move := await self._settlement.next_move(step):
            await self._make(step, move, policy.payment)
        await self._add(step)
        await self._renew(step, policy.payment)
        return await self._progress.next(step)

    @activity.defn(name="order.close")
    async def close(self, order: OrderRef) -> Closed:
        return await self._progress.record_closed(await self._taken(order))

    async def _add(self, step: OrderStep) -> None:
        """Of what is added the money is set aside; of what is not wanted any more by then, it is given up again."""
        for asked in await self._additions.to_ask(step):
            try:
                made = await self._payments.authorize(asked)
            except CardDeclined as declined:
                await self._additions.record_declined(step, asked, declined.code)
            except PartnerRefused as refused:
                if refused.status not in NO_TO_THIS_PAYMENT:
                    raise
                await self._additions.record_declined(step, asked, refused.code)
            else:
                await self._additions.record_authorized(step, asked, made)
        for old in await self._additions.to_void(step):
            try:
                await self._payments.void(old.void_key, old.authorization_ref)
            except PartnerRefused as refused:
                if refused.status not in NO_TO_THIS_PAYMENT:
                    raise
            await self._additions.record_voided(step, old)

    async def _answer(self, step: OrderStep, answer: DisputeAnswer) -> None:
        try:
            await self._payments.answer_dispute(answer)
        except PartnerRefused as refused:
            if refused.status not in NO_TO_THIS_PAYMENT:
                raise
            await self._disputes.record_unheard(step, answer, refused.code)
        else:
            await self._disputes.record_answer(step, answer)

    async def _renew(self, step: OrderStep, policy: PaymentPolicy) -> None:
        """The old authorization is voided once there is a new one; if that is declined, it stays."""
        for asked in await self._settlement.renewals(step, policy):
            try:
                made = await self._payments.authorize(asked)
            except CardDeclined as declined:
                await self._settlement.record_declined_renewal(step, asked, declined.code)
            except PartnerRefused as refused:
                if refused.status not in NO_TO_THIS_PAYMENT:
                    raise
                await self._settlement.record_declined_renewal(step, asked, refused.code)
            else:
                await self._settlement.record_renewal(step, asked, made)
        for old in await self._settlement.replaced(step):
            try:
                await self._payments.void(old.void_key, old.authorization_ref)
            except PartnerRefused as refused:
                if refused.status not in NO_TO_THIS_PAYMENT:
                    raise
                await self._settlement.record_replaced(step, old, AuthorizationStatus.LAPSED)
            else:
                await self._settlement.record_replaced(step, old, AuthorizationStatus.VOIDED)

    async def _make(self, step: OrderStep, move: PlannedMove, policy: PaymentPolicy) -> None:
        if code := not_to_ask_for(move, policy.capabilities[move.tender_kind]):
            return await self._settlement.record_refused_move(step, move, code)
        try:
            provider_ref = await self._perform(move)
        except PartnerRefused as refused:
            if refused.status not in NO_TO_THIS_PAYMENT:
                raise  # about how we ask: once that is mended, the same request is right
            if move.kind is MoneyMove.VOID:
                await self._settlement.record_lapsed(step, move)
            else:
                await self._settlement.record_refused_move(step, move, refused.code)
        else:
            await self._settlement.record_move(step, move, provider_ref)

    async def _perform(self, move: PlannedMove) -> str | None:
        if move.tender_kind == "gift_card":
            return None  # it is our own: recording the move moves it
        if move.authorization_ref is None:
            raise LookupError(f"{move.key}: the tender was never authorized")
        match move.kind:
            case MoneyMove.CAPTURE:
                asked = CaptureRequest(key=move.key, authorization_ref=move.authorization_ref, amount=move.amount)
                return (await self._payments.capture(asked)).capture_ref
            case MoneyMove.REFUND:
                if move.capture_ref is None:
                    raise LookupError(f"{move.key}: it is not known which capture to give back")
                back = RefundRequest(key=move.key, capture_ref=move.capture_ref, amount=move.amount)
                return (await self._payments.refund(back)).refund_ref
            case MoneyMove.VOID:
                await self._payments.void(move.key, move.authorization_ref)
                return None
            case MoneyMove.RELEASE:
                raise ValueError(f"{move.key}: there is nothing to do at the provider")

    async def _taken(self, order: OrderRef) -> OrderStep:
        return order.at(await business_now(self._clock))
