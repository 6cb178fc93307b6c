"""Runs one server and stops it once its supervisor is gone, however it went.

Our standard input is a pipe whose only writer is the supervisor: its end is the end of the supervisor. SIGTERM asks the
server to stop in its own time; the end of the pipe gives it three seconds, then it is killed with all it has started.
A plain file that needs the standard library alone, so that it is up in milliseconds and as root can drop the user.
"""

import argparse
import contextlib
import os
import pwd
import signal
import subprocess
import sys
import threading
from types import FrameType

GRACE = 3.0
"""Seconds between the end of the pipe and the kill: everything is gone well within five."""


def _start(command: list[str], user: str | None) -> subprocess.Popen[bytes]:
    """In a group of its own; what it prints goes where our errors go."""
    entry = pwd.getpwnam(user) if user else None
    return subprocess.Popen(  # noqa: S603 - what our supervisor gave us
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        process_group=0,
        user=entry.pw_uid if entry else None,
        group=entry.pw_gid if entry else None,
        extra_groups=[] if entry else None,
    )


def _kill_group(server: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left, or only the unreaped
        os.killpg(server.pid, signal.SIGKILL)


def _watch(server: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    os.read(sys.stdin.fileno(), 1)
    server.send_signal(stop)
    try:
        server.wait(GRACE)
    except subprocess.TimeoutExpired:
        _kill_group(server)


def guard(command: list[str], stop: signal.Signals, user: str | None) -> int:
    """Returns the server's exit status as a shell gives it: 128 + n after signal n."""
    server = _start(command, user)

    def ask(_number: int, _frame: FrameType | None) -> None:
        server.send_signal(stop)

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(server, stop), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):  # a supervisor that is gone already: the watch sees to it
        os.write(sys.stdout.fileno(), f"{server.pid}\n".encode())
    status = server.wait()
    _kill_group(server)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--user", help="run the command as this user (root only)")
    parser.add_argument("stop", help="the signal that asks the server to stop, such as SIGINT")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    sys.exit(guard(given.command, signal.Signals[given.stop], given.user))
