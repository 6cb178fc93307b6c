"""The state directory is ours alone, and `stack.json` tells the truth about what runs."""

import os
import stat
from pathlib import Path

import pytest

from adapters.embedded.processes import Process, identify
from adapters.embedded.state import (
    StackFile,
    StackUnavailable,
    alone_on,
    find_stack,
    prepare,
    state_directory,
)
from adapters.embedded.wheels import open_to_all


def test_secrets_are_made_once_and_kept_where_only_we_read(place: Path) -> None:
    file = StackFile(place)
    file.update(secrets=file.stack.secrets.with_api_keys(["shop"]))
    again = StackFile(place).stack.secrets
    assert again == file.stack.secrets
    assert again.api_keys["shop"].startswith("sk_shop_")
    assert stat.S_IMODE((place / "stack.json").stat().st_mode) == 0o600


def test_a_new_api_key_leaves_the_old_ones(place: Path) -> None:
    before = StackFile(place).stack.secrets.with_api_keys(["shop"])
    after = before.with_api_keys(["shop", "staff"])
    assert after.api_keys["shop"] == before.api_keys["shop"]
    assert after.api_keys.keys() == {"shop", "staff"}


def test_no_secret_shows_when_a_stack_is_printed(place: Path) -> None:
    secrets = StackFile(place).stack.secrets.with_api_keys(["shop"])
    printed = repr(secrets)
    assert not [value for value in secrets.model_dump().values() if str(value) in printed]


@pytest.mark.parametrize("supervisor", [None, Process(pid=os.getpid(), started="another time")])
def test_a_stack_that_runs_no_more_is_not_found(place: Path, supervisor: Process | None) -> None:
    StackFile(place).update(supervisor=supervisor, temporal_address="127.0.0.1:1")
    with pytest.raises(StackUnavailable, match=r"No stack runs on .*: start one with `make up`"):
        find_stack({"STEWARD_STATE": str(place)})


def test_a_stack_is_found_once_its_servers_are_there(place: Path) -> None:
    file = StackFile(place)
    file.update(supervisor=identify(os.getpid()))
    with pytest.raises(StackUnavailable):
        find_stack({"STEWARD_STATE": str(place)})
    file.update(temporal_address="127.0.0.1:1")
    assert find_stack({"STEWARD_STATE": str(place)}) == file.stack


def test_a_file_of_another_version_is_one_clear_line(place: Path) -> None:
    (place / "stack.json").write_text('{"ports": "many"}')
    with pytest.raises(StackUnavailable, match=r"stack\.json is not of this version: remove"):
        find_stack({"STEWARD_STATE": str(place)})


def test_a_link_in_the_place_of_the_directory_is_refused(place: Path) -> None:
    (place / "theirs").mkdir()
    (place / "state").symlink_to(place / "theirs")
    with pytest.raises(StackUnavailable, match="not a directory that you alone can write"):
        prepare(place / "state")


def test_a_file_in_the_place_of_a_directory_above_is_one_clear_line(place: Path) -> None:
    (place / "file").write_text("")
    for state in (place / "file" / "state", place / "file" / "deeper" / "state"):
        with pytest.raises(StackUnavailable, match=rf"^{state} cannot be used: {place}/file.*: Not a directory\. Mend"):
            prepare(state)


def test_a_directory_in_the_place_of_a_file_is_one_clear_line(place: Path) -> None:
    (place / "stack.json").mkdir()
    (place / "stack.lock").mkdir()
    reason = rf"^{place} cannot be used: {place}/stack\.(json|lock): Is a directory\. Mend that, or choose another"
    with pytest.raises(StackUnavailable, match=reason):
        StackFile(place)
    with pytest.raises(StackUnavailable, match=reason):
        find_stack({"STEWARD_STATE": str(place)})
    with pytest.raises(StackUnavailable, match=reason), alone_on(place):
        pass


def test_a_directory_that_others_write_is_refused(place: Path) -> None:
    (place / "state").mkdir()
    (place / "state").chmod(0o777)
    with pytest.raises(StackUnavailable, match="not a directory that you alone can write"):
        prepare(place / "state")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_somebody_else_is_refused(place: Path) -> None:
    (place / "state").mkdir(mode=0o755)
    os.chown(place / "state", 65_534, -1)
    with pytest.raises(StackUnavailable, match="not a directory that you alone can write"):
        prepare(place / "state")


def test_the_directory_is_named_by_the_environment_first() -> None:
    assert state_directory({"STEWARD_STATE": "here"}) == Path.cwd() / "here"


@pytest.mark.skipif(os.geteuid() == 0, reason="root has its own place")
def test_an_ordinary_user_keeps_it_in_the_checkout() -> None:
    assert state_directory({}) == Path.cwd() / ".data"


@pytest.mark.skipif(os.geteuid() != 0, reason="this is root's place")
def test_root_keeps_each_checkout_apart_where_nobody_can_enter(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = state_directory({})
    monkeypatch.chdir(place)
    there = state_directory({})
    assert here != there
    assert open_to_all(here.parent)
    assert not here.is_relative_to(Path.home())


def test_the_second_on_one_directory_is_told_who_the_first_is(place: Path) -> None:
    refused = pytest.raises(StackUnavailable, match=rf"A stack runs on {place} already, pid {os.getpid()}$")
    with alone_on(place), refused, alone_on(place):
        pass
    with alone_on(place):
        pass
