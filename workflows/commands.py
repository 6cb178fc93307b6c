"""What an order was told while it was busy: a signal is only a reason to look, the rows say what it is about."""

from temporalio import workflow

from activities.order import OrderActivities
from activities.progress import ProgressActivities
from contracts.order import CancelAnswer, OrderRef
from workflows import policies


class Commands:
    """Commands accepted at the door, and the engine's own cancel, which becomes one."""

    def __init__(self, order: OrderRef) -> None:
        self._order = order
        self._accepted = False
        self._canceled_by_operator = False

    def accepted(self) -> None:
        self._accepted = True

    def canceled_by_operator(self) -> None:
        self._canceled_by_operator = True

    def are_there(self) -> bool:
        return self._accepted or self._canceled_by_operator

    async def taken(self) -> bool:
        """Whether there was one; from now on only a new one counts. An operator's cancel is put to the rows first."""
        if self._canceled_by_operator:
            self._canceled_by_operator = False
            await workflow.execute_activity_method(
                ProgressActivities.request_cancel, self._order, summary="operator's cancel", **policies.DATABASE
            )
            self._accepted = True
        were_there, self._accepted = self._accepted, False
        return were_there

    async def cancel(self) -> CancelAnswer:
        """Whether the whole order is to be canceled."""
        return await workflow.execute_activity_method(
            OrderActivities.read_command, self._order, summary="command", **policies.DATABASE
        )
