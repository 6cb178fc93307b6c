"""Which Temporal is meant: what the environment names, and never a default profile in somebody's home."""

from pathlib import Path
from typing import Final

import pytest

from adapters.embedded.temporal import given_address
from adapters.temporal import connect

PROFILES: Final = """
[profile.default]
address = "somebody.example:7233"

[profile.work]
address = "work.example:7233"
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose default profile names a Temporal of somebody's own."""
    file = tmp_path / "temporalio" / "temporal.toml"
    file.parent.mkdir()
    file.write_text(PROFILES)
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return file


async def test_a_profile_in_the_home_does_not_beat_the_stacks_own_address(home: Path) -> None:
    client = await connect("127.0.0.1:1", lazy=True)
    assert client.service_client.config.target_host == "127.0.0.1:1"
    assert given_address({"XDG_CONFIG_HOME": str(home.parent.parent)}) is None


async def test_a_profile_that_is_named_does(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"TEMPORAL_CONFIG_FILE": str(home), "TEMPORAL_PROFILE": "work"}
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    client = await connect("127.0.0.1:1", lazy=True)
    assert client.service_client.config.target_host == given_address(named) == "work.example:7233"
