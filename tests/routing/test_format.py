"""The problem format: what fits is read exactly, what does not is refused with its place."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.routing import PlannedConsignment, RoutingProblem, inputs_hash
from tests.routing.problems import (
    Raw,
    a_line,
    a_node,
    a_problem,
    a_service,
    a_zone,
    an_order,
    changed,
    parsed,
    stock,
)

RAW = a_problem(
    [a_node("n"), a_node("m", kind="store", capacity_parcels=3)],
    [stock("n", "A", 3), stock("m", "A", None)],
    [a_service("s", a_zone(100), a_zone(200)), a_service("t")],
    an_order("o", a_line("1", "A", 1), a_line("2", "A", 0, weight_grams=0)),
    an_order("p"),
)
LANE = {"node_id": "n", "order_id": "o", "cost_minor": 4}

REFUSED: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("surprise",), 1, "surprise"),
    (("nodes", 0, "surprise"), 1, "nodes.0.surprise"),
    (("orders", 0, "lines", 0, "surprise"), 1, "orders.0.lines.0.surprise"),
    (("services", 0, "zones", 0, "surprise"), 1, "services.0.zones.0.surprise"),
    (("nodes", 1, "node_id"), "n", "nodes.1: 'n' stands twice"),
    (("stock", 1, "node_id"), "n", "stock.1: ('n', 'A') stands twice"),
    (("services", 1, "service_id"), "s", "services.1: 's' stands twice"),
    (("orders", 1, "order_id"), "o", "orders.1: 'o' stands twice"),
    (("orders", 0, "lines", 1, "line_id"), "1", "lines.1: '1' stands twice"),
    (("nodes", 0, "handling_minor"), -1, "nodes.0.handling_minor"),
    (("stock", 0, "quantity"), -1, "stock.0.quantity"),
    (("orders", 0, "lines", 0, "quantity"), -1, "orders.0.lines.0.quantity"),
    (("orders", 0, "lines", 0, "quantity"), 1.0, "orders.0.lines.0.quantity"),
    (("services", 0, "zones", 0, "up_to_km"), 99.5, "services.0.zones.0.up_to_km"),
    (("orders", 0, "late_minor"), "9", "orders.0.late_minor"),
    (("orders", 0, "late_minor"), True, "orders.0.late_minor"),
    (("orders", 0, "late_minor"), None, "orders.0.late_minor"),
    (("allow_split",), 1, "allow_split"),
    (("nodes", 0, "latitude"), 91, "nodes.0.latitude"),
    (("nodes", 0, "latitude"), "39.5", "nodes.0.latitude"),
    (("nodes", 0, "longitude"), float("nan"), "nodes.0.longitude"),
    (("nodes", 0, "kind"), "garage", "nodes.0.kind"),
    (("nodes", 0, "node_id"), "", "nodes.0.node_id"),
    (("currency",), "dollars", "currency"),
    (("services", 0, "max_weight_grams"), 0, "services.0.max_weight_grams"),
    (("services", 0, "zones", 1, "up_to_km"), 100, "zones.1.up_to_km: zones must ascend"),
    (("services", 0, "zones", 1, "up_to_km"), 50, "zones.1.up_to_km: zones must ascend"),
    (("stock", 0, "node_id"), "x", "stock.0.node_id: no node 'x'"),
    (("lanes",), [], "services: must be empty where lanes are given"),
]


@pytest.mark.parametrize(("path", "value", "place"), REFUSED)
def test_what_does_not_fit_is_refused_with_its_place(path: tuple[str | int, ...], value: object, place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parsed(changed(RAW, *path, to=value))
    error = refused.value.errors()[0]
    assert place in ".".join(str(part) for part in error["loc"]) + " " + error["msg"]


@pytest.mark.parametrize("key", sorted(RAW))
def test_no_key_may_be_left_out(key: str) -> None:
    with pytest.raises(ValidationError, match="Field required"):
        parsed({other: value for other, value in RAW.items() if other != key})


@pytest.mark.parametrize(
    ("lanes", "place"),
    [
        ([LANE | {"node_id": "x"}], "lanes.0.node_id: no node 'x'"),
        ([LANE | {"order_id": "x"}], "lanes.0.order_id: no order 'x'"),
        ([LANE, LANE], "lanes.1: ('n', 'o') stands twice"),
    ],
)
def test_lanes_must_name_known_pairs_once(lanes: list[Raw], place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parsed(RAW | {"services": [], "lanes": lanes})
    assert place in refused.value.errors()[0]["msg"]


def test_a_problem_is_read_and_written_without_loss() -> None:
    for raw in (RAW, RAW | {"services": [], "lanes": [LANE]}):
        assert json.loads(parsed(raw).model_dump_json()) == raw


def test_a_product_that_no_node_stocks_fits_it_just_cannot_be_sent() -> None:
    assert parsed(changed(RAW, "orders", 0, "lines", 0, "sku", to="Z")).orders[0].lines[0].sku == "Z"


def test_the_inputs_hash_ignores_the_order_of_keys_and_sees_every_value() -> None:
    shuffled = RoutingProblem.model_validate_json(json.dumps(dict(reversed(RAW.items()))))
    assert inputs_hash(parsed(RAW)) == inputs_hash(shuffled)
    assert inputs_hash(parsed(RAW)) != inputs_hash(parsed(changed(RAW, "nodes", 0, "latitude", to=0.1)))
    assert len(inputs_hash(parsed(RAW))) == 64


@pytest.mark.parametrize("lines", [[], [{"line_id": "1", "quantity": 0}]], ids=["empty", "zero units"])
def test_a_plan_has_no_empty_consignments_and_no_zero_quantities(lines: list[Raw]) -> None:
    with pytest.raises(ValidationError):
        PlannedConsignment.model_validate({"node_id": "n", "service_id": "s", "lines": lines})
