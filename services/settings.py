"""What a process is told from outside, read once and passed on as values.

Every name below is read from the environment with the prefix ``BIHUAN_`` (``BIHUAN_DATABASE_URL`` …).
Invariant: outside development no secret and no place of evidence may be left at its default.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain import access_log, outgoing
from services import keys, servers

DEVELOPMENT_SECRET = "development-only-not-a-secret-000000000000"  # noqa: S105 - refused outside development

_ASYMMETRIC = frozenset(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)) | {
    "EdDSA"
}


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

    token_secret: SecretStr = Field(default=SecretStr(DEVELOPMENT_SECRET), validate_default=True)
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

    oidc_issuer: str = Field(default="", description="the OpenID Connect provider whose tokens are taken")
    oidc_audience: str = "bihuan-api"
    oidc_jwks_url: str = Field(default="", description="its keys; otherwise what its discovery document says")
    oidc_person_claim: str = Field(default="sub", description="the claim that is the id of the person here")
    oidc_algorithms: str = "RS256,ES256"
    sealing_keys_file: Path | None = Field(default=None, description="where the next stands instead")
    sealing_keys: SecretStr = Field(
        default=SecretStr(keys.DEVELOPMENT_KEYS),
        validate_default=True,
        description="what personal data is sealed with: id:base64 of 32 bytes, apart by commas, the first is current",
    )

    audit_key_file: Path | None = Field(default=None, description="where the next stands instead")
    audit_key: SecretStr = Field(
        default=SecretStr(keys.DEVELOPMENT_AUDIT_KEY),
        validate_default=True,
        description="what daily seals are signed with: base64 of 32 bytes",
    )

    access_log_days: int = Field(
        default=400,
        ge=access_log.SHORTEST_DAYS,
        description="how long the access log is kept before it may be purged",
    )

    objects_url: str = Field(
        default="", validate_default=True, description="a must in production, otherwise .data/objects"
    )
    objects_endpoint: str | None = None
    objects_region: str = "us-east-1"
    objects_access_key: SecretStr | None = None
    objects_secret_key: SecretStr | None = None

    outgoing_allowed: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="where we may send to: hosts, *.domains, addresses, networks; http:// before plain ones",
    )
    outgoing_ports: Annotated[tuple[int, ...], NoDecode] = Field(default=(), description="besides 443 and 80")
    outgoing_ca: Path | None = Field(default=None, description="further certificate authorities of receivers")
    outgoing_loopback: bool = Field(
        default=False, description="for development and tests: receivers on this machine"
    )
    own_ports: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(), description="further ports of our own, to which nothing is ever sent"
    )

    seal_verifier: str = Field(
        default="",
        description="a program that verifies electronic seals: document on stdin, unit as last word",
    )
    mail_url: SecretStr = Field(
        default=SecretStr(""),
        description="where mail is handed in: smtp://user:password@host:port?from=mailbox, smtps://… or smtp+plain://…",
    )
    sms_url: SecretStr = Field(
        default=SecretStr(""),
        description="a gateway of apprise with {mobile}: jsons://host/path?:to={mobile} …",
    )
    bundling_seconds: float = Field(
        default=30, ge=0, le=3600, description="how long a message that is not urgent waits for company"
    )
    alarm_to: SecretStr = Field(
        default=SecretStr(""),
        description="whom the watchdog tells: email:mailbox, sms:number or wecom:https://…",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="an address inside: metrics are not for outsiders"
    )
    metrics_port: int | None = Field(default=None, ge=0, le=65535, description="for metrics of the API")
    worker_metrics_port: int | None = Field(default=None, ge=0, le=65535, description="the worker's")

    district: str = Field(default="示例区", description="whose views `bihuan up` prints")

    rehearsal_ahead: int | None = Field(
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

    @field_validator("oidc_issuer", "oidc_jwks_url")
    @classmethod
    def _provider_is_reached_safely(cls, value: str, told: ValidationInfo) -> str:
        if value and not value.startswith("https://") and told.data.get("environment") == "production":
            raise ValueError("the provider's addresses must begin with https:// outside development")
        return value

    @field_validator("oidc_algorithms")
    @classmethod
    def _no_shared_secrets(cls, value: str) -> str:
        if not {one.strip() for one in value.split(",")} <= _ASYMMETRIC:
            raise ValueError(f"only {', '.join(sorted(_ASYMMETRIC))}")
        return value

    @field_validator("objects_url")
    @classmethod
    def _no_default_place_in_production(cls, value: str, told: ValidationInfo) -> str:
        if value:
            return value
        if told.data.get("environment") == "production":
            raise ValueError("BIHUAN_OBJECTS_URL must be set outside development")
        return (Path.cwd() / ".data" / "objects").as_uri()

    @field_validator("rehearsal_ahead")
    @classmethod
    def _no_other_time_in_production(cls, value: int | None, told: ValidationInfo) -> int | None:
        if value is not None and told.data.get("environment") == "production":
            raise ValueError("BIHUAN_REHEARSAL_AHEAD is for rehearsals only")
        return value

    @field_validator("token_secret")
    @classmethod
    def _no_default_secret_in_production(cls, value: SecretStr, told: ValidationInfo) -> SecretStr:
        secret = value.get_secret_value()
        short = secret == DEVELOPMENT_SECRET or len(secret) < 32
        if short and told.data.get("environment") == "production":
            raise ValueError("BIHUAN_TOKEN_SECRET must be set to at least 32 characters outside development")
        return value

    @field_validator("sealing_keys")
    @classmethod
    def _sealing_keys_can_be_read(cls, value: SecretStr, told: ValidationInfo) -> SecretStr:
        text = _told(value, told.data.get("sealing_keys_file"), "BIHUAN_SEALING_KEYS")
        keys.read(text)
        if text == keys.DEVELOPMENT_KEYS and told.data.get("environment") == "production":
            raise ValueError("BIHUAN_SEALING_KEYS must be set outside development")
        return SecretStr(text)

    @field_validator("outgoing_allowed", "outgoing_ports", "own_ports", mode="before")
    @classmethod
    def _separated(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("outgoing_allowed")
    @classmethod
    def _entries(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for line in value:
            outgoing.listed(line)
        return value

    @field_validator("mail_url", "sms_url", "alarm_to")
    @classmethod
    def _servers_can_be_used(cls, value: SecretStr, told: ValidationInfo) -> SecretStr:
        servers.check(str(told.field_name), value.get_secret_value())
        return value

    @field_validator("outgoing_loopback")
    @classmethod
    def _no_loopback_in_production(cls, value: bool, told: ValidationInfo) -> bool:
        if value and told.data.get("environment") == "production":
            raise ValueError("BIHUAN_OUTGOING_LOOPBACK is for development and tests")
        return value

    @field_validator("audit_key")
    @classmethod
    def _audit_key_can_be_read(cls, value: SecretStr, told: ValidationInfo) -> SecretStr:
        text = _told(value, told.data.get("audit_key_file"), "BIHUAN_AUDIT_KEY")
        keys.secret_bytes(text)
        if text == keys.DEVELOPMENT_AUDIT_KEY and told.data.get("environment") == "production":
            raise ValueError("BIHUAN_AUDIT_KEY must be set outside development")
        return SecretStr(text)


def _told(value: SecretStr, file: Path | None, name: str) -> str:
    """The secret itself, or what stands in its file."""
    if file is None:
        return value.get_secret_value()
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"the file that {name}_FILE names cannot be read") from None
