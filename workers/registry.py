"""Every process and what it needs, wired in one place: a line in `PROCESSES` is all that a new one adds here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from activities.approvals import ApprovalActivities, Approvals
from activities.clock import Clock, ClockActivities
from activities.order import Authorizations, OrderActivities, Orders, Policies
from activities.outreach import Mailer, Messages, Model, OutreachActivities, Spending
from activities.planning import PlanningActivities, Rates, Stock
from activities.progress import Additions, Captures, Disputes, Progress, ProgressActivities, Questions, Settlement
from activities.shipment import Carriers, Losses, Nodes, ShipmentActivities, Shipments
from workers.interceptors import StepInterceptor
from workflows.message import MessageWorkflow
from workflows.order import OrderWorkflow
from workflows.policies import GRACE, STICKY
from workflows.shipment import ShipmentWorkflow


class Payments(Authorizations, Captures, Protocol):
    """A payment provider, whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Everything outside the processes, as they see it. Without a model the composer writes."""

    orders: Orders
    progress: Progress
    questions: Questions
    settlement: Settlement
    additions: Additions
    disputes: Disputes
    stock: Stock
    shipments: Shipments
    losses: Losses
    approvals: Approvals
    clock: Clock
    policies: Policies
    payments: Payments
    rates: Rates
    carriers: Carriers
    nodes: Nodes
    messages: Messages
    mailer: Mailer
    model: Model | None
    model_calls_per_second: float
    spending: Spending


@dataclass(frozen=True, slots=True)
class Process:
    """What one task queue of the same name runs; `slots` bounds its steps at a time."""

    workflows: Sequence[type]
    steps: Callable[[Outside], Sequence[Callable[..., Any]]]
    slots: int = 32


def _order(outside: Outside) -> Sequence[Callable[..., Any]]:
    order = OrderActivities(
        orders=outside.orders, payments=outside.payments, policies=outside.policies, clock=outside.clock
    )
    progress = ProgressActivities(
        progress=outside.progress,
        questions=outside.questions,
        settlement=outside.settlement,
        additions=outside.additions,
        disputes=outside.disputes,
        payments=outside.payments,
        policies=outside.policies,
        clock=outside.clock,
    )
    approvals = ApprovalActivities(approvals=outside.approvals, clock=outside.clock)
    return [
        order.assess_risk,
        order.authorize_payment,
        order.void_authorization,
        order.read_command,
        order.cancel,
        progress.look,
        progress.take_answers,
        progress.request_cancel,
        progress.cancel_units,
        progress.settle,
        progress.close,
        approvals.settle,
        approvals.decide_by_hand,
        ClockActivities(clock=outside.clock).read,
    ]


def _shipment(outside: Outside) -> Sequence[Callable[..., Any]]:
    shipment = ShipmentActivities(
        shipments=outside.shipments,
        losses=outside.losses,
        nodes=outside.nodes,
        carriers=outside.carriers,
        policies=outside.policies,
        clock=outside.clock,
    )
    return [
        shipment.ask_node,
        shipment.give_up_node,
        shipment.buy_labels,
        shipment.trim,
        shipment.hand_over,
        shipment.mark_overdue,
        shipment.fail,
        shipment.give_up,
        shipment.close,
        shipment.recall,
        ClockActivities(clock=outside.clock).read,
    ]


def _solver(outside: Outside) -> Sequence[Callable[..., Any]]:
    planning = PlanningActivities(
        stock=outside.stock, rates=outside.rates, policies=outside.policies, clock=outside.clock
    )
    return [planning.plan_and_reserve]


def _outreach(outside: Outside) -> Sequence[Callable[..., Any]]:
    outreach = _writing(outside)
    approvals = ApprovalActivities(approvals=outside.approvals, clock=outside.clock)
    return [
        outreach.write,
        outreach.ask,
        outreach.drop,
        outreach.send,
        approvals.settle,
        approvals.decide_by_hand,
        ClockActivities(clock=outside.clock).read,
    ]


def _words(outside: Outside) -> Sequence[Callable[..., Any]]:
    return [_writing(outside).write]


def _writing(outside: Outside) -> OutreachActivities:
    return OutreachActivities(
        messages=outside.messages,
        mailer=outside.mailer,
        model=outside.model,
        spending=outside.spending,
        policies=outside.policies,
        clock=outside.clock,
    )


PROCESSES: Final[Mapping[str, Process]] = {
    "order": Process([OrderWorkflow], _order),
    "shipment": Process([ShipmentWorkflow], _shipment),
    "solver": Process([], _solver, slots=1),
    "outreach": Process([MessageWorkflow], _outreach),
    "words": Process([], _words, slots=8),
}
_DESCRIPTIVE: Final = (
    "contracts",
    "decisions",
    "activities",
    "workflows.acceptance",
    "workflows.approvals",
    "workflows.cancellation",
    "workflows.commands",
    "workflows.patience",
    "workflows.policies",
    "workflows.saga",
    "workflows.visibility",
)
WORDS: Final = "words"  # whatever asks a model: the engine bounds how often, over all workers
SOLVER: Final = "solver"  # has a process of its own: it would take the others' processor time


def sandbox(own: Sequence[type]) -> SandboxedWorkflowRunner:
    """Workflow modules are loaded anew for each run; what they only describe with is passed through."""
    others = [workflow for process in PROCESSES.values() for workflow in process.workflows if workflow not in own]
    restrictions = SandboxRestrictions.default.with_passthrough_modules(
        *_DESCRIPTIVE, *(workflow.__module__ for workflow in others)
    ).with_import_notification_policy(
        SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
        | SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
    )
    return SandboxedWorkflowRunner(restrictions=restrictions)


def build_worker(client: Client, name: str, outside: Outside, **overrides: Any) -> Worker:
    """The worker of one process, on the task queue of its name."""
    process = PROCESSES[name]
    if name == WORDS and outside.model is not None:
        overrides.setdefault("max_task_queue_activities_per_second", outside.model_calls_per_second)
    return Worker(
        client,
        task_queue=name,
        workflows=process.workflows,
        activities=process.steps(outside),
        workflow_runner=sandbox(process.workflows),
        interceptors=[StepInterceptor()],
        max_concurrent_activities=process.slots,
        sticky_queue_schedule_to_start_timeout=STICKY,
        graceful_shutdown_timeout=GRACE,
        **overrides,
    )
