"""Records the histories of this folder anew, one a process and branch: `python -m pytest tests/histories/record.py`.

The branches are tests of the processes themselves. Do it when a process has changed on purpose and no running
order needs the old way any more; until then a change that does not replay needs `workflow.patched`.
"""

import json
import os
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from activities.outreach import Model
from adapters.postgres.database import Database
from contracts.ids import message_workflow_id
from tests.order import (
    test_additions,
    test_backorder,
    test_claims,
    test_disputes,
    test_holds,
    test_labels,
    test_losses,
    test_operator,
    test_partial_cancel,
    test_payment_method,
    test_process,
    test_recall,
    test_refused_moves,
    test_rejection,
    test_review,
)
from tests.order.business import WHOLE, Business, at_work, found
from tests.order.test_review import risky
from tests.outreach import test_process as test_outreach
from tests.outreach.partners import ScriptedModel
from tests.outreach.test_process import AWAY, LIE
from tests.shipment import test_process as test_shipment
from tests.shop import basket

FOLDER: Final = Path(__file__).parent
BRANCHES: Final[dict[str, Callable[[Business], Awaitable[None]]]] = {
    "order.delivered": test_process.test_one_parcel_is_delivered_and_captured_once_at_the_hand_over,
    "order.delivered_split": (
        test_process.test_two_consignments_are_each_captured_when_they_leave_and_completed_with_the_last
    ),
    "order.declined": test_process.test_a_declined_card_cancels_the_order_and_takes_nothing,
    "order.paid_otherwise": test_payment_method.test_the_order_waits_for_another_method_and_goes_on_with_it,
    "order.waited_for_stock": test_backorder.test_what_comes_in_time_is_sent,
    "order.waited_in_vain": test_backorder.test_what_does_not_come_in_time_is_canceled_and_nothing_is_taken,
    "order.sent_in_parts": test_backorder.test_who_takes_what_there_is_gets_it_now_and_the_rest_when_it_comes,
    "order.rejected_and_planned_again": test_rejection.test_what_one_node_does_not_find_comes_from_another,
    "order.rejected_in_part": test_rejection.test_what_nobody_else_has_is_canceled_and_the_rest_is_delivered,
    "order.canceled_in_part": test_partial_cancel.test_one_of_three_comes_back_and_two_are_sent_and_paid_for,
    "order.recall_refused": test_partial_cancel.test_a_node_that_will_not_give_it_back_is_told_and_the_order_goes_on,
    "order.held_and_released": test_holds.test_nothing_is_planned_until_the_last_hold_is_released,
    "order.sent_again": test_losses.test_what_is_lost_is_sent_again_and_paid_for_once,
    "order.refunded": test_losses.test_what_is_lost_and_not_sent_again_is_refunded,
    "order.claimed": test_claims.test_what_was_claimed_rightly_is_sent_again_and_paid_for_once,
    "order.claim_denied": test_claims.test_a_denied_claim_changes_nothing_and_can_be_made_again,
    "order.claim_undecided": test_claims.test_a_claim_that_nobody_decides_is_taken_by_the_policy,
    "order.capture_asked_again": (
        test_refused_moves.test_a_refused_capture_that_is_asked_for_again_is_captured_and_the_order_ends
    ),
    "order.capture_given_up": test_refused_moves.test_a_capture_that_nobody_decides_about_is_given_up,
    "order.bounced": test_disputes.test_a_capture_that_bounces_after_the_order_was_closed_is_asked_for_again,
    "order.disputed": test_disputes.test_a_dispute_of_a_closed_order_is_contested_and_won,
    "order.dispute_accepted": test_disputes.test_a_dispute_that_is_accepted_is_lost_and_on_record_as_given_back,
    "order.added_to": test_additions.test_units_that_are_added_are_charged_and_delivered,
    "order.not_added_to": test_additions.test_an_addition_that_is_declined_leaves_the_order_as_it_was,
    "order.sent_after": test_rejection.test_what_was_not_in_a_delivered_parcel_opens_the_order_again,
    "order.held_for_its_address": test_losses.test_a_corrected_address_is_where_what_came_back_is_sent_again,
    "order.label_refused": test_labels.test_once_its_address_is_corrected_it_is_planned_again,
    "shipment.label_refused": test_labels.test_once_its_address_is_corrected_it_is_planned_again,
    "shipment.lost_in_part": (
        test_losses.test_of_several_parcels_the_lost_one_is_sent_again_at_once_and_the_others_are_waited_for
    ),
    "shipment.empty": test_rejection.test_a_parcel_with_nothing_in_it_is_not_waited_for,
    "shipment.held_when_packed": (
        test_holds.test_operations_read_that_a_held_order_and_its_packed_consignment_wait_for_the_release
    ),
    "order.unfillable": test_process.test_what_cannot_be_filled_completely_is_canceled_and_its_authorization_voided,
    "order.approved": test_review.test_an_approved_order_goes_on,
    "order.rejected_after_mere_words": test_review.test_words_without_a_decision_decide_nothing,
    "order.expired": test_review.test_nobody_answers_for_three_business_days_and_it_is_canceled,
    "order.canceled_while_held": test_review.test_a_cancel_while_held_takes_the_question_back,
    "order.canceled_while_authorizing": test_recall.test_while_the_payment_provider_is_away,
    "order.canceled_while_planning": test_recall.test_while_it_is_planned,
    "order.recalled": test_recall.test_after_the_labels_of_one_consignment_and_before_the_other_is_accepted,
    "order.cancel_refused": test_recall.test_after_the_hand_over_it_is_refused_and_the_order_goes_on,
    "order.operator_while_held": test_operator.test_a_held_order_is_canceled_and_its_question_taken_back,
    "order.operator_while_authorizing": partial(
        test_operator.test_before_the_plan_what_was_done_is_undone, partner="payments", call="authorize"
    ),
    "order.operator_recalled": test_operator.test_between_plan_and_hand_over_the_consignments_are_recalled,
    "order.operator_while_recalling": test_operator.test_while_it_is_recalled_already_the_recall_goes_on,
    "order.operator_refused": test_operator.test_after_the_hand_over_it_is_refused_and_the_order_goes_on,
    "order.hand_over_only_said": test_process.test_a_hand_over_that_is_only_said_captures_nothing,
    "order.capture_refused": test_process.test_a_capture_that_is_refused_is_on_record_and_the_parcels_go_on,
    "order.lapsed": test_process.test_nothing_leaves_whose_authorization_lapses_before_it_can_be_captured,
    "order.consignment_ended_by_hand": partial(
        test_recall.test_a_consignment_whose_process_was_ended_by_hand_comes_back_like_any_other,
        body=partial(basket, LMP=1, TNT=1),
    ),
    "order.recalled_unheard": (
        test_shipment.test_a_recall_that_comes_before_the_order_heard_of_its_cancel_cancels_it_all_the_same
    ),
    "shipment.started_again": partial(
        test_shipment.test_a_process_that_was_ended_by_hand_starts_again_where_its_rows_are, told="delivered"
    ),
    "shipment.rejected_in_part": (
        test_rejection.test_what_is_left_of_a_consignment_goes_on_and_the_rest_follows_from_elsewhere
    ),
    "shipment.given_up": test_losses.test_what_nobody_scans_any_more_is_overdue_then_taken_for_lost,
    "shipment.held": test_holds.test_what_is_packed_does_not_leave_while_the_order_is_held,
    "shipment.delivered": test_process.test_one_parcel_is_delivered_and_captured_once_at_the_hand_over,
    "shipment.packed_first": test_shipment.test_packed_before_accepted_is_accepted_too,
    "shipment.mere_words": test_shipment.test_words_without_rows_move_nothing,
    "shipment.delivered_only_said": test_shipment.test_a_delivery_that_is_only_said_does_not_end_the_patience,
    "shipment.overdue": test_shipment.test_an_overdue_parcel_is_called_so_once_and_still_completes_when_it_arrives,
    "shipment.never_overdue": test_shipment.test_what_was_delivered_before_anybody_lost_patience_is_not_overdue,
    "shipment.recalled": test_recall.test_after_the_labels_of_one_consignment_and_before_the_other_is_accepted,
    "shipment.recalled_at_hand_over": test_shipment.test_a_recall_is_waited_for_when_the_hand_over_finds_a_cancel,
    "shipment.recall_refused": test_shipment.test_a_recall_without_a_canceled_order_takes_nothing_back,
    "shipment.operator_ignored": test_operator.test_a_consignment_alone_cannot_be_canceled,
}


MESSAGES: Final[dict[str, tuple[Model | None, Callable[[Business], Awaitable[None]]]]] = {
    "outreach.told": (None, test_outreach.test_a_customer_hears_that_it_is_confirmed_shipped_and_delivered_once_each),
    "outreach.for_staff": (None, test_outreach.test_a_held_order_is_told_of_neutrally_and_staff_get_its_summary),
    "outreach.superseded": (None, test_outreach.test_what_is_not_so_any_more_is_not_told),
    "outreach.repaired": (
        ScriptedModel(LIE),
        test_outreach.test_a_lie_is_repaired_with_its_violations_named,
    ),
    "outreach.composed_after_lies": (
        ScriptedModel(LIE, LIE),
        test_outreach.test_a_model_that_goes_on_lying_is_followed_by_the_composer,
    ),
    "outreach.model_away": (
        ScriptedModel(*AWAY),
        test_outreach.test_a_model_that_stays_away_is_waited_for_a_while_and_then_the_composer_writes,
    ),
    "outreach.bounced": (None, test_outreach.test_after_a_bounce_nothing_more_is_sent_to_that_address),
    "outreach.deferred": (None, test_outreach.test_in_the_morning_it_leaves),
    "outreach.asked": (None, partial(test_outreach.test_what_nobody_may_send_is_put_to_a_person, answer="rejected")),
}


@pytest.mark.parametrize("branch", MESSAGES)
async def test_record_messages(temporal: WorkflowEnvironment, database: Database, branch: str) -> None:
    business = await found(temporal, database)
    business.model, happens = MESSAGES[branch]
    async with at_work(business, WHOLE):
        await happens(business)
        async with database.connection() as connection:
            rows = await connection.fetch("select number from messages order by created_at, number")
        for position, row in enumerate(rows, start=1):
            process = temporal.client.get_workflow_handle(message_workflow_id(row["number"]))
            await _keep(process, f"{branch}.{position}")


@pytest.mark.parametrize("branch", BRANCHES)
async def test_record(business: Business, branch: str) -> None:
    await BRANCHES[branch](business)
    await _keep_all(business, branch)


async def test_record_before_the_first_step(back_office: Business) -> None:
    await test_recall.test_before_it_took_its_first_step(back_office, body=risky)
    await _keep_all(back_office, "order.canceled_at_start")


async def _keep_all(business: Business, branch: str) -> None:
    (order,) = business.placed
    if branch.startswith("order."):
        await _keep(business.process(order), branch)
    else:
        for position in range(1, len(business.nodes.asked) + 1):
            await _keep(business.shipment(order, position), f"{branch}.{position}")


async def _keep(process: WorkflowHandle[Any, Any], name: str) -> None:
    """One event a line, without the names of machines and the paths in stack traces: replay needs neither."""
    history = WorkflowHistory(process.id, (await process.fetch_history()).events)
    events = [json.dumps(_scrubbed(event), separators=(",", ":")) for event in history.to_json_dict()["events"]]
    (FOLDER / f"{name}.json").write_text('{"events":[\n' + ",\n".join(events) + "\n]}\n")


def _scrubbed(told: Any) -> Any:
    match told:
        case dict():
            return {key: _scrubbed(value) for key, value in told.items() if key != "stackTrace"}
        case list():
            return [_scrubbed(value) for value in told]
        case str():
            return told.replace(f"{os.getpid()}@{socket.gethostname()}", "worker")
        case _:
            return told
