"""What a process is told: nothing that matters is left to a default outside development."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from domain.errors import Refused
from services import bootstrap, keys
from services.cli import problems
from services.settings import Settings

SECRET = "s" * 40
SEALING_KEYS = keys.made("k1").text()
AUDIT_KEY = keys.made_secret()


@pytest.fixture(autouse=True)
def _audit_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_AUDIT_KEY", AUDIT_KEY)


def test_in_development_evidence_lies_in_the_data_folder_under_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BIHUAN_OBJECTS_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    assert Settings().objects_url == (tmp_path / ".data" / "objects").as_uri()


def test_in_production_the_place_of_evidence_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_ENVIRONMENT", "production")
    monkeypatch.setenv("BIHUAN_TOKEN_SECRET", SECRET)
    monkeypatch.setenv("BIHUAN_SEALING_KEYS", SEALING_KEYS)
    monkeypatch.delenv("BIHUAN_OBJECTS_URL", raising=False)
    with pytest.raises(ValidationError, match="BIHUAN_OBJECTS_URL must be set") as told:
        Settings()
    assert problems.sentence(told.value) == "环境变量 BIHUAN_OBJECTS_URL 的值不合要求，请改正后再试。"
    monkeypatch.setenv("BIHUAN_OBJECTS_URL", "s3://evidence/bihuan")
    assert Settings().objects_url == "s3://evidence/bihuan"


def test_in_production_the_default_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_ENVIRONMENT", "production")
    monkeypatch.setenv("BIHUAN_OBJECTS_URL", "s3://evidence/bihuan")
    monkeypatch.delenv("BIHUAN_TOKEN_SECRET", raising=False)
    with pytest.raises(ValidationError, match="BIHUAN_TOKEN_SECRET must be set"):
        Settings()


def test_a_secret_that_is_refused_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_ENVIRONMENT", "production")
    monkeypatch.setenv("BIHUAN_TOKEN_SECRET", "too-short-to-keep")
    monkeypatch.delenv("BIHUAN_OBJECTS_URL", raising=False)
    with pytest.raises(ValidationError) as told:
        Settings()
    assert "too-short-to-keep" not in str(told.value)
    named = problems.sentence(told.value)
    assert (
        named
        == "环境变量 BIHUAN_TOKEN_SECRET、BIHUAN_SEALING_KEYS、BIHUAN_OBJECTS_URL 的值不合要求，请改正后再试。"
    )


def test_in_production_the_keys_for_personal_data_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_ENVIRONMENT", "production")
    monkeypatch.setenv("BIHUAN_TOKEN_SECRET", SECRET)
    monkeypatch.setenv("BIHUAN_OBJECTS_URL", "s3://evidence/bihuan")
    monkeypatch.delenv("BIHUAN_SEALING_KEYS", raising=False)
    with pytest.raises(ValidationError, match="BIHUAN_SEALING_KEYS must be set"):
        Settings()
    monkeypatch.setenv("BIHUAN_SEALING_KEYS", keys.DEVELOPMENT_KEYS)
    with pytest.raises(ValidationError, match="BIHUAN_SEALING_KEYS must be set"):
        Settings()
    monkeypatch.setenv("BIHUAN_SEALING_KEYS", SEALING_KEYS)
    assert bootstrap.sealer(Settings()).current == "k1"


def test_the_keys_for_personal_data_may_stand_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sealing-keys"
    file.write_text(f"{keys.made('k2').text()}\n{SEALING_KEYS}\n")
    monkeypatch.setenv("BIHUAN_SEALING_KEYS_FILE", str(file))
    assert bootstrap.sealer(Settings()).key_ids == ("k2", "k1")
    file.unlink()
    with pytest.raises(ValidationError, match="BIHUAN_SEALING_KEYS_FILE names cannot be read"):
        Settings()


def test_keys_that_are_none_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_SEALING_KEYS", "k1:not-thirty-two-bytes")
    with pytest.raises(ValidationError) as told:
        Settings()
    assert "not-thirty-two" not in str(told.value)
    assert problems.sentence(told.value) == "环境变量 BIHUAN_SEALING_KEYS 的值不合要求，请改正后再试。"


def test_what_we_may_send_to_is_read_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_OUTGOING_ALLOWED", "hooks.example.cn, http://10.20.0.0/16 *.example.org")
    monkeypatch.setenv("BIHUAN_OUTGOING_PORTS", "8443,9443")
    settings = Settings()
    assert settings.outgoing_allowed == ("hooks.example.cn", "http://10.20.0.0/16", "*.example.org")
    assert settings.outgoing_ports == (8443, 9443)
    monkeypatch.setenv("BIHUAN_OUTGOING_ALLOWED", "https://hooks.example.cn/path")
    with pytest.raises(ValidationError, match="an entry is a host"):
        Settings()


def test_receivers_on_this_machine_are_refused_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_OUTGOING_LOOPBACK", "true")
    assert Settings().outgoing_loopback
    monkeypatch.setenv("BIHUAN_ENVIRONMENT", "production")
    monkeypatch.setenv("BIHUAN_TOKEN_SECRET", SECRET)
    monkeypatch.setenv("BIHUAN_OBJECTS_URL", "s3://evidence/bihuan")
    with pytest.raises(ValidationError, match="BIHUAN_OUTGOING_LOOPBACK"):
        Settings()


async def test_our_own_ports_are_refused_wherever_they_are() -> None:
    told = Settings(
        outgoing_allowed=("http://0.0.0.0/0",),
        outgoing_ports=(5544, 7344, 8344, 8444),
        outgoing_loopback=True,
        database_url=SecretStr("postgresql://bihuan_app@db.example:5544/bihuan"),
        temporal_address="temporal.example:7344",
        own_ports=(8344,),
        api_port=8444,
    )
    outgoing = bootstrap.outgoing(told)
    for host in ("127.0.0.1", "203.0.113.9"):
        for port in (5544, 7344, 8344, 8444, 5432, 7233, 8233):
            with pytest.raises(Refused) as refused:
                await outgoing.check(f"http://{host}:{port}/api/v1/namespaces/default/workflows/x/terminate")
            assert refused.value.details["reason"] == "own_port"


def test_in_production_the_key_of_seals_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_ENVIRONMENT", "production")
    monkeypatch.setenv("BIHUAN_TOKEN_SECRET", SECRET)
    monkeypatch.setenv("BIHUAN_SEALING_KEYS", SEALING_KEYS)
    monkeypatch.setenv("BIHUAN_OBJECTS_URL", "s3://evidence/bihuan")
    monkeypatch.delenv("BIHUAN_AUDIT_KEY")
    with pytest.raises(ValidationError, match="BIHUAN_AUDIT_KEY must be set"):
        Settings()


def test_the_access_log_is_kept_for_six_calendar_months_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().access_log_days == 400
    monkeypatch.setenv("BIHUAN_ACCESS_LOG_DAYS", "180")
    with pytest.raises(ValidationError, match="greater than or equal to 184"):
        Settings()


@pytest.mark.parametrize(
    "alarm", ["inbox:p-office", "sms:13800000001", "webhook:https://hooks.example.cn/", "email:", "somebody"]
)
def test_an_alarm_that_would_reach_nobody_is_refused_at_the_start(
    alarm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIHUAN_MAIL_URL", "smtp://mail.example.cn?from=bihuan@example.cn")
    monkeypatch.setenv("BIHUAN_ALARM_TO", "email:duty@example.cn")
    assert Settings().alarm_to.get_secret_value() == "email:duty@example.cn"
    monkeypatch.setenv("BIHUAN_ALARM_TO", alarm)
    with pytest.raises(ValidationError, match="BIHUAN_ALARM_TO is a channel that is set up"):
        Settings()
