"""Where an order stands, as its decisions see it: units by line, consignments, and what was asked of it."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from contracts.base import Contract
from contracts.ids import FulfillmentId

LineUnits = Mapping[str, int]  # units by line id


class ConsignmentStage(StrEnum):
    AT_NODE = "at_node"  # not handed over yet
    ON_THE_WAY = "on_the_way"
    DELIVERED = "delivered"
    BACK = "back"  # recalled or rejected: its units were never gone
    FAILED = "failed"  # handed over, and will not arrive


COVERED: Final = (ConsignmentStage.AT_NODE, ConsignmentStage.ON_THE_WAY, ConsignmentStage.DELIVERED)  # may arrive yet
LEFT: Final = (ConsignmentStage.ON_THE_WAY, ConsignmentStage.DELIVERED)


class Recall(StrEnum):
    NONE = "none"
    REQUESTED = "requested"
    REFUSED = "refused"


class ConsignmentState(Contract):
    """`units` are those it still has: neither what its node rejected is among them, nor what was lost on its way."""

    fulfillment_id: FulfillmentId
    number: str
    stage: ConsignmentStage
    recall: Recall = Recall.NONE
    units: dict[str, int]


class LineState(Contract):
    """Units: ordered, canceled for good, asked to be canceled, and captured without having been refunded."""

    line_id: str
    quantity: int
    canceled: int = 0
    cancel_requested: int = 0
    captured: int = 0


class OrderState(Contract):
    """`waits_for_stock`: what is open was planned, and could not be filled. `to_settle`: money has to be
    asked for, or to go back.

    `short`: something was missing and was not filled since, though it may be looked for again just now.
    `declined`: the last method that was named for a tender was, and no other one was since.
    `claimable`: a parcel was delivered that nobody claimed yet.
    `asked`: a person has a question about it to decide. `to_answer`: one is decided, and nothing came of it yet.
    """

    lines: list[LineState]
    consignments: list[ConsignmentState]
    on_hold: bool = False
    waits_for_stock: bool = False
    short: bool = False
    declined: bool = False
    one_capture: bool = False
    to_settle: bool = False
    claimable: bool = False
    asked: bool = False
    to_answer: bool = False

    def in_stages(self, *stages: ConsignmentStage) -> Counter[str]:
        """Units by line that are in consignments of these stages."""
        units: Counter[str] = Counter()
        for consignment in self.consignments:
            if consignment.stage in stages:
                units.update(consignment.units)
        return units


class Due(StrEnum):
    """What an order has to do next. `wait`: it is somebody else's turn."""

    ANSWER = "answer"
    CANCEL_UNITS = "cancel_units"
    CAPTURE = "capture"
    SETTLE = "settle"
    PLAN = "plan"
    CLOSE = "close"
    WAIT = "wait"
