"""What of an order may still be canceled, and what a cancel takes: decided on its state alone."""

from collections import Counter

from contracts.order_state import (
    COVERED,
    LEFT,
    ConsignmentStage,
    ConsignmentState,
    LineState,
    LineUnits,
    OrderState,
    Recall,
)
from contracts.states import OrderStatus


def open_units(state: OrderState) -> Counter[str]:
    """Units by line that are neither canceled nor in a consignment that may still arrive."""
    covered = state.in_stages(*COVERED)
    return Counter({line.line_id: line.quantity - line.canceled - covered[line.line_id] for line in state.lines})


def cancelable(state: OrderState) -> LineUnits:
    """Units by line that did not leave and are not asked for yet, without those that a node will not give back."""
    lost_cause = Counter[str]()
    for consignment in state.consignments:
        if consignment.stage is ConsignmentStage.AT_NODE and consignment.recall is Recall.REFUSED:
            lost_cause.update(consignment.units)
    gone = state.in_stages(*LEFT) + lost_cause
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


def after_losing(state: OrderState, number: str, units: LineUnits, *, again: bool) -> OrderState:
    """The state once units of a consignment that left will not arrive: they are sent again, or else to be canceled."""
    less = [_without(each, units) if each.number == number else each for each in state.consignments]
    after = state.model_copy(update={"consignments": less})
    if again:
        return after
    still = {line.line_id: line.quantity - line.canceled - line.cancel_requested for line in state.lines}
    return with_cancel_requested(after, {line_id: min(units[line_id], still[line_id]) for line_id in units})


def with_all_recalled(state: OrderState) -> OrderState:
    """The state once everything that is still at a node is asked back, to be planned anew."""
    recalled = [
        each.model_copy(update={"recall": Recall.REQUESTED}) if _may_be_recalled(each) else each
        for each in state.consignments
    ]
    return state.model_copy(update={"consignments": recalled})


def canceled_now(state: OrderState) -> LineUnits:
    """Units by line that are to be canceled and are free to be."""
    free = open_units(state)
    units = {line.line_id: min(line.cancel_requested, free[line.line_id]) for line in state.lines}
    return {line_id: quantity for line_id, quantity in units.items() if quantity > 0}


def after_canceling(state: OrderState) -> OrderState:
    """The state once what is free is canceled; what can no longer come back is no longer asked for."""
    now = canceled_now(state)
    waits = is_coming_back(state)
    return state.model_copy(
        update={"lines": [_taken(line, now.get(line.line_id, 0), waits=waits) for line in state.lines]}
    )


def not_asked_for(state: OrderState) -> LineUnits:
    """Open units by line that nobody asked to cancel yet."""
    free = open_units(state)
    units = {line.line_id: free[line.line_id] - line.cancel_requested for line in state.lines}
    return {line_id: quantity for line_id, quantity in units.items() if quantity > 0}


def ends_the_order(state: OrderState) -> bool:
    """Whether nothing of it is left to be delivered, once all that is asked for is canceled."""
    return all(line.canceled + line.cancel_requested == line.quantity for line in state.lines)


def allowed_actions(status: OrderStatus, state: OrderState) -> list[str]:
    """Commands of docs/order.md by name; once the order is closed there is only the claim."""
    if status.is_final:
        return ["claim"] if state.claimable else []
    possible = {
        "cancel": bool(cancelable(state)),
        "claim": state.claimable,
        "choose": state.short and bool(not_asked_for(state)),
        "edit": bool(cancelable(state)),
        "hold": bool(cancelable(state)),  # what has left cannot be held
        "release": state.on_hold,
        "pay": status is OrderStatus.CUSTOMER_ACTION_REQUIRED and state.declined,
    }
    return [action for action, may in possible.items() if may]


def _without(consignment: ConsignmentState, units: LineUnits) -> ConsignmentState:
    left = {line_id: quantity - units.get(line_id, 0) for line_id, quantity in consignment.units.items()}
    return consignment.model_copy(update={"units": left})


def _taken(line: LineState, units: int, *, waits: bool) -> LineState:
    still_asked = line.cancel_requested - units if waits else 0
    return line.model_copy(update={"canceled": line.canceled + units, "cancel_requested": still_asked})


def is_coming_back(state: OrderState) -> bool:
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
