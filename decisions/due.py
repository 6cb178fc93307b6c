"""What an order has to do next, decided on its state alone."""

from collections import Counter

from contracts.order_state import LEFT, ConsignmentStage, Due, LineUnits, OrderState
from decisions.cancellation import canceled_now, is_coming_back, open_units


def to_capture(state: OrderState) -> LineUnits:
    """Units that left and are not paid for yet; where only one capture is possible, with them all that may follow."""
    units = _not_captured(state, state.in_stages(*LEFT))
    if state.one_capture and units:
        return _not_captured(state, Counter({line.line_id: line.quantity - line.canceled for line in state.lines}))
    return units


def _not_captured(state: OrderState, units: Counter[str]) -> LineUnits:
    missing = {line.line_id: units[line.line_id] - line.captured for line in state.lines}
    return {line_id: quantity for line_id, quantity in missing.items() if quantity > 0}


def may_be_planned(state: OrderState) -> bool:
    """Whether there is something to plan, be it that nothing of it could be filled before."""
    canceling = any(line.cancel_requested for line in state.lines)
    return any(open_units(state).values()) and not (canceling or state.on_hold)


def next_due(state: OrderState) -> Due:
    """Answers before cancels, cancels before money, money before new plans; nothing ends while anything is open."""
    if state.to_answer:
        return Due.ANSWER
    canceling = any(line.cancel_requested for line in state.lines)
    if canceling and (canceled_now(state) or not is_coming_back(state)):
        return Due.CANCEL_UNITS
    if to_capture(state):
        return Due.CAPTURE
    if state.to_settle:
        return Due.SETTLE
    if may_be_planned(state) and not state.waits_for_stock:
        return Due.PLAN
    under_way = state.in_stages(ConsignmentStage.AT_NODE, ConsignmentStage.ON_THE_WAY)
    waits = under_way or canceling or state.asked or any(open_units(state).values())
    return Due.WAIT if waits else Due.CLOSE
