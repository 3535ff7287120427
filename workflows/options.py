"""Time limits and retries of every activity: each has a name and its one home here.

Invariant: a record is first tried inside the workflow task (one event, no extra state transition); a database that
stays away longer than a few seconds moves the attempt to a remote activity that retries for ever, so an outage
does not grow the history.
"""

from datetime import timedelta
from typing import Final

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig, LocalActivityConfig

_QUICK: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=1),
    # the engine's core does not count the time between attempts against schedule-to-close
    maximum_attempts=7,
)
_UNHURRIED: Final = RetryPolicy(
    initial_interval=timedelta(seconds=2),
    backoff_coefficient=2,
    maximum_interval=timedelta(minutes=5),
)
_PATIENT: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=1.5,
    maximum_interval=timedelta(seconds=10),
)


def record_here(summary: str) -> LocalActivityConfig:
    """A record within the workflow task; gives up after five seconds, or seven attempts in about four."""
    return LocalActivityConfig(
        start_to_close_timeout=timedelta(seconds=3),
        schedule_to_close_timeout=timedelta(seconds=5),
        retry_policy=_QUICK,
        summary=summary,
    )


def record_patiently(summary: str) -> ActivityConfig:
    """A record that waits for the database as long as it takes."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(seconds=10), retry_policy=_PATIENT, summary=summary
    )


def relay(summary: str) -> ActivityConfig:
    """The relay waits inside the activity; a dead worker is noticed by its missing heartbeat."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(days=365),
        heartbeat_timeout=timedelta(seconds=6),
        retry_policy=RetryPolicy(
            initial_interval=timedelta(milliseconds=500),
            backoff_coefficient=1.5,
            maximum_interval=timedelta(seconds=3),
        ),
        summary=summary,
    )


def deliver_events(summary: str) -> ActivityConfig:
    """A round of sending; a dead worker is noticed by its missing heartbeat, and the round begins anew."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(hours=1),
        heartbeat_timeout=timedelta(seconds=6),
        retry_policy=_PATIENT,
        summary=summary,
    )


def reconcile(summary: str) -> ActivityConfig:
    """One bounded pass of the reconciler; tried again for as long as engine or database are away."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(seconds=120), retry_policy=_PATIENT, summary=summary
    )


def seal(summary: str) -> ActivityConfig:
    """The seal of a day; tried again for as long as the database is away."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(seconds=120), retry_policy=_PATIENT, summary=summary
    )


def restamp(summary: str) -> ActivityConfig:
    """A sweep over every open case; a dead worker is noticed by its missing heartbeat, and it goes on from there."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(hours=12),
        heartbeat_timeout=timedelta(seconds=60),
        retry_policy=_UNHURRIED,
        summary=summary,
    )


def audit(summary: str) -> ActivityConfig:
    """One audit of the delivery, which may take long over a large record."""
    return ActivityConfig(start_to_close_timeout=timedelta(hours=2), retry_policy=_UNHURRIED, summary=summary)


def over_a_list(summary: str) -> ActivityConfig:
    """A step that may touch every unit of a list; tried again for as long as the database is away."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(seconds=90), retry_policy=_PATIENT, summary=summary
    )
