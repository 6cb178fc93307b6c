"""The engine: connected by the standard `TEMPORAL_*` variables, told what the door owes it."""

import hashlib
import json
import os
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
from pydantic import JsonValue
from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDReusePolicy,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import GrpcCompression, RPCError, RPCStatusCode

from adapters.search_attributes import SEARCH_ATTRIBUTES
from adapters.temporal_environment import connect_config
from contracts.wakeups import Wakeup

_PROCESS: Final = SearchAttributeKey.for_keyword("Process")
_START: Final = "start"  # the memo that tells our start from another one's under the same id
_ENDED: Final = (
    "Process in ('order', 'message') and ExecutionStatus in ('Terminated', 'Failed', 'TimedOut', 'Canceled')"
    " and CloseTime > '{since}'"
)
_AGAIN: Final = WorkflowIDReusePolicy.ALLOW_DUPLICATE
_WITHIN: Final = timedelta(seconds=5)

log = structlog.stdlib.get_logger("engine")


class SearchAttributesMissing(Exception):
    """Operations could not find anything; the message is the command that mends it."""


class StillOwed(Exception):
    """The workflow is not there yet: the signal has to wait for its start."""


class WorkflowIdTaken(Exception):
    """The id belongs to a workflow with another input: one of the two, database or Temporal, is not the other's."""


class Wakeups(Protocol):
    async def start_is_owed(self, workflow_id: str) -> bool: ...

    async def start_of_open(self, workflow_id: str) -> Wakeup | None: ...

    async def done(self, wakeup_id: int) -> None: ...


async def connect(address: str | None = None, *, lazy: bool = False) -> Client:
    """Connect as `TEMPORAL_ADDRESS` and its like say, else to the address given, in the namespace `default`.

    A lazy client connects at its first call, so that the API answers while the engine is down.
    """
    config = connect_config(os.environ)
    config.setdefault("target_host", address or "127.0.0.1:7233")
    return await Client.connect(
        **config, data_converter=pydantic_data_converter, grpc_compression=GrpcCompression.NONE, lazy=lazy
    )


async def require_search_attributes(client: Client) -> None:
    """Raises SearchAttributesMissing with the exact command that adds them."""
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace), timeout=_WITHIN
    )
    missing = [name for name in SEARCH_ATTRIBUTES if name not in known.custom_attributes]
    if missing:
        flags = " ".join(f"--name {name} --type {SEARCH_ATTRIBUTES[name]}" for name in missing)
        raise SearchAttributesMissing(
            f"the namespace {client.namespace} lacks search attributes; add them with:\n"
            f"temporal operator search-attribute create --namespace {client.namespace} {flags}"
        )


class TemporalEngine:
    """Delivers wake-ups at least once: starts are found already running, signals are only reasons to look."""

    def __init__(self, client: Client, wakeups: Wakeups) -> None:
        self._client = client
        self._wakeups = wakeups

    async def deliver(self, wakeup: Wakeup) -> None:
        """Deliver and mark it done.

        Raises RPCError while the engine is away or lacks the namespace, StillOwed before its workflow's start, and
        WorkflowIdTaken when the workflow of its id is of another order.
        """
        if wakeup.kind == "start":
            await self._start(wakeup)
        else:
            await self._signal(wakeup)
        await self._wakeups.done(wakeup.wakeup_id)

    async def start_ended_again(self, since: datetime) -> None:
        """Orders and messages whose process was ended since then, by hand or by a failure, before its time, go on.

        Raises RPCError while the engine is away.
        """
        async for ended in self._client.list_workflows(_ENDED.format(since=since.isoformat())):
            start = await self._wakeups.start_of_open(ended.id)
            if start is not None and await self._start(start, again=True):
                log.warning("process.started_again", workflow_id=start.workflow_id)

    async def _start(self, wakeup: Wakeup, *, again: bool = False) -> bool:
        """Whether it had to be started: it was not there, or it was ended before its order was.

        `again`: the order is open by its rows, so one that came to its end before may be followed by another.
        """
        if wakeup.task_queue is None:
            raise LookupError(f"wake-up {wakeup.wakeup_id} is a start without a task queue")
        try:
            await self._client.start_workflow(
                wakeup.name,
                wakeup.payload,
                id=wakeup.workflow_id,
                task_queue=wakeup.task_queue,
                id_reuse_policy=_AGAIN if again else WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,  # or terminated
                memo={_START: _fingerprint(wakeup.payload)},
                search_attributes=TypedSearchAttributes([SearchAttributePair(_PROCESS, wakeup.name)]),
                static_summary=wakeup.summary,
                rpc_timeout=_WITHIN,
            )
        except WorkflowAlreadyStartedError:
            await self._require_ours(wakeup)
            return False
        return True

    async def _require_ours(self, wakeup: Wakeup) -> None:
        """Running or closed, it must have been started by the same input: then the start was delivered before."""
        found = await self._client.get_workflow_handle(wakeup.workflow_id).describe(rpc_timeout=_WITHIN)
        if await found.memo_value(_START, default=None) != _fingerprint(wakeup.payload):
            raise WorkflowIdTaken(
                f"workflow id {wakeup.workflow_id} is taken by another order: "
                "this database and this Temporal do not belong together"
            )

    async def _signal(self, wakeup: Wakeup) -> None:
        if await self._wakeups.start_is_owed(wakeup.workflow_id):
            raise StillOwed(f"{wakeup.workflow_id} is not started yet")
        handle = self._client.get_workflow_handle(wakeup.workflow_id)
        try:
            await handle.signal(wakeup.name, wakeup.payload, rpc_timeout=_WITHIN)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND or _lacks_namespace(error):
                raise
            await self._missing(wakeup)

    async def _missing(self, wakeup: Wakeup) -> None:
        """Nobody is there to be told. A closed order waits for nothing; an open one whose process was ended by hand, or
        lost with the engine's history, or closed before a claim, starts again: its rows say how far it was.
        """
        start = await self._wakeups.start_of_open(wakeup.workflow_id)
        if start is None:
            log.info("wakeup.not_waited_for", wakeup_id=wakeup.wakeup_id, workflow_id=wakeup.workflow_id)
            return
        if await self._start(start, again=True):
            log.warning("process.started_again", workflow_id=start.workflow_id)
            raise StillOwed(f"{start.workflow_id} was not there and starts again")
        if start.workflow_id == wakeup.workflow_id:
            raise StillOwed(f"{wakeup.workflow_id} is just starting")
        # A consignment that its order starts again: it reads its rows first.


def _fingerprint(payload: JsonValue) -> str:
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def _lacks_namespace(error: RPCError) -> bool:
    return any(detail.Is(NamespaceNotFoundFailure.DESCRIPTOR) for detail in error.grpc_status.details)
