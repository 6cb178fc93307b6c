"""A process is known by its id and its start, and the unreaped count as gone."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from adapters.embedded.processes import _from_ps, identify, is_alive
from tests.embedded.running import eventually


def test_a_process_that_waits_to_be_reaped_is_gone() -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        known = identify(process.pid)
        assert known
        assert is_alive(known)
        process.send_signal(signal.SIGKILL)
        assert eventually(lambda: not is_alive(known), within=5)


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="no ps here")
def test_without_proc_ps_tells_the_same_start_every_time() -> None:
    state, started = _from_ps(os.getpid())
    assert state in {"R", "S"}
    assert started
    assert _from_ps(os.getpid())[1] == started
    assert _from_ps(2**22 + 1) == ("", "")
