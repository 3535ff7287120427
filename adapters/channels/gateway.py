"""SMS gateways (短信网关), through apprise: whatever it speaks to, and ``jsons://`` for a gateway of one's own.

Invariant: the gateway's host is known from its address and allowed before anything is sent; redirects are not followed, and what
apprise logs, which might name a number, is not kept.
"""

import asyncio
import logging
import warnings
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from adapters.outgoing import NoAnswer
from adapters.outgoing import Outgoing as Guard
from domain.delivery.sending import Address, Outgoing, Receipt, TemporaryFailure
from domain.errors import Refused

if TYPE_CHECKING:
    import apprise

MOBILE: Final = "{mobile}"
_SECONDS: Final = 20.0


class GatewayError(ValueError):
    """The gateway's address cannot be used; the reason does not quote it."""


class Gateway:
    """Sends to mobile numbers by one gateway; ``url`` is an address of apprise with ``{mobile}`` in the number's place."""

    def __init__(self, url: str, outgoing: Guard) -> None:
        self._url = url
        self._outgoing = outgoing
        self._where = destination(url)
        # the number stands in what it logs
        logging.getLogger("apprise").setLevel(logging.CRITICAL)

    async def send(self, message: Outgoing, address: Address) -> Receipt:
        """Send one text.

        Raises ``TemporaryFailure``: apprise tells whether it was taken, and never why not. Its own request is not the guard's,
        so the guard is asked about the gateway's host just before.
        """
        plugin = _plugin(self._url, address.to)
        try:
            await self._outgoing.check(self._where)
        except Refused as refusal:
            raise TemporaryFailure(refusal.code) from refusal
        except NoAnswer as silence:
            raise TemporaryFailure(silence.why.value) from silence
        try:
            async with asyncio.timeout(_SECONDS):
                taken = await asyncio.to_thread(plugin.notify, body=message.text, title="")
        except (TimeoutError, TypeError, OSError) as error:
            raise TemporaryFailure("no_answer", ambiguous=True) from error
        if not taken:
            raise TemporaryFailure("gateway_refused")
        return Receipt()


def destination(url: str) -> str:
    """The place that a gateway's requests go to, as a URL for the guard.

    Raises ``GatewayError`` where apprise does not know the address or it names no place that could be checked.
    """
    plugin = _plugin(url, "13800000000")
    host = getattr(plugin, "host", None)
    if not host:
        fixed = str(getattr(plugin, "notify_url", ""))
        if urlsplit(fixed).scheme != "https" or "{" in (urlsplit(fixed).netloc or "{"):
            raise GatewayError("the address names no host that could be checked")
        return fixed.partition("{")[0]
    scheme = "https" if getattr(plugin, "secure", False) else "http"
    port = getattr(plugin, "port", None)
    return f"{scheme}://{host}{f':{port}' if port else ''}/"


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
    return plugin
