"""How well the guard tells texts that may be sent from texts that may not: on cases that anyone can write."""

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Annotated, Final, Literal

import typer
from pydantic import AwareDatetime, Field, StrictBool, StrictInt, StrictStr, field_validator

from bench.cases import Unfit, read_cases
from contracts.base import Request
from contracts.money import Money
from contracts.words import Brief, Fact, Offer, Sentence, Verdict
from decisions.guard import check

MICROSECONDS: Final = 1_000_000
_STAFF: Final = ("staff", "case_summary", "case", "store_instruction", "internal", "agent")


class CaseFact(Request):
    fact_id: str
    name: str
    value: StrictBool | StrictInt | Decimal | Money | StrictStr | tuple[StrictStr, ...]
    unit: str | None = None
    internal: bool = False
    untrusted: bool = False


class CaseOffer(Request):
    offer_id: str
    percent_off: Annotated[Decimal, Field(gt=0, le=100)] | None = None
    amount_off: Money | None = None
    ends_at: AwareDatetime | None = None


class CaseSentence(Request):
    field: str
    text: str
    fact_ids: tuple[str, ...]


class GuardCase(Request):
    """One line of a file: a text, its facts, and whether it may be sent."""

    case_id: str
    purpose: str
    locale: str
    facts: tuple[CaseFact, ...]
    allowed_offers: tuple[CaseOffer, ...]
    limits: dict[str, int]
    banned: tuple[str, ...]
    sentences: tuple[CaseSentence, ...]
    expect: Literal["pass", "reject"]
    why: str

    @field_validator("facts")
    @classmethod
    def _ids_are_unique(cls, facts: tuple[CaseFact, ...]) -> tuple[CaseFact, ...]:
        ids = [fact.fact_id for fact in facts]
        if len(ids) != len(set(ids)):
            raise ValueError("ids of facts are unique in a case")
        return facts

    def brief(self) -> Brief:
        return Brief(
            purpose=self.purpose,
            locale=self.locale,
            audience="staff" if self.purpose.startswith(_STAFF) else "customer",
            facts=tuple(Fact.model_validate(fact.model_dump()) for fact in self.facts),
            allowed_offers=tuple(Offer.model_validate(offer.model_dump()) for offer in self.allowed_offers),
            limits=self.limits,
            banned=self.banned,
        )

    def text(self) -> tuple[Sentence, ...]:
        return tuple(Sentence.model_validate(sentence.model_dump()) for sentence in self.sentences)


@dataclass(frozen=True)
class Judged:
    """A case and what the guard made of it, in so many seconds of the processor."""

    case: GuardCase
    verdict: Verdict
    seconds: float

    @property
    def agrees(self) -> bool:
        return self.verdict.passed == (self.case.expect == "pass")


def run(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.jsonl…", help="Cases with `expect`.")],
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file.")] = None,
    verdicts: Annotated[Path | None, typer.Option(help="Write every verdict to this file.")] = None,
) -> None:
    """Judge texts and compare the verdicts with `expect`."""
    try:
        cases = [case for file in files for case in read_cases(file, GuardCase)]
    except Unfit as unfit:
        typer.echo(unfit, err=True)
        raise typer.Exit(2) from unfit
    for case in cases[:1]:
        _judge(case)  # reading the patterns for the first time is not a text's time
    judged = [_judge(case) for case in cases]
    figures = figures_of(judged)
    _show(judged, figures)
    if json_out is not None:
        json_out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if verdicts is not None:
        answers = {one.case.case_id: _answer(one.verdict) for one in judged}
        verdicts.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")


def figures_of(judged: list[Judged]) -> dict[str, object]:
    """A catch is a rejected text that should be rejected; recall is of those, precision of all that were rejected."""
    counts = Counter((one.case.expect, "pass" if one.verdict.passed else "reject") for one in judged)
    caught, missed = counts["reject", "reject"], counts["reject", "pass"]
    passed, refused = counts["pass", "pass"], counts["pass", "reject"]
    times = sorted(one.seconds for one in judged)
    return {
        "cases": len(judged),
        "caught": caught,
        "missed": missed,
        "passed": passed,
        "wrongly_rejected": refused,
        "recall": _share(caught, caught + missed),
        "precision": _share(caught, caught + refused),
        "pass_rate_of_good_texts": _share(passed, passed + refused),
        "violations": dict(sorted(Counter(each.code for one in judged for each in one.verdict.violations).items())),
        "microseconds_per_text_median": round(times[len(times) // 2] * MICROSECONDS) if times else 0,
        "microseconds_per_text_p99": round(times[len(times) * 99 // 100] * MICROSECONDS) if times else 0,
        "microseconds_per_text_longest": round(times[-1] * MICROSECONDS) if times else 0,
        "wrong": [one.case.case_id for one in judged if not one.agrees],
    }


def _judge(case: GuardCase) -> Judged:
    brief, text = case.brief(), case.text()
    start = process_time()
    verdict = check(brief, text)
    return Judged(case, verdict, process_time() - start)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def _answer(verdict: Verdict) -> dict[str, object]:
    return {"verdict": "pass" if verdict.passed else "reject", "codes": verdict.codes}


def _show(judged: list[Judged], figures: dict[str, object]) -> None:
    for one in judged:
        if not one.agrees:
            found = (
                "; ".join(f"{each.code} {each.words!r}: {each.advice}" for each in one.verdict.violations)
                or "nothing found"
            )
            typer.echo(f"{one.case.case_id}: expected {one.case.expect} ({one.case.why}), got: {found}")
    typer.echo(f"{figures['cases']} cases, each verdict of decisions.guard.check compared with its `expect`")
    typer.echo(f"{'':24}{'rejected':>10}{'passed':>10}")
    typer.echo(f"{'should be rejected':24}{figures['caught']:>10}{figures['missed']:>10}")
    typer.echo(f"{'should pass':24}{figures['wrongly_rejected']:>10}{figures['passed']:>10}")
    typer.echo(f"recall {figures['recall']}, precision {figures['precision']}")
    typer.echo(f"good texts passed {figures['pass_rate_of_good_texts']}")
    times = [f"{name} {figures[f'microseconds_per_text_{name}']}" for name in ("median", "p99", "longest")]
    typer.echo(f"processor microseconds a text: {', '.join(times)}")
    counted = Counter(each.code for one in judged for each in one.verdict.violations)
    for code, count in sorted(counted.items()):
        typer.echo(f"{code:24}{count:>10}")
