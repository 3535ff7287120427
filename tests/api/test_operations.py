"""Every route names an operation of the table of who may do what; a route that does not keeps the API from starting."""

import pytest
from fastapi import APIRouter, FastAPI

from domain.access import OPERATIONS, Way
from services.api import operations
from services.api.door import Door
from services.api.main import create
from services.settings import Settings


def _app(*, door: bool, operation: str | None) -> FastAPI:
    router = APIRouter(route_class=Door) if door else APIRouter()

    async def endpoint() -> None:
        return None

    router.add_api_route("/v1/thing", endpoint, operation_id=operation)
    app = FastAPI()
    app.include_router(router)
    return app


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    named = operations.names(create(Settings()))
    assert None not in named
    assert len(named) == len(set(named)), "an operation is named by one route"
    assert set(named) == set(OPERATIONS)


@pytest.mark.parametrize("operation", [None, "unheard_of"])
def test_a_route_without_a_row_keeps_the_application_from_starting(operation: str | None) -> None:
    with pytest.raises(operations.Unruled, match="/v1/thing"):
        operations.check(_app(door=True, operation=operation))


def test_a_route_that_is_open_where_the_table_asks_for_a_token_keeps_it_from_starting() -> None:
    with pytest.raises(operations.Unruled, match="signed_in"):
        operations.check(_app(door=False, operation="list_hazards"))
    with pytest.raises(operations.Unruled, match="public"):
        operations.check(_app(door=True, operation="get_health"))
    operations.check(_app(door=True, operation="list_hazards"))


def test_only_signs_of_life_and_the_ways_to_sign_in_are_open_to_everybody() -> None:
    public = {name for name, row in OPERATIONS.items() if row.way is Way.PUBLIC}
    signing_in = {"sign_in", "refresh_session", "set_up_account", "get_password_rules"}
    assert public == {"get_health", "get_readiness"} | signing_in


def test_a_route_for_holders_of_links_is_no_route_for_people_and_the_other_way_round() -> None:
    with pytest.raises(operations.Unruled, match="link"):
        operations.check(_app(door=True, operation="comment_by_link"))
    with pytest.raises(operations.Unruled, match="link"):
        operations.check(_app(door=False, operation="comment_by_link"))
