"""Who decides what: a key for every question, or one that is bound to those of a role."""

import pytest
from typer.testing import CliRunner

from adapters.postgres.__main__ import app
from adapters.postgres.approvals import PostgresApprovals
from contracts.approvals import ROLES, Role
from contracts.door import SCOPES, Principal
from contracts.ids import ApprovalId
from tests.approvals.asked import DUE_IN, ask, say, shown
from tests.desk import Desk
from tests.front_door import Caller, counted
from tests.shop import order_body


@pytest.fixture
def caller(shared_caller: Caller) -> Caller:
    return shared_caller


@pytest.fixture
async def desk(caller: Caller) -> Desk:
    return Desk(caller.database, await caller.placed(order_body()))


@pytest.mark.parametrize(
    ("scopes", "role"),
    [
        (["approvals:decide"], "risk"),
        (["approvals:decide"], "lead"),
        (["approvals:decide:risk"], "risk"),
        (["approvals:decide:risk", "approvals:decide:lead"], "lead"),
        (["approvals:decide", "approvals:decide:lead"], "risk"),
    ],
)
async def test_a_key_decides_the_questions_of_its_roles_or_without_a_role_every_one(
    caller: Caller, desk: Desk, scopes: list[str], role: Role
) -> None:
    approval_id = await ask(caller.database, desk.step, role=role)
    response = await say(caller, approval_id, token=await caller.keys.issue("staff", scopes))
    assert (response.status_code, response.json()["status"]) == (200, "approved")


async def test_a_key_bound_to_another_role_is_403_with_the_role_named_and_leaves_nothing(
    caller: Caller, desk: Desk
) -> None:
    approval_id = await ask(caller.database, desk.step, role="lead")
    token = await caller.keys.issue("staff", ["approvals:decide:risk"])
    before = await counted(caller.database)
    response = await say(caller, approval_id, token=token)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["required_role"]) == (403, "wrong_role", "lead")
    assert "lead" in problem["detail"]
    assert await counted(caller.database) == before


async def test_a_key_that_is_bound_to_a_role_reads_nothing_by_that(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step)
    token = await caller.keys.issue("staff", ["approvals:decide:risk"])
    assert (await caller.get(f"/v1/approvals/{approval_id}", token=token)).json()["code"] == "scope_missing"


@pytest.mark.parametrize("scope", ["approvals:decide:", "approvals:decide:nobody", "approvals:read", "orders:write"])
async def test_a_scope_of_no_role_decides_nothing(caller: Caller, scope: str) -> None:
    response = await say(caller, ApprovalId("apr_1"), token=await caller.keys.issue("staff", [scope]))
    assert (response.status_code, response.json()["code"]) == (403, "scope_missing")
    assert "approvals:decide or approvals:decide:risk or" in response.json()["detail"]


async def test_an_escalated_question_is_no_longer_for_the_role_it_was_asked_of(caller: Caller, desk: Desk) -> None:
    approval_id = await ask(caller.database, desk.step)
    await PostgresApprovals(caller.database).settle(approval_id, desk.step.now + DUE_IN * 0.99)
    assert (await shown(caller, approval_id))["required_role"] == "lead"
    risk, lead = [await caller.keys.issue("staff", [f"approvals:decide:{role}"]) for role in ("risk", "lead")]
    assert (await say(caller, approval_id, version=2, token=risk)).json()["code"] == "wrong_role"
    assert (await say(caller, approval_id, version=2, token=lead)).status_code == 200


def test_a_key_with_the_general_scope_is_bound_to_no_role() -> None:
    for scopes, roles in (
        ({"approvals:decide"}, set()),
        ({"approvals:decide", "approvals:decide:risk"}, set()),
        ({"approvals:decide:risk", "orders:read"}, {"risk"}),
        ({"orders:read"}, set()),
    ):
        assert Principal(key_id="k", owner="o", scopes=frozenset(scopes)).roles == roles


def test_every_role_has_its_scope_and_a_key_for_another_is_not_issued() -> None:
    assert {f"approvals:decide:{role}" for role in ROLES} < set(SCOPES)
    refused = CliRunner().invoke(app, ["issue-key", "staff", "approvals:decide:rsik"], env={"COLUMNS": "300"})
    assert refused.exit_code == 2
    assert "no such scope: approvals:decide:rsik" in refused.output
    assert "approvals:decide:risk" in refused.output
