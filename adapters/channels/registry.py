"""The registry of channels (渠道登记): which there are in this installation, by name.

Invariant: a channel that is not set up is not in it, and a contact point for it is refused where it is configured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from adapters.channels import mail
from adapters.channels.gateway import Gateway
from adapters.channels.mail import Mail
from adapters.channels.posting import Poster
from adapters.channels.robots import DINGTALK, FEISHU, WECOM, Robot
from adapters.channels.webhook import Webhook
from adapters.outgoing import Outgoing
from domain.delivery.messages import ChannelName
from domain.delivery.sending import Address, Receipt
from domain.delivery.sending import Outgoing as Letter

ALWAYS: Final = (ChannelName.WECOM, ChannelName.DINGTALK, ChannelName.FEISHU, ChannelName.WEBHOOK)
"""What needs nothing but a contact point."""


class Channel(Protocol):
    """What sends."""

    async def send(self, message: Letter, address: Address) -> Receipt:
        """Send one message. Raises ``TemporaryFailure`` or ``PermanentFailure``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Where mail and texts are handed in, empty for neither; addresses of servers are an administrator's, in the settings."""

    mail_url: str = ""
    sms_url: str = ""

    @property
    def channels(self) -> tuple[ChannelName, ...]:
        """The channels that are set up, besides the inbox."""
        told = {ChannelName.EMAIL: self.mail_url, ChannelName.SMS: self.sms_url}
        return (*ALWAYS, *(name for name, url in told.items() if url))


def channels(servers: Servers, outgoing: Outgoing) -> Mapping[ChannelName, Channel]:
    """The channels that are set up. Raises ``ValueError`` for a server's address that cannot be used."""
    poster = Poster(outgoing)
    found: dict[ChannelName, Channel] = {
        ChannelName.WECOM: Robot(poster, WECOM),
        ChannelName.DINGTALK: Robot(poster, DINGTALK),
        ChannelName.FEISHU: Robot(poster, FEISHU),
        ChannelName.WEBHOOK: Webhook(poster),
    }
    if servers.mail_url:
        found[ChannelName.EMAIL] = Mail(mail.server(servers.mail_url))
    if servers.sms_url:
        found[ChannelName.SMS] = Gateway(servers.sms_url, poster)
    return found
