"""The launcher of PostgreSQL clears away what is dead, and says at once what cannot work."""

import os
from pathlib import Path

import pytest

from adapters.embedded.postgres import _owner, forget_dead_server
from adapters.embedded.state import StackUnavailable


@pytest.mark.parametrize(("dead", "kept"), [(4711, False), (4712, True)])
def test_only_the_lock_of_the_server_known_to_be_dead_goes(place: Path, dead: int, *, kept: bool) -> None:
    (place / "postgres").mkdir()
    (place / "postgres" / "postmaster.pid").write_text("4711\nwhere it ran\n")
    forget_dead_server(place, dead)
    assert (place / "postgres" / "postmaster.pid").exists() == kept


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the database to nobody")
def test_root_is_told_that_nobody_cannot_enter_its_directory(place: Path) -> None:
    place.chmod(0o700)
    with pytest.raises(StackUnavailable, match=f"nobody, who cannot enter {place}"):
        _owner(place)
