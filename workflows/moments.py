"""What time it is for a workflow: the engine's time, or in a rehearsal (推演) that of its scenario.

Invariant: a rehearsal runs the same code under one offset. Its clock is read by whole minutes, so that the seconds that the
machine takes for a step are in no record; in real life ``ahead`` is ``None`` and the time is the engine's own.
"""

from datetime import datetime, timedelta

from temporalio import workflow


def now(ahead: int | None) -> datetime:
    """The instant (aware UTC) by which a workflow decides; ``ahead`` in seconds."""
    at = exact(ahead)
    return at if ahead is None else at.replace(second=0, microsecond=0)


def exact(ahead: int | None) -> datetime:
    """The same to the microsecond: what a timer is set by."""
    return workflow.now() + timedelta(seconds=ahead or 0)
