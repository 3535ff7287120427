"""What every process does first: logs, and settings turned into the values that the adapters take."""

import logging
import sys
from typing import Final
from urllib.parse import parse_qs, urlsplit

import structlog

from adapters.channels.registry import Servers
from adapters.objects import Objects
from adapters.outgoing import Outgoing
from adapters.sealing import Sealer
from adapters.seals import CommandVerifier, NoVerifier, SealVerifier
from adapters.signing import Signer
from adapters.webhook_posts import WebhookPosts
from domain.outgoing import AllowList, listed
from services import keys
from services.clock import Clock
from services.settings import Settings
from services.tokens import TokenKey
from workflows.gateway import EngineAddress


def configure_logging(settings: Settings) -> None:
    """One JSON object per line on standard error; fields carry ids, never personal data."""
    level = getattr(logging, settings.log_level.upper())
    logging.basicConfig(level=level, stream=sys.stderr, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def engine_address(settings: Settings) -> EngineAddress:
    """Where the engine is, from the settings."""
    key = settings.temporal_api_key
    return EngineAddress(
        address=settings.temporal_address,
        namespace=settings.temporal_namespace,
        tls=settings.temporal_tls,
        ca=settings.temporal_tls_ca,
        certificate=settings.temporal_tls_certificate,
        key=settings.temporal_tls_key,
        api_key=key.get_secret_value() if key else None,
    )


def objects(settings: Settings) -> Objects:
    """Where evidence lives, from the settings."""
    access, secret = settings.objects_access_key, settings.objects_secret_key
    return Objects(
        settings.objects_url,
        endpoint=settings.objects_endpoint,
        region=settings.objects_region,
        access_key=access.get_secret_value() if access else None,
        secret_key=secret.get_secret_value() if secret else None,
    )


def seals(settings: Settings) -> SealVerifier:
    """What verifies electronic seals, from the settings."""
    return CommandVerifier(settings.seal_verifier) if settings.seal_verifier else NoVerifier()


def token_key(settings: Settings) -> TokenKey:
    """What tokens are signed with, from the settings."""
    return TokenKey(
        secret=settings.token_secret.get_secret_value(),
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        sessionless=settings.environment != "production",
    )


def sealer(settings: Settings) -> Sealer:
    """What personal data is sealed with and opened by, from the settings."""
    return keys.read(settings.sealing_keys.get_secret_value()).sealer()


def outgoing(settings: Settings) -> Outgoing:
    """Calls to the addresses that an administrator listed, from the settings; our own ports are never among them."""
    allowed = AllowList(
        entries=tuple(listed(line) for line in settings.outgoing_allowed),
        ports=frozenset(settings.outgoing_ports),
        own_ports=_USUAL_OWN_PORTS | _own_ports(settings),
        loopback=settings.outgoing_loopback,
    )
    return Outgoing(allowed, ca=settings.outgoing_ca)


def posts(settings: Settings, now: Clock) -> WebhookPosts:
    """How events are sent to their subscribers, from the settings."""
    return WebhookPosts(outgoing(settings), sealer(settings), now)


_USUAL_OWN_PORTS: Final = frozenset({5432, 7233, 8233})
"""PostgreSQL, Temporal and its pages, wherever they are."""


def _own_ports(settings: Settings) -> frozenset[int]:
    database = urlsplit(settings.database_url.get_secret_value())
    told = [settings.temporal_address.rpartition(":")[2], *parse_qs(database.query).get("port", ())]
    own = {settings.api_port, *settings.own_ports, *(int(port) for port in told if port.isdecimal())}
    return frozenset(own | ({database.port} if database.port else set()))


def servers(settings: Settings) -> Servers:
    """Where mail and texts are handed in, from the settings."""
    return Servers(mail_url=settings.mail_url.get_secret_value(), sms_url=settings.sms_url.get_secret_value())


def signer(settings: Settings) -> Signer:
    """What daily seals are signed with, from the settings."""
    return Signer(keys.secret_bytes(settings.audit_key.get_secret_value()))
