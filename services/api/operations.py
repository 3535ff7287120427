"""Every route of the API stands in the table of who may do what.

Invariant: an application with a route that names no operation, an operation without a row, or a route that is built
otherwise than its row says, does not start.
"""

from typing import Final

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

from domain.access import OPERATIONS, Way
from services.api.door import Door
from services.api.gates import LinkDoor

PAGES: Final = frozenset(
    {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc", "/static-offline-docs"}
)
"""The document and its pages: the same for everybody, with nothing of anybody in them."""


class Unruled(Exception):  # noqa: N818 - named for what is the matter
    """A route that the table does not know, or that is built otherwise than the table says."""


def check(app: FastAPI) -> None:
    """Compare the routes with ``domain.access.OPERATIONS``. Raises ``Unruled`` naming every difference."""
    wrong = [one for route in _routes(app) if (one := _wrong(route)) is not None]
    if wrong:
        raise Unruled("; ".join(wrong))


def names(app: FastAPI) -> list[str | None]:
    """The operation of every route, in order; ``None`` where a route names none."""
    return [_operation(route) for route in _routes(app)]


def _routes(app: FastAPI) -> list[RouteContext]:
    return [route for route in iter_route_contexts(app.routes) if route.path not in PAGES]


def _operation(route: RouteContext) -> str | None:
    return getattr(route.route, "operation_id", None)


def _wrong(route: RouteContext) -> str | None:
    where = f"{','.join(sorted(route.methods or ()))} {route.path}"
    name = _operation(route)
    row = OPERATIONS.get(name or "")
    if row is None:
        return f"{where}: operation {name!r} has no row in domain/access/"
    if _ways_in(route.original_route) != (row.way in (Way.SIGNED_IN, Way.POSTS), row.way is Way.LINK):
        return f"{where}: the table says {row.way.value}"
    return None


def _ways_in(route: object) -> tuple[bool, bool]:
    """Whether it is reached by signing in, and whether by a link; neither is open to everybody."""
    return isinstance(route, Door), isinstance(route, LinkDoor)
