"""Addresses of servers and of who is alarmed, as the settings give them: refused at the start and never quoted."""

from typing import Final

from adapters.channels import gateway, mail
from adapters.channels.registry import Servers
from domain.delivery.messages import ChannelName

_ALARMED: Final = frozenset(ChannelName) - {ChannelName.INBOX, ChannelName.WEBHOOK}
"""By what somebody outside is alarmed: the inbox is read inside, and a webhook needs a secret."""


def check(name: str, text: str) -> None:
    """Raises ``ValueError`` where the setting ``name`` cannot be used; an empty one is not set up."""
    if not text:
        return
    if name == "mail_url":
        mail.server(text)
    else:
        gateway.check(text)


def check_alarm(text: str, servers: Servers) -> None:
    """Raises ``ValueError`` where nobody could be alarmed so; an empty text alarms nobody."""
    channel, _, address = text.partition(":")
    if text and (channel not in _ALARMED & frozenset(servers.channels) or not address):
        raise ValueError("BIHUAN_ALARM_TO is a channel that is set up, a colon and an address")
