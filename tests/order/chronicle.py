"""What a workflow's history tells: which steps were done, which timers were set."""

from datetime import timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory


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
