"""The registry of channels (渠道登记): which there are in this installation, by name.

Invariant: a channel that is not set up is not in it, and a contact point for it is refused where it is configured.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol

import httpx

from adapters.channels import mail, posting
from adapters.channels.gateway import Gateway, GatewayError
from adapters.channels.mail import Mail
from adapters.channels.posting import Poster
from adapters.channels.robots import DINGTALK, FEISHU, WECOM, Robot
from adapters.channels.webhook import Webhook
from domain.delivery.messages import ChannelName
from domain.delivery.sending import Address, Outgoing, Receipt

ALWAYS: Final = (ChannelName.WECOM, ChannelName.DINGTALK, ChannelName.FEISHU, ChannelName.WEBHOOK)
"""What needs nothing but a contact point."""


class Channel(Protocol):
    """What sends."""

    async def send(self, message: Outgoing, address: Address) -> Receipt:
        """Send one message. Raises ``TemporaryFailure`` or ``PermanentFailure``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Where mail and texts are handed in, empty for neither; ``allowed`` are the hosts that addresses may name."""

    mail_url: str = ""
    sms_url: str = ""
    allowed: Collection[str] = ()

    @property
    def channels(self) -> tuple[ChannelName, ...]:
        """The channels that are set up, besides the inbox."""
        told = {ChannelName.EMAIL: self.mail_url, ChannelName.SMS: self.sms_url}
        return (*ALWAYS, *(name for name, url in told.items() if url))


@asynccontextmanager
async def opened(
    servers: Servers, client: httpx.AsyncClient | None = None
) -> AsyncIterator[Mapping[ChannelName, Channel]]:
    """The channels that are set up. Raises ``ValueError`` for a server's address that cannot be used or is not allowed."""
    async with client or posting.client() as reaching:
        poster = Poster(reaching)
        channels: dict[ChannelName, Channel] = {
            ChannelName.WECOM: Robot(poster, WECOM),
            ChannelName.DINGTALK: Robot(poster, DINGTALK),
            ChannelName.FEISHU: Robot(poster, FEISHU),
            ChannelName.WEBHOOK: Webhook(poster),
        }
        if servers.mail_url:
            channels[ChannelName.EMAIL] = Mail(mail.server(servers.mail_url))
        if servers.sms_url:
            channels[ChannelName.SMS] = _gateway(servers)
        yield channels


def _gateway(servers: Servers) -> Gateway:
    gateway = Gateway(servers.sms_url)
    if gateway.host not in servers.allowed:
        raise GatewayError("the gateway's host is not on the list of allowed hosts")
    return gateway
