"""What a workflow's history tells: which steps were done, which timers were set, what is billed."""

from collections import Counter
from datetime import timedelta
from typing import Final

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

LOCAL_ACTIVITY: Final = "core_local_activity"
BILLED: Final = {  # by the rule of the bench: a child is billed where it is initiated and where it starts
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "starts",
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: "child starts",
    EventType.EVENT_TYPE_TIMER_STARTED: "timers",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signals",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "updates",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "upserts",
}


def steps_done(history: WorkflowHistory) -> list[str]:
    """The names of the activities that completed, in the order of their completion."""
    names: dict[int, str] = {}
    done = []
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            names[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            done.append(names[event.activity_task_completed_event_attributes.scheduled_event_id])
    return done


def timers(history: WorkflowHistory) -> list[timedelta]:
    """How long each timer was set for, on the wall's clock."""
    return [
        event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED
    ]


def billable_actions(*histories: WorkflowHistory) -> Counter[str]:
    """Counted by kind: also every attempt of an activity, and once per workflow task the local activities in it."""
    counted: Counter[str] = Counter()
    for history in histories:
        tasks_with_local_activities = set()
        for event in history.events:
            if event.event_type in BILLED:
                counted[BILLED[event.event_type]] += 1
            elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                counted["activity attempts"] += event.activity_task_started_event_attributes.attempt
            elif event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
                marker = event.marker_recorded_event_attributes
                if marker.marker_name == LOCAL_ACTIVITY:
                    tasks_with_local_activities.add(marker.workflow_task_completed_event_id)
        counted["tasks with local activities"] += len(tasks_with_local_activities)
    return counted
