"""What a process is told from outside, read once and passed on as values.

Every name below is read from the environment with the prefix ``BIHUAN_`` (``BIHUAN_DATABASE_URL`` …).
Invariant: outside development no secret and no place of evidence may be left at its default; what is refused is
``services/guarded.py``'s to say.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain import access_log
from services import guarded, keys


class Settings(BaseSettings):
    """Addresses, secrets and limits of one process; times are in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="BIHUAN_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    environment: Literal["development", "production"] = "development"

    database_url: SecretStr = SecretStr("postgresql://bihuan_worker@127.0.0.1:5432/bihuan")
    walled_database_url: SecretStr = Field(
        default=SecretStr("postgresql://bihuan_app@127.0.0.1:5432/bihuan"),
        description="the same database as the role that sees what the asker may see; the API needs both",
    )
    database_pool: int = Field(default=10, ge=1, le=200)

    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    temporal_tls: bool = False
    temporal_tls_ca: Path | None = None
    temporal_tls_certificate: Path | None = None
    temporal_tls_key: Path | None = None
    temporal_api_key: SecretStr | None = None
    task_queue: str = "bihuan"
    worker_build_id: str | None = None

    engine_timeout: float = Field(
        default=2.5, gt=0, le=20, description="how long a command waits for the engine"
    )
    database_timeout: float = Field(
        default=1.5, gt=0, le=20, description="how long a request waits for PostgreSQL"
    )

    requests_at_once: int = Field(default=32, ge=2, description="requests that the API works on at once")
    requests_waiting: int = Field(default=96, ge=2, description="requests that wait for that")
    waiting_patience: float = Field(default=1.0, gt=0, le=20, description="how long each waits")
    person_rate: float = Field(
        default=20, ge=0.1, description="reports, uploads and commands of one person a second"
    )
    person_burst: int = Field(default=60, ge=1, description="the same at once, after a rest")

    token_secret: guarded.TokenSecret = Field(
        default=SecretStr(guarded.DEVELOPMENT_SECRET), validate_default=True
    )
    token_issuer: str = "bihuan"  # noqa: S105 - a name, not a secret
    token_audience: str = "bihuan-api"  # noqa: S105

    local_accounts: bool = Field(default=True, description="whether people sign in with a password here")
    access_lifetime: int = Field(default=600, ge=30, le=3600, description="how long an access token lasts")
    session_idle: int = Field(default=1800, ge=60, description="how long a session may rest")
    session_lifetime: int = Field(default=43_200, ge=300, description="how long a session lasts altogether")
    invitation_lifetime: int = Field(default=259_200, ge=300, description="how long a set-up code lasts")
    password_length: int = Field(default=10, ge=8, le=64, description="characters, at least")
    password_classes: int = Field(default=3, ge=1, le=4, description="of digits, small, capital, others")
    link_longest: int = Field(default=2_592_000, ge=60, description="how long a link to a case may last")
    trusted_proxies: str = Field(default="", description="whose word on the client's address is taken")

    oidc_issuer: guarded.ProviderAddress = Field(
        default="", description="the OpenID Connect provider whose tokens are taken"
    )
    oidc_audience: str = "bihuan-api"
    oidc_jwks_url: guarded.ProviderAddress = Field(
        default="", description="its keys; otherwise what its discovery document says"
    )
    oidc_person_claim: str = Field(default="sub", description="the claim that is the id of the person here")
    oidc_algorithms: guarded.Algorithms = "RS256,ES256"
    sealing_keys_file: Path | None = Field(default=None, description="where the next stands instead")
    sealing_keys: guarded.SealingKeys = Field(
        default=SecretStr(keys.DEVELOPMENT_KEYS),
        validate_default=True,
        description="what personal data is sealed with: id:base64 of 32 bytes, apart by commas, the first is current",
    )

    audit_key_file: Path | None = Field(default=None, description="where the next stands instead")
    audit_key: guarded.AuditKey = Field(
        default=SecretStr(keys.DEVELOPMENT_AUDIT_KEY),
        validate_default=True,
        description="what daily seals are signed with: base64 of 32 bytes",
    )

    access_log_days: int = Field(
        default=400,
        ge=access_log.SHORTEST_DAYS,
        description="how long the access log is kept before it may be purged",
    )

    roster_numbers_days: int = Field(
        default=30,
        ge=1,
        le=3660,
        description="for how many days behind a shift the mobile numbers of those on duty are kept",
    )

    objects_url: guarded.PlaceOfEvidence = Field(
        default="", validate_default=True, description="a must in production, otherwise .data/objects"
    )
    objects_endpoint: str | None = None
    objects_region: str = "us-east-1"
    objects_access_key: SecretStr | None = None
    objects_secret_key: SecretStr | None = None

    outgoing_allowed: guarded.Receivers = Field(
        default=(),
        description="where we may send to: hosts, *.domains, addresses, networks; http:// before plain ones",
    )
    outgoing_ports: guarded.Ports = Field(default=(), description="besides 443 and 80")
    outgoing_ca: Path | None = Field(default=None, description="further certificate authorities of receivers")
    outgoing_loopback: guarded.Loopback = Field(
        default=False, description="for development and tests: receivers on this machine"
    )
    own_ports: guarded.Ports = Field(
        default=(), description="further ports of our own, to which nothing is ever sent"
    )

    seal_verifier: str = Field(
        default="",
        description="a program that verifies electronic seals: document on stdin, unit as last word",
    )
    mail_url: guarded.ServerAddress = Field(
        default=SecretStr(""),
        description="where mail is handed in: smtp://user:password@host:port?from=mailbox, smtps://… or smtp+plain://…",
    )
    sms_url: guarded.ServerAddress = Field(
        default=SecretStr(""),
        description="a gateway of apprise with {mobile}: jsons://host/path?:to={mobile} …",
    )
    bundling_seconds: float = Field(
        default=30, ge=0, le=3600, description="how long a message that is not urgent waits for company"
    )
    alarm_to: guarded.AlarmAddress = Field(
        default=SecretStr(""),
        description="whom the watchdog tells: email:mailbox, sms:number or wecom:https://…",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="an address inside: metrics are not for outsiders"
    )
    metrics_port: int | None = Field(default=None, ge=0, le=65535, description="for metrics of the API")
    worker_metrics_port: int | None = Field(default=None, ge=0, le=65535, description="the worker's")

    district: str = Field(default="示例区", description="whose views `bihuan up` prints")

    rehearsal_ahead: guarded.RehearsalAhead = Field(
        default=None,
        description="what a rehearsal's scenario is ahead of the engine's time; never in production",
    )

    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8000, ge=0, le=65535)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def algorithms(self) -> tuple[str, ...]:
        """By which algorithms the provider may sign."""
        return tuple(one.strip() for one in self.oidc_algorithms.split(","))
