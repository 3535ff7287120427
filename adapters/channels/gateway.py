"""SMS gateways (短信网关), through apprise: whatever it speaks to, and ``jsons://`` for a gateway of one's own.

Invariant: the gateway's host is known from its address and allowed before anything is sent; redirects are not followed, and what
apprise logs, which might name a number, is not kept.
"""

import asyncio
import logging
from typing import Final
from urllib.parse import quote, urlsplit

import apprise

from domain.delivery.sending import Address, Outgoing, Receipt, TemporaryFailure

MOBILE: Final = "{mobile}"
_SECONDS: Final = 20.0


class GatewayError(ValueError):
    """The gateway's address cannot be used; the reason does not quote it."""


class Gateway:
    """Sends to mobile numbers by one gateway; ``url`` is an address of apprise with ``{mobile}`` in the number's place."""

    def __init__(self, url: str) -> None:
        self._url = url
        # the number stands in what it logs
        logging.getLogger("apprise").setLevel(logging.CRITICAL)

    @property
    def host(self) -> str:
        """The host that messages go to. Raises ``GatewayError`` where apprise does not know the address or names no host."""
        plugin = _plugin(self._url, "13800000000")
        if plugin is None:
            raise GatewayError("apprise does not know this address")
        host = getattr(plugin, "host", None) or urlsplit(str(getattr(plugin, "notify_url", ""))).hostname
        if not host:
            raise GatewayError("the address names no host that could be checked")
        return str(host)

    async def send(self, message: Outgoing, address: Address) -> Receipt:
        """Send one text. Raises ``TemporaryFailure``: apprise tells whether it was taken, and never why not."""
        plugin = _plugin(self._url, address.to)
        if plugin is None:
            raise TemporaryFailure("gateway_unknown")
        try:
            async with asyncio.timeout(_SECONDS):
                taken = await asyncio.to_thread(plugin.notify, body=message.text, title="")
        except (TimeoutError, TypeError, OSError) as error:
            raise TemporaryFailure("no_answer", ambiguous=True) from error
        if not taken:
            raise TemporaryFailure("gateway_refused")
        return Receipt()


def _plugin(url: str, mobile: str) -> "apprise.NotifyBase | None":
    asset = apprise.AppriseAsset(
        async_mode=False, secure_logging=True, http_redirects=False, app_id="bihuan", app_desc="bihuan"
    )
    try:
        return apprise.Apprise.instantiate(
            url.replace(MOBILE, quote(mobile, safe="")), asset=asset, suppress_exceptions=True
        )
    except TypeError:
        return None
