"""What an order has to do next, and what a cancel takes: decided on its state alone."""

from collections import Counter

from contracts.order_state import ConsignmentStage, ConsignmentState, Due, LineState, LineUnits, OrderState, Recall

_COVERED = (ConsignmentStage.AT_NODE, ConsignmentStage.ON_THE_WAY, ConsignmentStage.DELIVERED)
_LEFT = (ConsignmentStage.ON_THE_WAY, ConsignmentStage.DELIVERED)


def open_units(state: OrderState) -> Counter[str]:
    """Units by line that are neither canceled nor in a consignment that may still arrive."""
    covered = state.in_stages(*_COVERED)
    return Counter({line.line_id: line.quantity - line.canceled - covered[line.line_id] for line in state.lines})


def to_capture(state: OrderState) -> LineUnits:
    """Units that left and are not paid for yet; where only one capture is possible, with them all that may follow."""
    left = state.in_stages(*_LEFT)
    if state.one_capture and left:
        left = Counter({line.line_id: line.quantity - line.canceled for line in state.lines})
    units = {line.line_id: left[line.line_id] - line.captured for line in state.lines}
    return {line_id: quantity for line_id, quantity in units.items() if quantity > 0}


def next_due(state: OrderState) -> Due:
    """Cancels before money, money before new plans; and nothing ends while anything is open."""
    canceling = any(line.cancel_requested for line in state.lines)
    if canceling and (canceled_now(state) or not _is_coming_back(state)):
        return Due.CANCEL_UNITS
    if to_capture(state):
        return Due.CAPTURE
    if state.to_settle:
        return Due.SETTLE
    is_open = any(open_units(state).values())
    if is_open and not (canceling or state.on_hold or state.waits_for_stock):
        return Due.PLAN
    if is_open or canceling or state.in_stages(ConsignmentStage.AT_NODE, ConsignmentStage.ON_THE_WAY):
        return Due.WAIT
    return Due.CLOSE


# Cancels


def cancelable(state: OrderState) -> LineUnits:
    """Units by line that have not left and that nobody asked to cancel yet; those a node will not give back excepted."""
    lost_cause = Counter[str]()
    for consignment in state.consignments:
        if consignment.stage is ConsignmentStage.AT_NODE and consignment.recall is Recall.REFUSED:
            lost_cause.update(consignment.units)
    gone = state.in_stages(*_LEFT) + lost_cause
    units = {
        line.line_id: line.quantity - line.canceled - line.cancel_requested - gone[line.line_id] for line in state.lines
    }
    return {line_id: quantity for line_id, quantity in units.items() if quantity > 0}


def with_cancel_requested(state: OrderState, units: LineUnits) -> OrderState:
    """The state once these units are to be canceled: the fewest consignments that hold them are recalled."""
    asked = state.model_copy(
        update={
            "lines": [
                line.model_copy(update={"cancel_requested": line.cancel_requested + units.get(line.line_id, 0)})
                for line in state.lines
            ]
        }
    )
    missing = _missing(asked)
    recalled = []
    for consignment in asked.consignments:
        if _may_be_recalled(consignment) and any(missing[line_id] > 0 for line_id in consignment.units):
            missing.subtract(consignment.units)
            consignment = consignment.model_copy(update={"recall": Recall.REQUESTED})  # noqa: PLW2901
        recalled.append(consignment)
    return asked.model_copy(update={"consignments": recalled})


def canceled_now(state: OrderState) -> LineUnits:
    """Units by line that are to be canceled and are free to be."""
    free = open_units(state)
    units = {line.line_id: min(line.cancel_requested, free[line.line_id]) for line in state.lines}
    return {line_id: quantity for line_id, quantity in units.items() if quantity > 0}


def after_canceling(state: OrderState) -> OrderState:
    """The state once what is free is canceled; what can no longer come back is no longer asked for."""
    now = canceled_now(state)
    waits = _is_coming_back(state)
    return state.model_copy(update={"lines": [_taken(line, now.get(line.line_id, 0), waits=waits) for line in state.lines]})


def _taken(line: LineState, units: int, *, waits: bool) -> LineState:
    still_asked = line.cancel_requested - units if waits else 0
    return line.model_copy(update={"canceled": line.canceled + units, "cancel_requested": still_asked})


def _is_coming_back(state: OrderState) -> bool:
    return any(
        consignment.stage is ConsignmentStage.AT_NODE and consignment.recall is Recall.REQUESTED
        for consignment in state.consignments
    )


def _missing(state: OrderState) -> Counter[str]:
    """Units that are to be canceled and neither free nor on their way back."""
    free = open_units(state)
    for consignment in state.consignments:
        if consignment.stage is ConsignmentStage.AT_NODE and consignment.recall is Recall.REQUESTED:
            free.update(consignment.units)
    return Counter({line.line_id: line.cancel_requested - free[line.line_id] for line in state.lines})


def _may_be_recalled(consignment: ConsignmentState) -> bool:
    return consignment.stage is ConsignmentStage.AT_NODE and consignment.recall is Recall.NONE
