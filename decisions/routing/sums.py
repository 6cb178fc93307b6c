"""Sums in the solver's model: goals to be made small, and limits that the orders share."""

from collections import defaultdict
from typing import TYPE_CHECKING

from contracts.ids import NodeId, Sku
from decisions.routing.remaining import Remaining

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar, LinearExprT


class Sum:
    """Variables times integer weights, collected while the model grows."""

    def __init__(self) -> None:
        self._variables: list[IntVar] = []
        self._weights: list[int] = []

    def add(self, weight: int, variable: "IntVar") -> None:
        if weight:
            self._variables.append(variable)
            self._weights.append(weight)

    def expression(self) -> "LinearExprT":
        from ortools.sat.python.cp_model import LinearExpr  # noqa: PLC0415 -- heavy: only who solves loads it

        return LinearExpr.weighted_sum(self._variables, self._weights)


class _Taken:
    """What is taken of one thing, and the most that could be."""

    def __init__(self) -> None:
        self.sum = Sum()
        self.most = 0


class Limits:
    """Stock, units and parcels that are left, and what the orders take of them."""

    def __init__(self, left: Remaining) -> None:
        self._left = left
        self._stock: defaultdict[tuple[NodeId, Sku], _Taken] = defaultdict(_Taken)
        self._units: defaultdict[NodeId, _Taken] = defaultdict(_Taken)
        self._parcels: defaultdict[NodeId, _Taken] = defaultdict(_Taken)

    def take_units(self, node_id: NodeId, sku: Sku, units: "IntVar", most: int) -> None:
        for taken in (self._stock[node_id, sku], self._units[node_id]):
            taken.sum.add(1, units)
            taken.most += most

    def take_parcels(self, node_id: NodeId, parcels: "IntVar", most: int) -> None:
        self._parcels[node_id].sum.add(1, parcels)
        self._parcels[node_id].most += most

    def add_to(self, model: "CpModel") -> None:
        """Only the limits that could be exceeded."""
        limits = [
            *((taken, self._left.stock(node_id, sku)) for (node_id, sku), taken in self._stock.items()),
            *((taken, self._left.units(node_id)) for node_id, taken in self._units.items()),
            *((taken, self._left.parcels(node_id)) for node_id, taken in self._parcels.items()),
        ]
        for taken, limit in limits:
            if limit is not None and taken.most > limit:
                model.add(taken.sum.expression() <= limit)
