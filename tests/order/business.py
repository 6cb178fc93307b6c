"""A whole small business: real tables, doors and engine, partners in memory, and words to drive an order with."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.outreach import Model
from adapters.postgres.additions import PostgresAdditions
from adapters.postgres.approval_door import PostgresApprovalDoor
from adapters.postgres.approvals import PostgresApprovals
from adapters.postgres.claim_door import PostgresClaimDoor
from adapters.postgres.clock import PostgresClock
from adapters.postgres.command_door import PostgresCommandDoor
from adapters.postgres.database import Database
from adapters.postgres.disputes import PostgresDisputes
from adapters.postgres.edit_door import PostgresEditDoor
from adapters.postgres.loss_steps import PostgresLosses
from adapters.postgres.model_spending import PostgresModelSpending
from adapters.postgres.order_door import PostgresOrderDoor
from adapters.postgres.order_progress import PostgresProgress
from adapters.postgres.order_steps import PostgresOrders
from adapters.postgres.outreach import PostgresOutreach
from adapters.postgres.places import PostgresPlaces
from adapters.postgres.policies import PostgresPolicies
from adapters.postgres.questions import PostgresQuestions
from adapters.postgres.settlement import PostgresSettlement
from adapters.postgres.shipment_steps import PostgresShipments
from adapters.postgres.stock import PostgresStock
from adapters.postgres.wakeups import PostgresWakeups
from adapters.postgres.webhook_door import PostgresWebhookDoor
from adapters.temporal import StillOwed, TemporalEngine
from contracts.approvals import ApprovalView, DecideApproval
from contracts.checkout import Address, CancelOrder, LineToCancel, PlaceOrder
from contracts.claims import OpenClaim, Resolution
from contracts.commands import CancelPreview, ChooseBackorder, EditOrder, HoldOrder, ReleaseOrder
from contracts.door import Knock, Principal
from contracts.fulfillment import Consignment, Scan
from contracts.ids import HoldId, ShipmentId, message_workflow_id, order_workflow_id
from contracts.order_view import OrderView
from contracts.policy import BackorderPolicy, Policy
from contracts.reasons import HoldReason, RejectReason
from contracts.states import ApprovalStatus, ShipmentStatus
from contracts.wakeups import Wakeup
from contracts.webhooks import (
    NodeAnswer,
    ProviderTold,
    RejectedUnits,
    Rejection,
    RequestAccepted,
    RequestPacked,
    RequestRejected,
    TrackingScanned,
)
from tests.order.onlooker import PATIENCE, Onlooker
from tests.order.partners import MemoryCarriers, MemoryNodes, MemoryPayments
from tests.outreach.partners import MemoryMail
from tests.shop import LAMP, MUG, STOCK, TENT, order_body
from workers.registry import PROCESSES, Outside, build_worker
from workers.relay import deliver_left_over

CUSTOMER = Principal(key_id="shop", owner="shop", scopes=frozenset())
OUTREACH = "outreach"
WHOLE = tuple(PROCESSES)
OF_ORDERS = tuple(name for name in PROCESSES if name not in {OUTREACH, "words"})
REVIEWER = Principal(key_id="ana", owner="staff", scopes=frozenset())


class Business(Onlooker):
    """Partners do nothing by themselves until `everybody_is_prompt`, or a test gives them habits."""

    def __init__(self, temporal: WorkflowEnvironment, database: Database) -> None:
        super().__init__(temporal, database)
        self.clock = PostgresClock(database)
        self.policies = PostgresPolicies(database)
        self.payments = MemoryPayments(self.now)
        self.carriers = MemoryCarriers(self.now)
        self.nodes = MemoryNodes(self.node_tells, self.collect)
        self.mail = MemoryMail()
        self.model: Model | None = None
        self._door = PostgresOrderDoor(
            database, clock=self.clock, places=PostgresPlaces(database), policies=self.policies
        )
        self._command_door = PostgresCommandDoor(database, clock=self.clock)
        self._edit_door = PostgresEditDoor(database, clock=self.clock, places=PostgresPlaces(database))
        self._claim_door = PostgresClaimDoor(database, clock=self.clock)
        self._approval_door = PostgresApprovalDoor(database, clock=self.clock)
        self._webhooks = PostgresWebhookDoor(database, clock=self.clock)
        self._wakeups = PostgresWakeups(database)
        self._engine = TemporalEngine(temporal.client, self._wakeups)
        self.placed: list[OrderView] = []
        self.processes: Sequence[str] = OF_ORDERS

    @property
    def world(self) -> Outside:
        return Outside(
            orders=PostgresOrders(self.database),
            progress=PostgresProgress(self.database),
            settlement=PostgresSettlement(self.database),
            additions=PostgresAdditions(self.database),
            disputes=PostgresDisputes(self.database),
            stock=PostgresStock(self.database),
            shipments=PostgresShipments(self.database),
            losses=PostgresLosses(self.database),
            questions=PostgresQuestions(self.database),
            approvals=PostgresApprovals(self.database),
            clock=self.clock,
            policies=self.policies,
            payments=self.payments,
            rates=self.carriers,
            carriers=self.carriers,
            nodes=self.nodes,
            messages=PostgresOutreach(self.database),
            mailer=self.mail,
            model=self.model,
            model_calls_per_second=1_000,
            spending=PostgresModelSpending(self.database),
        )

    async def nobody_waits_for_stock(self) -> None:
        """What is missing when an order is planned is canceled at once."""
        await self.policies.store(Policy(backorder=BackorderPolicy(patience=timedelta())))

    def everybody_is_prompt(self) -> None:
        """Nodes accept and pack at once, carriers deliver at once what they collect."""
        self.nodes.habits = ["accepted", "packed"]
        self.carriers.habits = [ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELIVERED]

    # Customers and staff at the doors

    async def place(self, body: dict[str, Any] | None = None, *, skipping: bool = False) -> OrderView:
        """Place and start; `skipping` lets the engine jump over every wait that has a limit."""
        order, start = await self._accept(body)
        with nullcontext() if skipping else self.temporal.with_time_skipping_disabled():
            await self.deliver(start)
        return order

    async def accept_order(self, body: dict[str, Any] | None = None) -> OrderView:
        """The door alone: the rows are written, nothing is started."""
        order, _ = await self._accept(body)
        return order

    async def _accept(self, body: dict[str, Any] | None) -> tuple[OrderView, list[Wakeup]]:
        order = PlaceOrder.model_validate(body or order_body())
        answer = await self._door.place(Knock.of(CUSTOMER, "POST /v1/orders", uuid4().hex, order), order)
        self.placed.append(OrderView.model_validate(answer.body))
        return self.placed[-1], answer.wakeups

    async def cancel(self, order: OrderView, *, lines: dict[str, int] | None = None) -> None:
        """Raises Refused when it comes too late."""
        await self.deliver(await self.accept_cancel(order, lines=lines))

    async def accept_cancel(
        self,
        order: OrderView,
        *,
        reason: Literal["customer", "duplicate"] = "customer",
        lines: dict[str, int] | None = None,
    ) -> list[Wakeup]:
        """The door alone: the row is written, the process not told yet. Without lines, all that can be canceled."""
        wanted = lines and [LineToCancel(line_id=line_id, quantity=quantity) for line_id, quantity in lines.items()]
        command = CancelOrder(reason_code=reason, lines=wanted or None)
        knock = Knock.of(CUSTOMER, f"POST /v1/orders/{order.id}:cancel", uuid4().hex, command)
        return (await self._door.cancel(knock, order.id, command)).wakeups

    async def preview_cancel(self, order: OrderView, *, lines: dict[str, int] | None = None) -> CancelPreview:
        wanted = lines and [LineToCancel(line_id=line_id, quantity=quantity) for line_id, quantity in lines.items()]
        return await self._door.preview_cancel(order.id, CancelOrder(lines=wanted or None))

    async def choose(self, order: OrderView, choice: Literal["ship_available", "wait", "cancel"]) -> None:
        """Raises Refused where there is nothing to choose."""
        command = ChooseBackorder(choice=choice)
        knock = Knock.of(CUSTOMER, f"POST /v1/orders/{order.id}:choose", uuid4().hex, command)
        await self.deliver((await self._command_door.choose(knock, order.id, command)).wakeups)

    async def edit(self, order: OrderView, **changes: Any) -> None:
        """Another shipping address, told by what differs."""
        await self.deliver(await self.accept_address(order, **changes))

    async def accept_address(self, order: OrderView, **changes: Any) -> list[Wakeup]:
        """The door alone: the row is written, the process not told yet."""
        address = Address.model_validate(order_body()["shipping_address"] | changes)
        return await self.accept_edit(order, shipping_address=address)

    async def change(self, order: OrderView, **edit: Any) -> None:
        """Whatever an edit may say. Raises Refused."""
        await self.deliver(await self.accept_edit(order, **edit))

    async def accept_edit(self, order: OrderView, *, key: str | None = None, **edit: Any) -> list[Wakeup]:
        """The door alone: the rows are written, the process not told yet."""
        command = EditOrder.model_validate(edit)
        knock = Knock.of(CUSTOMER, f"POST /v1/orders/{order.id}:edit", key or uuid4().hex, command)
        return (await self._edit_door.edit(knock, order.id, command)).wakeups

    async def hold(self, order: OrderView, reason: str = "customer_request") -> None:
        command = HoldOrder(reason_code=HoldReason(reason))
        knock = Knock.of(CUSTOMER, f"POST /v1/orders/{order.id}:hold", uuid4().hex, command)
        await self.deliver((await self._command_door.hold(knock, order.id, command)).wakeups)

    async def release(self, order: OrderView, hold_id: HoldId | None = None) -> None:
        command = ReleaseOrder(hold_id=hold_id)
        knock = Knock.of(CUSTOMER, f"POST /v1/orders/{order.id}:release", uuid4().hex, command)
        await self.deliver((await self._command_door.release(knock, order.id, command)).wakeups)

    async def claim(
        self,
        order: OrderView,
        shipment_id: ShipmentId,
        resolution: Resolution | None = None,
        *,
        skipping: bool = False,
    ) -> None:
        """It did not come, the customer says; `skipping` as for `place`. Raises Refused."""
        command = OpenClaim(shipment_id=shipment_id, reason_code="not_received", resolution=resolution)
        knock = Knock.of(CUSTOMER, f"POST /v1/orders/{order.id}:claim", uuid4().hex, command)
        wakeups = (await self._claim_door.open(knock, order.id, command)).wakeups
        with nullcontext() if skipping else self.temporal.with_time_skipping_disabled():
            await self.deliver_patiently(wakeups)

    async def questions(self, status: ApprovalStatus | None = None) -> list[ApprovalView]:
        return (await self._approval_door.page(status, limit=50, cursor=None)).items

    async def decide(self, order: OrderView, choice: Literal["approved", "rejected"]) -> None:
        await self.deliver(await self.accept_decision(order, choice))

    async def accept_decision(self, order: OrderView, choice: Literal["approved", "rejected"]) -> list[Wakeup]:
        """The door alone: the row is written, the process not told yet."""
        (question,) = [item for item in await self.questions(ApprovalStatus.PENDING) if item.order_id == order.id]
        return await self._decide(question, choice)

    async def decide_on(self, question: ApprovalView, choice: Literal["approved", "rejected"]) -> None:
        """As it was when somebody read it. Raises Refused."""
        await self.deliver(await self._decide(question, choice))

    async def _decide(self, question: ApprovalView, choice: Literal["approved", "rejected"]) -> list[Wakeup]:
        note = "Nobody answers the phone." if choice == "rejected" else None
        decision = DecideApproval(choice=choice, version=question.version, note=note)
        knock = Knock.of(REVIEWER, f"POST /v1/approvals/{question.id}/decision", uuid4().hex, decision)
        return (await self._approval_door.decide(knock, question.id, decision)).wakeups

    # Partners' webhooks

    async def node_tells(self, consignment: Consignment, fact: str) -> None:
        await self.deliver(await self.store_node_fact(consignment, fact))

    async def store_node_fact(self, consignment: Consignment, fact: str) -> list[Wakeup]:
        """The webhook is stored and applied, its signal not sent yet."""
        now = await self.now()
        told = NodeAnswer(request_id=consignment.fulfillment_id, occurred_at=now)
        if fact == "accepted":
            accepted = RequestAccepted(type="request.accepted", timestamp=now, data=told)
            return (await self._webhooks.receive("nodes", uuid4().hex, b"{}", accepted))[1]
        packed = RequestPacked(type="request.packed", timestamp=now, data=told)
        return (await self._webhooks.receive("nodes", uuid4().hex, b"{}", packed))[1]

    async def let_go(self, consignment: Consignment) -> list[str]:
        """Its tracking codes, once its node let it go."""
        return await self._let_go(consignment.number)

    async def let_go_of(self, order: OrderView, position: int) -> list[str]:
        """The tracking codes of that consignment, once its node was asked for it and let it go."""
        return await self._let_go(f"{order.number}-{position}")

    async def _let_go(self, number: str) -> list[str]:
        async with asyncio.timeout(PATIENCE):
            while number not in self.nodes.let_go:
                await asyncio.sleep(0.02)
        return self.nodes.let_go[number]

    async def node_rejects(self, consignment: Consignment, reason: str, **quantities: int) -> None:
        """By SKU: MUG=1, LMP=1, TNT=1."""
        skus = {"MUG": MUG, "LMP": LAMP, "TNT": TENT}
        now = await self.now()
        lines = [
            RejectedUnits(sku=skus[name], quantity=quantity, reason=RejectReason(reason))
            for name, quantity in quantities.items()
        ]
        told = Rejection(request_id=consignment.fulfillment_id, occurred_at=now, lines=lines)
        webhook = RequestRejected(type="request.rejected", timestamp=now, data=told)
        await self.deliver((await self._webhooks.receive("nodes", uuid4().hex, b"{}", webhook))[1])

    async def provider_tells(self, webhook: ProviderTold, *, skipping: bool = False) -> str:
        """The outcome; `skipping` as for `place`."""
        told, wakeups = await self._webhooks.receive("payments", uuid4().hex, b"{}", webhook)
        with nullcontext() if skipping else self.temporal.with_time_skipping_disabled():
            await self.deliver_patiently(wakeups)
        return told.outcome

    async def carrier_scans(
        self,
        tracking_codes: list[str],
        status: ShipmentStatus,
        *,
        reason: Literal["incorrect_address"] | None = None,
    ) -> None:
        await self.deliver(await self.store_scans(tracking_codes, status, reason=reason))

    async def store_scans(
        self,
        tracking_codes: list[str],
        status: ShipmentStatus,
        *,
        reason: Literal["incorrect_address"] | None = None,
    ) -> list[Wakeup]:
        """One webhook a parcel, stored and applied, the signals not sent yet."""
        wakeups = []
        for code in tracking_codes:
            now = await self.now()
            scan = Scan(scan_id=uuid4().hex, tracking_code=code, status=status, occurred_at=now, reason=reason)
            webhook = TrackingScanned(type="tracking.scanned", timestamp=now, data=scan)
            wakeups += (await self._webhooks.receive("carriers", uuid4().hex, b"{}", webhook))[1]
        return wakeups

    async def collect(self, tracking_codes: list[str]) -> None:
        for status in self.carriers.habits:
            await self.carrier_scans(tracking_codes, status)

    async def deliver(self, wakeups: list[Wakeup]) -> None:
        for wakeup in wakeups:
            await self._engine.deliver(wakeup)

    async def deliver_patiently(self, wakeups: list[Wakeup]) -> None:
        """What cannot be delivered yet, the relay delivers in its time."""
        for wakeup in wakeups:
            with suppress(StillOwed):
                await self._engine.deliver(wakeup)
        await self.relay()

    async def watch(self) -> None:
        """Start again what was ended, as the watch does in its time."""
        await self._engine.start_ended_again(datetime.now(UTC) - timedelta(minutes=5))

    async def relay(self) -> None:
        """Deliver what the steps owe the engine, as the relay does in its time."""
        await deliver_left_over(_Heard(self._wakeups, self.processes), self._engine, older_than=0)

    # Time and books

    async def now(self) -> datetime:
        """Business time."""
        return (await self.clock.read()).at(datetime.now(UTC))

    def consignment(self, order: OrderView, position: int = 1) -> Consignment:
        """As its node was asked for it."""
        return self.nodes.asked[f"{order.number}-{position}"]

    async def assert_nothing_is_left_open(self) -> None:
        """Once all orders ended: no money held, no unit reserved or lost, no label unused, no question open."""
        assert self.payments.still_held == set()
        balances = await self.stock()
        assert {place: sum(units) for place, units in balances.items()} == {
            (row.node_id, row.sku): row.quantity for row in STOCK
        }
        assert [reserved for _, reserved, _ in balances.values() if reserved] == []
        used = set(self.nodes.collected)
        assert used | self.carriers.voided == {label.tracking_code for label in self.carriers.labels.values()}
        assert used & self.carriers.voided == set()
        assert await self.questions(ApprovalStatus.PENDING) == []

    async def stop(self) -> None:
        """Nothing of this test is left for the workers of the next one."""
        for workflow_id in [*map(_process_of, self.placed), *await self._messages()]:
            with suppress(RPCError):  # most have ended by themselves
                await self.temporal.client.get_workflow_handle(workflow_id).terminate()

    async def _messages(self) -> list[str]:
        if OUTREACH not in self.processes:
            return []
        async with self.database.connection() as connection:
            return [message_workflow_id(row["number"]) for row in await connection.fetch("select number from messages")]


def _process_of(order: OrderView) -> str:
    return order_workflow_id(order.number)


class _Heard:
    """What is owed to processes that have workers here: the rest stays owed."""

    def __init__(self, wakeups: PostgresWakeups, processes: Sequence[str]) -> None:
        self._wakeups = wakeups
        self._processes = processes

    async def overdue(self, *, seconds: float, limit: int, after: int) -> list[Wakeup]:
        owed = await self._wakeups.overdue(seconds=seconds, limit=limit, after=after)
        return [wakeup for wakeup in owed if wakeup.kind == "signal" or wakeup.task_queue in self._processes]


async def found(temporal: WorkflowEnvironment, database: Database) -> Business:
    """Its order numbers start anywhere: the engine remembers those of all tests, a database only its own."""
    async with database.connection() as connection:
        await connection.execute(f"alter sequence order_numbers restart with {uuid4().int % 10**9 + 10_000}")
    return Business(temporal, database)


@asynccontextmanager
async def at_work(
    business: Business, processes: Sequence[str] = OF_ORDERS, **worker_options: Any
) -> AsyncIterator[Business]:
    """With a worker for each of these processes, until the block ends."""
    business.processes = processes
    async with AsyncExitStack() as running:
        for name in processes:
            worker = build_worker(business.temporal.client, name, business.world, **worker_options)
            await running.enter_async_context(worker)
        try:
            yield business
        finally:
            await business.stop()
