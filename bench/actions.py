"""How many billable actions a workflow's history holds, by one rule that is printed with the figure."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

RULE: Final = (
    "counted: workflow start, child start, activity attempt, timer, signal, update, upsert of search attributes,"
    " one per workflow task that runs local activities"
)
_KINDS: Final = {
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "upsert of search attributes",
}
_LOCAL_ACTIVITY: Final = "core_local_activity"


def billable_actions(events: Iterable[HistoryEvent]) -> Counter[str]:
    """Actions by kind. A child is counted in its own history, a signal where it is received."""
    actions: Counter[str] = Counter()
    tasks_with_local_activities = set()
    for event in events:
        if event.event_type in _KINDS:
            actions[_KINDS[event.event_type]] += 1
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            is_child = event.workflow_execution_started_event_attributes.parent_workflow_execution.workflow_id
            actions["child start" if is_child else "workflow start"] += 1
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            actions["activity attempt"] += event.activity_task_started_event_attributes.attempt
        elif event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
            marker = event.marker_recorded_event_attributes
            if marker.marker_name == _LOCAL_ACTIVITY:
                tasks_with_local_activities.add(marker.workflow_task_completed_event_id)
    if tasks_with_local_activities:
        actions["workflow task with local activities"] = len(tasks_with_local_activities)
    return actions
