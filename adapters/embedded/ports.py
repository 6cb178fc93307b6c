"""Loopback ports: chosen free once, remembered, chosen anew only where somebody else has taken one."""

import secrets
import socket
from collections.abc import Mapping
from enum import StrEnum

LOOPBACK = "127.0.0.1"
_RANGE = range(20_000, 32_000)
"""Below what Linux and macOS hand out to outgoing connections, so that a remembered port stays ours."""


class Port(StrEnum):
    POSTGRES = "postgres"
    TEMPORAL = "temporal"
    TEMPORAL_UI = "temporal_ui"
    TEMPORAL_HTTP = "temporal_http"
    TEMPORAL_METRICS = "temporal_metrics"
    API = "api"
    PARTNERS = "partners"
    MAIL = "mail"


def choose(remembered: Mapping[str, int]) -> dict[str, int]:
    """A free port for every `Port`: the remembered one if nothing listens there."""
    chosen: dict[str, int] = {}
    for name in Port:
        port = remembered.get(name)
        while port is None or port in chosen.values() or not is_free(port):
            port = secrets.choice(_RANGE)
        chosen[name] = port
    return chosen


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError:
            return False
    return True
