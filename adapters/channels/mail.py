"""E-mail by SMTP (电子邮件).

Invariant: the Message-ID is the message's id in every repeat, so that a mailbox can tell a repeat; what the server says with 4xx
may pass with time, what it says with 5xx does not.

Not through apprise, which makes a Message-ID of its own at each attempt and tells no 4xx from a 5xx (decision 16).
"""

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from adapters.channels.threads import Threads
from domain.delivery.sending import Address, Outgoing, PermanentFailure, Receipt, TemporaryFailure

_SECONDS: Final = 15.0
"""For each answer of the server."""
_TOTAL: Final = 30.0
"""For one message, however slowly the server talks."""
_FAREWELL: Final = 2.0
"""For the answer to QUIT, when the server has the message."""
_PERMANENT: Final = 500


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where mail is handed in, and as whom; ``tls`` is ``implicit``, ``starttls`` or ``none``."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: str = "starttls"


def server(url: str) -> Server:
    """A server from ``smtp://user:password@host:port?from=mailbox`` (STARTTLS), ``smtps://…`` or ``smtp+plain://…``.

    Raises ``ValueError``, which does not quote the address.
    """
    parts = urlsplit(url)
    kinds = {"smtp": ("starttls", 587), "smtps": ("implicit", 465), "smtp+plain": ("none", 25)}
    sender = parse_qs(parts.query).get("from", [""])[0]
    if parts.scheme not in kinds or not parts.hostname or "@" not in sender:
        raise ValueError("an address of a mail server is smtp://user:password@host:port?from=mailbox")
    tls, port = kinds[parts.scheme]
    return Server(
        host=parts.hostname,
        port=parts.port or port,
        sender=sender,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
    )


class Mail:
    """Hands mail in at one server; ``total`` are the seconds for one message."""

    def __init__(self, at: Server, total: float = _TOTAL) -> None:
        self._server = at
        self._total = total
        self._threads = Threads("mail")

    async def send(self, message: Outgoing, address: Address) -> Receipt:
        """Send one message to one mailbox. Raises ``TemporaryFailure`` or ``PermanentFailure``."""
        try:
            async with asyncio.timeout(self._total):
                return await self._threads.run(partial(self._send, message, address.to))
        except TimeoutError as error:
            raise TemporaryFailure("no_answer", ambiguous=True) from error

    def _send(self, message: Outgoing, to: str) -> Receipt:
        handed_in = False
        try:
            with self._connected() as smtp:
                handed_in = True
                smtp.send_message(self._mail(message, to))
                _part(smtp)
            return Receipt(provider_id=self._id(message))
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            code = _code(error)
            # whom the server does not let in, or as whom, is not the recipient's fault and can be mended
            if code >= _PERMANENT and handed_in and not isinstance(error, smtplib.SMTPSenderRefused):
                raise PermanentFailure(f"smtp_{code}") from error
            raise TemporaryFailure(f"smtp_{code}") from error
        except smtplib.SMTPNotSupportedError as error:
            raise TemporaryFailure("smtp_not_supported") from error
        except (OSError, smtplib.SMTPException) as error:
            code_word = "no_answer" if handed_in else "unreachable"
            raise TemporaryFailure(code_word, ambiguous=handed_in) from error

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        at = self._server
        if at.tls == "implicit":
            context = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(at.host, at.port, timeout=_SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(at.host, at.port, timeout=_SECONDS)
        with contextlib.closing(smtp):
            if at.tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if at.user:
                smtp.login(at.user, at.password)
            yield smtp

    def _mail(self, message: Outgoing, to: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._server.sender, to, message.title
        mail["Message-ID"] = self._id(message)
        mail["Date"] = format_datetime(message.first_at)
        if message.urgent:
            mail["Importance"] = "high"
        mail.set_content(message.text)
        return mail

    def _id(self, message: Outgoing) -> str:
        return f"<{message.id}@{self._server.sender.rpartition('@')[2]}>"


def _part(smtp: smtplib.SMTP) -> None:
    """Take leave of a server that has the message; what it answers to that changes nothing."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if smtp.sock is not None:
            smtp.sock.settimeout(_FAREWELL)
        smtp.quit()


def _code(error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> int:
    if isinstance(error, smtplib.SMTPResponseException):
        return int(error.smtp_code)
    return max((int(code) for code, _ in error.recipients.values()), default=_PERMANENT)
