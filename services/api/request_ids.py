"""The id that every response carries (``X-Request-Id``), by which the logs are searched."""

import structlog


def current() -> str | None:
    """The id of the request that is being answered, if one is."""
    told = structlog.contextvars.get_contextvars().get("request")
    return str(told) if told else None
