"""The migrations and the schema that they add up to."""

from adapters.postgres import migrate
from deploy import postgres
from deploy.devstack import Devstack


def test_the_migrations_produce_exactly_the_schema_on_file(stack: Devstack) -> None:
    produced = migrate.dump(stack.owner_url, postgres.binaries())
    assert produced == migrate.SCHEMA.read_text(encoding="utf-8"), "run `make schema`"


def test_migrating_twice_changes_nothing(stack: Devstack) -> None:
    before = migrate.dump(stack.owner_url, postgres.binaries())
    migrate.migrate(stack.owner_url)
    assert migrate.dump(stack.owner_url, postgres.binaries()) == before


def test_the_schema_on_file_says_what_the_application_may_do() -> None:
    assert "TO bihuan_app" in migrate.SCHEMA.read_text(encoding="utf-8")
