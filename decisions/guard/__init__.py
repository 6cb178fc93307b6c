"""Whether a written text may be sent: held against its facts, by rules that can be explained."""

from collections.abc import Iterator, Sequence

from contracts.words import Brief, Sentence, Verdict, Violation
from decisions.guard.calendar import moment_violations
from decisions.guard.characters import plain
from decisions.guard.claims import claim_violations
from decisions.guard.codes import Code, violation
from decisions.guard.contrasts import contrast_violations
from decisions.guard.form import form_violations, limit_violations
from decisions.guard.language import language_violations
from decisions.guard.moved import end_violations
from decisions.guard.never import never_violations
from decisions.guard.offers import offer_violations
from decisions.guard.owners import owner_violations
from decisions.guard.placing import amount_violations
from decisions.guard.polarity import polarity_violations
from decisions.guard.predicates import predicate_violations
from decisions.guard.said import Source, read_sentence, source_of
from decisions.guard.states import state_violations
from decisions.guard.untrusted import untrusted_violations
from decisions.guard.vague import vague_violations

__all__ = ["Code", "check"]


def check(brief: Brief, sentences: Sequence[Sentence]) -> Verdict:
    """Hold a text against the facts and offers of its brief; each violation says what to write instead."""
    unfit = [*limit_violations(brief, sentences)]
    if unfit:
        return Verdict(violations=tuple(unfit))
    source = source_of(brief)
    found = [*form_violations(brief, sentences, _sayable(brief))]
    for sentence in sentences:
        found.extend(_of_sentence(source, sentence))
    found.extend(language_violations(brief, sentences))
    return Verdict(violations=tuple(dict.fromkeys(found)))


def _of_sentence(source: Source, sentence: Sentence) -> Iterator[Violation]:
    yield from _ids(source, sentence)
    said = read_sentence(source, sentence)
    for rule in _RULES:
        yield from rule(said)


_RULES = (
    amount_violations,
    vague_violations,
    moment_violations,
    end_violations,
    offer_violations,
    never_violations,
    claim_violations,
    predicate_violations,
    polarity_violations,
    owner_violations,
    state_violations,
    contrast_violations,
    untrusted_violations,
)


def _ids(source: Source, sentence: Sentence) -> Iterator[Violation]:
    for fact_id in sentence.fact_ids:
        one = source.evidence.get(fact_id)
        if one is None:
            advice = f"Cite a fact or an offer of the brief: {fact_id} is none."
            yield violation(Code.UNKNOWN_FACT, sentence, sentence.text, advice, fact_id)
        elif one.internal:
            advice = f"Leave {fact_id} out: it is internal and may not be said."
            yield violation(Code.INTERNAL, sentence, sentence.text, advice, fact_id)


def _sayable(brief: Brief) -> str:
    """All text of facts that may be said, and of the brand."""
    return " ".join(
        [plain(str(fact.value)) for fact in brief.facts if not (fact.internal or fact.untrusted)] + [brief.brand]
    )
