"""How hard the world is: what goes wrong with partners, and which customers come."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from simulation.customers import SHARES, Mood
from simulation.faults import Faults


@dataclass(frozen=True)
class Scenario:
    """`shares` of the customers by mood; the rest is content."""

    faults: Faults
    shares: Mapping[Mood, float]


# An ordinary day: three requests in a hundred are not filled as asked, four parcels in a hundred are in trouble, five
# texts of a model in a hundred say what is not so.
USUAL: Final = Scenario(
    faults=Faults(
        refused_captures=0.02,
        late_failures=0.01,
        disputes=0.02,
        rejections=0.03,
        kept_requests=0.3,
        failed_attempts=0.02,
        exceptions=0.01,
        stuck_parcels=0.0025,
        returned_parcels=0.0025,
        wrong_addresses=0.0025,
        lost_parcels=0.005,
        bounced_mail=0.01,
        model_lies=0.05,
        model_throttled=0.02,
        model_overloaded=0.01,
    ),
    shares=SHARES,
)
# A day on which whatever goes wrong goes wrong often.
HARD: Final = Scenario(
    faults=Faults(
        lost_answers=0.02,
        outages=0.03,
        throttled=0.03,
        duplicated=0.1,
        delayed=0.05,
        reordered=0.05,
        refused_captures=0.06,
        late_failures=0.05,
        disputes=0.06,
        rejections=0.12,
        kept_requests=0.5,
        failed_attempts=0.06,
        exceptions=0.04,
        stuck_parcels=0.02,
        returned_parcels=0.02,
        wrong_addresses=0.01,
        lost_parcels=0.02,
        vanished_parcels=0.01,
        bounced_mail=0.03,
        greylisted_mail=0.02,
        model_lies=0.4,
        model_obeys=0.05,
        model_throttled=0.05,
        model_overloaded=0.03,
        model_breaks_off=0.03,
        model_refuses=0.02,
        model_truncates=0.02,
        model_garbles=0.02,
    ),
    shares={
        Mood.HONEST: 0.03,
        Mood.HASTY: 0.05,
        Mood.DECLINED: 0.04,
        Mood.FRAUDULENT: 0.03,
        Mood.DOUBTFUL: 0.06,
        Mood.TARDY: 0.05,
        Mood.PICKY: 0.12,
        Mood.RESOURCEFUL: 0.04,
        Mood.UNDECIDED: 0.04,
        Mood.EMPTY_HANDED: 0.03,
    },
)
