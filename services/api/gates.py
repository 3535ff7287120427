"""The two other ways in: for somebody who is still to sign in, and for the holder of a link to one case.

Invariant: neither has a person; who comes in by an address or by a link has room and allowance of its own, and reaches
only the routes that are built with that way in.
"""

from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from adapters.postgres import deeds, wall
from adapters.postgres.deeds import Intent
from adapters.postgres.links import Link
from adapters.postgres.wall import Seen
from domain.access_log import AccessKind, Deed
from services.api import sources, witness
from services.api.deps import bearer, services_of, shown
from services.api.door import Handler, well_formed
from services.api.unauthenticated import Unauthenticated
from services.tokens import BadToken


class OpenDoor(APIRoute):
    """A route for whoever has no token yet; room and allowance go by the address."""

    def get_route_handler(self) -> Handler:
        """The handler behind the door."""
        handle, strict = super().get_route_handler(), well_formed(self)
        operation = str(self.operation_id)

        async def enter(request: Request) -> Response:
            source = sources.of(request)
            return await services_of(request).witness.watch(
                request, operation, lambda: go(request, f"source:{source}"), source
            )

        async def go(request: Request, who: str) -> Response:
            wired = services_of(request)
            wired.allowance.take(who)
            async with wired.places.taken(who):
                return await handle(strict(request))

        return enter


class LinkDoor(APIRoute):
    """A route for the holder of a link; the link is looked up before anything of the request is read."""

    def get_route_handler(self) -> Handler:
        """The handler behind the door."""
        handle, strict = super().get_route_handler(), well_formed(self)
        operation = str(self.operation_id)

        async def enter(request: Request) -> Response:
            return await services_of(request).witness.watch(
                request, operation, lambda: go(request), sources.of(request)
            )

        async def go(request: Request) -> Response:
            link_id, wired = _link_id(request), services_of(request)
            if request.method not in witness.READING:
                wired.allowance.take(f"link:{link_id}")
            async with wired.places.taken(f"link:{link_id}"):
                # all that is known so far is which link it is
                wall.see(Seen(units=frozenset(), posts=frozenset(), person_id=f"link:{link_id}"))
                link = await wired.links.standing(link_id, wired.clock())
                if link is None:
                    raise Unauthenticated
                wall.see(Seen(units=frozenset({link.unit_id}), posts=frozenset(), person_id=link.principal))
                request.state.link = link
                if request.method not in witness.READING:
                    deeds.intend(Intent(principal=link.principal, deed=_deed(link, operation)))
                return await handle(strict(request))

        return enter


def _deed(link: Link, operation: str) -> Deed:
    """What the holder of a link does, who has no person."""
    about = f"{link.case_id}/{link.principal}"
    return Deed(kind=AccessKind.LINK_USED, subject=about, channel="link", reason=operation)


def _link_id(request: Request) -> str:
    wired = services_of(request)
    try:
        return wired.tokens.link_id(shown(request) or "", wired.clock())
    except BadToken:
        raise Unauthenticated from None


async def _holder(request: Request, _declared: Annotated[None, Depends(bearer)]) -> Link:
    """Whom the route's door let in; a route without that door has nobody, and fails."""
    link: Link = request.state.link
    return link


Holder = Annotated[Link, Depends(_holder)]


async def _source(request: Request) -> str:
    return sources.of(request)


Source = Annotated[str, Depends(_source)]
"""Where the request comes from, as far as tries are counted by it."""
