"""How long each kind of step may take, and how often it is tried again."""

from datetime import timedelta
from typing import Final, TypedDict

from temporalio.common import RetryPolicy


class Step(TypedDict, total=False):
    start_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy
    task_queue: str


HEARTBEAT: Final = timedelta(seconds=3)  # bounds how long a step of a killed worker lies still

_PATIENT: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), backoff_coefficient=2, maximum_interval=timedelta(seconds=30)
)

DATABASE: Final = Step(start_to_close_timeout=timedelta(seconds=5), retry_policy=_PATIENT)
PARTNER: Final = Step(start_to_close_timeout=timedelta(seconds=30), heartbeat_timeout=HEARTBEAT, retry_policy=_PATIENT)
SOLVER: Final = Step(
    start_to_close_timeout=timedelta(minutes=1), heartbeat_timeout=HEARTBEAT, retry_policy=_PATIENT, task_queue="solver"
)
_BRIEFLY: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=20), maximum_attempts=4
)
MODEL: Final = Step(  # a text is worth a minute or two: then another pen writes it
    start_to_close_timeout=timedelta(seconds=75), heartbeat_timeout=HEARTBEAT, retry_policy=_BRIEFLY, task_queue="words"
)
UNDO: Final = PARTNER  # without limit: what was taken is given back, however long the partner is away

PAUSE: Final = timedelta(minutes=1)  # before a consignment whose process was ended by hand starts again
STICKY: Final = timedelta(seconds=2)  # how long a killed worker's workflows wait for it before another takes them
GRACE: Final = timedelta(seconds=5)  # how long running steps may finish when a worker is asked to stop
