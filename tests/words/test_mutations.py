"""The guard passes what the composer writes, and catches it as soon as one thing in it is not so any more."""

from random import Random
from statistics import median
from time import process_time

import pytest

from contracts.words import Brief, Copy, Verdict
from decisions.briefs import brief_of
from decisions.composer import compose
from decisions.guard import check
from tests.words.damage import Damage, damages
from tests.words.occasions import occasions

pytestmark = pytest.mark.xdist_group("mutations")  # they share their texts

TEXTS = 1000
MOST_MISTAKES = TEXTS // 100
LONGEST_MS = 15  # of the processor; the aim is 5 on a machine that does nothing else


@pytest.fixture(scope="module")
def texts() -> list[tuple[Brief, Copy]]:
    briefs = [brief_of(told) for told in occasions(TEXTS, seed=0)]
    return [(brief, compose(brief, seed)) for seed, brief in enumerate(briefs)]


def damaged(brief: Brief, copy: Copy, seed: int) -> tuple[Damage, Copy]:
    """In one place, drawn from all that can be damaged."""
    random = Random(seed)
    damage = random.choice(damages(brief, copy, random))
    return damage, damage.done_to(copy)


@pytest.fixture(scope="module")
def checked(texts: list[tuple[Brief, Copy]]) -> list[tuple[Verdict, float]]:
    """Each with the seconds of the processor that it took."""
    found = []
    for brief, copy in texts:
        start = process_time()
        verdict = check(brief, copy.sentences)
        found.append((verdict, process_time() - start))
    return found


def test_the_guard_passes_what_the_composer_writes(checked: list[tuple[Verdict, float]]):
    refused = [verdict.violations[0] for verdict, _ in checked if not verdict.passed]
    assert len(refused) <= MOST_MISTAKES, refused[:20]


def test_the_guard_catches_one_wrong_number_day_time_amount_name_or_count(texts: list[tuple[Brief, Copy]]):
    missed, kinds = [], set()
    for seed, (brief, copy) in enumerate(texts):
        damage, wrong = damaged(brief, copy, seed)
        kinds.add(damage.kind)
        if check(brief, wrong.sentences).passed:
            missed.append((damage.kind, damage.before, wrong.sentences[damage.sentence].text))
    assert kinds == {"number", "date", "time", "amount", "name", "count"}
    assert len(missed) <= MOST_MISTAKES, missed[:20]


def test_a_text_is_checked_in_milliseconds(checked: list[tuple[Verdict, float]]):
    assert median(seconds for _, seconds in checked) * 1000 < LONGEST_MS


def test_a_damage_changes_one_sentence_and_nothing_else(texts: list[tuple[Brief, Copy]]):
    for seed, (brief, copy) in enumerate(texts[:200]):
        damage, wrong = damaged(brief, copy, seed)
        differing = [old for old, new in zip(copy.sentences, wrong.sentences, strict=True) if old != new]
        assert differing == [copy.sentences[damage.sentence]]
