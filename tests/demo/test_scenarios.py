"""How much goes wrong on an ordinary day and on a hard one."""

from simulation.customers import Mood
from simulation.faults import Faults
from simulation.scenarios import HARD, USUAL

CARRIER_TROUBLES = (
    "failed_attempts",
    "exceptions",
    "stuck_parcels",
    "returned_parcels",
    "lost_parcels",
    "vanished_parcels",
)


def trouble(faults):
    return sum(getattr(faults, name) for name in CARRIER_TROUBLES)


def test_without_a_scenario_nothing_goes_wrong():
    assert set(Faults().model_dump().values()) == {0}


def test_an_ordinary_day_has_a_little_of_what_customers_notice_and_no_broken_partner():
    assert USUAL.faults.rejections == 0.03
    assert abs(trouble(USUAL.faults) - 0.04) < 1e-9
    assert USUAL.faults.lost_answers == USUAL.faults.outages == USUAL.faults.silent_nodes == 0
    assert (USUAL.shares[Mood.PICKY], USUAL.shares[Mood.RESOURCEFUL]) == (0.03, 0.02)
    assert (USUAL.shares[Mood.UNDECIDED], HARD.shares[Mood.UNDECIDED]) == (0.03, 0.04)


def test_on_a_hard_day_everything_goes_wrong_more_often_and_most_customers_are_content_all_the_same():
    usual, hard = USUAL.faults.model_dump(), HARD.faults.model_dump()
    assert all(hard[name] >= usual[name] for name in hard)
    assert {name for name, rate in hard.items() if not rate} == {"silent_nodes"}
    assert trouble(HARD.faults) > 4 * trouble(USUAL.faults)
    assert HARD.shares.keys() == USUAL.shares.keys()
    assert sum(HARD.shares.values()) < 0.5
