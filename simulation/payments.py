"""The payment provider: sets money aside, takes it, gives it back, and keeps books that can be read."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from fastapi import APIRouter, Response

from contracts.base import Contract, Request
from contracts.disputes import DisputeChoice
from contracts.money import Money
from contracts.payments import Authorization, Capture
from contracts.webhooks import CaptureFailure, DisputeClosing, DisputeOpening, PaymentFact
from simulation.answers import Answer, IdempotencyKey, Refusal, answer
from simulation.books import Books, Fact
from simulation.draws import happens, reference
from simulation.faults import FaultPanel
from simulation.outbox import Outbox
from simulation.payment_books import AskedOfCapture, PaymentEntry, Refund, entry_of

VALID_FOR: Final = timedelta(days=7)  # business time
FAILS_AFTER: Final = timedelta(hours=20)  # sooner than banks are, so that a demo ends within a minute
DISPUTED_AFTER: Final = timedelta(days=1)
TO_RESPOND: Final = timedelta(days=7)
DECIDED_AFTER: Final = timedelta(hours=8)
WON: Final = 0.5
DECLINED: Final = "pm_declined"  # pm_declined_expired_card is declined with expired_card


class AskAuthorization(Request):
    amount: Money
    payment_method: str


class AskAmount(Request):
    amount: Money


class Decline(Contract):
    code: str


class PaymentProvider:
    def __init__(self, books: Books, outbox: Outbox, panel: FaultPanel, seed: int) -> None:
        self._books = books
        self._outbox = outbox
        self._panel = panel
        self._seed = seed

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/payments/v1")
        router.add_api_route("/authorizations", self.authorize, methods=["POST"])
        router.add_api_route("/authorizations", self.find, methods=["GET"])
        router.add_api_route("/authorizations/{authorization_ref}/captures", self.capture, methods=["POST"])
        router.add_api_route("/authorizations/{authorization_ref}/void", self.void, methods=["POST"])
        router.add_api_route("/captures/{capture_ref}/refunds", self.refund, methods=["POST"])
        router.add_api_route("/disputes/{dispute_ref}/{choice}", self.answer_dispute, methods=["POST"])
        router.add_api_route("/books", self.read_books, methods=["GET"])
        return router

    async def authorize(self, body: AskAuthorization, key: IdempotencyKey) -> Response:
        return self._once(key, f"authorize {body}", partial(self._authorize, body, key))

    async def find(self, key: str) -> Authorization:
        for fact in self._books.under_key("payments", key):
            if fact.kind == "authorized":
                return Authorization.model_validate_json(fact.body)
        raise Refusal(404, "unknown_key")

    async def capture(self, authorization_ref: str, body: AskAmount, key: IdempotencyKey) -> Response:
        work = partial(self._capture, authorization_ref, body.amount, key)
        return self._once(key, f"capture {authorization_ref} {body}", work)

    async def void(self, authorization_ref: str, key: IdempotencyKey) -> Response:
        return self._once(key, f"void {authorization_ref}", partial(self._void, authorization_ref, key))

    async def refund(self, capture_ref: str, body: AskAmount, key: IdempotencyKey) -> Response:
        work = partial(self._refund, capture_ref, body.amount, key)
        return self._once(key, f"refund {capture_ref} {body}", work)

    async def read_books(self) -> list[PaymentEntry]:
        untold = self._outbox.untold("payments")
        return [
            entry_of(self._happened(facts)).model_copy(update={"untold": untold[ref]})
            for ref, facts in self._books.all_facts("payments").items()
        ]

    async def answer_dispute(self, dispute_ref: str, choice: DisputeChoice, key: IdempotencyKey) -> Response:
        return self._once(key, f"{choice} {dispute_ref}", partial(self._answer_dispute, dispute_ref, choice))

    def _once(self, key: str, question: str, work: Callable[[], Answer]) -> Response:
        return self._books.once("payments", key, question, work).response()

    def _authorize(self, body: AskAuthorization, key: str) -> Answer:
        if body.payment_method.startswith(DECLINED):
            reason = body.payment_method.removeprefix(DECLINED).removeprefix("_")
            return answer(402, Decline(code=reason or "insufficient_funds"))
        ref = reference("auth", key)
        expires_at = self._books.now() + VALID_FOR
        made = Authorization(authorization_ref=ref, amount=body.amount, expires_at=expires_at)
        self._books.record("payments", "authorized", ref=ref, subject=ref, key=key, body=made)
        self._tell("authorization.created", ref, key, body.amount)
        return answer(201, made)

    def _capture(self, ref: str, amount: Money, key: str) -> Answer:
        entry = self._entry(ref)
        if entry.voided:
            raise Refusal(409, "authorization_voided")
        if self._books.now() >= entry.expires_at and not entry.failures:  # what came back is asked for anew
            raise Refusal(409, "authorization_expired")
        _check_amount(amount, entry.currency, entry.authorized_minor - entry.captured_minor, "amount_above_authorized")
        if self._strikes(self._panel.current.refused_captures, "refused_capture", ref) and not self._refused(ref):
            body = AskedOfCapture(amount=amount)
            self._books.record("payments", "refused", ref=reference("ref", key), subject=ref, key=key, body=body)
            return answer(402, Decline(code="do_not_honor"))
        taken = Capture(capture_ref=reference("cap", key), amount=amount)
        self._books.record("payments", "captured", ref=taken.capture_ref, subject=ref, key=key, body=taken)
        self._tell("capture.created", ref, key, amount)
        if not entry.failures and self._strikes(self._panel.current.late_failures, "late_failure", key):
            self._will_fail(ref, key, amount)
        elif self._strikes(self._panel.current.disputes, "dispute", key):
            self._will_be_disputed(ref, key, amount)
        return answer(201, taken)

    def _will_fail(self, ref: str, key: str, amount: Money) -> None:
        at = self._books.now() + FAILS_AFTER
        body = AskedOfCapture(amount=amount)
        self._books.record("payments", "failed", ref=reference("fail", key), subject=ref, key=key, body=body, at=at)
        told = CaptureFailure(authorization_ref=ref, key=key, amount=amount, code="insufficient_funds", occurred_at=at)
        self._outbox.post("payments", ref, ("capture.failed", told))

    def _will_be_disputed(self, ref: str, key: str, amount: Money) -> None:
        at, dispute_ref = self._books.now() + DISPUTED_AFTER, reference("dp", key)
        body = AskedOfCapture(amount=amount)
        self._books.record("payments", "disputed", ref=dispute_ref, subject=ref, key=key, body=body, at=at)
        told = DisputeOpening(
            authorization_ref=ref,
            key=key,
            amount=amount,
            occurred_at=at,
            dispute_ref=dispute_ref,
            reason="fraudulent",
            respond_by=at + TO_RESPOND,
        )
        self._outbox.post("payments", ref, ("dispute.opened", told))

    def _answer_dispute(self, dispute_ref: str, choice: DisputeChoice) -> Answer:
        """What is accepted is lost at once, what is contested is decided after a day."""
        fact = self._books.named("payments", dispute_ref)
        if fact is None or fact.kind != "disputed":
            raise Refusal(404, "unknown_dispute")
        contested = choice == "contest"
        won = contested and self._strikes(WON, "won", dispute_ref)
        at = self._books.now() + (DECIDED_AFTER if contested else timedelta())
        closing = DisputeClosing(dispute_ref=dispute_ref, outcome="won" if won else "lost", occurred_at=at)
        self._books.record(
            "payments",
            f"dispute_{closing.outcome}",
            ref=reference("end", dispute_ref),
            subject=fact.subject,
            key=fact.key,
            body=AskedOfCapture.model_validate_json(fact.body),
            at=at,
        )
        self._outbox.post("payments", fact.subject, ("dispute.closed", closing))
        return answer(200, closing)

    def _strikes(self, rate: float, fault: str, word: str) -> bool:
        return happens(rate, self._seed, fault, word)

    def _refused(self, ref: str) -> bool:
        return any(fact.kind == "refused" for fact in self._books.facts_of("payments", ref))

    def _happened(self, facts: list[Fact]) -> list[Fact]:
        """Those until now, in the order in which they happened."""
        now = self._books.now()
        return sorted((fact for fact in facts if fact.occurred_at <= now), key=lambda fact: fact.occurred_at)

    def _void(self, ref: str, key: str) -> Answer:
        entry = self._entry(ref)
        if entry.captures:
            raise Refusal(409, "already_captured")
        if not entry.voided:
            amount = Money(amount_minor=entry.authorized_minor, currency=entry.currency)
            body = AskAmount(amount=amount)
            self._books.record("payments", "voided", ref=reference("void", key), subject=ref, key=key, body=body)
            self._tell("authorization.voided", ref, key, amount)
        return answer(200, self._entry(ref))

    def _refund(self, capture_ref: str, amount: Money, key: str) -> Answer:
        fact = self._books.named("payments", capture_ref)
        if fact is None or fact.kind != "captured":
            raise Refusal(404, "unknown_capture")
        entry = self._entry(fact.subject)
        _check_amount(amount, entry.currency, entry.captured_minor - entry.refunded_minor, "amount_above_captured")
        given = Refund(refund_ref=reference("rfd", key), amount=amount)
        self._books.record("payments", "refunded", ref=given.refund_ref, subject=fact.subject, key=key, body=given)
        self._tell("refund.created", fact.subject, key, amount)
        return answer(201, given)

    def _entry(self, ref: str) -> PaymentEntry:
        facts = self._books.facts_of("payments", ref)
        if not facts:
            raise Refusal(404, "unknown_authorization")
        return entry_of(self._happened(facts))

    def _tell(self, news: str, ref: str, key: str, amount: Money) -> None:
        """`key` is that of the call: of the capture, say, not of the authorization it belongs to."""
        told = PaymentFact(authorization_ref=ref, key=key, amount=amount, occurred_at=self._books.now())
        self._outbox.post("payments", ref, (news, told))


def _check_amount(amount: Money, currency: str, most: int, code: str) -> None:
    if amount.currency != currency:
        raise Refusal(422, "currency_mismatch")
    if amount.amount_minor > most:
        raise Refusal(409, code)
