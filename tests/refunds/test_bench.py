"""`python -m bench refunds`: silence where all agree, each difference by case and step, one line for an unfit file."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner, Result

from bench.__main__ import app
from tests.refunds.cases import a_case, a_line, a_return, an_order, seeded
from tests.refunds.exact import Raw
from tests.refunds.oracle import expected

ORDER = an_order(a_line("a", 2, 1999, tax_rate="0.19"), shipping_minor=495)
CASE = a_case(ORDER, a_return(a=1), a_return(a=2), {"action": "cancel"})
FIRST = {
    "result": "ok", "goods_minor": 1999, "tax_minor": 380, "shipping_minor": 0, "shipping_tax_minor": 0, "fee_minor": 0,
    "label_minor": 0, "refund_minor": 2379, "refund_decimal": "23.79",
    "tenders": [{"tender_id": "t1", "action": "refund", "amount_minor": 2379}],
}  # fmt: skip
SECOND = {"result": "refused", "code": "over_return"}
THIRD = FIRST | {
    "shipping_minor": 495, "refund_minor": 2874, "refund_decimal": "28.74",
    "tenders": [{"tender_id": "t1", "action": "refund", "amount_minor": 2874}],
}  # fmt: skip


def bench(tmp_path: Path, *cases: Raw) -> Result:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return CliRunner().invoke(app, ["refunds", str(path)])


def test_results_as_the_format_writes_them_are_no_difference(tmp_path: Path) -> None:
    run = bench(tmp_path, CASE | {"expect": [FIRST, SECOND, THIRD]})
    assert run.exit_code == 0, run.output
    assert run.stdout.startswith("1 cases, 3 steps compared with `expect`, every key: 0 differences in 0 cases;")


def test_seeded_cases_agree_with_the_oracle(tmp_path: Path) -> None:
    cases = [seeded(Random(seed), seed) for seed in range(100)]
    run = bench(tmp_path, *(case | {"expect": expected(case)} for case in cases))
    assert run.exit_code == 0, run.output


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([FIRST | {"refund_minor": 2380}, SECOND, THIRD], 'c step 0: expected {"fee_minor"'),
        ([FIRST | {"refund_minor": 2379.0}, SECOND, THIRD], '"refund_minor": 2379.0'),
        ([FIRST, SECOND | {"code": "not_captured"}, THIRD], '"code": "not_captured"'),
        ([FIRST, SECOND], "c step 2: expected nothing, got {"),
        ([FIRST, SECOND, THIRD, SECOND], "c step 3: expected {"),
        ([FIRST, SECOND | {"more": 1}, THIRD], "c step 1: "),
    ],
    ids=["amount", "float", "code", "missing", "surplus", "another key"],
)
def test_a_difference_names_case_and_step_and_is_exit_1(tmp_path: Path, results: list[Raw], said: str) -> None:
    run = bench(tmp_path, CASE | {"case_id": "fine", "expect": [FIRST, SECOND, THIRD]}, CASE | {"expect": results})
    assert run.exit_code == 1
    assert said in run.stdout.splitlines()[0]
    assert "2 cases" in run.stdout.splitlines()[1]
    assert "1 differences in 1 cases" in run.stdout.splitlines()[1]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (CASE, "expect: Field required"),
        (CASE | {"expect": [], "order": ORDER | {"shipping_minor": 1.5}}, "order.shipping_minor: Input should be"),
        (CASE | {"expect": [], "order": ORDER | {"shipping_tax_rate": "-0.1"}}, "order.shipping_tax_rate: String"),
        (CASE | {"expect": [], "order": ORDER | {"currency": "EURO"}}, "order.currency: "),
        (CASE | {"expect": [], "steps": [{"action": "exchange"}]}, "steps.0: Input tag"),
        (CASE | {"expect": [], "order": ORDER | {"lines": ORDER["lines"] * 2}}, "order: Value error, ids"),
        ([], "case: Input should be an object"),
    ],
    ids=["no expect", "float", "rate", "currency", "action", "twice", "list"],
)
def test_a_line_that_is_no_case_is_one_line_and_exit_2(tmp_path: Path, case: Raw, said: str) -> None:
    run = bench(tmp_path, CASE | {"expect": [FIRST, SECOND, THIRD]}, case)
    assert run.exit_code == 2
    assert f"cases.jsonl:2: {said}" in run.stderr
    assert (run.stderr.count("\n"), run.stdout) == (1, "")


def test_a_missing_file_is_one_line_and_exit_2(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["refunds", str(tmp_path / "none.jsonl")])
    assert (run.exit_code, run.stderr.count("\n")) == (2, 1)


def test_generated_cases_are_a_file_for_the_bench(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    for command in (["tests.refunds.cases", "--count", "20", "--seed", "3", "--out"], ["bench", "refunds"]):
        run = subprocess.run(  # noqa: S603 -- ours
            [sys.executable, "-m", *command, str(path)], capture_output=True, text=True, check=False, timeout=60
        )
        assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("20 cases, ")
