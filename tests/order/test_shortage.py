"""Why an order cannot be filled: per line what is wanted, what there is, and what of it can be sent there."""

from typing import Any

import pytest

from adapters.postgres.database import Database
from adapters.postgres.intake import PostgresIntake
from adapters.postgres.stock import PostgresStock
from contracts.actors import Actor
from contracts.catalogue import StockRow
from contracts.planning import StockTaken
from contracts.policy import BackorderPolicy, RoutingPolicy
from contracts.routing import RoutingProblem
from decisions.plan import problem_of
from decisions.shortage import LineShortage, shortage
from tests.desk import Desk
from tests.front_door import Caller
from tests.order.test_planning_rules import NOW, to_plan
from tests.shop import LAMP, MUG, OAKLAND, RENO, SERVICES, TENT, basket


def problem(**changes: Any) -> RoutingProblem:
    return problem_of(to_plan(**changes), SERVICES, RoutingPolicy(), NOW)


def reach_of(of: RoutingProblem) -> list[tuple[str, int, int | None, int | None]]:
    return [(line.sku, line.wanted, line.on_hand, line.in_reach) for line in shortage(of)]


def test_every_line_is_told_with_what_there_is_of_it_in_all() -> None:
    assert reach_of(problem()) == [(MUG, 2, 5, 5), (TENT, 1, 0, 0), (MUG, 1, 5, 5), (LAMP, 20, 0, 0)]


def test_where_no_service_goes_nothing_is_in_reach() -> None:
    assert reach_of(problem(latitude=-37.77, longitude=57.58))[0] == (MUG, 2, 5, 0)


def test_a_unit_that_is_too_heavy_for_every_service_is_not_in_reach() -> None:
    heavy = [line.model_copy(update={"weight_grams": 20_001}) for line in to_plan().lines]
    assert reach_of(problem(lines=heavy))[0] == (MUG, 2, 5, 0)


async def test_the_receipt_of_an_unfillable_order_says_what_was_missing(caller: Caller, database: Database) -> None:
    desk = Desk(database, await caller.placed(basket(MUG=2, TNT=11)))
    stock = PostgresStock(database)
    read = await stock.order_to_plan(desk.step)
    asked = problem_of(read, SERVICES, RoutingPolicy(), desk.step.now)
    await stock.record_short(desk.step, asked, read.on_hand, BackorderPolicy())
    receipt = (await caller.get(f"/v1/orders/{desk.step.order_id}")).json()["timeline"][-2]["facts"]
    assert (receipt["decision"], receipt["outcome"]) == ("routing", "unfillable")
    assert [LineShortage.model_validate(line) for line in receipt["lines"]] == [
        LineShortage(line_id="1", sku=MUG, wanted=2, on_hand=120, in_reach=120),
        LineShortage(line_id="2", sku=TENT, wanted=11, on_hand=10, in_reach=10),
    ]


async def test_who_finds_too_little_while_more_comes_does_not_wait_for_it(caller: Caller, database: Database) -> None:
    desk = Desk(database, await caller.placed(basket(TNT=11)))
    stock = PostgresStock(database)
    read = await stock.order_to_plan(desk.step)
    asked = problem_of(read, SERVICES, RoutingPolicy(), desk.step.now)
    rows = [StockRow(node_id=OAKLAND, sku=TENT, quantity=1)]
    await PostgresIntake(database).receive("late", rows, actor=Actor(type="system", id="tests"), now=desk.step.now)
    with pytest.raises(StockTaken, match="more came"):
        await stock.record_short(desk.step, asked, read.on_hand, BackorderPolicy())


async def test_what_comes_to_one_node_is_not_outweighed_by_what_another_loses(
    caller: Caller, database: Database
) -> None:
    desk = Desk(database, await caller.placed(basket(MUG=200)))
    stock = PostgresStock(database)
    read = await stock.order_to_plan(desk.step)
    asked = problem_of(read, SERVICES, RoutingPolicy(), desk.step.now)
    rows = [StockRow(node_id=OAKLAND, sku=MUG, quantity=5)]
    await PostgresIntake(database).receive("late", rows, actor=Actor(type="system", id="tests"), now=desk.step.now)
    async with database.connection() as connection:
        await connection.execute(
            "update stock_balances set on_hand = on_hand - 5, lost = lost + 5 where (node_id, sku) = ($1, $2)",
            RENO,
            MUG,
        )
    with pytest.raises(StockTaken, match="more came"):
        await stock.record_short(desk.step, asked, read.on_hand, BackorderPolicy())


async def test_who_finds_less_than_was_seen_waits(caller: Caller, database: Database) -> None:
    desk = Desk(database, await caller.placed(basket(TNT=11)))
    stock = PostgresStock(database)
    read = await stock.order_to_plan(desk.step)
    asked = problem_of(read, SERVICES, RoutingPolicy(), desk.step.now)
    async with database.connection() as connection:
        await connection.execute("update stock_balances set on_hand = on_hand - 1 where on_hand > 0")
    await stock.record_short(desk.step, asked, read.on_hand, BackorderPolicy())
    waiting = (await caller.get(f"/v1/orders/{desk.step.order_id}")).json()
    assert waiting["status"]["order"] == "customer_action_required"
