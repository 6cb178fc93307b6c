"""What really loads: neither the API nor a workflow brings a solver, a model client or a database driver along."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"ortools", "anthropic", "sklearn", "asyncpg"}
WORKFLOWS = [f"workflows.{path.stem}" for path in sorted((ROOT / "workflows").glob("[!_]*.py"))]


def loaded_by(modules: list[str]) -> set[str]:
    """Top-level packages in a fresh interpreter after importing these."""
    code = f"import sys, {', '.join(modules)}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "modules", [["api.app"], ["console.app"], WORKFLOWS], ids=["api.app", "console.app", "workflows"]
)
def test_importing_loads_nothing_heavy(modules: list[str]) -> None:
    loaded = loaded_by(modules)
    assert {module.partition(".")[0] for module in modules} <= loaded
    assert loaded & HEAVY == set()


def test_workflows_load_no_web() -> None:
    """Each run of a workflow loads its modules anew."""
    assert loaded_by(WORKFLOWS) & {"fastapi", "uvicorn", "httpx2"} == set()
