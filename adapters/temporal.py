"""The engine: connected by the standard `TEMPORAL_*` variables, told what the door owes it."""

from datetime import timedelta
from typing import Final, Protocol

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import GrpcCompression, RPCError, RPCStatusCode

from adapters.search_attributes import SEARCH_ATTRIBUTES
from contracts.wakeups import Wakeup

_PROCESS: Final = SearchAttributeKey.for_keyword("Process")
_WITHIN: Final = timedelta(seconds=5)


class SearchAttributesMissing(Exception):
    """Operations could not find anything; the message is the command that mends it."""


class StillOwed(Exception):
    """The workflow is not there yet, but its start is owed: the signal has to wait for it."""


class Wakeups(Protocol):
    async def start_is_owed(self, workflow_id: str) -> bool: ...

    async def done(self, wakeup_id: int) -> None: ...


async def connect(address: str | None = None, *, lazy: bool = False) -> Client:
    """Connect as `TEMPORAL_ADDRESS` and its like say, else to the address given, in the namespace `default`.

    A lazy client connects at its first call, so that the API answers while the engine is down.
    """
    config = ClientConfig.load_client_connect_config()
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
        """Deliver and mark it done; raises RPCError while the engine is away, StillOwed before its workflow's start."""
        if wakeup.kind == "start":
            await self._start(wakeup)
        else:
            await self._signal(wakeup)
        await self._wakeups.done(wakeup.wakeup_id)

    async def _start(self, wakeup: Wakeup) -> None:
        try:
            await self._client.start_workflow(
                wakeup.name,
                wakeup.payload,
                id=wakeup.workflow_id,
                task_queue=wakeup.task_queue or wakeup.name,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=TypedSearchAttributes([SearchAttributePair(_PROCESS, wakeup.name)]),
                static_summary=wakeup.summary,
                rpc_timeout=_WITHIN,
            )
        except WorkflowAlreadyStartedError:
            return  # it ran and is closed: the start was delivered before

    async def _signal(self, wakeup: Wakeup) -> None:
        if await self._is_signaled(wakeup):
            return
        if await self._wakeups.start_is_owed(wakeup.workflow_id):
            raise StillOwed(f"{wakeup.workflow_id} is not started yet")
        # Its start may have been delivered in between. If it is not there now, it is closed and waits for nothing
        # any more: the row is all there is to say.
        await self._is_signaled(wakeup)

    async def _is_signaled(self, wakeup: Wakeup) -> bool:
        handle = self._client.get_workflow_handle(wakeup.workflow_id)
        try:
            await handle.signal(wakeup.name, wakeup.payload, rpc_timeout=_WITHIN)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True
