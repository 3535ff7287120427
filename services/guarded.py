"""The settings that are checked before anything starts, as types of ``services/settings.py``.

Invariant: what is refused is never quoted, and what is for development only is refused in production.
"""

from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationInfo
from pydantic_settings import NoDecode

from adapters.channels.registry import Servers
from domain import outgoing
from services import keys, servers

DEVELOPMENT_SECRET: Final = "development-only-not-a-secret-000000000000"  # noqa: S105 - refused outside development

_ASYMMETRIC: Final = frozenset(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)) | {
    "EdDSA"
}


def _in_production(told: ValidationInfo) -> bool:
    return bool(told.data.get("environment") == "production")


def _reached_safely(value: str, told: ValidationInfo) -> str:
    if value and not value.startswith("https://") and _in_production(told):
        raise ValueError("the provider's addresses must begin with https:// outside development")
    return value


def _no_shared_secrets(value: str) -> str:
    if not {one.strip() for one in value.split(",")} <= _ASYMMETRIC:
        raise ValueError(f"only {', '.join(sorted(_ASYMMETRIC))}")
    return value


def _no_default_place(value: str, told: ValidationInfo) -> str:
    if value:
        return value
    if _in_production(told):
        raise ValueError("BIHUAN_OBJECTS_URL must be set outside development")
    return (Path.cwd() / ".data" / "objects").as_uri()


def _no_other_time(value: int | None, told: ValidationInfo) -> int | None:
    if value is not None and _in_production(told):
        raise ValueError("BIHUAN_REHEARSAL_AHEAD is for rehearsals only")
    return value


def _no_loopback(value: bool, told: ValidationInfo) -> bool:
    if value and _in_production(told):
        raise ValueError("BIHUAN_OUTGOING_LOOPBACK is for development and tests")
    return value


def _no_default_secret(value: SecretStr, told: ValidationInfo) -> SecretStr:
    secret = value.get_secret_value()
    if (secret == DEVELOPMENT_SECRET or len(secret) < 32) and _in_production(told):
        raise ValueError("BIHUAN_TOKEN_SECRET must be set to at least 32 characters outside development")
    return value


def _sealing_keys(value: SecretStr, told: ValidationInfo) -> SecretStr:
    text = _told(value, told.data.get("sealing_keys_file"), "BIHUAN_SEALING_KEYS")
    keys.read(text)
    if text == keys.DEVELOPMENT_KEYS and _in_production(told):
        raise ValueError("BIHUAN_SEALING_KEYS must be set outside development")
    return SecretStr(text)


def _audit_key(value: SecretStr, told: ValidationInfo) -> SecretStr:
    text = _told(value, told.data.get("audit_key_file"), "BIHUAN_AUDIT_KEY")
    keys.secret_bytes(text)
    if text == keys.DEVELOPMENT_AUDIT_KEY and _in_production(told):
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


def _separated(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _entries(value: tuple[str, ...]) -> tuple[str, ...]:
    for line in value:
        outgoing.listed(line)
    return value


def _usable(value: SecretStr, told: ValidationInfo) -> SecretStr:
    servers.check(str(told.field_name), value.get_secret_value())
    return value


def _reached_by_alarms(value: SecretStr, told: ValidationInfo) -> SecretStr:
    urls = {name: told.data[name].get_secret_value() for name in ("mail_url", "sms_url") if name in told.data}
    servers.check_alarm(value.get_secret_value(), Servers(**urls))
    return value


ProviderAddress = Annotated[str, AfterValidator(_reached_safely)]
Algorithms = Annotated[str, AfterValidator(_no_shared_secrets)]
PlaceOfEvidence = Annotated[str, AfterValidator(_no_default_place)]
RehearsalAhead = Annotated[int | None, AfterValidator(_no_other_time)]
Loopback = Annotated[bool, AfterValidator(_no_loopback)]
TokenSecret = Annotated[SecretStr, AfterValidator(_no_default_secret)]
SealingKeys = Annotated[SecretStr, AfterValidator(_sealing_keys)]
AuditKey = Annotated[SecretStr, AfterValidator(_audit_key)]
ServerAddress = Annotated[SecretStr, AfterValidator(_usable)]
AlarmAddress = Annotated[SecretStr, AfterValidator(_reached_by_alarms)]
Receivers = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_separated), AfterValidator(_entries)]
Ports = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_separated)]
