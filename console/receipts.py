"""A decision's receipt: what was chosen, by which figures, and why not something else."""

from typing import Final, Literal

from pydantic import Field, JsonValue, ValidationError

from console.words import amount, count, listed
from contracts.base import Contract
from contracts.console import OrderFile
from contracts.risk import RiskAssessment
from contracts.routing import Alternative, PlanCost, PlannedConsignment
from decisions.shortage import LineShortage


class Why(Contract):
    """A question about the decision, and its answer."""

    asked: str
    answer: str


class Row(Contract):
    """A figure of what was chosen, and the same of what came second; empty if nothing did."""

    name: str
    chosen: str
    other: str = ""


class Receipt(Contract):
    chosen: str
    rows: list[Row] = Field(default_factory=list)
    second: str = ""
    whys: list[Why] = Field(default_factory=list)
    inputs: str = ""


_TERMS: Final = (
    ("shipping_minor", "Shipping and handling"),
    ("pick_minor", "Picking"),
    ("activation_minor", "Opening another node"),
    ("scarcity_minor", "Scarcity"),
    ("late_minor", "Broken promise"),
    ("waiting_minor", "Waiting"),
    ("unfilled_minor", "Missing units"),
)


def receipt(facts: dict[str, JsonValue], file: OrderFile) -> Receipt | None:
    """None if what was recorded is not of a kind that this page can read; the event is there all the same."""
    try:
        match facts.get("decision"):
            case "risk":
                return _risk(RiskAssessment.model_validate(facts))
            case "routing" if "chosen" in facts:
                return _routing(facts, file)
            case "routing":
                return _short(facts, file)
            case _:
                return None
    except ValidationError:
        return None


def _risk(assessment: RiskAssessment) -> Receipt:
    held = "A person looks at it first" if assessment.hold else "It goes on without a person"
    return Receipt(
        chosen=f"{held}: {count(assessment.points, 'point')}.",
        rows=[Row(name=signal.sentence, chosen=count(signal.points, "point")) for signal in assessment.signals],
        whys=[] if assessment.signals else [Why(asked="Why no points?", answer="None of the declared signals fired.")],
    )


def _routing(facts: dict[str, JsonValue], file: OrderFile) -> Receipt:
    chosen = _Chosen.model_validate(facts)
    currency = file.order.total.currency
    other = chosen.runner_up
    rows = _rows(chosen.cost, None if other is None else other.cost, currency)
    named = frozenset[str](consignment.node_id for consignment in chosen.chosen)
    return Receipt(
        chosen=f"Chosen: {_plan(chosen.chosen, file)}.",
        rows=rows,
        second="" if other is None else f"Second best: {_plan(_consignments(other), file)}.",
        whys=[_proof(chosen, currency), *_why_not(chosen, named, file)],
        inputs=chosen.inputs_hash[:12],
    )


class _Chosen(Contract):
    chosen: list[PlannedConsignment]
    cost: PlanCost
    lower_bound_minor: int
    status: str
    runner_up: Alternative | None
    runner_up_status: Literal["optimal", "feasible"] = "feasible"
    inputs_hash: str


_NONE: Final = {
    "optimal": "No other set of nodes and services could send all of it.",
    "feasible": "No other set of nodes and services was found in time.",
}
_OTHERS: Final = {
    "optimal": "It is proven that every other set of nodes and services costs at least as much as the second best.",
    "feasible": "The time to look was over: between the two there may be another.",
}


def _proof(chosen: _Chosen, currency: str) -> Why:
    """An optimum is proven; otherwise how far from it at most."""
    gap = chosen.cost.total_minor - chosen.lower_bound_minor
    if chosen.status == "optimal":
        return Why(asked="Is there a cheaper plan?", answer="No: it is proven that none costs less.")
    return Why(
        asked="Is there a cheaper plan?",
        answer=f"Perhaps: the time to look was over. One could cost at most {amount(gap, currency)} less.",
    )


def _why_not(chosen: _Chosen, named: frozenset[str], file: OrderFile) -> list[Why]:
    """Why not the nodes of the plan that came second, and why not any other."""
    other = chosen.runner_up
    if other is None:
        return [Why(asked="Why not from elsewhere?", answer=_NONE[chosen.runner_up_status])]
    more = other.cost.total_minor - chosen.cost.total_minor
    currency = file.order.total.currency
    dearer = f"It would cost {amount(more, currency)} more" if more else "It costs just as much"
    nodes = dict.fromkeys(each.node_id for each in _consignments(other) if each.node_id not in named)
    others = listed(file.names.nodes.get(node, node) for node in nodes) if nodes else "another service"
    most = max(_TERMS, key=lambda term: getattr(other.cost, term[0]) - getattr(chosen.cost, term[0]))
    because = f", most of it for {most[1].lower()}" if more else ", and the first found was taken"
    return [
        Why(asked=f"Why not {others}?", answer=f"{dearer}{because}."),
        Why(asked="Why not any other?", answer=_OTHERS[chosen.runner_up_status]),
    ]


def _rows(cost: PlanCost, other: PlanCost | None, currency: str) -> list[Row]:
    rows = [
        Row(
            name=name,
            chosen=amount(getattr(cost, term), currency),
            other="" if other is None else amount(getattr(other, term), currency),
        )
        for term, name in _TERMS
        if getattr(cost, term) or (other is not None and getattr(other, term))
    ]
    total = Row(
        name="Total",
        chosen=amount(cost.total_minor, currency),
        other="" if other is None else amount(other.total_minor, currency),
    )
    return [*rows, total]


def _consignments(plan: Alternative) -> list[PlannedConsignment]:
    return [consignment for order in plan.plan.orders for consignment in order.consignments]


def _plan(consignments: list[PlannedConsignment], file: OrderFile) -> str:
    """2 units from Warehouse Reno by swift-ground and …"""
    return (
        listed(
            f"{count(sum(line.quantity for line in each.lines), 'unit')} from "
            f"{file.names.nodes.get(each.node_id, each.node_id)}"
            + (f" by {each.service_id}" if each.service_id else "")
            for each in consignments
        )
        or "nothing is sent"
    )


def _short(facts: dict[str, JsonValue], file: OrderFile) -> Receipt:
    short = _Short.model_validate(facts)
    return Receipt(
        chosen="It could not be planned: something is missing.",
        rows=[
            Row(name=file.names.products.get(line.sku, line.sku), chosen=f"{line.wanted} wanted, {_there(line)}")
            for line in short.lines
        ],
        inputs=short.inputs_hash[:12],
    )


class _Short(Contract):
    lines: list[LineShortage]
    inputs_hash: str


def _there(line: LineShortage) -> str:
    if line.on_hand is None or line.in_reach is None:
        return "no limit"
    return f"{line.on_hand} on hand, {line.in_reach} where some service takes them from"
