"""SMS gateways (短信网关), through apprise: whatever it speaks to, and ``jsons://`` for a gateway of one's own.

Invariant: apprise words the request, and the guard of outgoing addresses sends it; what apprise logs, which might name a number, is
not kept.
"""

import asyncio
import logging
import warnings
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from adapters.channels import borrowed
from adapters.channels.posting import Poster
from adapters.channels.threads import Threads
from domain.delivery.sending import Address, Outgoing, Receipt, TemporaryFailure

if TYPE_CHECKING:
    import apprise

MOBILE: Final = "{mobile}"
_SECONDS: Final = 20.0
_ANY: Final = "13800000000"


class GatewayError(ValueError):
    """The gateway's address cannot be used; the reason does not quote it."""


class Gateway:
    """Sends to mobile numbers by one gateway; ``url`` is an address of apprise with ``{mobile}`` in the number's place."""

    def __init__(self, url: str, poster: Poster) -> None:
        check(url)
        self._url = url
        self._poster = poster
        self._threads = Threads("gateway")
        # the number stands in what it logs
        logging.getLogger("apprise").setLevel(logging.CRITICAL)

    async def send(self, message: Outgoing, address: Address) -> Receipt:
        """Send one text. Raises ``TemporaryFailure``, which tells how the plugin's last request failed."""
        plugin, calls = _plugin(self._url, address.to), borrowed.Calls(self._poster)
        try:
            async with asyncio.timeout(_SECONDS):
                taken = await self._threads.run(partial(calls.notify, plugin, message.text))
        except (TimeoutError, TypeError, OSError) as error:
            raise TemporaryFailure("no_answer", ambiguous=True) from error
        if taken:
            return Receipt()
        raise calls.failure or TemporaryFailure("gateway_refused")


def check(url: str) -> None:
    """Raise ``GatewayError`` where apprise does not know the address, or its plugin goes other ways than by HTTP requests."""
    _plugin(url, _ANY)


def _plugin(url: str, mobile: str) -> "apprise.NotifyBase":
    # brought in where a gateway is set up: it is heavy, and most installations have none
    import apprise

    asset = apprise.AppriseAsset(
        async_mode=False, secure_logging=True, http_redirects=False, app_id="bihuan", app_desc="bihuan"
    )
    filled = url.replace(MOBILE, quote(mobile, safe=""))
    with warnings.catch_warnings():
        # the library's own, of the standard library that it uses
        warnings.simplefilter("ignore", DeprecationWarning)
        plugin = apprise.Apprise.instantiate(filled, asset=asset, suppress_exceptions=True)
    if plugin is None:
        raise GatewayError("apprise does not know this address")
    try:
        borrowed.borrow(plugin)
    except borrowed.NotBorrowed as error:
        raise GatewayError("this plugin of apprise does not send by HTTP requests") from error
    return plugin
