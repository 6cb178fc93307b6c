"""The staff of stores and warehouses: reject what they cannot send, pack the rest, give it to the carrier."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from contracts.base import Request
from contracts.ids import FulfillmentId, NodeId
from contracts.webhooks import NodeAnswer, Rejection
from simulation.answers import Answer, IdempotencyKey, Refusal, answer
from simulation.books import Books
from simulation.carriers import Carriers
from simulation.draws import draw, happens
from simulation.faults import FaultPanel
from simulation.node_books import Asked, Left, RequestEntry, Units, entry_of
from simulation.outbox import Outbox
from simulation.rejections import rejected


class AskRequest(Request):
    request_id: FulfillmentId
    number: str
    lines: Annotated[list[Units], Field(min_length=1)]


class ParcelToGive(Request):
    tracking_code: str
    lines: Annotated[list[Units], Field(min_length=1)]


class HandOver(Request):
    parcels: Annotated[list[ParcelToGive], Field(min_length=1)]


class Staff:
    """`ready_minutes`: how long each node needs until a parcel can leave, in business minutes."""

    def __init__(
        self,
        books: Books,
        outbox: Outbox,
        carriers: Carriers,
        panel: FaultPanel,
        ready_minutes: Mapping[NodeId, int],
        seed: int,
    ) -> None:
        self._books = books
        self._outbox = outbox
        self._carriers = carriers
        self._panel = panel
        self._ready_minutes = ready_minutes
        self._seed = seed

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/nodes/v1")
        router.add_api_route("/nodes/{node_id}/requests", self.ask, methods=["POST"])
        router.add_api_route("/requests/{request_id}/withdraw", self.withdraw, methods=["POST"])
        router.add_api_route("/requests/{request_id}/hand-over", self.hand_over, methods=["POST"])
        router.add_api_route("/books", self.read_books, methods=["GET"])
        return router

    async def ask(self, node_id: NodeId, body: AskRequest, key: IdempotencyKey) -> Response:
        work = partial(self._ask, node_id, body, key)
        return self._books.once("nodes", key, f"ask {node_id} {body}", work).response()

    async def withdraw(self, request_id: FulfillmentId) -> RequestEntry:
        """Twice is fine; what has left cannot be withdrawn, and some staff keep what they have packed."""
        with self._books.transaction():
            entry = self._known(request_id)
            if entry.handed_over_at is not None:
                raise Refusal(409, "handed_over")
            if entry.withdrawn_at is None:
                if entry.packed_at is not None and self._strikes(self._panel.current.kept_requests, "kept", request_id):
                    raise Refusal(409, "packed")
                ref = f"{request_id}:withdraw"
                self._books.record("nodes", "withdrawn", ref=ref, subject=request_id, key=ref)
                self._outbox.forget_what_will_not_happen(request_id)
            return self._known(request_id)

    async def hand_over(self, request_id: FulfillmentId, body: HandOver) -> RequestEntry:
        """The carriers get the parcels, all or none; the same parcels again is fine."""
        with self._books.transaction():
            entry, codes = self._known(request_id), [parcel.tracking_code for parcel in body.parcels]
            if entry.handed_over_at is not None:
                if entry.tracking_codes != codes:
                    raise Refusal(409, "other_parcels_handed_over")
                return entry
            if entry.withdrawn_at is not None:
                raise Refusal(409, "withdrawn")
            if entry.packed_at is None:
                raise Refusal(409, "not_packed")
            self._give(request_id, codes)
            return self._known(request_id)

    async def read_books(self) -> list[RequestEntry]:
        now = self._books.now()
        return [entry_of(facts, now) for facts in self._books.all_facts("nodes").values()]

    def _ask(self, node_id: NodeId, body: AskRequest, key: str) -> Answer:
        if node_id not in self._ready_minutes:
            raise Refusal(404, "unknown_node")
        if self._books.facts_of("nodes", body.request_id):
            raise Refusal(409, "already_asked")
        asked = self._read(node_id, body)
        self._books.record("nodes", "asked", ref=body.request_id, subject=body.request_id, key=key, body=asked)
        self._outbox.post("nodes", body.request_id, *_news_of(asked))
        return answer(202, self._known(body.request_id))

    def _read(self, node_id: NodeId, body: AskRequest) -> Asked:
        """Accepted in the first quarter of the node's time, packed somewhat before it is over; a silent node: never.

        What is rejected is rejected somewhat before the rest is accepted.
        """
        asked = Asked(**body.model_dump(), node_id=node_id, accepts_at=None, packs_at=None)
        faults, request_id = self._panel.current, body.request_id
        if self._strikes(faults.silent_nodes, "silent", node_id):
            return asked
        chance = draw(self._seed, "staff", request_id)
        ready = timedelta(minutes=self._ready_minutes[node_id])
        now = self._books.now()
        begin, end = ready * chance.uniform(0.04, 0.25), ready * chance.uniform(0.75, 1.0)
        times = {"accepts_at": now + begin, "packs_at": now + end}
        if not self._strikes(faults.rejections, "rejects", request_id):
            return asked.model_copy(update=times)
        missing = rejected(asked.lines, draw(self._seed, "rejected", request_id))
        is_all = sum(units.quantity for units in missing) == sum(line.quantity for line in asked.lines)
        rejection = {"rejected": missing, "rejects_at": now + begin / 2}
        return asked.model_copy(update=rejection if is_all else rejection | times)

    def _strikes(self, rate: float, fault: str, subject: str) -> bool:
        return happens(rate, self._seed, fault, subject)

    def _give(self, request_id: FulfillmentId, tracking_codes: list[str]) -> None:
        key = f"{request_id}:hand-over"
        for code in tracking_codes:
            self._carriers.take_over(code, key)
        left = Left(tracking_codes=tracking_codes)
        self._books.record("nodes", "handed_over", ref=key, subject=request_id, key=key, body=left)

    def _known(self, request_id: FulfillmentId) -> RequestEntry:
        facts = self._books.facts_of("nodes", request_id)
        if not facts:
            raise Refusal(404, "unknown_request")
        return entry_of(facts, self._books.now())


def _news_of(asked: Asked) -> list[tuple[str, NodeAnswer]]:
    """In the order in which they happen."""
    told: list[tuple[str, NodeAnswer]] = []
    if asked.rejects_at is not None:
        rejection = Rejection(request_id=asked.request_id, occurred_at=asked.rejects_at, lines=list(asked.rejected))
        told.append(("request.rejected", rejection))
    for kind, at in (("request.accepted", asked.accepts_at), ("request.packed", asked.packs_at)):
        if at is not None:
            told.append((kind, NodeAnswer(request_id=asked.request_id, occurred_at=at)))
    return told
