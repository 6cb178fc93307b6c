"""The whole of it on one machine: servers, our own processes, and a simulated world around them."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.embedded.children import Child, answers
from adapters.embedded.stack import EmbeddedStack
from adapters.embedded.state import StackUnavailable
from adapters.postgres.clock import PostgresClock
from adapters.postgres.database import Database, open_database
from adapters.postgres.intake import PostgresIntake
from adapters.postgres.keys import PostgresKeys
from adapters.postgres.migrate import SchemaMismatch, migrate
from adapters.postgres.policies import PostgresPolicies
from adapters.postgres.staff import PostgresStaff
from contracts.actors import Actor
from contracts.catalogue import World
from contracts.clock import BusinessClock
from contracts.policy import Policy
from contracts.staff import StaffRole
from simulation.faults import Faults
from simulation.tables import on_hand

CHECKOUT: Final = Path(__file__).parent.parent
SCOPES: Final = {
    "shop": ["orders:write", "orders:read"],
    "staff": ["orders:write", "orders:read", "approvals:read", "approvals:decide"],
    "lead": ["orders:read", "approvals:read", "approvals:decide"],  # somebody else, where two have to approve
}
STAFF: Final[Mapping[str, StaffRole]] = {"ana": "support", "bo": "operations", "cem": "store"}
NO_FAULTS: Final = Faults()
SIMULATION: Final = Actor(type="system", id="simulation")


@dataclass(frozen=True)
class Running:
    """A stack with everything on it."""

    stack: EmbeddedStack
    database: Database
    clock: BusinessClock


@contextlib.asynccontextmanager
async def launch(
    world: World,
    *,
    seed: int,
    pace: int,
    report: Callable[[str], None],
    environ: Mapping[str, str] = os.environ,
    faults: Faults = NO_FAULTS,
) -> AsyncIterator[Running]:
    """Open the stack, fill it with the world (what it has already stays), and start everything on it."""
    async with EmbeddedStack.open(environ, report=report, api_keys=list(SCOPES)) as stack:
        facts = stack.facts
        await _migrate(stack)
        async with open_database(facts.database_url) as database:
            clock = await PostgresClock(database).set_pace(pace)
            await fill(database, world, clock)
            keys = PostgresKeys(database, pepper=facts.secrets.api_key_pepper)
            for name, scopes in SCOPES.items():
                await keys.store(facts.secrets.api_keys[name], name, scopes)
            staff = PostgresStaff(database)
            for person, role in STAFF.items():
                await staff.add(person, role, facts.secrets.staff_password)
            await start_all(stack, children(stack, clock, seed, faults, environ))
            yield Running(stack, database, clock)


async def _migrate(stack: EmbeddedStack) -> None:
    try:
        await migrate(stack.facts.database_url)
    except SchemaMismatch as mismatch:
        raise StackUnavailable(f"{mismatch}. A laptop's state may as well go: remove {stack.directory}") from None


def addresses(stack: EmbeddedStack) -> list[str]:
    """Where everything is, a line each, for a person; the keys are good for this laptop's stack alone."""
    keys = stack.facts.secrets.api_keys
    people = ", ".join(f"{person}: {role}" for person, role in STAFF.items())
    shown = f"KEY={keys['shop']} STAFF_KEY={keys['staff']} LEAD_KEY={keys['lead']}"
    return [
        f"API          {stack.facts.api}/docs",
        f"Console      {stack.facts.api}/console ({people}; password {stack.facts.secrets.staff_password})",
        f"Mailbox      {stack.facts.partners}/mailbox",
        f"Temporal UI  {stack.facts.temporal_ui or 'your own'}",
        f"Temporal     {stack.facts.temporal_address}",
        f"try it       export API={stack.facts.api} {shown}",
        f"state        {stack.directory} (remove it to start afresh)",
        f"logs         {stack.directory}/logs",
    ]


async def fill(database: Database, world: World, clock: BusinessClock) -> None:
    """Products, nodes, places and the first policy; opening stock of products that were never here."""
    intake = PostgresIntake(database)
    await intake.store_products(world.products)
    await intake.store_nodes(world.nodes)
    await intake.store_places(world.places)
    known = {sku for _, sku in await on_hand(database)}
    new = [row for row in world.stock if row.sku not in known]
    await intake.receive("opening", new, actor=SIMULATION, now=clock.business_epoch)
    await PostgresPolicies(database).store_first(Policy())


async def start_all(stack: EmbeddedStack, children: Iterable[Child]) -> None:
    """At the same time: each spends most of its start importing. Raises StackUnavailable."""
    try:
        async with asyncio.TaskGroup() as starting:
            for child in children:
                starting.create_task(stack.start(child))
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None


def children(
    stack: EmbeddedStack, clock: BusinessClock, seed: int, faults: Faults, environ: Mapping[str, str]
) -> list[Child]:
    """Our processes and the partners'; they find each other by `stack.json`.

    A simulated model writes, unless the environment names a real one's key.
    """
    facts = stack.facts
    partners = {
        "STEWARD_PARTNERS_PORT": str(facts.ports["partners"]),
        "STEWARD_MAIL_PORT": str(facts.ports["mail"]),
        "STEWARD_PARTNERS_BOOKS": str(stack.directory / "partners.sqlite"),
        "STEWARD_API_URL": facts.api,
        "STEWARD_SEED": str(seed),
        "STEWARD_CLOCK": clock.model_dump_json(),
        "STEWARD_FAULTS": faults.model_dump_json(),
        "STEWARD_PAYMENTS_WEBHOOK_SECRET": facts.secrets.payments_webhook,
        "STEWARD_CARRIERS_WEBHOOK_SECRET": facts.secrets.carriers_webhook,
        "STEWARD_NODES_WEBHOOK_SECRET": facts.secrets.nodes_webhook,
    }
    model = (
        {}
        if "STEWARD_MODEL_KEY" in environ
        else {
            "STEWARD_MODEL_URL": f"{facts.partners}/model",
            "STEWARD_MODEL_KEY": "simulated",
            "STEWARD_MODEL_NAME": "simulated-model-1",
            "STEWARD_MODEL_CALLS_PER_SECOND": "50",
        }
    )
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return [
        Child("workers", _python("workers"), cwd=CHECKOUT, env=model),
        Child("solver", _python("workers", "--process", "solver"), cwd=CHECKOUT, env=one_thread),
        Child(
            "partners",
            _python("simulation.partners"),
            cwd=CHECKOUT,
            env=partners,
            ready=answers(f"{facts.partners}/ready"),
        ),
        Child("api", _python("api"), cwd=CHECKOUT, ready=answers(f"{facts.api}/ready")),
    ]


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)
