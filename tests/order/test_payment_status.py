"""The payment axis says what the amounts say, unless something is disputed or failed, and never contradicts them."""

from itertools import product

from contracts.payments import PaymentFacts
from contracts.states import PaymentStatus
from decisions.payment import payment_status

AMOUNTS = (0, 400, 1_000)


def every() -> list[PaymentFacts]:
    return [
        PaymentFacts(
            may_be_captured=rest,
            captured=captured,
            refunded=refunded,
            given_up=given_up,
            has_failed=failed,
            is_disputed=disputed,
        )
        for rest, captured, refunded, given_up in product(AMOUNTS, repeat=4)
        if refunded <= captured
        for failed, disputed in product((False, True), repeat=2)
    ]


def test_a_dispute_comes_first_then_a_failure_and_both_end_with_what_they_are_about() -> None:
    for facts in every():
        status = payment_status(facts)
        assert (status is PaymentStatus.DISPUTED) is facts.is_disputed
        if facts.has_failed and not facts.is_disputed:
            assert status is PaymentStatus.FAILED


def test_what_is_settled_speaks_by_its_amounts_and_contradicts_none_of_them() -> None:
    settled = [facts for facts in every() if not (facts.has_failed or facts.is_disputed)]
    for facts in settled:
        status = payment_status(facts)
        taken, rest, back = facts.captured > 0, facts.may_be_captured > 0, facts.refunded
        assert {
            PaymentStatus.AUTHORIZED: not taken and rest,
            PaymentStatus.VOIDED: not taken and not rest and not facts.given_up,
            PaymentStatus.FAILED: not taken and not rest and facts.given_up > 0,
            PaymentStatus.PARTIALLY_CAPTURED: taken and rest and not back,
            PaymentStatus.CAPTURED: taken and not rest and not back,
            PaymentStatus.PARTIALLY_REFUNDED: 0 < back < facts.captured,
            PaymentStatus.REFUNDED: taken and back == facts.captured,
        }[status]
