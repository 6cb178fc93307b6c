"""The saga by itself: what it undoes, in which order, and when it keeps its hands off."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from workflows.saga import Saga


async def paid_and_reserved(done: list[str], end: BaseException | None, *, trouble: Exception | None = None) -> None:
    """Two things are done, then the block ends; `trouble` meets the undoing of the second."""

    def undoing(name: str, error: Exception | None = None) -> Callable[[], Awaitable[None]]:
        async def step() -> None:
            done.append(name)
            if error is not None:
                raise error

        return step

    async with Saga() as saga:
        saga.undo_with(undoing("payment"))
        saga.undo_with(undoing("stock", trouble))
        if end is not None:
            raise end


@pytest.mark.parametrize("end", [ApplicationError("declined"), asyncio.CancelledError()])
async def test_a_failure_and_a_cancel_are_undone_newest_first(end: BaseException) -> None:
    done: list[str] = []
    with pytest.raises(type(end)):
        await paid_and_reserved(done, end)
    assert done == ["stock", "payment"]


async def test_neither_success_nor_a_bug_undoes_anything() -> None:
    done: list[str] = []
    await paid_and_reserved(done, None)
    with pytest.raises(ZeroDivisionError):
        await paid_and_reserved(done, ZeroDivisionError())
    assert done == []


@workflow.defn(name="undoing")
class Undoing:
    @workflow.run
    async def run(self) -> list[str]:
        done: list[str] = []
        try:
            await paid_and_reserved(done, ApplicationError("declined"), trouble=ApplicationError("gone"))
        except ApplicationError as failure:
            done.append(failure.message)
        return done


async def test_an_undo_that_fails_is_logged_for_a_person_and_the_others_still_run(
    temporal: WorkflowEnvironment, caplog: pytest.LogCaptureFixture
) -> None:
    queue = f"undoing-{uuid4().hex}"
    async with Worker(
        temporal.client, task_queue=queue, workflows=[Undoing], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        done = await temporal.client.execute_workflow(Undoing.run, id=queue, task_queue=queue)
    assert done == ["stock", "payment", "declined"]
    assert [record.message.split(" ")[0] for record in caplog.records] == ["undo.failed"]
