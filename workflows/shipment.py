"""One consignment, from the node that is asked for it to the customer's door."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.shipment import ShipmentActivities
from contracts.fulfillment import Consignment
from contracts.ids import order_workflow_id
from contracts.shipment import (
    Fact,
    HandOverAnswer,
    LossAnswer,
    ShipmentRef,
    ShipmentResult,
    ShipmentStage,
    ShipmentStart,
    StepAnswer,
)
from contracts.states import RequestStatus
from contracts.waiting import (
    NOTHING,
    Wait,
    carrier_for_labels,
    carrier_overdue,
    carrier_to_deliver,
    node_to_accept,
    node_to_hand_over,
    node_to_pack,
)
from workflows import cancellation, policies, visibility
from workflows.patience import Patience

Outcome: TypeAlias = Literal["delivered", "recalled", "failed"]
AnswerT = TypeVar("AnswerT", StepAnswer, HandOverAnswer)


class Recalled(ApplicationError):
    """It is not wanted any more, and had not left yet."""


@workflow.defn(name="shipment")
class ShipmentWorkflow:
    """Ask the node, buy the labels, hand over, and wait for every parcel to be delivered."""

    @workflow.init
    def __init__(self, shipment: ShipmentStart) -> None:
        self._shipment = shipment
        self._patience = Patience(shipment.clock)
        self._told: set[Fact] = set()
        self._board = visibility.Board("shipment")
        self._answer_by: datetime | None = None

    @workflow.run
    async def run(self, shipment: ShipmentStart) -> ShipmentResult:  # noqa: ARG002 - init already has it
        """An operator's cancel of the workflow itself changes nothing: only the whole order can be canceled."""
        return await cancellation.heard_between_steps(self._ship(), hear=self._hear_operator)

    async def _ship(self) -> ShipmentResult:
        try:
            await self._ask_node()
            await self._buy_labels()
            patience_ends_at = await self._hand_over()
        except Recalled:
            self._board.enter(ShipmentStage.RECALLED, NOTHING)
            return self._result("recalled")
        return self._result(await self._see_through(patience_ends_at))

    async def _ask_node(self) -> None:
        self._board.enter(ShipmentStage.AWAITING_ACCEPTANCE, Wait(on=node_to_accept(self._consignment.node_name)))
        standing = await workflow.execute_activity_method(
            ShipmentActivities.ask_node, self._shipment.ref, summary=self._consignment.node_name, **policies.PARTNER
        )
        self._told.update(standing.told)
        self._answer_by = standing.answer_by

    async def _buy_labels(self) -> None:
        accepting = Wait(on=node_to_accept(self._consignment.node_name), until=self._answer_by)
        await self._when(Fact.ACCEPTED, ShipmentStage.AWAITING_ACCEPTANCE, accepting, self._try_to_buy_labels)

    async def _hand_over(self) -> datetime | None:
        packing = Wait(on=node_to_pack(self._consignment.node_name))
        answer = await self._when(Fact.PACKED, ShipmentStage.AWAITING_PACKING, packing, self._try_to_hand_over)
        await self._order.signal("handed_over", self._consignment.number)
        wait = Wait(on=carrier_to_deliver(self._consignment.carrier), until=answer.patience_ends_at)
        self._board.enter(ShipmentStage.IN_TRANSIT, wait)
        return answer.patience_ends_at

    async def _see_through(self, patience_ends_at: datetime | None) -> Outcome:
        """One timer for the transit; when it is over the parcel is called overdue, when that is over it is given up."""
        is_overdue = False
        while True:
            in_time = await self._patience.until(
                lambda: bool({Fact.DELIVERED, Fact.FAILED} & self._told),
                deadline=patience_ends_at,
                summary=f"{self._consignment.carrier} to deliver",
            )
            if Fact.DELIVERED in self._told and await self._is_closed():
                self._board.enter(ShipmentStage.DELIVERED, NOTHING)
                return "delivered"
            if in_time and Fact.FAILED not in self._told:
                continue
            answer = await self._what_became_of_it(in_time=in_time, is_overdue=is_overdue)
            if answer.outcome != "not_yet":
                self._board.enter(ShipmentStage(answer.outcome), NOTHING)
                return answer.outcome
            if not in_time:
                is_overdue, patience_ends_at = True, answer.patience_ends_at
                self._board.enter(
                    ShipmentStage.OVERDUE, Wait(on=carrier_overdue(self._carrier), until=patience_ends_at)
                )

    async def _what_became_of_it(self, *, in_time: bool, is_overdue: bool) -> LossAnswer:
        if in_time:
            self._told.discard(Fact.FAILED)
            return await self._loss_step(ShipmentActivities.fail, "it will not arrive")
        if is_overdue:
            return await self._loss_step(ShipmentActivities.give_up, "nobody scans it any more")
        return await self._loss_step(ShipmentActivities.mark_overdue, "overdue")

    async def _loss_step(
        self, step: Callable[[ShipmentActivities, ShipmentRef], Awaitable[LossAnswer]], summary: str
    ) -> LossAnswer:
        return await workflow.execute_activity_method(step, self._shipment.ref, summary=summary, **policies.DATABASE)

    async def _take_back(self) -> None:
        """Raises Recalled once it is back; it goes on if nobody asks for it, or if its node will not give it back."""
        self._told.discard(Fact.RECALLED)
        answer = await workflow.execute_activity_method(
            ShipmentActivities.recall, self._shipment.ref, summary="void labels, withdraw", **policies.UNDO
        )
        if answer.outcome == "done":
            raise Recalled("it is not wanted any more")
        self._told.update({Fact.ACCEPTED, Fact.PACKED})  # it goes on as far as its rows say
        if answer.outcome == "refused":
            await self._order.signal("commanded", self._consignment.number)

    async def _trim(self) -> None:
        """Its node rejected some of it; raises Recalled if that was all."""
        self._told.discard(Fact.REJECTED)
        standing = await workflow.execute_activity_method(
            ShipmentActivities.trim, self._shipment.ref, summary="without what was rejected", **policies.PARTNER
        )
        self._told.update(standing.told)
        if standing.request is RequestStatus.REJECTED:
            raise Recalled("its node rejected all of it")

    async def _give_up_node(self) -> None:
        """Raises Recalled if its node did not say a word in time."""
        self._answer_by = None
        answer = await workflow.execute_activity_method(
            ShipmentActivities.give_up_node, self._shipment.ref, summary="no answer", **policies.PARTNER
        )
        if answer.outcome == "done":
            raise Recalled("its node did not answer")

    async def _when(
        self, fact: Fact, stage: ShipmentStage, wait: Wait, step: Callable[[], Awaitable[AnswerT]]
    ) -> AnswerT:
        """Wait to be told of the fact, then take the step that reads its row; without a row, wait on."""
        while True:
            self._board.enter(stage, wait)
            in_time = await self._patience.until(
                lambda: bool({fact, Fact.RECALLED, Fact.REJECTED} & self._told),
                deadline=self._answer_by if fact is Fact.ACCEPTED else None,
                summary=f"{self._consignment.node_name} to answer",
            )
            if not in_time:
                await self._give_up_node()
                continue
            if Fact.RECALLED in self._told:
                await self._take_back()
                continue
            if Fact.REJECTED in self._told:
                await self._trim()
                continue
            self._told.discard(fact)
            answer = await step()
            if answer.outcome in {"done", "handed_over"}:
                return answer
            if answer.waiting_on is not None:
                wait = Wait(on=answer.waiting_on)

    async def _try_to_buy_labels(self) -> StepAnswer:
        self._board.enter(ShipmentStage.LABELING, Wait(on=carrier_for_labels(self._consignment.carrier)))
        return await workflow.execute_activity_method(
            ShipmentActivities.buy_labels, self._shipment.ref, summary=self._consignment.carrier, **policies.PARTNER
        )

    async def _try_to_hand_over(self) -> HandOverAnswer:
        self._board.enter(ShipmentStage.HANDING_OVER, Wait(on=node_to_hand_over(self._consignment.node_name)))
        return await workflow.execute_activity_method(
            ShipmentActivities.hand_over, self._shipment.ref, summary=self._consignment.carrier, **policies.PARTNER
        )

    async def _is_closed(self) -> bool:
        self._told.discard(Fact.DELIVERED)
        answer = await workflow.execute_activity_method(
            ShipmentActivities.close, self._shipment.ref, summary="delivered", **policies.DATABASE
        )
        return answer.outcome == "done"

    @workflow.signal(description="The node accepted: look it up.")
    def accepted(self, *_: object) -> None:
        self._told.add(Fact.ACCEPTED)

    @workflow.signal(description="The node will not send some of it: look it up.")
    def rejected(self, *_: object) -> None:
        self._told.add(Fact.REJECTED)

    @workflow.signal(description="The node packed, so it has accepted too: look it up.")
    def packed(self, *_: object) -> None:
        self._told.update({Fact.ACCEPTED, Fact.PACKED})

    @workflow.signal(description="The carrier delivered the last parcel: look it up.")
    def delivered(self, *_: object) -> None:
        self._told.add(Fact.DELIVERED)

    @workflow.signal(description="Some of it will not arrive, its carrier says: look it up.")
    def failed(self, *_: object) -> None:
        self._told.add(Fact.FAILED)

    @workflow.signal(description="It is not wanted any more: look it up.")
    def recall(self, *_: object) -> None:
        self._told.add(Fact.RECALLED)

    def _hear_operator(self) -> None:
        workflow.logger.warning("shipment.cancel_ignored")

    @property
    def _order(self) -> "workflow.ExternalWorkflowHandle[Any]":
        return workflow.get_external_workflow_handle(order_workflow_id(self._shipment.order_number))

    @property
    def _consignment(self) -> Consignment:
        return self._shipment.consignment

    @property
    def _carrier(self) -> str:
        return self._consignment.carrier

    def _result(self, outcome: Outcome) -> ShipmentResult:
        return ShipmentResult(number=self._consignment.number, outcome=outcome)
