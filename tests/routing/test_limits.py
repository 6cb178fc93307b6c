"""Where the solver's exactness ends, it says so instead of guessing."""

import subprocess
import sys

import pytest

from contracts.routing import RoutingProblem
from decisions.routing import (
    OutOfTime,
    TooLargeForTheSolver,
    Wave,
    check_plan,
    cheapest,
    fewest_splits,
    nearest,
    plan_complete_order,
    plan_order,
)
from decisions.routing import wave as wave_module
from decisions.routing.model import Choice, RoutingModel
from decisions.routing.network import Network
from decisions.routing.remaining import Remaining
from tests.routing.problems import Raw, a_line, a_node, a_problem, a_service, a_zone, an_order, parsed, stock

NO_TIME = 0.0


def two_halves(**order: object) -> Raw:
    """No node has both products, so that a complete plan must be split."""
    return a_problem(
        [a_node("n"), a_node("m")],
        [stock("n", "A", 1), stock("m", "B", 1)],
        [a_service("s", a_zone(10)), a_service("t", a_zone(10, base_minor=600))],
        an_order("o", a_line("a", "A", 1), a_line("b", "B", 1), **order),
    )
