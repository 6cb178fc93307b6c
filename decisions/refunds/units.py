"""The units of lines: what each is worth, and how steps use them up, always the lowest-numbered first."""

from collections.abc import Mapping, Sequence

from contracts.refunds import PaidLine, PaidOrder, Refusal, UnitRun, UnitsOfLine, UnitState, Value

Wanted = Mapping[str, int]  # units by line id


def wanted(units: Sequence[UnitsOfLine]) -> dict[str, int]:
    """A line that is named twice counts together."""
    together: dict[str, int] = {}
    for each in units:
        together[each.line_id] = together.get(each.line_id, 0) + each.quantity
    return together


def worth_of_first(amount: int, quantity: int, units: int) -> int:
    """What the first units of a line come to: each the floor, the first `amount mod quantity` of them one more."""
    each, more = divmod(amount, quantity)
    return units * each + min(units, more)


def unfit(order: PaidOrder, units: Sequence[UnitsOfLine]) -> Refusal | None:
    """Why nothing at all can be done with these units."""
    if {each.line_id for each in units} - {line.line_id for line in order.lines}:
        return Refusal.UNKNOWN_LINE
    if any(each.quantity < 1 for each in units):
        return Refusal.INVALID_QUANTITY
    return None


def has_more(order: PaidOrder, units: Wanted, *states: UnitState) -> bool:
    """Whether more is wanted of a line than it has in these states."""
    return any(units[line.line_id] > line.count(*states) for line in order.lines if line.line_id in units)


def moved(order: PaidOrder, units: Wanted, source: UnitState, target: UnitState) -> tuple[PaidOrder, Value]:
    """The order with these units moved on, as far as there are any in the source state, and what they are worth."""
    value = Value()
    lines = []
    for line in order.lines:
        after, worth = _moved(line, units.get(line.line_id, 0), source, target)
        lines.append(after)
        value += worth
    return order.model_copy(update={"lines": tuple(lines)}), value


def all_moved(order: PaidOrder, source: UnitState, target: UnitState) -> tuple[PaidOrder, Value]:
    """The same for every unit in the source state, and for the shipping if it is in that state."""
    after, value = moved(order, {line.line_id: line.count(source) for line in order.lines}, source, target)
    after, shipping = shipping_moved(after, source, target)
    return after, value + shipping


def shipping_moved(order: PaidOrder, source: UnitState, target: UnitState) -> tuple[PaidOrder, Value]:
    """The same for the shipping with its tax; nothing if it is in another state."""
    if order.shipping is not source:
        return order, Value()
    value = Value(shipping_minor=order.shipping_minor, shipping_tax_minor=order.shipping_tax_minor)
    return order.model_copy(update={"shipping": target}), value


def open_value(order: PaidOrder) -> int:
    """What the open units and the open shipping come to."""
    _, value = all_moved(order, UnitState.OPEN, UnitState.CANCELED)
    return value.charged(order.tax_mode)


def _moved(line: PaidLine, units: int, source: UnitState, target: UnitState) -> tuple[PaidLine, Value]:
    if units == 0:
        return line, Value()
    runs: list[tuple[UnitState, int]] = []
    goods = tax = position = 0
    for run in line.units:
        taken = min(units, run.count) if run.state is source else 0
        goods += _worth(line, line.amount_minor, position, position + taken)
        tax += _worth(line, line.tax_minor, position, position + taken)
        runs += [(target, taken), (run.state, run.count - taken)]
        units -= taken
        position += run.count
    return line.model_copy(update={"units": _joined(runs)}), Value(goods_minor=goods, tax_minor=tax)


def _worth(line: PaidLine, amount: int, first: int, end: int) -> int:
    return worth_of_first(amount, line.quantity, end) - worth_of_first(amount, line.quantity, first)


def _joined(runs: Sequence[tuple[UnitState, int]]) -> tuple[UnitRun, ...]:
    joined: list[UnitRun] = []
    for state, count in runs:
        if count and joined and joined[-1].state is state:
            joined[-1] = UnitRun(state=state, count=joined[-1].count + count)
        elif count:
            joined.append(UnitRun(state=state, count=count))
    return tuple(joined)
