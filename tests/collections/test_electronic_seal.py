"""Electronic seals by a verifier that is a real program: what it says counts, and an installation whose program fails says so."""

import hashlib
import shlex
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.seals import CommandVerifier
from deploy.devstack import Devstack
from domain.errors import Refused, Temporary
from tests import harness
from tests.collections import acts
from tests.collections.test_roster import LEAD
from tests.harness import Json, World, photo

PROGRAM: Final = """\
import hashlib, json, pathlib, sys
register = json.loads(pathlib.Path(sys.argv[1]).read_text())
sealed_by = register.get(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())
sys.exit(0 if sealed_by == sys.argv[2] else 1)
"""
"""The register of a seal authority: which document bears whose seal."""

SEALED: Final = photo("blue")


@pytest.fixture
def command(tmp_path: Path) -> str:
    program, register = tmp_path / "verify.py", tmp_path / "register of seals.json"
    program.write_text(PROGRAM, encoding="utf-8")
    register.write_text(f'{{"{hashlib.sha256(SEALED).hexdigest()}": "ec01"}}', encoding="utf-8")
    return f"{sys.executable} {program} '{register}'"


@pytest.fixture
async def sealed(stack: Devstack, command: str) -> AsyncIterator[World]:
    async with harness.world(stack, BIHUAN_SEAL_VERIFIER=command) as running:
        running.begin_on_monday()
        running.following = False
        yield running


async def _hand_in(world: World, unit: str, roster: Json, document: bytes) -> Any:
    file = await world.upload(f"p-{unit}-safety", document)
    return await acts.hand_in(
        world,
        unit,
        roster["id"],
        content={"landline": "010-55550101", "shifts": acts.shifts(roster)},
        evidence=[{"file_id": file, "kind": "eseal"}],
    )


async def test_a_valid_seal_stands_for_signature_seal_and_scan_and_another_one_does_not(
    sealed: World,
) -> None:
    roster = await acts.roster(sealed, sealed.clock(), LEAD)
    for unit, document in (("ec02", SEALED), ("ec01", photo("green"))):
        refused = await _hand_in(sealed, unit, roster, document)
        told = refused.json()
        assert (refused.status_code, told["code"], told["field"]) == (409, "eseal_invalid", "evidence")
        assert told["title"] == "电子印章未通过验证"
    assert (await acts.status(sealed, roster["id"]))["counts"]["received"] == 0
    taken = await _hand_in(sealed, "ec01", roster, SEALED)
    assert taken.status_code == 201, taken.text
    listed = await sealed.get(acts.OFFICE, f"/v1/collections/{roster['id']}/submissions")
    (submission,) = listed.json()["items"]
    assert [one["kind"] for one in submission["evidence"]] == ["eseal"]


def _forget(command: str) -> None:
    """Let the authority know of no seal any more."""
    Path(shlex.split(command)[-1]).write_text("{}", encoding="utf-8")


async def test_an_answer_that_is_on_record_is_given_again_whatever_the_verifier_says_by_now(
    sealed: World, command: str
) -> None:
    roster = await acts.roster(sealed, sealed.clock(), LEAD)
    file = await sealed.upload("p-ec01-safety", SEALED)
    body: Json = {
        "content": {"landline": "010-55550101", "shifts": acts.shifts(roster)},
        "evidence": [{"file_id": file, "kind": "eseal"}],
    }
    first = await acts.hand_in(sealed, "ec01", roster["id"], "k-sealed", **body)
    assert first.status_code == 201, first.text
    _forget(command)
    again = await acts.hand_in(sealed, "ec01", roster["id"], "k-sealed", **body)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_the_program_gets_the_document_and_the_unit(command: str) -> None:
    verifier = CommandVerifier(command)
    await verifier.verify(SEALED, "ec01")
    for document, unit in ((SEALED, "ec02"), (SEALED + b"\n", "ec01")):
        with pytest.raises(Refused, match="电子印章未通过验证"):
            await verifier.verify(document, unit)


@pytest.mark.parametrize(
    "broken", ["/nowhere/verify", f"{sys.executable} -c 'import time; time.sleep(60)'"], ids=["gone", "hangs"]
)
async def test_a_program_that_is_gone_or_hangs_says_nothing_about_the_seal(broken: str) -> None:
    with pytest.raises(Temporary, match="seals"):
        await CommandVerifier(broken, patience=1).verify(SEALED, "ec01")
