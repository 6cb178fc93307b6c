"""The figures of a routing plan, for machines and as a table for people."""

import resource
import sys

from rich.console import Console
from rich.table import Table

from contracts.routing import PlanCost, RoutingProblem

Figures = dict[str, int | float | str]

LABELS = {
    "cost_minor": "cost",
    "lower_bound_minor": "proven lower bound",
    "gap": "gap (cost - bound) / cost",
    "seconds": "seconds",
    "peak_memory_mb": "peak memory, MB",
    "shipping_minor": "shipping: prices and handling",
    "pick_minor": "picking",
    "activation_minor": "activation",
    "scarcity_minor": "scarcity",
    "late_minor": "broken promises",
    "waiting_minor": "waiting",
    "unfilled_minor": "unfilled",
    "orders_possibly_late": "orders possibly late",
    "late_probability_sum": "sum of late probabilities",
    "mean_minutes_p50": "mean minutes to the last consignment, p50",
    "consignments": "consignments",
    "parcels": "parcels",
    "split_orders": "split orders",
    "unfilled_units": "unfilled units",
    "constraints_broken": "constraints broken",
    "unproven_orders": "orders whose optimum by the rule is unproven",
}
HOW = (
    "Bound: CP-SAT, one thread; no plan costs less. Seconds: wall time of this machine, reading the file "
    "included, loading the solver's library not. Peak memory: the process so far. Mean minutes: orders that "
    "get anything. Constraints: counted by a check that does not know the solver."
)


def figures(cost: PlanCost) -> Figures:
    """Money in minor units; the mean is over the orders that get at least one consignment."""
    return {
        "cost_minor": cost.total_minor,
        "shipping_minor": cost.shipping_minor,
        "pick_minor": cost.pick_minor,
        "activation_minor": cost.activation_minor,
        "scarcity_minor": cost.scarcity_minor,
        "late_minor": cost.late_minor,
        "waiting_minor": cost.waiting_minor,
        "unfilled_minor": cost.unfilled_minor,
        "orders_possibly_late": cost.late_orders,
        "late_probability_sum": cost.late_halves / 2,
        "mean_minutes_p50": round(cost.minutes / max(1, cost.shipped_orders), 1),
        "consignments": cost.consignments,
        "parcels": cost.parcels,
        "split_orders": cost.split_orders,
        "unfilled_units": cost.unfilled_units,
    }


def peak_memory_mb() -> float:
    """The largest resident size of this process so far; macOS counts in bytes, Linux in kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def show(file: str, problem: RoutingProblem, plan: Figures, baselines: dict[str, Figures]) -> None:
    title = f"{file}: {problem.problem_id}, {len(problem.orders)} orders, {len(problem.nodes)} nodes"
    table = Table("", "plan", *baselines, title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for key, label in LABELS.items():
        table.add_row(label, *(_text(key, column) for column in (plan, *baselines.values())))
    console = Console()
    console.print(table)
    console.print(f"Money in minor units of {problem.currency}. {HOW}", highlight=False)


def _text(key: str, column: Figures) -> str:
    value = column.get(key, "")
    return f"{value:.4%}" if key == "gap" and isinstance(value, float) else f"{value:,}" if value != "" else ""
