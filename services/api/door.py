"""The door that every route behind a token shares: who asks comes first, then whether there is room, then whether one of
the posts held may do this at all, then whether the request is well formed.

Invariant: nobody without a valid token gets a byte of body read or parsed, and nobody for whom there is no room gets as
far as the database; who may not do the operation by ``domain.access`` is refused here; what the document does not name is
refused. What came of it is noted by ``services/api/witness.py``.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Any, Final, get_args, get_origin

from fastapi import HTTPException, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Form, Query
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams

from adapters.postgres import wall
from domain import access
from services.api import witness
from services.api.deps import authenticate, services_of, signed_in

_JSON: Final = "application/json"
_FORM: Final = "multipart/form-data"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Door(APIRoute):
    """A route that is reached by signing in, with known parameters and a body of the right kind."""

    def get_route_handler(self) -> Handler:
        """The handler behind the door."""
        handle = super().get_route_handler()
        strict = well_formed(self)
        operation = str(self.operation_id)

        async def enter(request: Request) -> Response:
            return await services_of(request).witness.watch(request, operation, lambda: go(request))

        async def go(request: Request) -> Response:
            person_id, wired = await signed_in(request), services_of(request)
            if request.method not in witness.READING:
                wired.allowance.take(person_id)
            async with wired.places.taken(person_id):
                person = await authenticate(request, person_id)
                wall.see_as(person.actor)
                request.state.caller = person
                request.state.operation = operation
                witness.intend(request, operation, person.actor)
                access.check(operation, person.actor)
                return await handle(strict(request))

        return enter


def well_formed(route: APIRoute) -> Callable[[Request], Request]:
    """What judges the form of a request to ``route``: parameters, kind of body, and JSON that means one thing."""
    known = _query_parameters(route)
    media_type = _media_type(route)

    def strict(request: Request) -> Request:
        _check_query(request.query_params, known)
        if media_type is not None:
            _check_media_type(request, media_type)
        return _Strict(request.scope, request.receive)

    return strict


class _Strict(Request):
    """A request whose JSON means the same to every reader: RFC 8259 in UTF-8, each key once, finite numbers."""

    async def json(self) -> Any:
        try:
            return _parsed(await self.body())
        except (ValueError, RecursionError):
            raise HTTPException(400) from None


def _parsed(body: bytes) -> object:
    return json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse(_constant: str) -> object:
    raise ValueError("NaN and Infinity are not JSON")


def _query_parameters(route: APIRoute) -> dict[str, bool]:
    """The names of the route's query parameters, and whether each may stand several times."""
    fields = [field for field in get_flat_params(route.dependant) if isinstance(field.field_info, Query)]
    return {field.alias: _is_list(field.field_info.annotation) for field in fields}


def _is_list(annotation: object) -> bool:
    return get_origin(annotation) is list or any(_is_list(part) for part in get_args(annotation))


def _check_query(given: QueryParams, known: dict[str, bool]) -> None:
    names = [name for name, _ in given.multi_items()]
    if any(name not in known for name in names):
        raise RequestValidationError([{"type": "unknown_parameter", "loc": ("query",), "msg": ""}])
    repeated = {name for name in names if not known[name] and names.count(name) > 1}
    if repeated:
        raise RequestValidationError(
            [{"type": "repeated", "loc": ("query", name), "msg": ""} for name in sorted(repeated)]
        )


def _media_type(route: APIRoute) -> str | None:
    if route.body_field is None:
        return None
    return _FORM if isinstance(route.body_field.field_info, Form) else _JSON


def _check_media_type(request: Request, media_type: str) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != media_type and (given or _has_body(request)):
        raise HTTPException(415)


def _has_body(request: Request) -> bool:
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"
