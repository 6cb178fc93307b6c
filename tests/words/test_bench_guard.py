"""`python -m bench guard`: the confusion matrix on anyone's cases, and one line for a file that is none."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bench.__main__ import app

CASE: dict[str, object] = {
    "case_id": "stock-7",
    "purpose": "cart_recovery",
    "locale": "en-US",
    "facts": [{"fact_id": "stock", "name": "units in stock", "value": 3, "unit": "piece"}],
    "allowed_offers": [],
    "limits": {"subject": 60, "body": 900},
    "banned": ["cheap"],
    "sentences": [{"field": "body", "text": "Only 3 left in stock.", "fact_ids": ["stock"]}],
    "expect": "pass",
    "why": "true to the fact",
}
WRONG = CASE | {
    "case_id": "stock-8",
    "sentences": [{"field": "body", "text": "Only 4 left in stock.", "fact_ids": ["stock"]}],
    "expect": "reject",
}


def bench(tmp_path: Path, *cases: object, options: tuple[str, ...] = ()) -> Result:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return CliRunner().invoke(app, ["guard", str(path), *options])


def test_figures_and_verdicts_are_written_as_json(tmp_path: Path):
    out, verdicts = tmp_path / "out.json", tmp_path / "verdicts.json"
    run = bench(tmp_path, CASE, WRONG, options=("--json", str(out), "--verdicts", str(verdicts)))
    assert run.exit_code == 0, run.output
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert {key: figures[key] for key in ("cases", "caught", "missed", "passed", "wrongly_rejected", "recall")} == {
        "cases": 2, "caught": 1, "missed": 0, "passed": 1, "wrongly_rejected": 0, "recall": 1.0,
    }  # fmt: skip
    assert json.loads(verdicts.read_text(encoding="utf-8")) == {
        "stock-7": {"verdict": "pass", "codes": []},
        "stock-8": {"verdict": "reject", "codes": ["count"]},
    }


def test_a_case_that_was_judged_otherwise_is_named_with_its_reason(tmp_path: Path):
    run = bench(tmp_path, CASE | {"expect": "reject", "why": "a wrong case"})
    assert run.stdout.splitlines()[0] == "stock-7: expected reject (a wrong case), got: nothing found"


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({key: value for key, value in CASE.items() if key != "why"}, "why: Field required"),
        (CASE | {"more": 1}, "more: Extra inputs are not permitted"),
        (CASE | {"expect": "maybe"}, "expect: Input should be 'pass' or 'reject'"),
        (CASE | {"facts": [{"fact_id": "a", "name": "a", "value": 1, "kind": "b"}]}, "kind: Extra inputs"),
        (CASE | {"facts": [{"fact_id": "a", "name": "a", "value": 1}] * 2}, "ids of facts are unique"),
        (CASE | {"sentences": [{"field": "body", "text": "Hi"}]}, "sentences.0.fact_ids: Field required"),
        ([], "case: Input should be an object"),
    ],
    ids=["missing", "unknown", "verdict", "unknown of a fact", "twice", "no citing", "list"],
)
def test_a_file_that_does_not_fit_gets_one_line_and_exit_2(tmp_path: Path, case: object, said: str):
    run = bench(tmp_path, CASE, case)
    assert run.exit_code == 2
    assert len(run.stderr.splitlines()) == 1
    assert "cases.jsonl:2: " in run.stderr
    assert said in run.stderr
