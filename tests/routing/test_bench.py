"""`python -m bench routing`: figures, plan files, seeded problems, and one line for a file that does not fit."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bench.__main__ import app
from contracts.routing import RoutingPlan
from decisions.routing import check_plan, plan_cost
from tests.routing.enumeration import plans
from tests.routing.problems import Raw, changed, parsed, seeded

RAW = seeded(2)  # an order split in two, perhaps late, partly unfilled


def bench(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["routing", *map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(RAW), encoding="utf-8")
    return path


def test_a_one_order_file_is_solved_to_the_cost_that_enumeration_finds(file: Path, tmp_path: Path) -> None:
    out, directory = tmp_path / "out.json", tmp_path / "plans"
    run = bench(file, "--json", out, "--plans", directory, "--seconds", "5")
    assert run.exit_code == 0, run.output
    (figures,) = json.loads(out.read_text(encoding="utf-8"))["problems"]
    cheapest = min(minor for minor, _ in plans(RAW))
    assert (figures["cost_minor"], figures["lower_bound_minor"], figures["gap"]) == (cheapest, cheapest, 0)
    assert figures["constraints_broken"] == 0
    assert figures["seconds"] > 0
    assert figures["peak_memory_mb"] > 0
    assert set(figures["baselines"]) == {"nearest", "fewest_splits", "cheapest"}
    assert all(rule["cost_minor"] >= cheapest for rule in figures["baselines"].values())


def test_the_plan_file_can_be_carried_out_at_the_cost_printed(file: Path, tmp_path: Path) -> None:
    assert bench(file, "--plans", tmp_path / "plans").exit_code == 0
    text = (tmp_path / "plans" / "one.plan.json").read_text(encoding="utf-8")
    assert set(json.loads(text)) == {"problem_id", "orders"}
    plan, problem = RoutingPlan.model_validate_json(text), parsed(RAW)
    assert check_plan(problem, plan) == []
    assert plan_cost(problem, plan).total_minor == min(minor for minor, _ in plans(RAW))


def test_several_orders_are_solved_jointly_and_never_dearer_than_one_after_the_other(tmp_path: Path) -> None:
    path, out = tmp_path / "wave.json", tmp_path / "out.json"
    assert bench("--generate", "8:4:1:tight", "--out", path).exit_code == 0
    assert bench(path, "--json", out, "--seconds", "10").exit_code == 0
    (figures,) = json.loads(out.read_text(encoding="utf-8"))["problems"]
    costs = [rule["cost_minor"] for rule in figures["baselines"].values()]
    assert figures["lower_bound_minor"] <= figures["cost_minor"] <= min(costs)
    assert figures["gap"] == (figures["cost_minor"] - figures["lower_bound_minor"]) / figures["cost_minor"]
    assert [rule["constraints_broken"] for rule in figures["baselines"].values()] == [0, 0, 0]


def test_the_table_names_what_was_measured_and_how(file: Path) -> None:
    run = bench(file)
    for words in ("proven lower bound", "gap", "nearest", "fewest_splits", "cheapest", "unfilled units", "CP-SAT"):
        assert words in run.stdout


def test_a_seeded_problem_is_the_same_for_the_same_seed_and_tight_is_scarcer(tmp_path: Path) -> None:
    texts = {}
    for name, asked in {"a": "5:4:9", "b": "5:4:9", "c": "5:4:8", "d": "5:4:9:tight"}.items():
        assert bench("--generate", asked, "--out", tmp_path / name).exit_code == 0
        texts[name] = (tmp_path / name).read_text(encoding="utf-8")
    assert texts["a"] == texts["b"]
    assert texts["a"] != texts["c"]
    loose, tight = (sum(level["quantity"] for level in json.loads(texts[name])["stock"]) for name in "ad")
    assert tight < loose


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (changed(RAW, "orders", 0, "late_minor", to=1.5), "orders.0.late_minor: Input should be a valid"),
        (RAW | {"odd\nkey": 1}, "odd key: Extra inputs"),
        (changed(RAW, "orders", 0, "unfilled_minor", to=10**18), "orders: figures add up to"),
        ([], "document: Input should be an object"),
    ],
)
def test_a_file_that_does_not_fit_is_one_line_and_exit_2(tmp_path: Path, raw: Raw, said: str) -> None:
    path = tmp_path / "unfit.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    run = bench(path)
    assert run.exit_code == 2
    assert run.stderr.startswith(f"{path}: ")
    assert said in run.stderr
    assert run.stderr.count("\n") == 1
    assert run.stdout == ""


def test_files_that_are_missing_or_would_overwrite_each_others_plans_are_refused(file: Path, tmp_path: Path) -> None:
    assert "file: No such file" in bench(tmp_path / "none.json").stderr
    run = bench(file, file, "--plans", tmp_path / "plans")
    assert (run.exit_code, run.stderr) == (2, f"{file}: --plans: another file has this name\n")


@pytest.mark.parametrize(
    "arguments",
    [[], ["--generate", "5:4:9"], ["--generate", "5:4", "--out", "x"], ["--generate", "5:4:9:loose", "--out", "x"]],
    ids=["no file", "no --out", "no seed", "unknown kind"],
)
def test_what_cannot_be_understood_is_exit_2(arguments: list[str]) -> None:
    assert bench(*arguments).exit_code == 2


def test_the_bench_runs_as_a_module(file: Path) -> None:
    command = [sys.executable, "-m", "bench", "routing", str(file)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 -- ours
    assert (run.returncode, run.stderr) == (0, "")
    assert "proven lower bound" in run.stdout
