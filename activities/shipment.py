"""A consignment's durable steps: ask the node, buy labels, hand over, see it delivered, or take it back."""

from http import HTTPStatus
from typing import Final, Protocol

from pydantic import AwareDatetime
from temporalio import activity

from activities.clock import Clock, business_now
from contracts.fulfillment import Consignment, Label, LabelRequest, PackedParcel
from contracts.partners import PartnerRefused
from contracts.policy import NodePolicy, Policy, TransitPolicy
from contracts.shipment import HandOverAnswer, LossAnswer, ShipmentRef, ShipmentStep, Standing, StepAnswer
from contracts.states import RequestStatus

DONE = StepAnswer(outcome="done")
NOT_YET = StepAnswer(outcome="not_yet")
REFUSED = StepAnswer(outcome="refused")
NO_TO_THIS_LABEL: Final = {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}


class Policies(Protocol):
    async def version(self, version: int) -> Policy: ...


class Nodes(Protocol):
    """Warehouses and stores. Every call is safe to repeat; what they answer comes by webhook."""

    async def request(self, consignment: Consignment) -> None: ...

    async def withdraw(self, consignment: Consignment) -> None: ...

    async def hand_over(self, consignment: Consignment, parcels: list[PackedParcel]) -> None: ...


class Carriers(Protocol):
    async def buy_label(self, request: LabelRequest) -> Label: ...

    async def void_label(self, key: str, tracking_code: str) -> None: ...


class Shipments(Protocol):
    """The consignment's rows. Every `record_…` happens once and answers the same ever after."""

    async def record_request(self, step: ShipmentStep, policy: NodePolicy) -> Standing: ...

    async def record_unanswered(self, step: ShipmentStep) -> StepAnswer:
        """A node that says nothing in time will not send it."""
        ...

    async def labels_to_buy(self, step: ShipmentStep) -> list[LabelRequest] | None:
        """One for each parcel that has none yet; None while the node has not accepted, or once it is asked back."""
        ...

    async def record_label(self, step: ShipmentStep, request: LabelRequest, label: Label) -> None: ...

    async def record_refused_label(self, step: ShipmentStep, request: LabelRequest, code: str) -> bool:
        """Hold the order and ask the consignment back; False if its node keeps it all the same."""
        ...

    async def wait_for_packing(self, step: ShipmentStep) -> None: ...

    async def record_hand_over(self, step: ShipmentStep, policy: TransitPolicy) -> HandOverAnswer:
        """Takes the lock that a cancel takes too, so one of them is first."""
        ...

    async def wait_for_carrier(self, step: ShipmentStep, until: AwareDatetime | None) -> None: ...

    async def tracking_codes(self, step: ShipmentStep) -> list[str]:
        """Of the parcels whose labels are not voided."""
        ...

    async def packing_list(self, step: ShipmentStep) -> list[PackedParcel]: ...

    async def standing(self, step: ShipmentStep) -> Standing: ...

    async def record_trimmed(self, step: ShipmentStep) -> None:
        """What the node rejected is not in its parcels any more."""
        ...

    async def unwanted_labels(self, step: ShipmentStep) -> list[str]: ...

    async def record_overdue(self, step: ShipmentStep, policy: TransitPolicy) -> LossAnswer: ...

    async def record_delivered(self, step: ShipmentStep) -> StepAnswer: ...

    async def is_recalled(self, step: ShipmentStep) -> bool:
        """Whether it is asked back."""
        ...

    async def record_voided(self, step: ShipmentStep, tracking_code: str) -> None: ...

    async def record_recalled(self, step: ShipmentStep) -> None: ...

    async def record_recall_refused(self, step: ShipmentStep, code: str) -> None: ...


class Losses(Protocol):
    async def record_loss(self, step: ShipmentStep, policy: TransitPolicy, *, given_up: bool) -> LossAnswer: ...


class ShipmentActivities:
    def __init__(
        self,
        *,
        shipments: Shipments,
        losses: Losses,
        nodes: Nodes,
        carriers: Carriers,
        policies: Policies,
        clock: Clock,
    ) -> None:
        self._shipments = shipments
        self._losses = losses
        self._nodes = nodes
        self._carriers = carriers
        self._policies = policies
        self._clock = clock

    @activity.defn(name="shipment.ask_node")
    async def ask_node(self, shipment: ShipmentRef) -> Standing:
        """Recorded first: the node may answer before its own receipt is back. Answers what is on record already."""
        step = await self._taken(shipment)
        policy = await self._policies.version(step.policy_version)
        standing = await self._shipments.record_request(step, policy.nodes)
        if standing.request is RequestStatus.SUBMITTED:
            await self._nodes.request(step.consignment)
        return standing

    @activity.defn(name="shipment.give_up_node")
    async def give_up_node(self, shipment: ShipmentRef) -> StepAnswer:
        """Take the silence of its node for a no, and tell it so."""
        step = await self._taken(shipment)
        answer = await self._shipments.record_unanswered(step)
        if answer.outcome == "done":
            await self._withdraw(step)  # it may refuse: then it has packed what nobody will collect
        return answer

    @activity.defn(name="shipment.buy_labels")
    async def buy_labels(self, shipment: ShipmentRef) -> StepAnswer:
        """A label for each parcel, once the node's acceptance is on record; each is recorded as it is bought.

        For one that is asked back none is bought: whoever asked, be it the step itself, tells the process of it.
        """
        step = await self._taken(shipment)
        if not await self._buy_labels(step):
            return NOT_YET
        await self._shipments.wait_for_packing(step)
        return DONE

    @activity.defn(name="shipment.trim")
    async def trim(self, shipment: ShipmentRef) -> Standing:
        """After a rejection: labels for what is left instead of those for all of it, once its node has accepted."""
        step = await self._taken(shipment)
        await self._shipments.record_trimmed(step)
        await self._void_labels(step, await self._shipments.unwanted_labels(step))
        await self._buy_labels(step)
        standing = await self._shipments.standing(step)
        if standing.request is RequestStatus.REJECTED:  # the rest of it meanwhile
            await self._shipments.record_trimmed(step)
            await self._void_labels(step, await self._shipments.unwanted_labels(step))
        return standing

    @activity.defn(name="shipment.hand_over")
    async def hand_over(self, shipment: ShipmentRef) -> HandOverAnswer:
        """Decide under the order's lock that the parcels leave, then tell the node to let them go."""
        step = await self._taken(shipment)
        policy = await self._policies.version(step.policy_version)
        answer = await self._shipments.record_hand_over(step, policy.transit)
        if answer.outcome == "handed_over":
            await self._nodes.hand_over(step.consignment, await self._shipments.packing_list(step))
            await self._shipments.wait_for_carrier(step, answer.patience_ends_at)
        return answer

    @activity.defn(name="shipment.mark_overdue")
    async def mark_overdue(self, shipment: ShipmentRef) -> LossAnswer:
        """Answers until when it is waited for all the same."""
        step = await self._taken(shipment)
        policy = await self._policies.version(step.policy_version)
        return await self._shipments.record_overdue(step, policy.transit)

    @activity.defn(name="shipment.fail")
    async def fail(self, shipment: ShipmentRef) -> LossAnswer:
        """Parcels that their carrier says will not arrive are sent again, or given up, by the policy."""
        step = await self._taken(shipment)
        policy = await self._policies.version(step.policy_version)
        return await self._losses.record_loss(step, policy.transit, given_up=False)

    @activity.defn(name="shipment.give_up")
    async def give_up(self, shipment: ShipmentRef) -> LossAnswer:
        """Take parcels that nobody has scanned for long for lost."""
        step = await self._taken(shipment)
        policy = await self._policies.version(step.policy_version)
        return await self._losses.record_loss(step, policy.transit, given_up=True)

    @activity.defn(name="shipment.close")
    async def close(self, shipment: ShipmentRef) -> StepAnswer:
        step = await self._taken(shipment)
        return await self._shipments.record_delivered(step)

    @activity.defn(name="shipment.recall")
    async def recall(self, shipment: ShipmentRef) -> StepAnswer:
        """If that is asked for, take the request back from the node, which may refuse it, and void the labels."""
        step = await self._taken(shipment)
        if not await self._shipments.is_recalled(step):
            return NOT_YET
        if refusal := await self._withdraw(step):
            await self._shipments.record_recall_refused(step, refusal)
            return REFUSED
        await self._void_labels(step, await self._shipments.tracking_codes(step))
        await self._shipments.record_recalled(step)
        return DONE

    async def _withdraw(self, step: ShipmentStep) -> str | None:
        """The code with which the node refuses, if it does."""
        try:
            await self._nodes.withdraw(step.consignment)
        except PartnerRefused as refused:
            if refused.status != HTTPStatus.CONFLICT:
                raise
            return refused.code
        return None

    async def _buy_labels(self, step: ShipmentStep) -> bool:
        """Whether they could be bought: the node has accepted, nobody asked it back, and the carrier takes it."""
        requests = await self._shipments.labels_to_buy(step)
        for request in requests or []:
            try:
                label = await self._carriers.buy_label(request)
            except PartnerRefused as refused:
                if refused.status not in NO_TO_THIS_LABEL:
                    raise  # about how we ask: once that is mended, the same request is right
                if not await self._shipments.record_refused_label(step, request, refused.code):
                    raise
                return False
            await self._shipments.record_label(step, request, label)
        return requests is not None

    async def _void_labels(self, step: ShipmentStep, tracking_codes: list[str]) -> None:
        for tracking_code in tracking_codes:
            await self._carriers.void_label(step.key(f"void:{tracking_code}"), tracking_code)
            await self._shipments.record_voided(step, tracking_code)

    async def _taken(self, shipment: ShipmentRef) -> ShipmentStep:
        return shipment.at(await business_now(self._clock))
