"""What is counted of every request: by route, method and status, and how long its answer took.

Invariant: labels come from the code and never from a request: the template of a route, one of few methods, a status. What fits no
route is one label, so nobody fills a registry by asking for odd addresses.
"""

import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_ROUTE: Final = "none"
_NO_ANSWER: Final = 0
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class RequestMetrics:
    """The requests of this process, in a registry of its own that others may add to."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        route = ["method", "route"]
        self._requests = Counter(
            "bihuan_http_requests", "Requests answered", [*route, "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "bihuan_http_request_seconds",
            "From the request to the end of its answer",
            route,
            registry=self.registry,
            buckets=_SECONDS,
        )
        self.under_way = Gauge(
            "bihuan_http_requests_under_way", "Requests that are being answered", registry=self.registry
        )

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """One request was answered; status 0 where it got no answer."""
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = getattr(scope.get("route"), "path_format", _NO_ROUTE)
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)


class Metered:
    """Times every request, outside of everything else."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = _NO_ANSWER, time.perf_counter()

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._metrics.under_way.track_inprogress():
            try:
                await self._app(scope, receive, sent)
            finally:
                self._metrics.answered(scope, status, time.perf_counter() - began)
