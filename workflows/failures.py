"""What an activity failed with, and whether another attempt makes sense."""

from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception


def raise_if_final(error: FailureError) -> None:
    """Raise a failure after which no other attempt makes sense: a refusal, a cancellation."""
    reason = cause(error)
    refused = isinstance(reason, ApplicationError) and reason.non_retryable
    if refused or is_cancelled_exception(error):
        raise error


def cause(error: FailureError) -> BaseException | None:
    """What an activity failed with: a remote one wraps it, a local one does not."""
    return error.cause if isinstance(error, ActivityError) else error
