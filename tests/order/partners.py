"""Partners in memory: each keeps books of what it did, knows its keys, and can be sent away or broken by a test."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from contracts.disputes import DisputeAnswer
from contracts.fulfillment import CarrierService, Consignment, Label, LabelRequest, PackedParcel
from contracts.ids import Sku
from contracts.partners import PartnerRefused, PartnerUnavailable
from contracts.payments import (
    Authorization,
    AuthorizationRequest,
    Capture,
    CaptureRequest,
    CardDeclined,
    Refund,
    RefundRequest,
)
from contracts.states import ShipmentStatus
from tests.shop import SERVICES

SOON = timedelta(milliseconds=20)
Now = Callable[[], Awaitable[datetime]]


class Partner:
    """`away` lists the calls that get no answer, `losing` those whose answer is lost once after the work is done.

    `away_from` says from which time on (1 is the first) a call gets no answer.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.away: set[str] = set()
        self.away_from: dict[str, int] = {}
        self.losing: set[str] = set()
        self.broken: dict[str, Exception] = {}
        self.calls: Counter[str] = Counter()

    def answer_to(self, call: str) -> None:
        """Before the work: raises what a test has arranged for this call."""
        self.calls[call] += 1
        if call in self.broken:
            raise self.broken[call]
        if call in self.away or self.calls[call] >= self.away_from.get(call, self.calls[call] + 1):
            raise PartnerUnavailable(self.name, retry_after=SOON)

    def lose_answer_of(self, call: str) -> None:
        """After the work: the answer does not arrive, once."""
        if call in self.losing:
            self.losing.discard(call)
            raise PartnerUnavailable(self.name, retry_after=SOON)


class MemoryPayments(Partner):
    """Amounts in minor units by key; whatever is asked again under the same key is the first answer told again.

    `declines` is the code with which every method is declined for now, `good` are those that never are; `kept` are the
    captures, by reference, of which nothing is given back.
    """

    def __init__(self, now: Now) -> None:
        super().__init__("payments")
        self._now = now
        self.declines: str | None = None
        self.good: set[str] = set()
        self.declined: dict[str, str] = {}
        self.kept: set[str] = set()
        self.valid_for = timedelta(days=7)
        self.authorizations: dict[str, Authorization] = {}
        self.captures: dict[str, CaptureRequest] = {}
        self.refunds: dict[str, RefundRequest] = {}
        self.voids: dict[str, str] = {}
        self.disputes: dict[str, str] = {}

    async def authorize(self, request: AuthorizationRequest) -> Authorization:
        self.answer_to("authorize")
        is_new = request.key not in self.authorizations
        if is_new and self.declines is not None and request.payment_method not in self.good:
            self.declined.setdefault(request.key, self.declines)
        if request.key in self.declined:
            raise CardDeclined(self.declined[request.key])
        made = Authorization(
            authorization_ref=f"auth:{request.key}",
            amount=request.amount,
            expires_at=await self._now() + self.valid_for,
        )
        answer = self.authorizations.setdefault(request.key, made)
        self.lose_answer_of("authorize")
        return answer

    async def find_authorization(self, key: str) -> Authorization | None:
        self.answer_to("find_authorization")
        return self.authorizations.get(key)

    async def capture(self, request: CaptureRequest) -> Capture:
        self.answer_to("capture")
        assert request.authorization_ref not in self.voids.values(), "captured what was voided"
        self.captures.setdefault(request.key, request)
        self.lose_answer_of("capture")
        return Capture(capture_ref=f"cap:{request.key}", amount=request.amount)

    async def refund(self, request: RefundRequest) -> Refund:
        self.answer_to("refund")
        if request.capture_ref in self.kept:
            raise PartnerRefused(self.name, 422, "capture_disputed")
        self.refunds.setdefault(request.key, request)
        given = sum(
            each.amount.amount_minor for each in self.refunds.values() if each.capture_ref == request.capture_ref
        )
        taken = self.captures[request.capture_ref.removeprefix("cap:")].amount.amount_minor
        assert given <= taken, "gave back more than was taken"
        self.lose_answer_of("refund")
        return Refund(refund_ref=f"rfd:{request.key}", amount=request.amount)

    async def void(self, key: str, authorization_ref: str) -> None:
        self.answer_to("void")
        assert all(taken.authorization_ref != authorization_ref for taken in self.captures.values()), "voided a capture"
        self.voids.setdefault(key, authorization_ref)
        self.lose_answer_of("void")

    async def answer_dispute(self, answer: DisputeAnswer) -> None:
        self.answer_to("answer_dispute")
        self.disputes.setdefault(answer.key, answer.answer)
        self.lose_answer_of("answer_dispute")

    @property
    def captured_minor(self) -> int:
        return sum(capture.amount.amount_minor for capture in self.captures.values())

    @property
    def still_held(self) -> set[str]:
        """Authorizations neither captured nor voided."""
        settled = {capture.authorization_ref for capture in self.captures.values()} | set(self.voids.values())
        return {made.authorization_ref for made in self.authorizations.values()} - settled


class MemoryCarriers(Partner):
    """Sells a label a key, and none for another address under it; `habits` is what it scans of what it collects."""

    def __init__(self, now: Now) -> None:
        super().__init__("carriers")
        self._now = now
        self.habits: list[ShipmentStatus] = []
        self.estimate = timedelta(days=1)
        self.before_a_label: Callable[[], Awaitable[None]] | None = None
        self.labels: dict[str, Label] = {}
        self.sent_to: dict[str, str] = {}
        self.voided: set[str] = set()

    async def services(self) -> list[CarrierService]:
        self.answer_to("services")
        return SERVICES

    async def buy_label(self, request: LabelRequest) -> Label:
        self.answer_to("buy_label")
        if meanwhile := self.before_a_label:
            self.before_a_label = None
            await meanwhile()
        if self.sent_to.setdefault(request.key, request.address_ref) != request.address_ref:
            raise PartnerRefused(self.name, 422, "idempotency_key_reused")
        label = Label(tracking_code=f"SW-{request.key}", price_minor=700, expected_at=await self._now() + self.estimate)
        answer = self.labels.setdefault(request.key, label)
        self.lose_answer_of("buy_label")
        return answer

    async def void_label(self, key: str, tracking_code: str) -> None:  # noqa: ARG002 - the code is key enough here
        self.answer_to("void_label")
        self.voided.add(tracking_code)
        self.lose_answer_of("void_label")


class MemoryNodes(Partner):
    """Staff at all nodes; `habits` is what they tell of each consignment they are asked for, at once."""

    def __init__(
        self, tell: Callable[[Consignment, str], Awaitable[None]], collect: Callable[[list[str]], Awaitable[None]]
    ) -> None:
        super().__init__("nodes")
        self._tell = tell
        self._collect = collect
        self.habits: list[str] = []
        self.asked: dict[str, Consignment] = {}
        self.withdrawn: set[str] = set()
        self.keeps_what_it_was_asked_for = False
        self.let_go: dict[str, list[str]] = {}
        self.packed: dict[str, list[dict[Sku, int]]] = {}

    async def request(self, consignment: Consignment) -> None:
        self.answer_to("request")
        self.asked.setdefault(consignment.number, consignment)
        for habit in self.habits:
            await self._tell(consignment, habit)
        self.lose_answer_of("request")

    async def withdraw(self, consignment: Consignment) -> None:
        self.answer_to("withdraw")
        if self.keeps_what_it_was_asked_for and consignment.number in self.asked:
            raise PartnerRefused("nodes", 409, "packed")
        assert consignment.number not in self.let_go, "withdrawn after it left"
        self.withdrawn.add(consignment.number)
        self.lose_answer_of("withdraw")

    async def hand_over(self, consignment: Consignment, parcels: list[PackedParcel]) -> None:
        self.answer_to("hand_over")
        assert consignment.number not in self.withdrawn, "left after it was withdrawn"
        if consignment.number not in self.let_go:
            self.packed[consignment.number] = [parcel.units for parcel in parcels]
            self.let_go[consignment.number] = [parcel.tracking_code for parcel in parcels]
            await self._collect(self.let_go[consignment.number])
        self.lose_answer_of("hand_over")

    @property
    def collected(self) -> list[str]:
        """The tracking codes of all that left."""
        return [code for codes in self.let_go.values() for code in codes]
