"""Whether the refund planner gives what files of cases expect of it, step by step."""

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from time import perf_counter
from typing import Annotated, Final

import typer
from pydantic import Field, field_validator

from bench.cases import Unfit, read_cases
from contracts.base import Contract
from contracts.refunds import Cancel, PaidOrder, Purchase, Refused, Return, ReversalPlan, TenderPolicy
from decisions.refunds import paid_order, plan_reversal

Result = dict[str, object]
STEP_RESULT: Final = {"fee_minor", "label_minor", "refund_minor", "refund_decimal", "tenders"}


class RefundCase(Contract):
    """One line of a file, in the format of docs/refunds.md."""

    case_id: str
    topic: str = ""
    tender_policy: TenderPolicy
    order: Purchase
    steps: tuple[Annotated[Return | Cancel, Field(discriminator="action")], ...]
    expect: tuple[Result, ...]

    @field_validator("order")
    @classmethod
    def _ids_are_unique(cls, order: Purchase) -> Purchase:
        for ids in ([line.line_id for line in order.lines], [tender.tender_id for tender in order.tenders]):
            if len(ids) != len(set(ids)):
                raise ValueError("ids of lines and of tenders are unique in an order")
        return order


def run(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.jsonl…", help="Refund cases with `expect`.")],
) -> None:
    """Run refund cases and print every step whose result differs; exit 1 if there is one, 2 for an unfit file."""
    try:
        cases = [case for file in files for case in read_cases(file, RefundCase)]
    except Unfit as unfit:
        typer.echo(unfit, err=True)
        raise typer.Exit(2) from unfit
    start = perf_counter()
    answers = [results(case) for case in cases]
    took = perf_counter() - start
    differing = [_differences(case, got) for case, got in zip(cases, answers, strict=True)]
    for line in (line for lines in differing for line in lines):
        typer.echo(line)
    typer.echo(
        f"{len(cases)} cases, {sum(len(case.steps) for case in cases)} steps compared with `expect`, every key: "
        f"{sum(len(lines) for lines in differing)} differences in {sum(bool(lines) for lines in differing)} cases; "
        f"{took:.2f} s planning, {len(cases) / took if took else 0:.0f} cases a second"
    )
    if any(differing):
        raise typer.Exit(1)


def results(case: RefundCase) -> list[Result]:
    """One result per step, each on the state that the earlier ones left."""
    order = paid_order(case.order)
    return list(_results(case, order)) if isinstance(order, PaidOrder) else [_result(order)] * len(case.steps)


def _results(case: RefundCase, order: PaidOrder) -> Iterator[Result]:
    for step in case.steps:
        plan = plan_reversal(order, step, case.tender_policy)
        yield _result(plan)
        order = plan.after if isinstance(plan, ReversalPlan) else order


def _result(plan: ReversalPlan | Refused) -> Result:
    if isinstance(plan, Refused):
        return plan.model_dump(mode="json")
    return {"result": "ok"} | plan.refunded.model_dump() | plan.model_dump(mode="json", include=STEP_RESULT)


def _differences(case: RefundCase, got: list[Result]) -> list[str]:
    """Compared as JSON, in which 1, 1.0 and true differ; a missing or surplus result is a difference too."""
    pairs = zip_longest(map(_text, case.expect), map(_text, got), fillvalue="nothing")
    return [
        f"{case.case_id} step {step}: expected {expected}, got {found}"
        for step, (expected, found) in enumerate(pairs)
        if expected != found
    ]


def _text(result: Result) -> str:
    return json.dumps(result, sort_keys=True)
