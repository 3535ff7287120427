"""Tokens of the sample: of development only."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.processes import StackError
from services import bootstrap, keys
from services.cli import token as command
from services.settings import Settings
from services.tokens import BadToken

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Settings:
    told = {
        "BIHUAN_ENVIRONMENT": "production",
        "BIHUAN_TOKEN_SECRET": "s" * 40,
        "BIHUAN_SEALING_KEYS": keys.made("k1").text(),
        "BIHUAN_AUDIT_KEY": keys.made_secret(),
        "BIHUAN_OBJECTS_URL": "s3://evidence/bihuan",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return Settings()


def test_outside_development_a_token_without_a_session_is_nobodys(production: Settings) -> None:
    key = bootstrap.token_key(production)
    sample = key.issue("p-office", NOW, timedelta(days=1))
    with pytest.raises(BadToken):
        key.shown(sample, NOW)
    own = key.issue("p-office", NOW, timedelta(minutes=10), "0" * 32)
    assert key.shown(own, NOW).session_id == "0" * 32


def test_outside_development_the_command_prints_none(production: Settings) -> None:
    with pytest.raises(StackError, match="仅限开发环境"):
        command.issue(production, "office", number=1, days=1)


def test_in_production_the_provider_is_reached_by_https(production: Settings) -> None:
    assert production.oidc_issuer == ""
    with pytest.raises(ValueError, match="oidc_issuer"):
        Settings(oidc_issuer="http://id.example.cn")
    assert Settings(oidc_issuer="https://id.example.cn").oidc_issuer == "https://id.example.cn"
