"""Places and processes for the tests of the embedded stack."""

import contextlib
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded.running import Runner


@contextlib.contextmanager
def open_place() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="steward-test-")).resolve()
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


@contextlib.contextmanager
def runners(place: Path) -> Iterator[Callable[..., Runner]]:
    started: list[Runner] = []

    def start(state: Path = place / "state", user: str | None = None) -> Runner:
        started.append(Runner(state, user))
        return started[-1]

    yield start
    for runner in started:
        if runner.process.poll() is None:
            runner.end(signal.SIGTERM)


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that `nobody` can pass through, as pytest's own is not for root."""
    with open_place() as place:
        yield place


@pytest.fixture
def run(place: Path) -> Iterator[Callable[..., Runner]]:
    """Starts runners, by default on `place/state`, and ends those that still run after the test."""
    with runners(place) as run:
        yield run


@pytest.fixture(scope="module")
def standing() -> Iterator[Runner]:
    """One runner for the tests that leave it running."""
    with open_place() as place, runners(place) as run:
        runner = run()
        runner.ready()
        yield runner
