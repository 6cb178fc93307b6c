"""Ports are remembered, and chosen anew only where they are taken."""

import socket

from adapters.embedded.ports import LOOPBACK, Port, choose, is_free


def test_the_remembered_ports_are_kept() -> None:
    first = choose({})
    assert choose(first) == first


def test_a_taken_port_is_chosen_anew_and_the_others_stay() -> None:
    first = choose({})
    with socket.create_server((LOOPBACK, first[Port.TEMPORAL])):
        second = choose(first)
    assert second.pop(Port.TEMPORAL) != first.pop(Port.TEMPORAL)
    assert second == first


def test_no_two_names_share_a_port() -> None:
    ports = choose(dict.fromkeys(Port, 25_000))
    assert len(set(ports.values())) == len(Port)


def test_a_port_that_somebody_uses_on_all_addresses_is_not_free() -> None:
    with socket.create_server(("", 0)) as taken:
        assert not is_free(taken.getsockname()[1])
