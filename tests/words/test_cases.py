"""Texts that somebody wrote, with their facts, and whether they may be sent: the guard agrees, but for those listed.

`cases/disagreements.txt` lists the cases that it does not get right; `python -m bench guard` counts them as wrong.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from contracts.words import Brief, Sentence, Verdict
from decisions.guard import check

Case: TypeAlias = dict[str, Any]

PLACE: Final = Path(__file__).parent / "cases"
FILES: Final = sorted(PLACE.glob("*.jsonl"))
KNOWN: Final = (PLACE / "disagreements.txt").read_text(encoding="utf-8").split()
KEYS: Final = {
    "case_id", "purpose", "locale", "facts", "allowed_offers", "limits", "banned", "sentences", "expect", "why",
}  # fmt: skip
FACT_KEYS: Final = {"fact_id", "name", "value"}
FACT_OPTIONS: Final = {"unit", "internal", "untrusted"}
OFFER_KEYS: Final = {"offer_id", "percent_off", "amount_off", "ends_at"}
SENTENCE_KEYS: Final = {"field", "text", "fact_ids"}
FOR_STAFF: Final = {"case_summary", "staff_instruction"}


def cases(path: Path) -> list[Case]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def written(case: Case) -> tuple[Brief, list[Sentence]]:
    of_brief = ("purpose", "locale", "facts", "allowed_offers", "limits", "banned")
    audience = "staff" if case["purpose"] in FOR_STAFF else "customer"
    brief = Brief.model_validate({key: case[key] for key in of_brief} | {"audience": audience})
    return brief, [Sentence.model_validate(each) for each in case["sentences"]]


def disagreement(case: Case, verdict: Verdict) -> str | None:
    if verdict.passed == (case["expect"] == "pass"):
        return None
    text = " ".join(sentence["text"] for sentence in case["sentences"])
    said = [f"{each.code} ({each.words!r}: {each.advice})" for each in verdict.violations] or ["nothing"]
    return f"{case['case_id']} should {case['expect']} ({case['why']}): {text!r}; the guard says {'; '.join(said)}"


def unfit(case: Case) -> list[str]:
    """What does not keep the format, apart from types, which the contracts check."""
    told = [f"keys {sorted(case.keys() ^ KEYS)}"] if case.keys() != KEYS else []
    told += [f"fact {fact}" for fact in case["facts"] if not FACT_KEYS <= fact.keys() <= FACT_KEYS | FACT_OPTIONS]
    told += [f"offer {offer}" for offer in case["allowed_offers"] if not {"offer_id"} < offer.keys() <= OFFER_KEYS]
    told += [f"sentence {sentence}" for sentence in case["sentences"] if sentence.keys() != SENTENCE_KEYS]
    ids = [fact["fact_id"] for fact in case["facts"]] + [offer["offer_id"] for offer in case["allowed_offers"]]
    told += [f"{name} twice" for name, times in Counter(ids).items() if times > 1]
    told += [f"expects {case['expect']}"] if case["expect"] not in {"pass", "reject"} else []
    told += [] if case["why"] and case["sentences"] else ["no reason or no text"]
    return [f"{case['case_id']}: {each}" for each in told]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_guard_agrees_with_each_case_that_is_not_listed(path: Path) -> None:
    told = [disagreement(case, check(*written(case))) for case in cases(path) if case["case_id"] not in KNOWN]
    wrong = [each for each in told if each]
    assert not wrong, f"{len(wrong)} of {len(told)}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_case_keeps_the_format(path: Path) -> None:
    for case in cases(path):
        assert unfit(case) == []
        brief, text = written(case)
        assert [fact.fact_id for fact in brief.facts] == [fact["fact_id"] for fact in case["facts"]]
        assert [sentence.text for sentence in text] == [each["text"] for each in case["sentences"]]


def test_no_two_cases_share_an_id_or_say_the_same() -> None:
    every = [case for path in FILES for case in cases(path)]
    assert [name for name, times in Counter(case["case_id"] for case in every).items() if times > 1] == []
    told = ("purpose", "locale", "facts", "allowed_offers", "limits", "banned", "sentences")
    said = Counter(json.dumps([case[key] for key in told], sort_keys=True) for case in every)
    assert [text for text, times in said.items() if times > 1] == []


def test_there_are_at_least_two_hundred_cases_of_each_verdict() -> None:
    verdicts = Counter(case["expect"] for path in FILES for case in cases(path))
    assert verdicts["pass"] >= 200
    assert verdicts["reject"] >= 200


def test_each_listed_disagreement_is_a_case_listed_once() -> None:
    every = {case["case_id"] for path in FILES for case in cases(path)}
    assert sorted(set(KNOWN)) == KNOWN
    assert set(KNOWN) <= every
