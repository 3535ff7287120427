"""Addresses of servers and of who is alarmed, as the settings give them: refused at the start and never quoted."""

from adapters.channels import gateway, mail
from domain.delivery.messages import ChannelName


def check(name: str, text: str) -> None:
    """Raises ``ValueError`` where the setting ``name`` cannot be used; an empty one is not set up."""
    if not text:
        return
    if name == "mail_url":
        mail.server(text)
    elif name == "sms_url":
        gateway.check(text)
    else:
        channel, _, address = text.partition(":")
        if channel not in {one.value for one in ChannelName} or not address:
            raise ValueError("BIHUAN_ALARM_TO is a channel, a colon and an address")
