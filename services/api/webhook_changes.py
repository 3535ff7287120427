"""What the routes of subscriptions to events (事件推送) share: a change with its answer, the check of an address, the start.

Invariant: an address is kept only after it passed the guard of outgoing addresses; what is not started here the worker starts.
"""

from fastapi.responses import JSONResponse

from adapters.outgoing import NoAnswer
from adapters.postgres import webhooks
from adapters.postgres.directory import Person
from domain.errors import Temporary
from domain.requests import Answer
from domain.webhooks import Subscription
from services.api import webhook_views
from services.api.commands import request_of
from services.api.deps import Services
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED
from services.api.webhook_views import WebhookStandingView


async def edited(
    services: Services, person: Person, key: str, route: str, body: object, edit: webhooks.Edit
) -> JSONResponse:
    """The answer to a change of a subscription; a repeat of the request gets the first one."""
    request = request_of(person, key, route, body)
    webhook_id = route.partition("/")[0]

    feed = await services.events.feed()

    def render(hook: Subscription) -> Answer:
        return Answer(status=200, body=webhook_views.of(hook, feed).model_dump(mode="json"))

    answer, is_new = await services.webhooks.edit(webhook_id, edit, request, services.clock(), render)
    await woken(services, webhook_id)
    return respond(answer, headers=None if is_new else REPLAYED)


async def checked(services: Services, url: str) -> str | None:
    """Refuse an address that may not be sent to; the words for one that cannot be reached at present."""
    try:
        await services.outgoing.check(url)
    except NoAnswer as failed:
        return f"此刻{failed.why.label}，事件将积存并反复重试"
    return None


async def woken(services: Services, webhook_id: str) -> None:
    """Start it or make it look; what is not started here the worker starts within seconds."""
    try:
        await services.gateway.start_webhook(webhook_id, signal="wake")
    except Temporary:
        return


async def standing(services: Services, hook: Subscription) -> WebhookStandingView:
    """A subscription with what waits."""
    feed, tally = await services.events.feed(), await services.webhook_queue.tally(hook.id)
    return webhook_views.standing(hook, feed, tally)
