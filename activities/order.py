"""The order's durable steps until it is planned: each decides or asks a partner, and records the answer once."""

from datetime import datetime, timedelta
from typing import Protocol

from pydantic import AwareDatetime
from temporalio import activity

from activities.clock import Clock, business_now
from contracts.order import AuthorizationAnswer, CancelAnswer, CloseCanceled, OrderRef, OrderStep
from contracts.partners import PartnerRefused
from contracts.payments import (
    NO_TO_THIS_PAYMENT,
    AskedAuthorization,
    Authorization,
    AuthorizationRequest,
    AuthorizationStatus,
    CardDeclined,
)
from contracts.policy import Policy
from contracts.reasons import CancelReason
from contracts.risk import RiskAssessment, RiskFacts, RiskVerdict
from decisions.calendar import business_days_later
from decisions.risk import assess


class Policies(Protocol):
    async def version(self, version: int) -> Policy: ...


class Authorizations(Protocol):
    """A payment provider's first half. Every call is safe to repeat under its key."""

    async def authorize(self, request: AuthorizationRequest) -> Authorization: ...

    async def find_authorization(self, key: str) -> Authorization | None: ...

    async def void(self, key: str, authorization_ref: str) -> None: ...


class Orders(Protocol):
    """The order's rows. Every `record_…` happens once under the step's key and answers the same ever after."""

    async def risk_facts(self, step: OrderStep, disposable_domains: tuple[str, ...]) -> RiskFacts: ...

    async def record_assessment(
        self, step: OrderStep, assessment: RiskAssessment, due_at: AwareDatetime
    ) -> RiskVerdict: ...

    async def start_authorizations(self, step: OrderStep) -> list[AskedAuthorization]:
        """Say that the provider is being waited for; answers what is not authorized yet, on record before it is asked.

        Under the lock under which the door takes another payment method, so what it took is among them.
        """
        ...

    async def record_authorization(
        self, step: OrderStep, asked: AskedAuthorization, made: Authorization
    ) -> AuthorizationAnswer: ...

    async def record_decline(
        self, step: OrderStep, asked: AskedAuthorization, code: str, patience: timedelta
    ) -> AuthorizationAnswer: ...

    async def record_hold(self, step: OrderStep, asked: AskedAuthorization, patience: timedelta) -> AuthorizationAnswer:
        """A gift card is our own: it is held, or declined, in the step's own transaction."""
        ...

    async def record_nothing_to_hold(self, step: OrderStep, asked: AskedAuthorization) -> AuthorizationAnswer:
        """All of it was discounted: it counts as authorized, and no provider is asked."""
        ...

    async def perhaps_authorized(self, step: OrderStep) -> list[AskedAuthorization]:
        """Every round that was made, or whose answer may be lost."""
        ...

    async def record_void(
        self, step: OrderStep, ended: list[tuple[AskedAuthorization, AuthorizationStatus]]
    ) -> None: ...

    async def requested_cancel(self, step: OrderStep) -> CancelAnswer: ...

    async def record_canceled(self, step: OrderStep, reason: CancelReason, note: str | None) -> CancelAnswer:
        """Answers the reason on record: that of a cancel accepted at the door, if there was one."""
        ...


class OrderActivities:
    def __init__(self, *, orders: Orders, payments: Authorizations, policies: Policies, clock: Clock) -> None:
        self._orders = orders
        self._payments = payments
        self._policies = policies
        self._clock = clock

    @activity.defn(name="order.assess_risk")
    async def assess_risk(self, order: OrderRef) -> RiskVerdict:
        """Score the order; from the policy's points on it is held and a person is asked, in the same transaction."""
        step = await self._taken(order)
        policy = await self._policies.version(step.policy_version)
        facts = await self._orders.risk_facts(step, policy.risk.disposable_domains)
        due_at = business_days_later(step.now, policy.risk.review_business_days, policy.time_zone)
        return await self._orders.record_assessment(step, assess(facts, policy.risk, policy.currency), due_at)

    @activity.defn(name="order.authorize_payment")
    async def authorize_payment(self, order: OrderRef) -> AuthorizationAnswer:
        """One tender after the other; a decline is answered with the patience that is left for another method."""
        step = await self._taken(order)
        policy = await self._policies.version(step.policy_version)
        for asked in await self._orders.start_authorizations(step):
            answer = await self._authorize(step, asked, policy.payment.method_patience)
            if answer.outcome == "declined":
                return _still_awaited(answer, step.now)
        return AuthorizationAnswer(outcome="authorized")

    @activity.defn(name="order.void_authorization")
    async def void_authorization(self, order: OrderRef) -> None:
        """Undo authorizations whose outcome may be unknown: the provider is asked by the key of each round."""
        step = await self._taken(order)
        ended = [(asked, await self._void(asked)) for asked in await self._orders.perhaps_authorized(step)]
        await self._orders.record_void(step, [(asked, status) for asked, status in ended if status is not None])

    @activity.defn(name="order.read_command")
    async def read_command(self, order: OrderRef) -> CancelAnswer:
        """What the row says that a signal was about: whether the door accepted a cancel, and why."""
        step = await self._taken(order)
        return await self._orders.requested_cancel(step)

    @activity.defn(name="order.cancel")
    async def cancel(self, closing: CloseCanceled) -> CancelAnswer:
        step = await self._taken(closing.order)
        return await self._orders.record_canceled(step, closing.reason, closing.note)

    async def _authorize(self, step: OrderStep, asked: AskedAuthorization, patience: timedelta) -> AuthorizationAnswer:
        if asked.kind == "gift_card":
            return await self._orders.record_hold(step, asked, patience)
        if not asked.amount.amount_minor:
            return await self._orders.record_nothing_to_hold(step, asked)
        try:
            made = await self._payments.authorize(asked)
        except CardDeclined as declined:
            return await self._orders.record_decline(step, asked, declined.code, patience)
        except PartnerRefused as refused:
            if refused.status not in NO_TO_THIS_PAYMENT:
                raise  # about how we ask: once that is mended, the same request is right
            return await self._orders.record_decline(step, asked, refused.code, patience)
        return await self._orders.record_authorization(step, asked, made)

    async def _void(self, asked: AskedAuthorization) -> AuthorizationStatus | None:
        """How it ended: None if it was never made, lapsed if the provider says that it cannot be voided any more."""
        if asked.kind == "gift_card" or not asked.amount.amount_minor:
            return AuthorizationStatus.VOIDED  # no provider holds any of it: recording it releases it
        made = await self._payments.find_authorization(asked.key)
        if made is None:
            return None
        try:
            await self._payments.void(asked.void_key, made.authorization_ref)
        except PartnerRefused as refused:
            if refused.status not in NO_TO_THIS_PAYMENT:
                raise
            return AuthorizationStatus.LAPSED
        return AuthorizationStatus.VOIDED

    async def _taken(self, order: OrderRef) -> OrderStep:
        return order.at(await business_now(self._clock))


def _still_awaited(declined: AuthorizationAnswer, now: datetime) -> AuthorizationAnswer:
    """The decline as it is on record, without its patience once that is over."""
    is_over = declined.patience_ends_at is not None and now >= declined.patience_ends_at
    return declined.model_copy(update={"patience_ends_at": None}) if is_over else declined
