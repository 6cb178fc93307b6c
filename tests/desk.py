"""An order brought to where a test begins, by the product's own steps and without an engine."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from adapters.postgres import approvals
from adapters.postgres.database import Database
from adapters.postgres.shipment_steps import PostgresShipments
from adapters.postgres.stock import PostgresStock
from contracts.approvals import Question
from contracts.fulfillment import Consignment, ConsignmentLine, Label, Parcel
from contracts.ids import ApprovalId, NodeId, OrderId, ServiceId, Sku
from contracts.order import OrderStep
from contracts.policy import NodePolicy, TransitPolicy
from contracts.routing import PlanCost, PlannedOrder, RoutingDecision, RoutingPlan
from contracts.shipment import ShipmentStep
from decisions.plan import ConsignmentToCreate
from tests.shop import MUG, PRODUCTS, RENO

LABELED_AGO = timedelta(days=5)  # scans of the tests lie between then and now


class Desk:
    """What the order's and the shipment's steps do to one placed order, at one moment of business time."""

    def __init__(self, database: Database, order: dict[str, Any]) -> None:
        self._database = database
        self._stock = PostgresStock(database)
        self._shipments = PostgresShipments(database)
        self.step = OrderStep(
            order_id=OrderId(order["id"]),
            number=order["number"],
            policy_version=1,
            now=datetime.now(UTC) - LABELED_AGO,
        )

    async def reserve(self, sku: Sku = MUG, node_id: NodeId = RENO, *, parcels: int = 1) -> Consignment:
        """Two units of one product from one node, in that many parcels; more than two are padding."""
        grams = next(product.weight_grams for product in PRODUCTS if product.sku == sku)
        units = [1, 1] if parcels > 1 else [2]
        padding = [Parcel(grams=1, units={})] * (parcels - len(units))
        planned = ConsignmentToCreate(
            node_id=node_id,
            node_name="Warehouse Reno",
            carrier="Swift",
            service_id=ServiceId("swift-ground"),
            lines=[ConsignmentLine(line_id="1", sku=sku, quantity=2)],
            parcels=[Parcel(grams=grams * each, units={"1": each}) for each in units] + padding,
            max_grams=20_000,
        )
        read = await self._stock.order_to_plan(self.step)
        chosen = PlannedOrder(order_id=str(self.step.number), consignments=(), unfilled=())
        decision = RoutingDecision(
            plan=RoutingPlan(problem_id=f"order/{self.step.number}", orders=(chosen,)),
            cost=PlanCost(),
            lower_bound_minor=0,
            status="optimal",
            inputs_hash="0" * 64,
            runner_up=None,
            runner_up_status="optimal",
        )
        answer = await self._stock.reserve(self.step, decision, [planned], read.address_ref)
        return answer.consignments[0]

    def of(self, consignment: Consignment) -> ShipmentStep:
        return ShipmentStep(consignment=consignment, order_number=self.step.number, policy_version=1, now=self.step.now)

    async def ask(self, consignment: Consignment) -> None:
        await self._shipments.record_request(self.of(consignment), NodePolicy())

    async def label(self, consignment: Consignment) -> list[str]:
        """Once the node has accepted: the tracking codes of the bought labels."""
        requests = await self._shipments.labels_to_buy(self.of(consignment))
        assert requests is not None, "the node has not accepted"
        expected_at = self.step.now + timedelta(days=1)
        for request in requests:
            label = Label(tracking_code=f"SW{uuid4().hex[:12]}", price_minor=690, expected_at=expected_at)
            await self._shipments.record_label(self.of(consignment), request, label)
        return await self._shipments.tracking_codes(self.of(consignment))

    async def recall(self, consignment: Consignment) -> None:
        for code in await self._shipments.tracking_codes(self.of(consignment)):
            await self._shipments.record_voided(self.of(consignment), code)
        await self._shipments.record_recalled(self.of(consignment))

    async def hand_over(self, consignment: Consignment) -> str:
        """Once the node has packed: the outcome."""
        answer = await self._shipments.record_hand_over(self.of(consignment), TransitPolicy())
        return answer.outcome

    async def question(self, *, due_in: timedelta = timedelta(days=3)) -> ApprovalId:
        """A question about the order, due that long from now."""
        asked = Question(
            kind="risk_review",
            question="Should it go on?",
            evidence=["It looks odd."],
            facts={"points": 55},
            on_expiry="rejected",
            required_role="risk",
        )
        async with self._database.transaction() as connection:
            return await approvals.ask(connection, self.step, asked, datetime.now(UTC) + due_in)
