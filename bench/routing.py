"""How good the routing decision is: its cost, the proven bound, and the rules it is compared with."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from pydantic import ValidationError

from bench.routing_problems import generate
from bench.routing_report import Figures, figures, peak_memory_mb, show
from contracts.routing import ProvenPlan, RoutingPlan, RoutingProblem
from decisions.routing import (
    TooLargeForTheSolver,
    Wave,
    cheapest,
    check_plan,
    fewest_splits,
    nearest,
    plan_cost,
    prove_order,
)
from decisions.routing.baselines import Baseline

SECONDS_PER_ORDER = 2.0  # for the rules that solve every order by itself


class Unfit(Exception):
    """A file that cannot be measured: which, where, what is wrong."""

    def __init__(self, file: Path, place: str, what: str) -> None:
        super().__init__(" ".join(f"{file}: {place}: {what}".split()))


@dataclass(frozen=True)
class Measured:
    """One file: its problem, the plan, and the figures of both plan and rules."""

    file: Path
    problem: RoutingProblem
    plan: RoutingPlan
    figures: Figures
    baselines: dict[str, Figures]

    def as_json(self) -> dict[str, object]:
        return {
            "file": str(self.file),
            "problem_id": self.problem.problem_id,
            "currency": self.problem.currency,
            "orders": len(self.problem.orders),
            **self.figures,
            "baselines": self.baselines,
        }


def run(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE.json…", help="Routing problems.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file.")] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="Wall time for one problem.")] = 60.0,
    plans: Annotated[Path | None, typer.Option(help="Write the plans into this directory.")] = None,
    generated: Annotated[
        str | None, typer.Option("--generate", metavar="ORDERS:NODES:SEED[:tight]", help="Write a problem.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where --generate writes it.")] = None,
) -> None:
    """Solve routing problems and compare the plans with a proven bound and with the usual rules."""
    if generated is not None:
        _write_problem(generated, out)
        return
    if not files:
        raise typer.BadParameter("name at least one file, or --generate", param_hint="FILE.json")
    try:
        _refuse_same_names(files, plans)
        measured = [_measure(file, seconds) for file in files]
    except Unfit as unfit:
        typer.echo(unfit, err=True)
        raise typer.Exit(2) from unfit
    for one in measured:
        show(str(one.file), one.problem, one.figures, one.baselines)
    if plans is not None:
        _write_plans(measured, plans)
    if json_out is not None:
        report = {"seconds_allowed": seconds, "problems": [one.as_json() for one in measured]}
        json_out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def read_problem(file: Path) -> RoutingProblem:
    """The problem in a file; raises Unfit with the first thing that does not fit the format."""
    try:
        return RoutingProblem.model_validate_json(file.read_bytes())
    except OSError as error:
        raise Unfit(file, "file", error.strerror or "cannot be read") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "document"
        raise Unfit(file, place, first["msg"]) from error


def _measure(file: Path, seconds: float) -> Measured:
    from ortools.sat.python import cp_model  # noqa: F401, PLC0415 -- loading it is not the problem's time

    start = perf_counter()
    problem = read_problem(file)
    try:
        proven = _solve(problem, start + seconds)
    except TooLargeForTheSolver as error:
        raise Unfit(file, "orders", str(error)) from error
    took, memory = perf_counter() - start, peak_memory_mb()
    return Measured(
        file=file,
        problem=problem,
        plan=proven.plan,
        figures=figures(proven.cost)
        | {
            "lower_bound_minor": proven.lower_bound_minor,
            "gap": _gap(proven),
            "status": proven.status,
            "seconds": round(took, 4),
            "peak_memory_mb": memory,
            "constraints_broken": len(check_plan(problem, proven.plan)),
        },
        baselines=_baselines(problem),
    )


def _solve(problem: RoutingProblem, until: float) -> ProvenPlan:
    """One order alone, several as a wave that starts from the cheapest plans of one after the other."""
    if len(problem.orders) == 1:
        return prove_order(problem, _for_the_solver(until))
    wave = Wave(problem)
    share = _for_the_solver(until) / (2 * max(1, len(problem.orders)))
    start = cheapest(problem, min(SECONDS_PER_ORDER, share))
    return wave.plan(start.plan, _for_the_solver(until))


def _for_the_solver(until: float) -> float:
    """What is left of the time, less a share for building the model."""
    return max(0.1, 0.95 * (until - perf_counter()))


def _baselines(problem: RoutingProblem) -> dict[str, Figures]:
    rules: dict[str, Callable[[], Baseline]] = {
        "nearest": lambda: nearest(problem),
        "fewest_splits": lambda: fewest_splits(problem, SECONDS_PER_ORDER),
        "cheapest": lambda: cheapest(problem, SECONDS_PER_ORDER),
    }
    found: dict[str, Figures] = {}
    for name, rule in rules.items():
        start = perf_counter()
        baseline = rule()
        took = perf_counter() - start
        found[name] = figures(plan_cost(problem, baseline.plan)) | {
            "seconds": round(took, 4),
            "unproven_orders": baseline.unproven_orders,
            "constraints_broken": len(check_plan(problem, baseline.plan)),
        }
    return found


def _gap(proven: ProvenPlan) -> float:
    cost = proven.cost.total_minor
    return (cost - proven.lower_bound_minor) / cost if cost else 0.0


def _refuse_same_names(files: list[Path], plans: Path | None) -> None:
    names = [file.stem for file in files]
    for position, name in enumerate(names):
        if plans is not None and name in names[:position]:
            raise Unfit(files[position], "--plans", "another file has this name")


def _write_plans(measured: list[Measured], directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for one in measured:
        text = one.plan.model_dump_json(indent=2)
        (directory / f"{one.file.stem}.plan.json").write_text(text + "\n", encoding="utf-8")


def _write_problem(asked: str, out: Path | None) -> None:
    if out is None:
        raise typer.BadParameter("says where --generate writes", param_hint="--out")
    figures_asked, _, rest = asked.partition(":tight")
    numbers = figures_asked.split(":")
    if rest or len(numbers) != 3 or not all(number.isdecimal() for number in numbers):  # noqa: PLR2004
        raise typer.BadParameter(f"{asked!r} is not ORDERS:NODES:SEED[:tight]", param_hint="--generate")
    orders, nodes, seed = (int(number) for number in numbers)
    problem = generate(orders, nodes, seed, tight=asked.endswith(":tight"))
    out.write_text(problem.model_dump_json(indent=1) + "\n", encoding="utf-8")
